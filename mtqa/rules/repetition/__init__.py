"""Rules of the repetition family."""
