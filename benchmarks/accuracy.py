"""Digits: every measure and the forward KL of scipy, torch and numpy, against mpmath, over the corpus of the tests.

A cell is a closeness and a range of masses; in it are pairs of all sizes, as doubles, and rounded to singles where
these can hold them. Every contestant is given the same numbers, as doubles.
"""

import sys
import zlib
from collections.abc import Callable, Iterator
from math import inf, isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import klcli
from benchmarks.interleaved import Table, is_installed
from klcli.core.measures.measure import MEASURES

Array = NDArray[np.float64]
Contestant = Callable[[Array, Array], float]

ORDERS = ("0.1", "0.5", "2")
NAMES = [
    name for each in MEASURES for name in ([f"{each.name}:{order}" for order in ORDERS] if each.orders else [each.name])
]
SIZES = (2, 3, 10, 100, 1000)
LARGE_CELLS = [
    *((10**4, masses, closeness) for masses in ("uniform", "counts") for closeness in ("0.1", "1e-06", "1e-12", "far")),
    *((10**5, "uniform", closeness) for closeness in ("0.1", "1e-06", "far")),
]
REPEATS = (341, 13_107, 30_000, 100_000)
TILES = 60
PEERS = ("scipy", "torch", "numpy")


def tables(large: bool = False) -> list[Table]:
    """Returns the worst relative errors by cell; for many outcomes; and for outcomes that are alike."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    head = ("masses", "closeness", "pairs", "kl, every measure", "its worst", "within", "kl", *PEERS)
    cells = Table("Worst relative error, 2 to 1,000 outcomes; from the second kl on, of the forward KL", head)
    many = Table("The same for many outcomes", ("outcomes", *head))
    contestants = _contestants(cells)
    from corpus import CLOSENESS, RANGES, drawn

    for masses in RANGES:
        for closeness in CLOSENESS:
            pairs = [each for size in SIZES for each in _variants(*drawn(size, masses, closeness))]
            cells.rows.append((masses, closeness, *_cell(pairs, contestants)))
    for closeness in CLOSENESS:
        pairs = [_with_gaps(*drawn(size, "uniform", closeness)) for size in SIZES]
        cells.rows.append(("uniform, with zeros", closeness, *_cell(pairs, contestants)))
    for size, masses, closeness in LARGE_CELLS:
        if large or size < 10**5 or closeness == "1e-06":
            cell = _cell([drawn(size, masses, closeness)], contestants)
            many.rows.append((f"{size:,}", masses, closeness, *cell))
    cells.remarks.append(
        "Within: the contract's 4e-15. The perplexities are divided by 1 + the entropy. ≥ 1: no correct digit, NaN, or "
        "infinite where it is not."
    )
    return [cells, many, _tiles(contestants)]


def _variants(p: Array, q: Array) -> Iterator[tuple[Array, Array]]:
    """The pair; and the same rounded to singles, where no mass is lost."""
    yield p, q
    with np.errstate(over="ignore", under="ignore"):
        singles = p.astype(np.float32), q.astype(np.float32)
    if all(
        np.isfinite(single).all() and ((single > 0) == (side > 0)).all()
        for single, side in zip(singles, (p, q), strict=True)
    ):
        yield singles[0].astype(np.float64), singles[1].astype(np.float64)


def _with_gaps(p: Array, q: Array) -> tuple[Array, Array]:
    """The pair with an outcome that neither side has after each."""
    spread = np.zeros((2, 2 * len(p)))
    spread[:, ::2] = p, q
    return spread[0], spread[1]


def _contestants(table: Table) -> dict[str, Contestant]:
    found: dict[str, Contestant] = {}
    if is_installed("scipy", table):
        from scipy.stats import entropy

        found["scipy"] = lambda p, q: float(entropy(p, q))
    if is_installed("torch", table):
        import torch

        def of_torch(p: Array, q: Array) -> float:
            ours, theirs = torch.tensor(p), torch.tensor(q)
            log_q = (theirs / theirs.sum()).log()
            return float(torch.nn.functional.kl_div(log_q, ours / ours.sum(), reduction="sum"))

        found["torch"] = of_torch

    def of_numpy(p: Array, q: Array) -> float:
        p, q = (p / p.sum())[p > 0], (q / q.sum())[p > 0]
        return float(np.sum(p * np.log(p / q)))

    return {**found, "numpy": of_numpy}


def _cell(pairs: list[tuple[Array, Array]], contestants: dict[str, Contestant]) -> tuple[str, ...]:
    """As `_worst`, with the oracle on all outcomes."""
    from oracle import exact_value

    return _worst(((p, q, lambda name, p=p, q=q: exact_value(name, p, q)) for p, q in pairs), contestants)


def _worst(pairs: Any, contestants: dict[str, Contestant]) -> tuple[str, ...]:
    """The number of pairs; kl's worst error, its measure, whether all keep the promise; everyone's forward KL."""
    from corpus import RELATIVE, tolerance

    count, worst, worst_name = 0, 0.0, ""
    of_forward_kl = dict.fromkeys(("kl", *PEERS), 0.0)
    for p, q, exact_of in pairs:
        count += 1
        values = klcli.compare(p, q, as_="weights", measures=NAMES).values
        for name, value in values.items():
            exact = exact_of(name)
            error = _error(value, exact) * (RELATIVE / tolerance(name, exact) if exact < inf else 1)
            if error > worst:
                worst, worst_name = error, name
        with np.errstate(all="ignore"):
            given = {"kl": values["forward_kl"], **{name: peer(p, q) for name, peer in contestants.items()}}
        for name, value in given.items():
            of_forward_kl[name] = max(of_forward_kl[name], _error(value, exact_of("forward_kl")))
    shown = [_digits(of_forward_kl[name]) if name in ("kl", *contestants) else "" for name in ("kl", *PEERS)]
    return str(count), _digits(worst), worst_name, "yes" if worst <= RELATIVE else "NO", *shown


def _error(value: float, exact: Any) -> float:
    """The relative error; infinite for NaN and for the wrong infinity."""
    from corpus import ABSOLUTE, LARGEST

    if exact > LARGEST:
        return 0.0 if value == inf else inf
    if not isfinite(value):
        return inf
    error = abs(exact - value)
    if error <= ABSOLUTE:
        return 0.0
    return float(error / exact) if exact else inf


def _digits(error: float) -> str:
    return "≥ 1" if error >= 1 else f"{error:.0e}" if error else "0"


def _tiles(contestants: dict[str, Contestant]) -> Table:
    """Outcomes that are alike: a few, each of them many times, where roundings do not cancel.

    The oracle needs the few only: with each outcome r times, divergences stay, entropies grow by log r, perplexities r
    times, and the largest difference is an r-th.
    """
    import mpmath
    from oracle import exact_value

    def exact_of(name: str, p: Array, q: Array, repeats: int) -> Any:
        exact = exact_value(name, p, q)
        if "entropy" in name:
            return exact + mpmath.log(repeats)
        if "perplexity" in name:
            return exact * repeats
        return exact / repeats if name == "l_infinity" else exact

    def pairs(repeats: int, lay: Callable[[Array, int], Array]) -> Iterator[Any]:
        random = np.random.default_rng(zlib.crc32(f"{repeats} {lay.__name__}".encode()))
        for tile in range(TILES):
            p, q = 10 ** random.uniform(-2, 0, (2, 2 + tile % 4))
            if tile % 3 == 0:
                p = np.full_like(p, p[0])
            if tile % 2:
                q = p * (1 + 10 ** random.uniform(-14, -1) * random.uniform(-1, 1, len(p)))
            exact = lambda name, p=p, q=q: exact_of(name, p, q, repeats)  # noqa: E731
            yield lay(p, repeats), lay(q, repeats), exact

    head = ("each outcome", "laid", "pairs", "kl, every measure", "its worst", "within", "kl", *PEERS)
    table = Table("The same for 2 to 5 outcomes, each many times", head)
    for repeats in REPEATS:
        for laid, lay in (("in turn", np.tile), ("side by side", np.repeat)):
            table.rows.append((f"{repeats:,} times", laid, *_worst(pairs(repeats, lay), contestants)))
    return table
