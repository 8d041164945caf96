"""What a user of duckdb writes: two files (CSV or Parquet) joined by label, and the six default measures in SQL."""

import sys

import duckdb

print(
    *duckdb.execute(
        f"""
        WITH one AS (SELECT label, p / sum(p) OVER () AS p FROM '{sys.argv[1]}'),
        other AS (SELECT label, q / sum(q) OVER () AS q FROM '{sys.argv[2]}'),
        both_sides AS (SELECT coalesce(p, 0) AS p, coalesce(q, 0) AS q FROM one FULL JOIN other USING (label))
        SELECT sum(p * ln(p / q)), sum(q * ln(q / p)), -sum(p * ln(q)), -sum(p * ln(p)), -sum(q * ln(q)),
               (sum(p * ln(2 * p / (p + q))) + sum(q * ln(2 * q / (p + q)))) / 2
        FROM both_sides
        """
    ).fetchone()
)
