"""What a user of duckdb writes: deciles of one table, the counts of both in the bins between, and counts of labels."""

import sys

import duckdb

connection = duckdb.connect()
tables = [f"read_{'csv' if path.endswith('.csv') else 'parquet'}('{path}')" for path in sys.argv[1:3]]
columns = connection.execute(f"DESCRIBE SELECT * FROM {tables[0]}").fetchall()
numbers = [name for name, kind, *_ in columns if kind != "VARCHAR"]
labels = [name for name, kind, *_ in columns if kind == "VARCHAR"]
cuts = ", ".join(f"quantile_disc({name}, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])" for name in numbers)
edges = connection.execute(f"SELECT {cuts} FROM {tables[0]}").fetchone()
counts = ", ".join(f"histogram({name}, {each})" for name, each in zip(numbers, edges, strict=True))
for table in tables:
    found = [connection.execute(f"SELECT {counts} FROM {table}").fetchone()]
    found += [connection.execute(f"SELECT {name}, count(*) FROM {table} GROUP BY 1").fetchall() for name in labels]
    print(len(found))
