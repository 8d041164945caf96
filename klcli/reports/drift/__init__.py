"""Reports on drift between two tables: a row a column, the JSON document, one column cell by cell, a settings file."""
