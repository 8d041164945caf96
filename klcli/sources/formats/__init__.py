"""Input formats: what a format is, what is asked of it, and the registry of all formats."""
