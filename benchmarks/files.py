"""Files: whole processes of `kl compute`, beside complete scripts of pandas and duckdb that print the same numbers."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.interleaved import AT_MOST, KL, MIB, RUNS, Process, Row, Table, against, is_installed, mebibytes, share

PEERS = Path(__file__).with_name("peers")
SMALL, MEDIUM, LARGEST = 1_000, 1_000_000, 10_000_000
CORE = "core dependencies only"
CHUNK = 100_000  # lines written at a time
BESIDE_DUCKDB_MIB = 200

# kl as it is where no extra is installed
CORE_ONLY = (
    sys.executable,
    "-c",
    "import sys; sys.modules.update(dict.fromkeys(['duckdb', 'orjson', 'pyarrow'])); "
    "from klcli.cli.main import main; sys.exit(main())",
)


def tables(large: bool = False) -> list[Table]:
    """Returns the table of times, and that of memory at its peak."""
    time = Table(f"Two files, whole processes, median of {RUNS}")
    processor, memory = Table("The same, time of processors"), Table("The same, peak memory")
    found = time, processor, memory
    has_pandas, has_duckdb = is_installed("scipy", time), is_installed("duckdb", time)
    with tempfile.TemporaryDirectory() as folder:
        for rows in (SMALL, MEDIUM, *([LARGEST] if large else [])):
            files = labelled(Path(folder), rows)
            commands = {"kl": _kl(files)}
            if rows > SMALL:
                commands[CORE] = _kl(files, CORE_ONLY)
            if has_pandas:
                commands["pandas"] = peer_script("pandas_merge", files)
            if has_duckdb:
                commands["duckdb"] = peer_script("duckdb_join", files)
            _labelled_rows(f"labelled CSV, {rows:,} rows", rows, against(commands, RUNS), found)
            for path in files:
                path.unlink()
        rows = LARGEST if large else MEDIUM
        files = _unlabelled(Path(folder), rows)
        commands = {"kl": _kl(files), CORE: _kl(files, CORE_ONLY), "pandas": peer_script("pandas_column", files)}
        took = against(commands, RUNS)
        for ours in ("kl", CORE):
            _both(f"one unlabelled column, {rows:,} rows", took, ours, "pandas", 0.8, found)
        for path in files:
            path.unlink()
        if has_duckdb and is_installed("pyarrow", time):
            files = _parquet(Path(folder), rows)
            took = against({"kl": _kl(files), "duckdb": peer_script("duckdb_join", files)}, RUNS)
            _both(f"labelled Parquet, {rows:,} rows", took, "kl", "duckdb", 1.15, found)
    return list(found)


def _labelled_rows(work: str, rows: int, took: dict[str, Process], found: Sequence[Table]) -> None:
    goals = {"pandas": 0.25, **({"duckdb": 1.15} if rows > SMALL else {})}
    for peer, goal in goals.items():
        if peer in took:
            _both(work, took, "kl", peer, goal, found)
    if CORE in took and "pandas" in took:
        _both(work, took, CORE, "pandas", 0.75, found, memory_goal=0.6)


def _both(
    work: str,
    took: dict[str, Process],
    ours: str,
    peer: str,
    goal: float,
    found: Sequence[Table],
    memory_goal: float | None = None,
) -> None:
    time, processor, memory = found
    kl, other = took[ours], took[peer]
    if ours == CORE:
        work = f"{work}, {CORE}"
    time.add(share(work, kl.seconds, other.seconds, peer, goal))
    processor.add(share(work, kl.processor, other.processor, peer))
    if peer == "duckdb":
        memory_goal = round(1 + BESIDE_DUCKDB_MIB * MIB / other.memory, 2)
    memory.add(
        Row(
            work,
            mebibytes(kl.memory),
            f"{peer} {mebibytes(other.memory)}",
            kl.memory / other.memory,
            AT_MOST,
            memory_goal,
        )
    )


def _kl(files: list[Path], command: tuple[str, ...] = KL) -> tuple[str, ...]:
    return (*command, "compute", *map(str, files), "-f", "json")


def peer_script(script: str, files: list[Path]) -> tuple[str, ...]:
    """The command of a script in `peers/`."""
    return (sys.executable, str(PEERS / f"{script}.py"), *map(str, files))


def _sides(rows: int) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.float64]]]:
    """The name, the numbers of the labels and the masses of each side; the labels of q in another order."""
    random = np.random.default_rng(3)
    for name, labels in (("p", np.arange(rows)), ("q", random.permutation(rows))):
        masses = random.random(rows)
        yield name, labels, masses / masses.sum()


def labelled(folder: Path, rows: int) -> list[Path]:
    """Writes p.csv and q.csv of so many rows to the folder, the labels of q in another order; returns their paths."""
    written = []
    for name, labels, masses in _sides(rows):
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write(f"label,{name}\n")
            for start in range(0, rows, CHUNK):
                where = slice(start, start + CHUNK)
                pairs = zip(labels[where].tolist(), masses[where].tolist(), strict=True)
                file.writelines(f"outcome {label},{mass!r}\n" for label, mass in pairs)
        written.append(path)
    return written


def _unlabelled(folder: Path, rows: int) -> list[Path]:
    written = []
    for name, _, masses in _sides(rows):
        path = folder / f"{name}.txt"
        with path.open("w", encoding="utf-8") as file:
            for start in range(0, rows, CHUNK):
                file.writelines(f"{mass!r}\n" for mass in masses[start : start + CHUNK].tolist())
        written.append(path)
    return written


def _parquet(folder: Path, rows: int) -> list[Path]:
    import pyarrow as pa
    from pyarrow import parquet

    written = []
    for name, labels, masses in _sides(rows):
        path = folder / f"{name}.parquet"
        parquet.write_table(pa.table({"label": [f"outcome {label}" for label in labels.tolist()], name: masses}), path)
        written.append(path)
    return written
