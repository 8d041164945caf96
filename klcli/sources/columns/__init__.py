"""Columns of a table: numbers, headers, the choice of columns, missing labels, and the distributions they hold."""
