"""Drift: whole processes of `kl drift`, beside a duckdb script of the same edges and counts, Evidently and GX.

Both tools may be installed elsewhere: TOOLS names the interpreter in whose environment they are.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.interleaved import AT_MOST, KL, MIB, Process, Row, Table, against, is_installed, mebibytes, share, times

PEERS = Path(__file__).with_name("peers")
RUNS = 3
CHUNK = 1_000_000  # rows written at a time
LABELS = (2, 20, 200, 1_000, 5_000)
TOOLS = os.environ.get("KL_DRIFT_TOOLS", sys.executable)


def tables(large: bool = False) -> list[Table]:
    """Returns the table of times of processors, and that of memory at its peak."""
    time, memory = Table(f"Two tables, time of processors, median of {RUNS}"), Table("The same, peak memory")
    if not (is_installed("duckdb", time) and is_installed("pyarrow", time)):
        return [time]
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        for suffix, goal in (("parquet", 1.15), ("csv", 1.25)):
            files = written(room, 200_000, 100, suffix=suffix)
            took = beside_duckdb(files)
            work = f"200,000 × 100 numbers, {suffix}"
            time.add(share(work, took["kl"].processor, took["duckdb"].processor, "duckdb", goal))
            memory.add(peak(work, took["kl"], took["duckdb"]))
            if suffix == "parquet":
                against_profile(room, files, f"a profile of {work}, beside the table", time)
                beside_tools(files, time)
        files = written(room, 2_000_000, 20, labelled=8)
        took = beside_duckdb(files)
        work = "2,000,000 × 20, of which 8 labelled, parquet"
        time.add(share(work, took["kl"].processor, took["duckdb"].processor, "duckdb", 1.15))
        memory.add(peak(work, took["kl"], took["duckdb"], 800))
        against_profile(room, files, f"a profile of {work}, beside the table", time)
        two, ten = written(room, 10_000, 100), written(room, 20_000, 1_000)
        took = against({"100": drift(two), "1,000": drift(ten)}, RUNS)
        work = "20,000 × 1,000 beside 10,000 × 100, parquet"
        time.add(share(work, took["1,000"].processor, took["100"].processor, "kl", 22))
        small = written(room, 1_000, 10, suffix="csv")
        took = against({"kl": drift(small), "numpy": (sys.executable, "-c", "import numpy")}, 15)
        time.add(share("1,000 × 10, csv", took["kl"].seconds, took["numpy"].seconds, "import numpy", 3))
        if large:
            linear(room, time, memory)
    return [time, memory]


def linear(room: Path, time: Table, memory: Table) -> None:
    """Adds 20,000,000 rows beside 2,000,000."""
    commands = {f"{rows:,}": drift(written(room, rows, 10)) for rows in (2_000_000, 20_000_000)}
    took = against(commands, RUNS)
    large, small = took["20,000,000"], took["2,000,000"]
    time.add(share("20,000,000 × 10 beside 2,000,000, parquet", large.processor, small.processor, "kl", 11.5))
    memory.add(peak("20,000,000 × 10, parquet", large, small, 1024))


def against_profile(room: Path, files: Sequence[Path], work: str, time: Table) -> None:
    """Adds the comparison with a stored profile, beside that of two tables."""
    base = room / "base.kl.json"
    Process.run((*KL, "profile", str(files[0]), "-o", str(base)))
    took = against({"profile": drift((base, files[1])), "tables": drift(files)}, RUNS)
    time.add(share(work, took["profile"].processor, took["tables"].processor, "kl", 0.45))


def beside_tools(files: Sequence[Path], time: Table) -> None:
    """Adds Evidently and Great Expectations, once each, as they take minutes."""
    for package, script, goal in (("evidently", "evidently_drift", 10), ("great_expectations", "gx_drift", 2)):
        found = subprocess.run([TOOLS, "-c", f"import {package}"], capture_output=True, check=False).returncode == 0
        if not found:
            time.remarks.append(f"{package} is not installed: left out.")
            continue
        took = against({"kl": drift(files), package: peer(script, files, TOOLS)}, 1)
        time.add(times("200,000 × 100 numbers, parquet", took["kl"].processor, took[package].processor, package, goal))


def beside_duckdb(files: Sequence[Path]) -> dict[str, Process]:
    """Returns what kl and the duckdb script took."""
    return against({"kl": drift(files), "duckdb": peer("duckdb_drift", files)}, RUNS)


def drift(files: Sequence[Path]) -> tuple[str, ...]:
    """Returns the command line of kl."""
    return (*KL, "drift", *map(str, files), "-q", "-f", "json")


def peer(name: str, files: Sequence[Path], python: str = sys.executable) -> tuple[str, ...]:
    """Returns the command line of a peer."""
    return (python, str(PEERS / f"{name}.py"), *map(str, files))


def peak(work: str, kl: Process, duckdb: Process, most: int | None = None) -> Row:
    """Returns the row of the memory at its peak, beside the peer's or a limit in MiB."""
    limit = duckdb.memory if most is None else most * MIB
    name = "duckdb" if most is None else "limit"
    return Row(
        work, mebibytes(kl.memory), f"{name} {mebibytes(limit)}", kl.memory / limit, AT_MOST, 1.0 if most else None
    )


def written(room: Path, rows: int, columns: int, *, labelled: int = 0, suffix: str = "parquet") -> list[Path]:
    """Writes two tables of normal numbers and, last, of labels; returns their paths."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    paths = []
    for side in (1, 2):
        random = np.random.default_rng(side)
        path = room / f"{rows}x{columns}_{side}.{suffix}"
        writer = None
        for start in range(0, rows, CHUNK):
            count = min(CHUNK, rows - start)
            found = {f"x{at}": random.normal(size=count).round(6) for at in range(columns - labelled)}
            for at in range(labelled):
                names = np.array([f"label {each}" for each in range(LABELS[at % len(LABELS)])])
                found[f"l{at}"] = names[random.integers(0, len(names), count)]
            table = pa.table(found)
            if writer is None:
                make = parquet.ParquetWriter if suffix == "parquet" else csv.CSVWriter
                writer = make(path, table.schema)
            writer.write_table(table)
        assert writer is not None
        writer.close()
        paths.append(path)
    return paths
