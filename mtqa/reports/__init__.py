"""Output formats: one module each; a reporter sees only the result."""
