"""Slopes of measures of masses and a family: how the error of the family's masses reaches the value, to first order."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "BHATTACHARYYA",
    "CROSS_ENTROPY",
    "FORWARD_KL",
    "HELLINGER",
    "JENSEN_SHANNON",
    "REVERSE_CROSS_ENTROPY",
    "REVERSE_KL",
    "TOTAL_VARIATION",
    "Slopes",
]

# the derivative of a measure with respect to log f, where f is the family's mass of an outcome and g the other mass;
# f stays normalised
_Slope = Callable[[Any, Any], Any]


class Slopes(NamedTuple):
    """The slope if the family is Q, and if it is P; of the square of the measure where `of_square`."""

    of_q: _Slope
    of_p: _Slope
    of_square: bool = False


def _slope_of_q(f: Any, g: Any) -> Any:
    return f - g


def _slope_of_p(f: Any, g: Any) -> Any:
    log_ratio = np.where(f > 0, np.log(f / g), 0.0)
    return f * (log_ratio - np.sum(f * log_ratio))


def _slope_of_weight(f: Any, g: Any) -> Any:
    cost = np.where(f > 0, -np.log(g), 0.0)
    return f * (cost - np.sum(f * cost))


def _slope_of_mixture(f: Any, g: Any) -> Any:
    return np.where(f > 0, f * np.log(2 * f / (f + g)), 0.0) / 2


def _slope_of_hellinger(f: Any, g: Any) -> Any:
    return (f - np.sqrt(f * g)) / 2


def _slope_of_affinity(f: Any, g: Any) -> Any:
    root = np.sqrt(f * g)
    return (f - root / root.sum()) / 2


def _slope_of_variation(f: Any, g: Any) -> Any:
    return f


FORWARD_KL = Slopes(_slope_of_q, _slope_of_p)
REVERSE_KL = Slopes(_slope_of_p, _slope_of_q)
CROSS_ENTROPY = Slopes(_slope_of_q, _slope_of_weight)
REVERSE_CROSS_ENTROPY = Slopes(_slope_of_weight, _slope_of_q)
JENSEN_SHANNON = Slopes(_slope_of_mixture, _slope_of_mixture)
TOTAL_VARIATION = Slopes(_slope_of_variation, _slope_of_variation)
HELLINGER = Slopes(_slope_of_hellinger, _slope_of_hellinger, of_square=True)
BHATTACHARYYA = Slopes(_slope_of_affinity, _slope_of_affinity)
