"""The layout of text for people: aligned tables and rows, plots of characters, shades, numbers."""
