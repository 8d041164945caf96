"""The kernel through the Python face: speed beside scipy, torch and numpy, digits on near pairs, and extra memory."""

import sys
import tempfile
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from math import fsum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import klcli
from benchmarks.interleaved import (
    AT_MOST,
    KL,
    MIB,
    Process,
    Row,
    Table,
    against,
    goal_of,
    is_installed,
    medians,
    share,
    times,
)
from klcli.core.kernel import library

Array = NDArray[np.float64]

BLOCK = 32_768
LARGEST = 10_000_000
VERY_LARGE = 100_000_000
NEAR = 1e-6
CONTRACT = 4e-15
EXTRA_MIB = 16
CLOSENESS = {"": None, "q = p·(1 + 0.05·noise), ": 0.05, f"q = p·(1 + {NEAR:g}·noise), ": NEAR}


def tables(large: bool = False) -> list[Table]:
    """Returns the goals of the kernel beside scipy; what else there is, and the floor; and the extra memory."""
    goals = Table("The kernel beside scipy, float64, median of 7")
    if is_installed("scipy", goals):
        _forward(goals)
        _six(goals)
        _near(goals)
    return [goals, _others(), _memory(large), _install()]


def pair(outcomes: int, seed: int = 1) -> tuple[Array, Array]:
    """Two distributions that are far from each other."""
    random = np.random.default_rng(seed)
    p, q = random.random((2, outcomes))
    return p / p.sum(), q / q.sum()


def near_pair(outcomes: int, step: float = NEAR, seed: int = 2) -> tuple[Array, Array]:
    """A distribution and itself with relative noise of so much."""
    random = np.random.default_rng(seed)
    p = random.random(outcomes)
    p /= p.sum()
    return p, p * (1 + step * random.uniform(-1, 1, outcomes))


def near_kl(p: Array, q: Array) -> float:
    """Forward KL of a near pair by Taylor's series of (1 + x)·log(1 + x) - x in the gap, in extended precision.

    The differences q - p are exact and their sum is rounded once, so nothing cancels before the series, whose terms
    fall by 1e-6. Against mpmath it is right to 1e-17 where a long double has 64 bits.
    """
    total_p, drift = np.longdouble(fsum(p)), np.longdouble(fsum(q - p))
    result = np.longdouble(0)
    for where in _blocks(len(p)):
        mass = p[where].astype(np.longdouble) / total_p
        x = ((q - p)[where] / p[where].astype(np.longdouble) - drift / total_p) / (1 + drift / total_p)
        # -log(1 + x) + x; Σ mass·x is 0
        result += (mass * x * x * (0.5 - x * (np.longdouble(1) / 3 - x * (0.25 - x * np.longdouble(0.2))))).sum()
    return float(result)


def _forward(table: Table) -> None:
    from scipy.stats import entropy

    p, q = pair(10)
    took = medians({"kl": lambda: klcli.kl_divergence(p, q), "peer": lambda: entropy(p, q)}, calls=1000)
    table.add(times("forward KL, 10 outcomes", took["kl"], took["peer"], "stats.entropy", goal_of(6, 1)))
    for outcomes, calls, goal in ((10**6, 5, goal_of(10, 1)), (LARGEST, 1, goal_of(12, 1))):
        for name, step in CLOSENESS.items():
            p, q = pair(outcomes) if step is None else near_pair(outcomes, step)
            works: dict[str, Callable[[], object]] = {
                "kl": lambda: klcli.kl_divergence(p, q),  # noqa: B023
                "peer": lambda: entropy(p, q),  # noqa: B023
                "floor": lambda: (p.sum(), q.sum()),  # noqa: B023
            }
            took = medians(works, calls=calls)
            work = f"forward KL, {name}{outcomes:,}" + " outcomes" * (not name)
            table.add(times(work, took["kl"], took["peer"], "stats.entropy", goal))
            if outcomes == LARGEST:
                floor = 1.7 if goal > 1 else None
                table.add(share(work, took["kl"], took["floor"], "both arrays read once", floor))


def _six(table: Table) -> None:
    from scipy.spatial.distance import jensenshannon
    from scipy.special import xlogy
    from scipy.stats import entropy

    p, q = pair(LARGEST)

    def peer() -> tuple[float, ...]:
        cross_entropy = -xlogy(p, q).sum()
        return entropy(p, q), entropy(q, p), cross_entropy, entropy(p), entropy(q), jensenshannon(p, q) ** 2

    ours = tuple(klcli.compare(p, q).values.values())
    assert np.allclose(ours, peer(), rtol=1e-9, atol=0), (ours, peer())
    took = medians({"kl": lambda: klcli.compare(p, q), "peer": peer})
    table.add(times(f"the six default measures, {LARGEST:,}", took["kl"], took["peer"], "six calls", goal_of(14, 1)))


def _near(table: Table) -> None:
    from scipy.stats import entropy

    p, q = near_pair(LARGEST)
    exact = near_kl(p, q)
    ours, theirs = (abs(float(value) / exact - 1) for value in (klcli.kl_divergence(p, q), entropy(p, q)))
    table.add(
        Row(
            f"its relative error, {NEAR:g}·noise", f"{ours:.1e}", f"stats.entropy {theirs:.1e}", ours, AT_MOST, CONTRACT
        )
    )


def _others() -> Table:
    """What else a user could run on the same two arrays, and what no way can go below."""
    p, q = pair(LARGEST)
    table = Table(f"Forward KL of {LARGEST:,} outcomes beside other ways to it, and the floor")
    scratch = np.empty(BLOCK)
    works: dict[str, Callable[[], object]] = {
        "kl": lambda: klcli.kl_divergence(p, q),
        "numpy: dot(p, log(p/q))": lambda: np.dot(p, np.log(p / q)),
        "numpy: the same in blocks": lambda: sum(
            np.dot(p[w], _log_ratio(p[w], q[w], scratch)) for w in _blocks(len(p))
        ),
        "floor: a logarithm an outcome, one thread": lambda: [
            np.log(p[w], out=_part(scratch, p[w])) for w in _blocks(len(p))
        ],
        "floor: both arrays read once, one thread": lambda: (p.sum(), q.sum()),
    }
    if is_installed("scipy", table):
        from scipy.special import rel_entr

        works["scipy: rel_entr(p, q).sum()"] = lambda: rel_entr(p, q).sum()
    if is_installed("torch", table):
        import torch

        p_torch, log_q = torch.from_numpy(p), torch.from_numpy(np.log(q))
        works[f"torch: kl_div, log q given, {torch.get_num_threads()} threads"] = lambda: torch.nn.functional.kl_div(
            log_q, p_torch, reduction="sum"
        )
    took = medians(works)
    table.add(*(times(name, took["kl"], seconds, "", None) for name, seconds in took.items() if name != "kl"))
    return table


def _memory(large: bool) -> Table:
    table = Table("Extra memory, beside the two arrays")
    for name, (p, q) in {"far": pair(LARGEST), "near": near_pair(LARGEST)}.items():
        ours = _extra(lambda: klcli.kl_divergence(p, q))  # noqa: B023
        copies = (p.nbytes + q.nbytes) / 2**20  # which a result keeps, so that it does not change with the arrays
        six = _extra(lambda: klcli.compare(p, q)) - copies  # noqa: B023
        theirs = _extra(lambda: np.dot(p, np.log(p / q)))  # noqa: B023
        peer = f"dot(p, log(p/q)) {theirs:.0f} MiB"
        table.add(Row(f"forward KL, {name}, {LARGEST:,}", f"{ours:.1f} MiB", peer, ours, AT_MOST, EXTRA_MIB))
        table.add(
            Row(f"six measures, {name}, {LARGEST:,}", f"{six:.1f} MiB", "beside its copies", six, AT_MOST, EXTRA_MIB)
        )
    for outcomes in (LARGEST, *([VERY_LARGE] if large else [])):
        extra, both = _extra_of_files(outcomes)
        work = f"kl compute p.npy q.npy, {outcomes:,}"
        table.add(Row(work, f"{extra:.1f} MiB", f"both files {both:.0f} MiB", extra, AT_MOST, EXTRA_MIB))
    table.remarks.append("ratio: MiB of kl. Files: what the process holds at its peak above that of two files of 10.")
    return table


def _install() -> Table:
    """What the library adds to a wheel, and to a process that computes."""
    table = Table("What the compiled kernel adds, median of 15 processes")
    path = library._found()
    if path is None:
        table.remarks.append("No compiled kernel is installed.")
        return table
    packed = len(zlib.compress(Path(path).read_bytes(), 6)) / 1024
    table.add(Row("size in a wheel", f"{packed:.0f} KB", "", packed, AT_MOST, 150))
    without = "import klcli.core"
    codes = {"kl": f"{without}; from klcli.core.kernel.library import kernel; kernel()", "peer": without}
    took = against({name: (sys.executable, "-c", code) for name, code in codes.items()}, 15)
    added = 1000 * (took["kl"].processor - took["peer"].processor)
    table.add(Row("time to load it", f"{added:.2g} ms", f"{without} {took['peer'].processor:.2g} s", added, AT_MOST, 2))
    table.remarks.append("ratio: KB, and ms.")
    return table


def _extra(work: Callable[[], object]) -> float:
    """MiB that are allocated at the peak of the work, above those before it."""
    work()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        work()
        return (tracemalloc.get_traced_memory()[1] - before) / MIB
    finally:
        tracemalloc.stop()


def _extra_of_files(outcomes: int) -> tuple[float, float]:
    """MiB that `kl compute p.npy q.npy` holds above the same of two small arrays; and those of the files."""
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for count in (10, outcomes):
            paths = [Path(folder, f"{name}.npy") for name in "pq"]
            for path, masses in zip(paths, pair(count), strict=True):
                np.save(path, masses)
            runs = [Process.run((*KL, "compute", *map(str, paths), "-f", "json"), watch=True) for _ in range(3)]
            found.append(max(run.held for run in runs))
        return (found[1] - found[0]) / MIB, 2 * 8 * outcomes / MIB


def _blocks(outcomes: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, outcomes, BLOCK))


def _part(scratch: Array, like: Array) -> Array:
    return scratch[: len(like)]


def _log_ratio(p: Array, q: Array, scratch: Array) -> Array:
    ratio = np.divide(p, q, out=_part(scratch, p))
    return np.log(ratio, out=ratio)
