"""Worked examples: computed as they are printed, with the commands that reproduce their numbers."""
