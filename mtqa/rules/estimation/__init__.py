"""Rules of the estimation family."""
