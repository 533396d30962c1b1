"""Rules of the residue family."""
