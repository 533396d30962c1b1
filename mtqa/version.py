"""The version of the package: what reports and caches name."""

__version__ = "0.1.0"
