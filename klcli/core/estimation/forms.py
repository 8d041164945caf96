"""Divergences as functions of two samples of counts, each a record: its term by label, its value, its variance.

x and y are counts of one label in samples of n and m. The terms of a label depend on its own counts only, so that the
mean and variance under random relabelling are sums over labels (`relabelling`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import UnitKind

__all__ = ["FORMS", "Form", "digamma", "digamma_of_any", "swapped"]

Terms = Callable[[Array, Array, float, float], Array]
Variance = Callable[[Array, Array, float, float], float]

_EULER = 0.57721566490153286
_DIGAMMA_TABLE = 24


@dataclass(frozen=True, slots=True)
class Form:
    """A divergence of two samples of counts, in nats.

    Attributes:
        name: of the measure. terms: h(x, y, n, m) by label. method: how the value is estimated, in words.
        fade: the part of the relabelling mean that is bias at a divergence d: 1 at d = 0.
        curvature: c of the second order, d ≈ c·χ² at P = Q, but for the factor 1/n + 1/m; None without interval.
        variance: of the delta method, far from P = Q; None without interval.
        is_bounded: False if it is infinite where P has mass that Q lacks.
        is_root: the value and its ends are square roots, those below 0 being 0.
    """

    name: str
    terms: Terms
    method: str
    fade: Callable[[float, float], float]
    curvature: float | None = None
    variance: Variance | None = None
    is_bounded: bool = False
    is_root: bool = False
    unit: UnitKind = UnitKind.INFORMATION

    @property
    def has_interval(self) -> bool:
        return self.variance is not None


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


def _brackets(x: Array, y: Array, n: float, m: float) -> Array:
    """Returns ψ(m + 1) - ψ(y + 1) - ψ(n) + ψ(x), 0 where x is 0: an estimate of log(p/q)."""
    constant = float(digamma(np.array([m + 1]))[0] - digamma(np.array([n]))[0])
    return np.where(x > 0, constant - digamma(y + 1) + digamma(np.maximum(x, 1)), 0.0)


def _z(x: Array, y: Array, n: float, m: float) -> Array:
    """Returns terms of Z of the KL (Zhang & Grabchak 2014, Neural Computation 26:2570)."""
    return x / n * _brackets(x, y, n, m)


def _z_variance(x: Array, y: Array, n: float, m: float) -> float:
    """Returns Var_P(log p/q)/n + Var_Q(p/q)/m, each from the counts."""
    p, brackets = x / n, _brackets(x, y, n, m)
    of_p = float((p * brackets**2).sum() - (p * brackets).sum() ** 2) / n
    return of_p + max(float((p * p * (m / np.maximum(y, 1))).sum()) - 1, 0.0) / m


def _js_logs(x: Array, y: Array, n: float, m: float) -> tuple[Array, Array, Array, Array]:
    p, q = x / n, y / m
    both = np.where(p + q > 0, p + q, 1.0)
    with np.errstate(divide="ignore"):
        of_p, of_q = (np.where(each > 0, 0.5 * np.log(2 * each / both), 0.0) for each in (p, q))
    return p, q, of_p, of_q


def _js(x: Array, y: Array, n: float, m: float) -> Array:
    """Returns terms of the Jensen–Shannon divergence of the frequencies (Lin 1991, IEEE Trans. Inf. Theory 37:145)."""
    p, q, of_p, of_q = _js_logs(x, y, n, m)
    return p * of_p + q * of_q


def _js_variance(x: Array, y: Array, n: float, m: float) -> float:
    p, q, of_p, of_q = _js_logs(x, y, n, m)
    return _variance(p, of_p) / n + _variance(q, of_q) / m


def _variance(mass: Array, values: Array) -> float:
    return float((mass * (values - float(mass @ values)) ** 2).sum())


def _plug_in(x: Array, y: Array, n: float, m: float) -> Array:
    """Returns terms of the KL of the frequencies; infinite where y is 0 and x is not."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x > 0, x / n * np.log((x / n) / (y / m)), 0.0)


def _jeffreys(x: Array, y: Array, n: float, m: float) -> Array:
    return _z(x, y, n, m) + _z(y, x, m, n)


def _tv(x: Array, y: Array, n: float, m: float) -> Array:
    return np.abs(x / n - y / m) / 2


def swapped(terms: Terms) -> Terms:
    """Returns the terms with P and Q exchanged."""
    return lambda x, y, n, m: terms(y, x, m, n)


def _always(divergence: float, mean: float) -> float:
    return 1.0


def _fading_js(divergence: float, mean: float) -> float:
    return 1 - (divergence / log(2)) ** 2


def _fading_tv(divergence: float, mean: float) -> float:
    """Returns the bias of |p - q| as a part of that at P = Q: it vanishes once the difference exceeds the noise."""
    return mean / (mean + divergence) if mean > 0 else 0.0


_RELABELLED = "Z, relabelled"
_JS = Form("jensen_shannon", _js, "plug-in, relabelled", _fading_js, 1 / 8, _js_variance, is_bounded=True)

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        Form("forward_kl", _z, _RELABELLED, _always, 1 / 2, _z_variance),
        Form("reverse_kl", _z, _RELABELLED, _always, 1 / 2, _z_variance),
        Form("jeffreys", _jeffreys, _RELABELLED, _always),
        _JS,
        Form("jensen_shannon_distance", _js, "root of JS", _fading_js, 1 / 8, _js_variance, is_bounded=True,
             is_root=True, unit=UnitKind.ROOT_INFORMATION),
        Form("total_variation", _tv, "plug-in, relabelled", _fading_tv, is_bounded=True, unit=UnitKind.NONE),
    )
}  # fmt: skip
"""The measures that can be estimated; `reverse_kl` is that of exchanged samples."""
