"""Many distributions over the same outcomes, one a row: what each row's numbers mean is decided as for one alone.

The numbers stay as they were given, of any real type and layout, and are widened to doubles a few rows at a time: a
file that is mapped to memory is never copied whole. A row that is not plainly of its kind is read as the one
distribution that it is, which has the words for what is wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from klcli.core.blocks import BLOCK, added, each_block, total
from klcli.core.distribution import KINDS, SUM_IS_NEARLY_ONE, SUM_IS_ONE, Observed
from klcli.core.error_free import Array
from klcli.core.note import Note
from klcli.core.pair import Mask
from klcli.errors import NotADistribution, UsageError

__all__ = ["Rows", "read_rows"]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Distributions, one a row; `read_rows` makes them, and validates.

    Attributes:
        values: shape (n, k), as given: masses of any totals, or logarithms of masses up to a constant.
        name: of the source. kind: what the numbers were, as in Distribution.
        are_logarithms: whether the values are logarithms (logits, log-probabilities).
        temperature: what logits are divided by, as doubles.
        least, totals: the smallest mass of each row, and their sum, shape (n,); None for logarithms.
        notes: what was assumed on the way.
        normalised: how many rows were meant to sum to 1 and did not. furthest: the sum that is furthest from 1.
    """

    values: NDArray[Any]
    name: str
    kind: str
    are_logarithms: bool
    temperature: float
    least: Array | None
    totals: Array | None
    normalised: int
    furthest: float

    def __len__(self) -> int:
        return len(self.values)

    @property
    def outcomes(self) -> int:
        """How many each row has, k."""
        return int(self.values.shape[1])

    @property
    def at_a_time(self) -> int:
        """How many rows stay in the second-level cache together."""
        return max(1, BLOCK // self.outcomes)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was assumed on the way."""
        return normalised_notes(self.name, self.normalised, self.furthest)

    def block(self, where: slice) -> Array:
        """Returns the values of these rows as doubles, each row contiguous, logits divided by the temperature."""
        return _widened(self.values[where], self.temperature)

    def masses(self, where: slice) -> Array:
        """Returns the masses of these rows, as doubles, of any totals."""
        block = self.block(where)
        if self.kind == "logits":
            return np.exp(block - np.maximum.reduce(block, axis=-1, keepdims=True))
        return np.exp(block) if self.are_logarithms else block

    def logarithms(self, where: slice) -> Array:
        """Returns the logarithms of the masses of these rows, up to a constant each; -inf where there is none."""
        with np.errstate(divide="ignore"):
            return self.block(where) if self.are_logarithms else np.log(self.block(where))


def read_rows(
    values: ArrayLike,
    as_: str = "auto",
    *,
    name: str = "",
    place: Callable[[int], str] | None = None,
    labels: Sequence[str] | None = None,
    temperature: float = 1.0,
) -> Rows:
    """Returns the distributions that rows of numbers mean under the kind `as_`, decided row by row.

    Args:
        values: shape (n, k), of any real type, byte order and layout; they are not copied, and must not be changed.
        as_: auto, probs, counts, weights, logits or logprobs.
        name: of the source, for messages. place: the words for where a row stands; None counts from 1.
        labels: of the outcomes, for messages.
        temperature: above 0; logits are divided by it, as doubles, before anything else.

    Raises:
        NotADistribution: a row is none of that kind; the message names the first, and the outcome that is wrong.
        UnknownName: there is no such kind. UsageError: it is not for rows, or there is no such temperature.
    """
    kind = KINDS.lookup(as_)
    if kind.name not in _SCREENS:
        raise UsageError(f"a row cannot be read as {kind.name}", hint=f"a row is {', '.join(_SCREENS)}")
    if not 0 < temperature < inf:
        raise UsageError(f"the temperature is {temperature:g}, not a number above 0")
    if temperature != 1 and kind.name != "logits":
        raise UsageError(f"a temperature is for logits, not for {kind.noun or kind.name}", hint="pass --as logits")
    array = _two_dimensional(values, name, labels)
    least, totals = np.empty((2, len(array)))
    screen = _SCREENS[kind.name]

    def survey(where: slice) -> tuple[Mask, Mask]:
        block = _widened(array[where], temperature)
        least[where] = np.minimum.reduce(block, axis=-1)
        totals[where] = total([added(np.exp(block) if kind.name == "logprobs" else block)])
        return screen(block, least[where], totals[where])

    found = each_block(len(array), lambda: survey, size=max(1, BLOCK // array.shape[1]))
    sum_to_1, is_fine = (np.concatenate(each) for each in zip(*found, strict=True)) if found else np.empty((2, 0), bool)
    for row in np.flatnonzero(~is_fine).tolist():
        where = f"{name}: " * bool(name) + (place(row) if place else f"row {row + 1}")
        alone = _widened(array[row : row + 1], temperature)[0]
        kind.read(Observed(alone, labels, where, lambda index: f"column {index + 1}"))  # raises
    are_logarithms = kind.name in ("logits", "logprobs")
    off = np.where(sum_to_1, totals - 1, 0.0)
    furthest = float(totals[np.abs(off).argmax()]) if len(array) else 1.0
    noun = kind.noun or ("probabilities" if sum_to_1.all() else "masses" if sum_to_1.any() else "counts")
    return Rows(
        array, name, noun, are_logarithms, temperature,
        least=None if are_logarithms else least,
        totals=None if are_logarithms else totals,
        normalised=int((np.abs(off) > SUM_IS_ONE).sum()),
        furthest=furthest,
    )  # fmt: skip


def normalised_notes(name: str, rows: int, furthest: float) -> tuple[Note, ...]:
    """Returns the note that so many rows were divided by their sums, if any was."""
    if not rows:
        return ()
    subject = f"{rows:,} row{'s' * (rows > 1)}{f' of {name}' * bool(name)}"
    end = (
        f"sum to 1 (the furthest to {furthest:.9g}); each was"
        if rows > 1
        else f"sum to 1 but to {furthest:.9g}; it was"
    )
    return (Note("normalised", f"{subject} {'do' if rows > 1 else 'does'} not {end} divided by its sum"),)


def _two_dimensional(values: ArrayLike, name: str, labels: Sequence[str] | None) -> NDArray[Any]:
    led = f"{name}: " * bool(name)
    try:
        array = np.asarray(values)
        if array.dtype.kind in "OSU":
            array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise NotADistribution(f"{led}not all are numbers") from None
    if array.dtype.kind not in "biuf":
        raise NotADistribution(f"{led}not all are numbers")
    if array.ndim != 2:
        raise NotADistribution(f"{led}the values have the shape {array.shape}, not two dimensions")
    if not array.shape[1]:
        raise NotADistribution(f"{led}there are no values")
    if labels is not None and len(labels) != array.shape[1]:
        raise NotADistribution(f"{led}there are {len(labels)} labels for {array.shape[1]} values")
    return array


def _widened(values: NDArray[Any], temperature: float) -> Array:
    block = np.ascontiguousarray(values, dtype=np.float64)
    return block if temperature == 1 else block / temperature


# Maps a block of rows, their least values and their sums to which rows sum to 1, and which are plainly of the kind.
Screen = Callable[[Array, Array, Array], tuple[Mask, Mask]]


def _are_masses(least: Array, totals: Array) -> Mask:
    return np.asarray((least >= 0) & (totals > 0) & (totals < inf))


def _are_nearly_1(totals: Array) -> Mask:
    return np.asarray(np.abs(totals - 1) <= SUM_IS_NEARLY_ONE)


def _are_whole(block: Array) -> Mask:
    return np.asarray((np.floor(block) == block).all(axis=-1))


def _screen_auto(block: Array, least: Array, totals: Array) -> tuple[Mask, Mask]:
    sum_to_1 = _are_nearly_1(totals)
    is_known = sum_to_1 if sum_to_1.all() else sum_to_1 | _are_whole(block)
    return sum_to_1, _are_masses(least, totals) & is_known


def _screen_probs(block: Array, least: Array, totals: Array) -> tuple[Mask, Mask]:
    sum_to_1 = _are_nearly_1(totals)
    return sum_to_1, _are_masses(least, totals) & sum_to_1


def _screen_counts(block: Array, least: Array, totals: Array) -> tuple[Mask, Mask]:
    return np.zeros(len(block), dtype=bool), _are_masses(least, totals) & _are_whole(block)


def _screen_weights(block: Array, least: Array, totals: Array) -> tuple[Mask, Mask]:
    return np.zeros(len(block), dtype=bool), _are_masses(least, totals)


def _screen_logits(block: Array, least: Array, totals: Array) -> tuple[Mask, Mask]:
    return np.zeros(len(block), dtype=bool), np.isfinite(totals)


def _screen_logprobs(block: Array, least: Array, totals: Array) -> tuple[Mask, Mask]:
    sum_to_1 = _are_nearly_1(totals)
    return sum_to_1, np.isfinite(least) & sum_to_1


_SCREENS: dict[str, Screen] = {
    "auto": _screen_auto,
    "probs": _screen_probs,
    "counts": _screen_counts,
    "weights": _screen_weights,
    "logits": _screen_logits,
    "logprobs": _screen_logprobs,
}
