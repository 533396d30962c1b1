"""mtqa: a machine-translation quality checker for translated news."""

from mtqa.api import check, check_files, score
from mtqa.config import ConfigError, Settings
from mtqa.version import __version__

__all__ = ["ConfigError", "Settings", "__version__", "check", "check_files", "score"]
