"""The measures: one record each, with its formula, its laws and its fast forms."""
