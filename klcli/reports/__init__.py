"""Results as parts of a report: facts, tables, notes, and the JSON document."""
