"""Readers: one module per file format, bytes to text."""
