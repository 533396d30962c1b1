"""Rules about terms and how they are rendered."""
