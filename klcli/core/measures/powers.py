"""Divergences of an order A: Rényi and Tsallis, both functions of the sum of powers Σ p^A·q^(1-A)."""

from math import inf

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.forms.kernel_form import renyi_by_kernel, tsallis_by_kernel
from klcli.core.measures.forms.matrix_form import MatrixForm
from klcli.core.measures.forms.sum_form import Tiny
from klcli.core.measures.kl import forward_kl, kl_div
from klcli.core.measures.measure import Finite, Measure, declare
from klcli.core.measures.power_sums import (
    excess_terms,
    log_of_sum,
    log_powers,
    minus_log,
    power_excess,
    power_products,
    powers,
    toward_half,
)
from klcli.core.pairs.pair import MAGNIFICATION, Pair

__all__ = ["renyi", "tsallis"]

_LEAST = 1e-100  # a contrast below it has a log ratio of which only the first term of a series is seen


def _renyi_terms(pair: Pair, order: float) -> Array | tuple[Array, ...]:
    if order == 1:
        return kl_div(pair)
    if order == 0:
        return np.where(pair.in_p, 0.0, pair.q), np.where(pair.in_p, pair.q, 0.0)
    if order == inf:
        return np.where(pair.in_p, -pair.log_ratio, -inf)
    turned = toward_half(pair, order)
    return excess_terms(*turned), powers(*turned)


def _renyi_finish(*totals: Array) -> Array:
    *sums, order = totals
    alpha = float(order)
    if alpha == 1:
        return sums[0]
    if alpha == inf:
        return sums[0]
    if alpha == 0:
        return minus_log(*sums)
    excess, total = sums  # of a total above 1, the excess has the digits that a power of p/q loses to a large order
    return np.where(excess >= -0.5, np.log1p(excess), np.log(total)) / (alpha - 1)


def _tiny_renyi(pair: Pair, order: float) -> Array:
    """The terms of a divergence so small that log(1 + x) is x, times MAGNIFICATION."""
    if order == 1:
        return kl_div(pair.magnified)
    if order == 0:
        return np.where(pair.in_p, 0.0, pair.magnified.q)
    if order == inf:
        is_tiny = np.abs(pair.contrast) < _LEAST
        ratio = np.where(is_tiny, -2 * pair.magnified_contrast, -pair.log_ratio * MAGNIFICATION)
        return np.where(pair.in_p, ratio, -inf)
    return power_excess(pair.magnified, order) / (order - 1)


def _renyi_log_terms(pair: Pair, share: float, order: float) -> Array:
    if order == 0:
        return np.where(pair.in_p, pair.scaled_log_q * (share / pair.log_scale), -np.inf)
    return log_powers(*toward_half(pair, order), share)


def _renyi_from_log(log_total: Array, share: float, order: float) -> Array:
    return log_total / ((order - 1) * share)


def _renyi_products(order: float) -> tuple[MatrixForm, ...]:
    if order in (0, inf):
        return ()
    if order == 1:
        return forward_kl.matrix_forms

    def finish(excess: Array, total: Array, error: Array) -> tuple[Array, Array]:
        return log_of_sum(excess, total) / (order - 1), error / (total * abs(order - 1))

    return power_products(order, finish)


renyi = declare(
    Measure(
        name="renyi",
        title="Rényi",
        meaning="A family from the support (A = 0) over KL (A = 1) to the largest log ratio (A = inf).",
        template="D_A({p}‖{q})",
        formula="log(Σ p^A·q^(1-A)) / (A - 1)",
        source="Rényi (1961), Proc. 4th Berkeley Symp. 1, 547-561",
        orders="a number from 0 to inf; 1 is forward KL",
        finite_when=lambda order: Finite.OVERLAP if order < 1 else Finite.Q_COVERS_P,
        terms=_renyi_terms,
        finish=_renyi_finish,
        log_terms=_renyi_log_terms,
        from_log=_renyi_from_log,
        tiny=Tiny(_tiny_renyi),
        kernel=renyi_by_kernel,
        gemm=_renyi_products,
    )
)


def _share(order: float) -> float:
    """The power of 2 next to 1/(A - 1), at most 1: the sum may leave the range of a double where Tsallis does not."""
    return float(2.0 ** -np.ceil(np.log2(max(order - 1, 1.0))))


def _tsallis_finish(total: Array, order: float) -> Array:
    return total if order == 1 else total / (order - 1) / _share(order)


def _tsallis_products(order: float) -> tuple[MatrixForm, ...]:
    if order in (0, inf):
        return ()
    if order == 1:
        return forward_kl.matrix_forms

    def finish(excess: Array, total: Array, error: Array) -> tuple[Array, Array]:
        return excess / (order - 1), error / abs(order - 1)

    return power_products(order, finish)


tsallis = declare(
    Measure(
        name="tsallis",
        title="Tsallis",
        meaning="A family through KL (A = 1) that, for A below 1, stays finite whatever the supports.",
        template="T_A({p}‖{q})",
        formula="(Σ p^A·q^(1-A) - 1) / (A - 1)",
        source="Tsallis (1998), Phys. Rev. E 58, 1442-1445",
        orders="a number from 0; 1 is forward KL in nats",
        unit=UnitKind.NONE,
        bound=lambda order: 1 / (1 - order) if order < 1 else inf,
        finite_when=lambda order: Finite.ALWAYS if order < 1 else Finite.Q_COVERS_P,
        terms=lambda pair, order: power_excess(pair, order, _share(order)),
        finish=_tsallis_finish,
        tiny=Tiny(lambda pair, order: power_excess(pair.magnified, order, _share(order)), _tsallis_finish),
        kernel=tsallis_by_kernel,
        gemm=_tsallis_products,
    )
)
