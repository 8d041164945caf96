"""A distribution over named or numbered outcomes.

A Distribution is valid once it exists: its constructors refuse everything else, and say which outcome is wrong. The
masses are kept as given, with their total; `normaliser` normalises them exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from klcli.core.arithmetic.real_numbers import widened
from klcli.core.arithmetic.types import Array
from klcli.core.distributions.given_numbers import given_numbers
from klcli.core.distributions.kinds import KINDS, Kind
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import NotADistribution, Place
from klcli.notes import Note
from klcli.support.foreign_arrays import refuse_masked
from klcli.support.python_terms import in_python_terms
from klcli.support.text.label_text import label_texts
from klcli.support.text.text_table import MOST_ROWS, Shown, TextTable

__all__ = ["Distribution", "read_as", "read_values"]

# str() of what is missing in Python, NumPy (-- is masked) and pandas
_MISSING = frozenset({"None", "nan", "NaN", "NaT", "<NA>", "--"})


@dataclass(frozen=True, slots=True, eq=False, repr=False, init=False)
class Distribution(Shown):
    """Masses over outcomes: `Distribution([0.5, 0.5])`, `Distribution({"cat": 3, "dog": 1})`, or a named constructor.

    Attributes:
        mass: shape (k,), float64, not negative, finite; their sum is above 0 but need not be 1.
        labels: one for each outcome, all different; None where outcomes are known by position.
        name: of the source. kind: what the numbers were: probabilities, counts, weights, logits, logprobs, samples.
        total: the sum of the masses, right to its last digit; inf where it is above 1.8e308. least: the smallest mass.
        log_mass: the logarithms of the masses up to a constant, where those are what was given (logits); else None.
        notes: what was assumed on the way. heading: how the numbers were read, in a few words; mostly empty.
    """

    mass: Array
    labels: Sequence[str] | None
    name: str
    kind: str
    total: float
    least: float
    log_mass: Array | None
    notes: tuple[Note, ...]
    heading: str

    @in_python_terms
    def __init__(
        self,
        values: "ArrayLike | Mapping[Any, float]",
        labels: Iterable[object] | None = None,
        *,
        as_: str = "auto",
        name: str = "",
    ) -> None:
        """Reads numbers, which are copied, as the kind `as_` says; a mapping is from label to number.

        Raises:
            NotADistribution: they are not of that kind; the message names the first that is wrong.
            UnknownName: there is no such kind.
        """
        if isinstance(values, Mapping):
            labels = values.keys()
            values = list(values.values())
        found = read_values(values, labels, as_=as_, name=name)
        for each in fields(self):
            object.__setattr__(self, each.name, getattr(found, each.name))

    @classmethod
    @in_python_terms
    def from_values(
        cls, values: ArrayLike, labels: Iterable[object] | None = None, *, as_: str = "auto", name: str = "",
        copy: bool = True,
    ) -> "Distribution":  # fmt: skip
        """Returns the distribution that numbers mean under the kind `as_`.

        Args:
            copy: False keeps an array of float64 as it is, so that it takes no memory, and must not be changed.

        Raises:
            NotADistribution: they are not of that kind; the message names the first that is wrong.
            UnknownName: there is no such kind.
        """
        return read_values(values, labels, as_=as_, name=name, copy=copy)

    @classmethod
    def from_probabilities(
        cls, values: ArrayLike, labels: Iterable[object] | None = None, *, name: str = ""
    ) -> "Distribution":
        """Returns the distribution of probabilities, which must sum to 1 within 1e-2 (with a note beyond 1e-9)."""
        return cls.from_values(values, labels, as_="probs", name=name)

    @classmethod
    def from_counts(
        cls, values: ArrayLike, labels: Iterable[object] | None = None, *, name: str = ""
    ) -> "Distribution":
        """Returns the distribution of whole numbers; a repeated label is summed."""
        return cls.from_values(values, labels, as_="counts", name=name)

    @classmethod
    def from_weights(
        cls, values: ArrayLike, labels: Iterable[object] | None = None, *, name: str = ""
    ) -> "Distribution":
        """Returns the distribution proportional to the values, whatever their sum."""
        return cls.from_values(values, labels, as_="weights", name=name)

    @classmethod
    def from_logits(
        cls, values: ArrayLike, labels: Iterable[object] | None = None, *, name: str = ""
    ) -> "Distribution":
        """Returns the softmax of the values, compared by its logarithms."""
        return cls.from_values(values, labels, as_="logits", name=name)

    @classmethod
    def from_logprobs(
        cls, values: ArrayLike, labels: Iterable[object] | None = None, *, name: str = ""
    ) -> "Distribution":
        """Returns the exponential of the values, which must sum to 1 as probabilities must."""
        return cls.from_values(values, labels, as_="logprobs", name=name)

    @classmethod
    def from_samples(cls, observations: Iterable[object], *, name: str = "") -> "Distribution":
        """Returns how often each observation occurs.

        Raises:
            NotADistribution: an observation is missing: None, NaN, what pandas writes for them, or masked.
        """
        refuse_masked(observations, name)
        observed = tuple(observations)
        labels = label_texts(observed)
        if not _MISSING.isdisjoint(labels):
            _refuse_missing(observed, labels, name)
        return cls.from_values(np.ones(len(labels)), labels, as_="samples", name=name)

    @property
    def described(self) -> str:
        """The name, if there is one, the kind and the number of outcomes, in words."""
        count = len(self)
        named = f"{self.name}, " * (self.name not in ("", "P", "Q"))
        return f"{named}{self.kind}, {count:,} outcome{'s' * (count != 1)}"

    def _text_table(self) -> TextTable:
        shown = range(min(len(self), MOST_ROWS))
        top = float(self.mass.max())
        total = float((self.mass / top).sum())
        rows = [
            (f"[{index + 1}]" if self.labels is None else self.labels[index], float(self.mass[index]) / top / total)
            for index in shown
        ]
        left = len(self) - len(rows)
        return TextTable(self.described, ("outcome", "probability"), rows, (f"… {left:,} more",) if left else ())

    def __len__(self) -> int:
        return len(self.mass)


def read_values(
    values: ArrayLike,
    labels: Iterable[object] | None = None,
    *,
    as_: str = "auto",
    name: str = "",
    copy: bool = True,
) -> Distribution:
    """Returns the distribution that numbers mean under the kind `as_`; see `Distribution.from_values`."""
    names = None if labels is None else label_texts(labels)
    given = widened(given_numbers(values, name))
    array = np.array(given, dtype=np.float64) if copy else np.asarray(given, dtype=np.float64)
    return read_as(KINDS.lookup(as_), RawNumbers(array, names, name))


def read_as(kind: Kind, observed: RawNumbers) -> Distribution:
    """Returns the distribution that observed numbers mean under a kind.

    Raises:
        NotADistribution: they are not of that kind; the message names the first that is wrong.
    """
    masses = kind.read(observed)
    found = object.__new__(Distribution)  # the constructor would read the masses again
    for name, value in zip(masses._fields, masses, strict=True):
        object.__setattr__(found, name, value)
    return found


def _refuse_missing(observed: Sequence[object], labels: Sequence[str], name: str) -> None:
    """Refuses observations that are written as missing ones, unless they are texts."""
    for index, (value, label) in enumerate(zip(observed, labels, strict=True)):
        if label in _MISSING and not isinstance(value, str):
            raise NotADistribution(
                f"there is no label, but {label}",
                place=Place(name).then(Place.nth("value", index)),
                hint="leave missing observations out, or pass a text that stands for them",
            )
