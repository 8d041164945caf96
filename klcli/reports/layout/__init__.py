"""Layout of text for people: aligned tables and rows, shades, formulas, numbers."""
