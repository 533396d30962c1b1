"""Rules of the quote family."""
