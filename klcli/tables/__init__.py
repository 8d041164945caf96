"""Raw tables: one distribution a column. Kinds of columns, bins, counts, profiles; nothing here reads a table."""
