"""What every benchmark shares: runs of kl and its peers in turn, the memory of a process, and tables of ratios.

On a machine that others use a time means little, so each contestant runs once a round, and what is compared are the
medians of all rounds. A peer that is not installed is said and left out.
"""

import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from klcli.core.kernel.library import description, kernel

__all__ = [
    "AT_LEAST",
    "AT_MOST",
    "KL",
    "MIB",
    "RUNS",
    "Process",
    "Row",
    "Table",
    "against",
    "duration",
    "goal_of",
    "is_installed",
    "machine",
    "mebibytes",
    "medians",
    "share",
    "times",
]

RUNS = 7
MIB = 2**20
KL = (str(Path(sys.executable).with_name("kl")),)
AT_LEAST, AT_MOST = "≥", "≤"
PACKAGES = ("numpy", "scipy", "pandas", "torch", "duckdb", "pyarrow", "orjson")

# A process counts as its own the memory of the one that it was forked from, which may be large: so a small one forks.
# It prints the seconds, the peak of all memory, that of what is held (not the pages of a file that is mapped), and the
# time of processors.
_LAUNCHER = """
import json, os, sys, time
watch, *words = json.load(sys.stdin)
start = time.perf_counter()
child = os.posix_spawn(words[0], words, os.environ, file_actions=[
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
held, done = 0, 0
while watch and not done:
    try:
        lines = open(f"/proc/{child}/status").read().split("\\n")
        held = max([held, *(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))])
    except OSError:
        pass
    done, status, usage = os.wait4(child, os.WNOHANG)
    time.sleep(0.002)
if not done:
    done, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
unit = 1 if sys.platform == "darwin" else 1024
processor = usage.ru_utime + usage.ru_stime
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss * unit, held * 1024, processor]))
"""


# An installed package has its bytecode on disk; where it may not be written, each run would compile kl and its peer.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True, slots=True)
class Process:
    """What a whole process took: seconds, bytes at its peak, with and without mapped files, seconds of processors."""

    seconds: float
    memory: int
    held: int
    processor: float

    @classmethod
    def run(cls, words: Sequence[str], *, watch: bool = False) -> "Process":
        """Runs a command to its end; `held` is 0 unless it is watched.

        Raises:
            RuntimeError: it did not end with 0.
        """
        launcher = [sys.executable, "-S", "-E", "-c", _LAUNCHER]
        request = json.dumps([watch, *map(str, words)])
        done = subprocess.run(launcher, input=request, capture_output=True, text=True, check=True, env=_ENVIRONMENT)
        code, *found = json.loads(done.stdout)
        if code:
            raise RuntimeError(f"{' '.join(words)} exits with {code}: {done.stderr}")
        return cls(*found)


def against(commands: Mapping[str, Sequence[str]], runs: int = RUNS) -> dict[str, Process]:
    """Runs each command in turn, and returns the medians of what it took, by name."""
    found: dict[str, list[Process]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, words in commands.items():
            found[name].append(Process.run(words))
    return {
        name: Process(
            median(each.seconds for each in of),
            int(median(each.memory for each in of)),
            0,
            median(each.processor for each in of),
        )
        for name, of in found.items()
    }


def medians(works: Mapping[str, Callable[[], object]], runs: int = RUNS, calls: int = 1) -> dict[str, float]:
    """Calls each in turn, and returns its median seconds, by name; `calls` of what is too short for the clock."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(runs):
        for name, work in works.items():
            start = time.perf_counter()
            for _ in range(calls):
                work()
            found[name].append((time.perf_counter() - start) / calls)
    return {name: median(seconds) for name, seconds in found.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; `goal` is None where the peer is there to be seen.

    Attributes:
        ratio: how many times faster kl is, for a goal of at least; the part that it takes, for a goal of at most.
    """

    work: str
    kl: str
    peer: str
    ratio: float
    sense: str
    goal: float | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        if self.goal is None:
            return self.work, self.kl, self.peer, f"{self.ratio:.3g}", "", ""
        is_met = self.ratio >= self.goal if self.sense == AT_LEAST else self.ratio <= self.goal
        met = "yes" if is_met else "no"
        return self.work, self.kl, self.peer, f"{self.ratio:.3g}", f"{self.sense} {self.goal:g}", met


def times(work: str, kl: float, peer: float, peer_name: str, goal: float | None = None) -> Row:
    """The row for a goal of so many times the speed of the peer; kl and peer in seconds."""
    return Row(work, duration(kl), f"{peer_name} {duration(peer)}".strip(), peer / kl, AT_LEAST, goal)


def share(work: str, kl: float, peer: float, peer_name: str, goal: float | None = None) -> Row:
    """The row for a goal of at most such a part of the peer's time; kl and peer in seconds."""
    return Row(work, duration(kl), f"{peer_name} {duration(peer)}", kl / peer, AT_MOST, goal)


@dataclass(slots=True)
class Table:
    """A table as Markdown, its columns aligned, so that a terminal and the record show the same."""

    title: str
    head: tuple[str, ...] = ("work", "kl", "peer", "ratio", "goal", "met")
    rows: list[tuple[str, ...]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, *rows: Row) -> None:
        self.rows.extend(row.cells for row in rows)

    def __str__(self) -> str:
        widths = [max(len(row[column]) for row in (self.head, *self.rows)) for column in range(len(self.head))]
        rule = tuple("-" * width for width in widths)
        lines = [
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
            for row in (self.head, rule, *self.rows)
        ]
        return "\n".join([f"**{self.title}**", "", *lines, *(f"\n{remark}" for remark in self.remarks)])


def goal_of(compiled: float, without: float) -> float:
    """Returns a goal for the compiled kernel, or that for numpy alone if it does the work."""
    return without if kernel() is None else compiled


def is_installed(package: str, table: Table) -> bool:
    """Whether a peer can be run; if not, the table says so."""
    found = importlib.util.find_spec(package) is not None
    if not found:
        table.remarks.append(f"{package} is not installed: left out.")
    return found


def machine() -> str:
    """The processor, what computes, and the versions of everything that is compared, in two lines."""
    processor = platform.processor() or platform.machine()
    known = Path("/proc/cpuinfo")
    if known.exists():
        names = [line.partition(":")[2].strip() for line in known.read_text().splitlines() if "model name" in line]
        processor = names[0] if names else processor
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"no {package}")
    versions = f"Python {platform.python_version()}, {', '.join(found)}"
    return f"{os.cpu_count()} × {processor}, {platform.system()}, kernel {description()}\n{versions}"


def duration(seconds: float) -> str:
    """Seconds as text, in the unit that suits them."""
    for size, unit in ((1.0, "s"), (1e-3, "ms")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def mebibytes(size: int) -> str:
    """Bytes as text, in whole MiB."""
    return f"{size / MIB:.0f} MiB"
