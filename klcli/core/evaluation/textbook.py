"""The sums of the textbook, in one pass: the fast way to a value, and right where it is not small beside its terms.

A sum such as Σ p·log(q/p) has terms of both signs whose magnitudes add up to about 1, each wrong by a rounding. Where
the value is well above these (`Plain.trusted`), that is 1e-15 of it at most, and far less for many outcomes, as their
roundings cancel. Where it is below, or a mass is 0 or so small that a ratio may leave the doubles, the value is not
trusted, and the exact pair is used (`normaliser`).

The masses are scaled by powers of 2, which is exact, so that their totals P and Q are near 1, and every measure is
written with the totals: no mass is divided.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import BLOCK, each_block, total
from klcli.core.arithmetic.types import Array
from klcli.core.measures.sum_form import SumForm
from klcli.core.pairs.scaling import Scaled, every
from klcli.core.pairs.textbook_sums import Sum, summing

__all__ = ["PROBE", "likely", "sums_of", "textbook_values"]

PROBE = 2048  # outcomes that are tried first
_PROBED = 2 * BLOCK  # from so many on


def likely(chosen: Mapping[str, SumForm], p: Array, q: Array, floor: float = 0.0) -> dict[str, SumForm]:
    """Returns those whose value for the first outcomes, as if these were all, does not rule out that it is trusted."""
    if not chosen:
        return {}
    p, q = (np.maximum(side[..., :PROBE], floor) for side in (p, q))
    total_p, total_q = (np.sum(side, axis=-1, keepdims=side.ndim > 1) for side in (p, q))
    hopeful = {name: textbook._replace(trusted_above=textbook.trusted_above / 4) for name, textbook in chosen.items()}
    values = textbook_values(hopeful, Scaled(p, q, 1.0, 1.0, total_p, total_q, True))
    return {name: chosen[name] for name, value in values.items() if every(value < np.inf)}


def textbook_values(chosen: Mapping[str, SumForm], masses: Scaled) -> dict[str, Any]:
    """Returns the values that can be trusted, by name; those of shape (...) only where all can.

    Args:
        masses: full.
    """
    if chosen and masses.p.shape[-1] > _PROBED:
        chosen = likely(chosen, masses.p, masses.q, masses.floor)
    if not chosen:
        return {}
    sums = sums_of(chosen)
    partial = _partial_sums(sums, masses)
    found = {each: total(parts) for each, parts in zip(sums, zip(*partial, strict=True), strict=True)}
    return _trusted(chosen, masses, found, dict(zip(sums, partial[0], strict=True)))


def _trusted(
    chosen: Mapping[str, SumForm], masses: Scaled, sums: Mapping[Sum, Any], terms: Mapping[Sum, Array]
) -> dict[str, Any]:
    """The values that can be trusted; the terms are the first partial sums, where they are at hand."""
    totals = [each[..., 0] if isinstance(each, np.ndarray) else each for each in (masses.total_p, masses.total_q)]
    values = {}
    for name, textbook in chosen.items():
        value = textbook.value(*totals, *(sums[each] for each in textbook.sums))
        least = textbook.trusted_above
        if terms and not every(value >= least):
            least = textbook.least_trusted(terms[textbook.sums[0]], masses.p.shape[-1])
        if every(value >= least):
            values[name] = value
    return values


def _partial_sums(sums: tuple[Sum, ...], masses: Scaled) -> list[list[Array]]:
    """Those of each block, in the order of the sums; floating-point errors may be reported."""
    outcomes = masses.p.shape[-1]
    p_by_q = 1.0 if every(masses.total_p == masses.total_q) else masses.total_p / masses.total_q
    totals_equal = masses.totals_equal

    def begin() -> Callable[[slice], list[Array]]:
        sum_up = summing(sums)
        if totals_equal:
            return lambda where: sum_up(*masses.block(where), p_by_q)

        def of_uneven(where: slice) -> list[Array]:
            p, q, difference = masses.block_and_difference(where)
            return sum_up(p, q, p_by_q, difference)

        return of_uneven

    if outcomes <= BLOCK:
        return [begin()(slice(outcomes))]

    return each_block(outcomes, begin)


def sums_of(chosen: Mapping[str, SumForm]) -> tuple[Sum, ...]:
    """Returns the sums that these take, each once."""
    return tuple(dict.fromkeys(each for textbook in chosen.values() for each in textbook.sums))
