"""From a word to a table that can be counted."""
