"""What a translation leaves out of its source, and what it adds."""
