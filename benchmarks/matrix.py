"""A measure of all pairs of rows through the Python face, beside scipy's cdist, the peak of dgemm, and memory.

cdist takes a minute for all pairs, so it is given one row of 40 against all, and its time is multiplied. What is
nearly equal is there to show what it costs to keep its digits: cdist has none there.
"""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import klcli
from benchmarks.interleaved import AT_MOST, KL, Process, Row, Table, is_installed, mebibytes, medians, times
from klcli.core.arithmetic.split_product import Factor, product

ROWS, OUTCOMES = 2_000, 1_000
SHARE = 40  # cdist is given so many times fewer pairs
RUNS, FEWER = 7, 3
BLOCK = 1_024  # rows on either side, as klcli multiplies them
MANY = 20_000
NEAREST = 10
GOALS = {"forward_kl": 20, "jensen_shannon": 8}
OTHERS = ("hellinger", "total_variation")


def tables(large: bool = False) -> list[Table]:
    """Returns the table beside cdist, that of the multiplication, and that of memory."""
    random = np.random.default_rng(0)
    found = [_beside_cdist(random), _multiplication(random)]
    return [*found, _memory(random, MANY if large else MANY // 10)]


def rows_of(random: np.random.Generator, count: int, sort: str) -> np.ndarray:
    """Rows that are apart, in 20 groups of near ones, or all near."""
    if sort == "apart":
        return random.dirichlet(np.ones(OUTCOMES), count)
    centres = random.dirichlet(np.ones(OUTCOMES), 20 if sort == "in 20 groups" else 1)
    rows = centres[random.integers(len(centres), size=count)] * np.exp(0.01 * random.standard_normal((count, OUTCOMES)))
    return rows / rows.sum(axis=1, keepdims=True)


def _beside_cdist(random: np.random.Generator) -> Table:
    table = Table(
        f"All pairs of {ROWS:,} rows of {OUTCOMES:,}, float64, median of {RUNS} (apart: {', '.join(GOALS)}) or {FEWER}"
    )
    if not is_installed("scipy", table):
        return table
    from scipy.spatial.distance import cdist

    rows = {sort: rows_of(random, ROWS, sort) for sort in ("apart", "in 20 groups", "all near")}
    peer = "cdist jensenshannon"
    works = {peer: lambda: cdist(rows["apart"][: ROWS // SHARE], rows["apart"], "jensenshannon")}

    def add(runs: int, *chosen: tuple[str, str]) -> None:
        names = [f"{measure}, rows {sort}" for measure, sort in chosen]
        ours = {
            name: partial(_pairwise, rows[sort], measure) for name, (measure, sort) in zip(names, chosen, strict=True)
        }
        took = medians(works | ours, runs)
        for name, (measure, sort) in zip(names, chosen, strict=True):
            goal = GOALS.get(measure) if sort == "apart" else None
            table.add(times(name, took[name], SHARE * took[peer], peer, goal))

    add(RUNS, *((measure, "apart") for measure in GOALS))
    add(FEWER, *((measure, "apart") for measure in OTHERS))
    add(FEWER, ("forward_kl", "in 20 groups"), ("forward_kl", "all near"))
    return table


def _pairwise(rows: np.ndarray, measure: str) -> object:
    return klcli.pairwise(rows, measure=measure, as_="probs")


def _multiplication(random: np.random.Generator) -> Table:
    """The three products of a block with what cuts the factors, beside one dgemm of the same block."""
    left, right = (random.standard_normal((BLOCK, OUTCOMES)) for _ in "pq")
    factors = Factor.of(left), Factor.of(right)
    took = medians({"product": lambda: product(*factors), "dgemm": lambda: left @ right.T})
    table = Table(f"The multiplication of a block of {BLOCK:,} × {BLOCK:,} pairs, median of 7")
    one = took["dgemm"]
    flops = 2 * BLOCK * BLOCK * OUTCOMES
    ours, peak = 3 * flops / took["product"] / 1e9, flops / one / 1e9
    table.add(
        Row("three multiplications", f"{ours:.3g} GFLOP/s", f"dgemm {peak:.3g} GFLOP/s", ours / peak, "≥", 0.5),
        times("one exact product", took["product"], one, "a plain one"),
    )
    return table


def _memory(random: np.random.Generator, count: int) -> Table:
    table = Table(f"Peak memory of kl matrix --nearest {NEAREST}, {count:,} rows of {OUTCOMES:,}")
    with TemporaryDirectory() as name:
        path = Path(name) / "x.npy"
        np.save(path, rows_of(random, count, "apart"))
        done = Process.run((*KL, "matrix", str(path), "--nearest", str(NEAREST), "-f", "csv"))
        file, matrix = path.stat().st_size, 8 * count * count
    goal = 1e9 if count == MANY else None
    peer = f"file {mebibytes(file)}, matrix {mebibytes(matrix)}"
    table.add(Row(f"{done.seconds:.3g} s", mebibytes(done.memory), peer, done.memory / 1e9, AT_MOST, goal and 1))
    table.remarks.append("ratio: GB of kl.")
    return table
