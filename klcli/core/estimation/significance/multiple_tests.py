"""p-values of several tests, adjusted so that a level holds for all of them together."""

from collections.abc import Callable, Sequence

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.support.registry import Registry

__all__ = ["ADJUSTMENTS", "adjusted"]

ADJUSTMENTS: Registry[Callable[[Array], Array]] = Registry("adjustment", "adjustments of p-values")


def adjusted(p_values: Sequence[float], method: str = "holm") -> tuple[float, ...]:
    """Returns the adjusted p-values, in the order given: compare each with the level itself.

    Args:
        method: "holm" holds the chance of any false alarm (Holm 1979, Scand. J. Stat. 6:65), "bh" the expected share of
            false alarms among alarms (Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57:289), "none" neither.

    Raises:
        UnknownName: no adjustment has this name.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    found = np.empty_like(p)
    found[order] = np.minimum(ADJUSTMENTS.lookup(method)(p[order]), 1.0)
    return tuple(found.tolist())


def _holm(ordered: Array) -> Array:
    return np.maximum.accumulate(ordered * np.arange(ordered.size, 0, -1))


def _benjamini_hochberg(ordered: Array) -> Array:
    count = ordered.size
    return np.minimum.accumulate((ordered * (count / np.arange(1, count + 1)))[::-1])[::-1]


ADJUSTMENTS.add("holm", _holm)
ADJUSTMENTS.add("bh", _benjamini_hochberg)
ADJUSTMENTS.add("none", np.copy)
