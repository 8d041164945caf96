"""Numbers as they were read, before a kind gives them a meaning, and the errors for what is wrong with them.

The checks raise, and `refuse`, `negative` and `duplicate` return, a NotADistribution that names the source and the
place.
"""

from collections.abc import Callable, Sequence
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.parallel import blocks, min_and_sum
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.labels import have_repeats
from klcli.errors import MayBeLogarithms, NotADistribution, Place
from klcli.notes import Note
from klcli.support.lazy import lazy
from klcli.support.sentence import Option, Sentence, joined
from klcli.support.text.safe_text import shorten

__all__ = ["RawNumbers"]


class _Wrong(NamedTuple):
    """The words for a value that is not finite, and whether -inf is allowed."""

    nan: str
    infinite: str
    hint: str | None
    hint_of_minus_inf: str
    allows_minus_inf: bool


_NO_MASS = _Wrong(
    "NaN is not a valid mass",
    "an infinite value is not a valid mass",
    None,
    Sentence(
        "if these are logarithms, where -inf is mass 0, pass ",
        Option("--as", "logits"),
        " or ",
        Option("--as", "logprobs"),
    ),
    allows_minus_inf=False,
)
_NO_LOGARITHM = _Wrong(
    "NaN is not a valid mass",
    "an infinite value is not a valid mass",
    "a logarithm is a finite number, or -inf for mass 0",
    "",
    allows_minus_inf=True,
)


class RawNumbers:
    """Numbers as they were read.

    Attributes:
        values: shape (k,).
        labels: one for each value, or None.
        name: of the source, for messages.
        place: the words for where the value of an index stands, such as "line 3"; None counts from 1.
        min_and_sum: the smallest value and the sum; taken when asked for, where they are not given.
        notes: what was assumed when they were read. heading: how they were read, in a few words, for the heading.
        missing: which labels are missing, shape (k,), where the labels themselves do not show it; else None.
        doubt: what may be wrong in how they were read: a hint on every error about all of them; else empty.
        joint: the cure for repeated labels, where other columns may be labels with them; else empty.
    """

    def __init__(
        self,
        values: Array,
        labels: Sequence[str] | None = None,
        name: str = "",
        place: Callable[[int], Place] | None = None,
        min_and_sum: tuple[float, float] | None = None,
        notes: tuple[Note, ...] = (),
        heading: str = "",
        missing: Mask | None = None,
        doubt: str = "",
        joint: str = "",
    ) -> None:
        self.values, self.labels, self.name, self.place = values, labels, name, place
        self.notes, self.heading, self.missing, self.doubt, self.joint = notes, heading, missing, doubt, joint
        if min_and_sum is not None:
            self.__dict__["min_and_sum"] = min_and_sum

    @lazy
    def min_and_sum(self) -> tuple[float, float]:
        """The smallest value and the sum, of one value or more."""
        return min_and_sum(self.values)

    def where(self, index: int) -> Place:
        """Returns the place of a value, such as "p.csv: line 3: 'cat'"."""
        place = self.without_label(index)
        return place if self.labels is None else place.then(repr(shorten(self.labels[index])))

    def without_label(self, index: int) -> Place:
        """Returns the place of a value without its label, such as "p.csv: line 3"."""
        return Place(self.name).then(self.within(index))

    def within(self, index: int) -> Place:
        """Returns the place of a value within the source, such as "line 3"."""
        return self.place(index) if self.place else Place.nth("value", index)

    def refuse(
        self, index: int, found: str, hint: str | None = None, kind: type[NotADistribution] = NotADistribution
    ) -> NotADistribution:
        return kind(found, place=self.where(index), hint=hint)

    def refuse_all(
        self, found: str, hint: str | None = None, kind: type[NotADistribution] = NotADistribution
    ) -> NotADistribution:
        return kind(found, place=self.name, hint=joined("; ", self.doubt, hint) or None)

    def finite(self) -> Array:
        """Returns the values, checked: at least one, in one dimension, as many as labels, none NaN or infinite."""
        return self._checked(_NO_MASS)

    def logarithms(self) -> Array:
        """Returns the values, checked as `finite` does; but -inf, the logarithm of 0, may stand beside others."""
        values = self._checked(_NO_LOGARITHM)
        if self.min_and_sum[1] == -inf and float(values.max()) == -inf:
            raise self.every_mass_is_0()
        return values

    def _checked(self, wrong: "_Wrong") -> Array:
        values = self.values
        if values.ndim != 1:
            rows = "compare takes one distribution, such as p[0]; compare_rows takes one in each row"
            cure = rows if values.ndim > 1 else "give a number for each outcome"
            raise self.refuse_all(f"the values have the shape {values.shape}, not one dimension", cure)
        if self.labels is not None and len(self.labels) != len(values):
            raise self.refuse_all(f"there are {len(self.labels)} labels for {len(values)} values")
        if not len(values):
            raise self.refuse_all("there are no values")
        if not all(map(isfinite, self.min_and_sum)):  # a sum may be infinite where no value is
            is_wrong = np.isnan(values) | (values == inf) if wrong.allows_minus_inf else ~np.isfinite(values)
            if is_wrong.any():
                index = int(is_wrong.argmax())
                if values[index] == -inf:
                    raise self.refuse(index, wrong.infinite, wrong.hint_of_minus_inf, MayBeLogarithms)
                raise self.refuse(index, wrong.nan if np.isnan(values[index]) else wrong.infinite, wrong.hint)
        return values

    def masses(self) -> Array:
        """Returns the values, checked as `finite` does, and that none is negative."""
        values = self.finite()
        if self.min_and_sum[0] < 0:
            raise self.negative(None)
        return values

    def summed(self) -> "RawNumbers":
        """Returns the values with those of a repeated label added up."""
        if self.labels is None or not have_repeats(self.labels):
            return self
        sums: dict[str, float] = {}
        for label, value in zip(self.labels, self.values.tolist(), strict=True):
            sums[label] = sums.get(label, 0.0) + value
        return RawNumbers(np.array(list(sums.values())), tuple(sums), self.name, notes=self.notes, heading=self.heading)

    def negative(self, hint: str | None) -> NotADistribution:
        index = int(np.argmax(self.values < 0))
        kind = MayBeLogarithms if hint else NotADistribution
        return self.refuse(index, f"a negative mass, {self.values[index]:.6g}", hint, kind)

    def every_mass_is_0(self) -> NotADistribution:
        return self.refuse_all("every mass is 0", hint="a distribution needs at least one outcome with mass")

    def are_whole(self) -> bool:
        """Returns True if every value is a whole number."""
        parts = (self.values[where] for where in blocks(len(self.values)))
        return all(bool((np.floor(part) == part).all()) for part in parts)

    def cure_of_sum(self) -> str:
        """Returns the cure for masses whose sum is not 1, or that are no counts."""
        if self.labels is not None and have_repeats(self.labels):
            return self._cure_of_repeats()
        return "pass " + Option("--as", "weights") + " to normalise them"

    def duplicate(self) -> NotADistribution:
        assert self.labels is not None
        first: dict[str, int] = {}
        for index, label in enumerate(self.labels):
            if label in first:
                before = self.within(first[label])
                return self.refuse(index, f"duplicate label, first seen at {before}", hint=self._cure_of_repeats())
            first[label] = index
        raise AssertionError("no label is repeated")

    def _cure_of_repeats(self) -> str:
        if self.min_and_sum[0] < 0 or not self.are_whole():  # no counts, so --as counts would refuse them
            return self.joint or "give each label one value"
        sums = Option("--as", "counts") + " if repeated labels add up"
        return self.joint + ", or " + sums if self.joint else "pass " + sums
