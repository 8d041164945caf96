"""The densities of two families as a chart."""

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.grammar import parse
from klcli.reports.parts import Chart, Series

__all__ = ["density_chart"]

_POINTS = 64


def density_chart(p: str, q: str, low: float, high: float) -> Chart:
    """Returns the densities of two families, written as on the command line, between two numbers."""
    x = np.linspace(low, high, _POINTS)
    series = tuple(Series(f"{side} = {word}", x, _density(word, x)) for side, word in (("P", p), ("Q", q)))
    return Chart("line", "x", "density", series)


def _density(word: str, x: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.exp(parse(word).log_density(exact(x, DOUBLES)).value)
