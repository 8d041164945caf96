"""Layout of text for people: aligned tables and rows, character plots, shades, numbers."""
