"""duckdb, embedded: databases, and files of Parquet and delimited text, counted where they lie."""
