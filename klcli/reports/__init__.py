"""Reports: results as parts (facts, tables, charts, prose, verdicts), and the formats that turn parts into text."""
