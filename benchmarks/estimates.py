"""Estimates from samples through the Python face, beside counting and sorting them, and other packages."""

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import klcli
from benchmarks.interleaved import KL, Row, Table, against, is_installed, medians, share, times

OBSERVATIONS, LABELS = 1_000_000, 1_000
VECTORS = 100_000
SMALL, SUBSAMPLES = 1_000, 500


def tables(large: bool = False) -> list[Table]:
    """Returns the times of labels, numbers and vectors, and those of other packages for small samples."""
    return [_labels(), _numbers(), _vectors(), _small(), _interval()]


def _labels() -> Table:
    random = np.random.default_rng(1)
    x, y = (random.integers(0, LABELS, OBSERVATIONS) for _ in range(2))
    texts = [[f"label {each}" for each in sample.tolist()] for sample in (x, y)]
    table = Table(f"Labels, {OBSERVATIONS:,} observations of {LABELS:,} labels a side, median of 5")
    kl = "klcli.estimate"
    counting = "two Counters"
    found = medians({kl: lambda: klcli.estimate(*texts), counting: lambda: list(map(Counter, texts))}, 5)
    table.add(share(kl, found[kl], found[counting], counting, 1.3))
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder, name)) for name in ("x.txt", "y.txt")]
        for name, sample in zip(files, texts, strict=True):
            Path(name).write_text("\n".join(sample) + "\n", encoding="utf-8")
        processes = against(
            {
                "kl estimate X Y": [*KL, "estimate", *files],
                "kl compute X Y --as samples": [*KL, "compute", *files, "--as", "samples"],
            },
            5,
        )
    ours, theirs = (each.seconds for each in processes.values())
    table.add(share("kl estimate X Y, whole process", ours, theirs, "kl compute --as samples", 1.3))
    return table


def _numbers() -> Table:
    random = np.random.default_rng(2)
    x, y = random.normal(size=(2, OBSERVATIONS))
    table = Table(f"Numbers, {OBSERVATIONS:,} a side, median of 5")
    kl, sort = "klcli.estimate", "np.sort of both together"
    found = medians({kl: lambda: klcli.estimate(x, y), sort: lambda: np.sort(np.concatenate([x, y]))}, 5)
    table.add(share(kl, found[kl], found[sort], sort, 4))
    return table


def _vectors() -> Table:
    table = Table(f"Vectors, {VECTORS:,} rows a side in 2 dimensions, median of 3")
    if is_installed("scipy", table):
        from scipy.spatial import cKDTree

        from klcli.core.estimation.numbers.neighbours import knn

        random = np.random.default_rng(3)
        x, y = random.normal(size=(2, VECTORS, 2))

        def queries() -> None:
            cKDTree(x).query(x, 6)
            cKDTree(y).query(x, [5])

        works: dict[str, Callable[[], object]] = {
            "the value by neighbours": lambda: knn(x, y, 5),
            "klcli.estimate, lower end and test included": lambda: klcli.estimate(x, y, measures=("forward_kl",)),
        }
        found = medians({**works, "two queries": queries}, 3)
        for name, goal in zip(works, (0.5, None), strict=True):  # the score takes the rest
            table.add(share(name, found[name], found["two queries"], "two plain cKDTree queries", goal))
        table.remarks.append(
            "The value asks both trees at once, in the order of the leaves, which takes two thirds of the processor "
            "time of plain queries: the goal needs two processors that are free."
        )
    return table


def _small() -> Table:
    table = Table(f"{SMALL:,} observations a side, median of 7")
    random = np.random.default_rng(4)
    peers: list[tuple[str, float, Callable[[Any, Any], object]]] = []
    if is_installed("universal_divergence", table):
        from universal_divergence import estimate

        peers.append(("universal-divergence", 20, lambda x, y: estimate(x, y, k=5)))  # k=None takes minutes
    if is_installed("npeet_plus", table):
        from npeet_plus import kldiv

        peers.append(("npeet-plus", 2, lambda x, y: kldiv(x, y, k=5)))
    for columns in (1, 5):
        x, y = random.normal(size=(2, SMALL, columns))
        if columns == 1:
            kl: dict[str, Callable[[], object]] = {
                "numbers, with interval": lambda: klcli.estimate(x[:, 0], y[:, 0], measures=("forward_kl",)),  # noqa: B023
                "numbers, --estimator knn:5": lambda: _by_neighbours(x[:, 0], y[:, 0]),  # noqa: B023
            }
        else:
            from klcli.core.estimation.numbers.neighbours import knn

            kl = {f"{columns} columns, the value by neighbours": lambda: knn(x, y, 5)}  # noqa: B023
            table.remarks.append(
                "In 5 columns the time is that of two queries of scipy at once, 1.8 µs a row: universal-divergence "
                "asks row by row. All distances by products of matrices, and a partition of each row, take as long."
            )
        theirs = {name: (lambda work=work: work(x, y)) for name, _, work in peers}  # noqa: B023
        found = medians({**kl, **theirs})
        for name, goal, _ in peers:
            table.add(*(times(each, found[each], found[name], name, goal) for each in kl))
    return table


def _by_neighbours(x: Any, y: Any) -> object:
    from klcli.core.estimation.numbers.neighbours import knn

    return knn(x[:, np.newaxis], y[:, np.newaxis], 5)


def _interval() -> Table:
    """The interval of numbers beside what kldest does: 500 subsamples of n^(2/3), each estimated by neighbours."""
    table = Table(f"The interval of {SMALL:,} numbers a side, median of 7")
    if is_installed("scipy", table):
        from scipy.spatial import cKDTree

        random = np.random.default_rng(5)
        x, y = random.normal(size=(2, SMALL, 1))
        size = int(SMALL ** (2 / 3))

        def subsamples() -> Any:
            found = []
            for _ in range(SUBSAMPLES):
                a, b = (each[random.permutation(SMALL)[:size]] for each in (x, y))
                own, other = cKDTree(a).query(a, 2)[0][:, 1], cKDTree(b).query(a)[0]
                found.append(np.log(other / own).mean() + np.log(size / (size - 1)))
            return np.quantile(found, [0.025, 0.975])

        kl, peer = "klcli.estimate", f"{SUBSAMPLES} subsamples of {size}"
        found = medians({kl: lambda: klcli.estimate(x[:, 0], y[:, 0], measures=("forward_kl",)), peer: subsamples})
        row: Row = times(kl, found[kl], found[peer], peer, 10)
        table.add(row)
    return table
