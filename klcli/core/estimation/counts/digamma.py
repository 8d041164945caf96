"""The digamma function ψ, of whole numbers and of any above 0, without scipy."""

import numpy as np

from klcli.core.arithmetic.types import Array

__all__ = ["digamma", "digamma_of_any"]

_EULER = 0.57721566490153286
_DIGAMMA_TABLE = 24


def digamma(k: Array) -> Array:
    """Returns ψ(k) of whole numbers k >= 1, by its asymptotic series, or a table below 24."""
    k = np.asarray(k, dtype=np.float64)
    z = np.maximum(k, _DIGAMMA_TABLE)
    inverse = 1 / np.square(z)
    large = np.log(z) - 0.5 / z - inverse * _series(inverse)
    small = _SMALL[np.minimum(k, _DIGAMMA_TABLE - 1).astype(np.intp)]
    return np.where(k < _DIGAMMA_TABLE, small, large)


def digamma_of_any(x: Array) -> Array:
    """Returns ψ(x) of any x > 0, by steps up to 16 and the asymptotic series."""
    x = np.asarray(x, dtype=np.float64)
    steps = sum(np.where(x < 16, 1 / (x + step), 0.0) for step in range(16))
    z = np.where(x < 16, x + 16, x)
    inverse = 1 / np.square(z)
    return np.log(z) - 0.5 / z - inverse * _series(inverse) - steps


def _series(inverse: Array) -> Array:
    """Returns 1/12 - z⁻²/120 + z⁻⁴/252 - … of the asymptotic series, as a function of z⁻²."""
    return 1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse * (1 / 132))))


_SMALL = np.concatenate([[-np.inf, -_EULER], -_EULER + np.cumsum(1 / np.arange(1.0, _DIGAMMA_TABLE - 1))])
