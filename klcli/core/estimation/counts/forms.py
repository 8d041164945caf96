"""Measures as functions of two samples of counts, each a record: its term by label, its value, its variance.

x and y are counts of one label in samples of n and m. The terms of a label depend on its own counts only, so that the
mean and variance under random relabelling are sums over labels (`relabelling`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import log

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import UnitKind
from klcli.core.estimation.counts.digamma import digamma
from klcli.core.measures.measure import Measure
from klcli.core.measures.selection import select

__all__ = ["DEFAULT_MEASURES", "FORMS", "Form"]

DEFAULT_MEASURES = ("forward_kl", "jensen_shannon")

Terms = Callable[[Array, Array, float, float], Array]
Variance = Callable[[Array, Array, float, float], float]
Estimating = Callable[[Array, Array], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A measure as a function of two samples of counts, in nats.

    Attributes:
        measure: the record of it. terms: h(x, y, n, m) by label. method: how the value is estimated, in words.
        exchanges: True if it is that of Q and P, so that the samples change places (`ordered`).
        fade: the part of the relabelling mean that is bias at a divergence d: 1 at d = 0.
        curvature: c of the second order, d ≈ c·χ² at P = Q, but for the factor 1/n + 1/m; None without interval.
        variance: of the delta method, far from P = Q; None where it was not worked out.
        is_bounded: False if it is infinite where P has mass that Q lacks.
        is_root: the value and its ends are square roots, those below 0 being 0.
        is_entropy: of P alone, so that random relabelling says nothing of it.
        by_kl: the value from an estimator of KL(P‖Q) and two samples; None if it is no KL.
    """

    measure: Measure
    terms: Terms
    method: str
    exchanges: bool = False
    fade: Callable[[float, float], float] = lambda divergence, mean: 1.0
    curvature: float | None = None
    variance: Variance | None = None
    is_bounded: bool = False
    is_root: bool = False
    is_entropy: bool = False
    by_kl: Callable[[Estimating, Array, Array], float] | None = None

    @property
    def name(self) -> str:
        return self.measure.name

    @property
    def unit(self) -> UnitKind:
        return self.measure.unit

    @property
    def has_interval(self) -> bool:
        return self.curvature is not None

    @property
    def has_open_end(self) -> bool:
        """True if its interval ends at infinity where one sample has outcomes that the other lacks."""
        return self.has_interval and not self.is_bounded

    @property
    def sides(self) -> tuple[str, str]:
        """The names of the two samples, in the order in which the form takes them."""
        return ("Q", "P") if self.exchanges else ("P", "Q")

    def ordered(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Returns two samples in the order in which the form takes them."""
        return (y, x) if self.exchanges else (x, y)


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


def _entropy(x: Array, y: Array, n: float, m: float) -> Array:
    """Returns terms of Z of the entropy of P (Zhang 2012, Neural Computation 24:1368)."""
    return np.where(x > 0, x / n * (digamma(np.array([n])) - digamma(np.maximum(x, 1))), 0.0)


def _entropy_variance(x: Array, y: Array, n: float, m: float) -> float:
    p = x / n
    return _variance(p, np.log(np.where(p > 0, p, 1.0))) / n


def _fading_js(divergence: float, mean: float) -> float:
    return 1 - (divergence / log(2)) ** 2


def _fading_tv(divergence: float, mean: float) -> float:
    """Returns the bias of |p - q| as a part of that at P = Q: it vanishes once the difference exceeds the noise."""
    return mean / (mean + divergence) if mean > 0 else 0.0


def _one_kl(kl: Estimating, x: Array, y: Array) -> float:
    return kl(x, y)


def _both_kls(kl: Estimating, x: Array, y: Array) -> float:
    return kl(x, y) + kl(y, x)


_KL = Form(
    measure=select("forward_kl"), terms=_z, method="Z, relabelled", curvature=1 / 2, variance=_z_variance,
    by_kl=_one_kl,
)  # fmt: skip
_JS = Form(
    measure=select("jensen_shannon"), terms=_js, method="plug-in, relabelled", fade=_fading_js, curvature=1 / 8,
    variance=_js_variance, is_bounded=True,
)  # fmt: skip
_ENTROPY = Form(measure=select("entropy_p"), terms=_entropy, method="Z", variance=_entropy_variance, is_entropy=True)

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        _KL,
        replace(_KL, measure=select("reverse_kl"), exchanges=True),
        Form(measure=select("jeffreys"), terms=_jeffreys, method=_KL.method, by_kl=_both_kls),
        _JS,
        replace(_JS, measure=select("jensen_shannon_distance"), method="root of JS", is_root=True),
        Form(measure=select("total_variation"), terms=_tv, method=_JS.method, fade=_fading_tv, is_bounded=True),
        _ENTROPY,
        replace(_ENTROPY, measure=select("entropy_q"), exchanges=True),
    )
}
"""The measures that can be estimated from samples, by name."""
