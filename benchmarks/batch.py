"""A batch: whole processes of `kl batch` beside a loop of pandas and scipy, two processes beside one, peak memory.

Without their start, kl and the loop are each a run of all pairs less a run of one: what remains is reading, joining and
computing in a process that has imported all that it needs. The labels of q are in another order than those of p.
"""

import csv
from collections.abc import Iterable
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.files import labelled, peer_script
from benchmarks.interleaved import AT_MOST, KL, Row, Table, against, is_installed, mebibytes, times

ROWS = 100
FILES = 1_000
PAIRS = 10_000
INLINE = 10_000, 100_000
RUNS_OF_MANY = 7
INLINE_PAIR = ("a=1,b=1", "a=1,b=3")


def tables(large: bool = False) -> list[Table]:
    """Returns the table beside the loop; that of two processes beside one; and that of memory at its peak."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for number in range(FILES):
            own = folder / str(number)
            own.mkdir()
            files.append(labelled(own, ROWS))
        return [_loop(folder, files), _processes(folder, files), _memory(folder)]


def _loop(folder: Path, files: list[list[Path]]) -> Table:
    table = Table(f"{FILES:,} pairs of {ROWS} rows, median of 7")
    if not is_installed("scipy", table):
        return table
    every, one = _manifest(folder / "every.csv", files, FILES), _manifest(folder / "one.csv", files, 1)
    took = against(
        {
            "kl": _batch(every),
            "kl, one pair": _batch(one),
            "pandas": peer_script("pandas_pairs", [every]),
            "pandas, one pair": peer_script("pandas_pairs", [one]),
            "csv": peer_script("csv_pairs", [every]),
            "csv, one pair": peer_script("csv_pairs", [one]),
        }
    )
    seconds = {name: process.seconds for name, process in took.items()}
    ours, theirs, floor = (seconds[name] - seconds[f"{name}, one pair"] for name in ("kl", "pandas", "csv"))
    table.add(times("without their start", ours, theirs, "pandas and scipy", 15))
    table.add(times("whole processes", seconds["kl"], seconds["pandas"], "pandas and scipy"))
    table.add(times("floor, without their start", ours, floor, "csv and float alone"))
    return table


def _processes(folder: Path, files: list[list[Path]]) -> Table:
    manifest = _manifest(folder / "many.csv", files, PAIRS)
    took = against({jobs: _batch(manifest, jobs) for jobs in "12"}, RUNS_OF_MANY)
    table = Table(f"{PAIRS:,} pairs of {ROWS} rows, whole processes, median of {RUNS_OF_MANY}")
    table.add(times("kl batch -j 2", took["2"].seconds, took["1"].seconds, "-j 1", 1.6))
    return table


def _memory(folder: Path) -> Table:
    """The peak of one process that writes every report, of many pairs beside fewer."""
    kinds = ("json", "csv", "markdown", "junit")
    reports = [word for kind in kinds for word in ("--report", f"{kind}={folder / kind}")]
    fewer, more = INLINE
    commands = {
        f"{count:,} pairs": (*_batch(_manifest(folder / f"{count}.csv", [INLINE_PAIR], count)), *reports)
        for count in INLINE
    }
    base, grown = (each.memory for each in against(commands, 1).values())
    table = Table("Peak memory of inline pairs, every report written")
    peer = f"{fewer:,} pairs {mebibytes(base)}"
    table.add(Row(f"{more:,} pairs", mebibytes(grown), peer, grown / base, AT_MOST, 1.2))
    return table


def _batch(manifest: Path, jobs: str = "1") -> tuple[str, ...]:
    return (*KL, "batch", "-j", jobs, str(manifest), "-f", "jsonl")


def _manifest(path: Path, pairs: Iterable[Iterable[str | Path]], count: int) -> Path:
    """Writes a manifest of so many pairs, those that are given again and again."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("name", "p", "q"))
        writer.writerows((f"pair {number}", *pair) for number, pair in enumerate(islice(cycle(pairs), count)))
    return path
