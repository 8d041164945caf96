"""Text and labels: shown safely, spelt in ASCII, laid out as tables."""
