"""The estimate that smaller samples would have given: halves of both samples, drawn at random, and halves of those."""

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import Base
from klcli.core.estimation.caveats import LEAST_NUMBERS
from klcli.core.estimation.counts.moments import Gates, estimate_counts
from klcli.core.estimation.counts.sparsity import LEAST_COVERAGE, coverage
from klcli.core.estimation.estimate import Cells, SizedEstimate
from klcli.core.estimation.significance.homogeneity import homogeneity_test

__all__ = ["estimates_by_size"]

_STEPS = 8  # halvings
_LEAST = 20  # observations in the smaller sample
_MOST_CELLS = 10_000  # beyond which a half takes longer to draw than the estimate itself
_MOST_OBSERVATIONS = 10**9  # that numpy draws without replacement


def estimates_by_size(
    cells: Cells, measure: str, level: float, base: Base, gates: Gates, seed: int
) -> tuple[SizedEstimate, ...]:
    """Returns the default estimate of a measure from halves of the samples, the smallest first, the whole last.

    Each part is drawn without replacement from the one twice as large, so that it is what the samples were when they
    were half as large. The tuple is empty for more than 10,000 labels, and for samples too small to be halved.

    Args:
        gates: of the whole samples; a part that is too small or too sparse has no interval either.
    """
    x, y = cells.x, cells.y
    if len(x) > _MOST_CELLS or max(float(x.sum()), float(y.sum())) >= _MOST_OBSERVATIONS:
        return ()
    generator = np.random.default_rng(seed)
    found = []
    for step in range(_STEPS):
        if step:
            x, y = (_half(each, generator) for each in (x, y))
        if min(x.sum(), y.sum()) < _LEAST or (x + y > 0).sum() < 2:
            break
        part = Cells(x, y, cells.labels, cells.edges)
        found.append(_sized(part, measure, level, base, _gates_of(part, gates) if step else gates))
    return tuple(reversed(found))


def _half(counts: Array, generator: np.random.Generator) -> Array:
    whole = counts.astype(np.int64)
    drawn: Array = generator.multivariate_hypergeometric(whole, int(whole.sum()) // 2).astype(np.float64)
    return drawn


def _sized(cells: Cells, measure: str, level: float, base: Base, gates: Gates) -> SizedEstimate:
    x, y = cells.x, cells.y
    found = estimate_counts((measure,), x, y, level, gates, base)[measure]
    return SizedEstimate((int(x.sum()), int(y.sum())), found, gates.p_value)


def _gates_of(part: Cells, gates: Gates) -> Gates:
    x, y = part.x, part.y
    is_enough = (
        min(coverage(x), coverage(y)) >= LEAST_COVERAGE
        if part.edges is None
        else min(x.sum(), y.sum()) >= LEAST_NUMBERS
    )
    p_value = homogeneity_test(x, y, labels=list(part.labels) or None).p_value
    return Gates(gates.has_interval and is_enough, p_value, gates.is_open)
