"""Screens a block of rows: those plainly of a kind pass; each other row is read as a distribution of its own."""

from collections.abc import Callable
from math import inf

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.unit_sum import SUM_IS_NEARLY_ONE

__all__ = ["SCREENS", "Screen", "are_plain", "are_whole"]

_LOWEST = 1e-100  # of a sum of 1; no measure asks how small a mass above it is

# Maps which rows are whole numbers (called only if it decides), their least values and their sums to which rows sum to
# 1, and which are plainly of the kind.
Screen = Callable[[Callable[[], Mask], Array, Array], tuple[Mask, Mask]]


def _are_masses(least: Array, totals: Array) -> Mask:
    return np.asarray((least >= 0) & (totals > 0) & (totals < inf))


def _are_nearly_1(totals: Array) -> Mask:
    return np.asarray(np.abs(totals - 1) <= SUM_IS_NEARLY_ONE)


def are_whole(block: Array) -> Mask:
    """Returns True for each row that has whole numbers alone."""
    return np.asarray((np.floor(block) == block).all(axis=-1))


def _screen_auto(is_whole: Callable[[], Mask], least: Array, totals: Array) -> tuple[Mask, Mask]:
    sum_to_1 = _are_nearly_1(totals)
    if sum_to_1.all():
        return sum_to_1, least >= 0
    return sum_to_1, _are_masses(least, totals) & (sum_to_1 | is_whole())


def _screen_probs(is_whole: Callable[[], Mask], least: Array, totals: Array) -> tuple[Mask, Mask]:
    sum_to_1 = _are_nearly_1(totals)
    return sum_to_1, (least >= 0) & sum_to_1


def _screen_counts(is_whole: Callable[[], Mask], least: Array, totals: Array) -> tuple[Mask, Mask]:
    return np.zeros(len(least), dtype=bool), _are_masses(least, totals) & is_whole()


def _screen_weights(is_whole: Callable[[], Mask], least: Array, totals: Array) -> tuple[Mask, Mask]:
    return np.zeros(len(least), dtype=bool), _are_masses(least, totals)


def _screen_logits(is_whole: Callable[[], Mask], least: Array, totals: Array) -> tuple[Mask, Mask]:
    return np.zeros(len(least), dtype=bool), ~np.isnan(least) & np.isfinite(totals)  # the largest logit is the total


def _screen_logprobs(is_whole: Callable[[], Mask], least: Array, totals: Array) -> tuple[Mask, Mask]:
    sum_to_1 = _are_nearly_1(totals)
    return sum_to_1, ~np.isnan(least) & sum_to_1


SCREENS: dict[str, Screen] = {
    "auto": _screen_auto,
    "probs": _screen_probs,
    "counts": _screen_counts,
    "weights": _screen_weights,
    "logits": _screen_logits,
    "logprobs": _screen_logprobs,
}


def are_plain(lowest: float, totals: Array) -> bool:
    """Returns True for rows with these totals that are plainly probabilities, if none has a mass below `lowest`."""
    near = SUM_IS_NEARLY_ONE / 2
    are_near = 1 - near < np.minimum.reduce(totals) and np.maximum.reduce(totals) < 1 + near
    return bool(are_near and lowest > _LOWEST)
