"""Rules of the attribution family."""
