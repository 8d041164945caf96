"""Engines: where tables are counted. One protocol, one place with the SQL of all engines, and a file an engine."""
