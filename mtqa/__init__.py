"""mtqa: a machine-translation quality checker for translated news."""

__version__ = "0.1.0"
