"""Numbers of a translation against those of its source."""
