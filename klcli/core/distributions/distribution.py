"""A distribution over named or numbered outcomes, and the kinds of numbers that one is made from.

A Distribution is valid once it exists: its constructors refuse everything else, and say which outcome is wrong. The
masses are kept as given, with their total; `normaliser` normalises them exactly.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from klcli.core.arithmetic.parallel import blocks, min_and_sum
from klcli.core.arithmetic.types import Array
from klcli.core.distributions.labels import have_repeats
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.core.distributions.unit_sum import SUM_IS_NEARLY_ONE, notes_on_sum, shown_sum
from klcli.errors import NotADistribution
from klcli.notes import Note
from klcli.support.python_terms import in_python_terms
from klcli.support.registry import Registry
from klcli.support.text_table import MOST_ROWS, Shown, TextTable

__all__ = ["KINDS", "Distribution", "Kind", "read_values"]

_MISSING = frozenset({"None", "nan", "NaN", "NaT", "<NA>"})  # str() of what is missing in Python, NumPy and pandas


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
            NotADistribution: they are none of that kind; the message names the first that is wrong.
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
            NotADistribution: they are none of that kind; the message names the first that is wrong.
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
            NotADistribution: an observation is missing: None, NaN, or what pandas writes for them.
        """
        observed = tuple(observations)
        labels = tuple(map(str, observed))
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
    min_and_sum: tuple[float, float] | None = None,
) -> Distribution:
    """Returns the distribution that numbers mean under the kind `as_`; see `Distribution.from_values`.

    Args:
        min_and_sum: the smallest value and the sum, where they are known.
    """
    names = None if labels is None else tuple(map(str, labels))
    try:
        array = np.array(values, dtype=np.float64) if copy else np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise NotADistribution(f"{name or 'the values'}: not all are numbers") from None
    return KINDS.lookup(as_).read(RawNumbers(array, names, name, min_and_sum=min_and_sum))


class Kind(NamedTuple):
    """A meaning of numbers: the word after `--as`, its noun in results, and the function that reads them."""

    name: str
    noun: str
    summary: str
    read: Callable[[RawNumbers], Distribution]


KINDS: Registry[Kind] = Registry("kind", "kinds")

Reading = Callable[[RawNumbers], Distribution]


def kind(name: str, noun: str, summary: str, *, aliases: tuple[str, ...] = ()) -> Callable[[Reading], Reading]:
    """Registers the decorated function as the reading of a kind of numbers."""

    def register(read: Reading) -> Reading:
        KINDS.add(name, Kind(name, noun, summary, read), aliases=aliases)
        return read

    return register


@kind("auto", "", "probabilities if they sum to 1 within 0.01, counts if all are whole numbers, else refused")
def _auto(observed: RawNumbers) -> Distribution:
    values = observed.finite()
    least, total = observed.min_and_sum
    if least < 0:
        raise observed.negative(_log_hint(values))
    if abs(total - 1) <= SUM_IS_NEARLY_ONE:
        return _distribution(observed, "probs", values, notes=notes_on_sum(observed.name, total))
    if _are_whole(values):
        return _counts(observed)
    raise observed.refuse_all(
        f"the values sum to {shown_sum(total)}: neither probabilities (1 within 0.01) nor counts (whole numbers)",
        hint="pass --as weights to normalise them",
    )


@kind("probs", "probabilities", "not negative, summing to 1 within 0.01", aliases=("probabilities",))
def _probabilities(observed: RawNumbers) -> Distribution:
    values = observed.masses()
    total = observed.min_and_sum[1]
    if abs(total - 1) > SUM_IS_NEARLY_ONE:
        raise observed.refuse_all(
            f"the masses sum to {shown_sum(total)}, not 1 within 0.01", hint="pass --as weights to normalise them"
        )
    return _distribution(observed, "probs", values, notes=notes_on_sum(observed.name, total))


@kind("counts", "counts", "whole numbers, not negative; a repeated label is summed")
def _counts(observed: RawNumbers) -> Distribution:
    values = observed.masses()
    if not _are_whole(values):
        index = int(np.flatnonzero(np.floor(values) != values)[0])
        raise observed.refuse(
            index, f"{values[index]:.6g} is no whole number, so no count", hint="pass --as weights to normalise them"
        )
    return _distribution(observed.summed(), "counts")


@kind("weights", "weights", "not negative, normalised whatever their sum")
def _weights(observed: RawNumbers) -> Distribution:
    return _distribution(observed, "weights", observed.masses())


@kind("logits", "logits", "any numbers, or -inf for mass 0; softmax makes them probabilities")
def _logits(observed: RawNumbers) -> Distribution:
    values = observed.logarithms()
    with np.errstate(over="ignore"):  # logits up to 1.8e308 may be further apart than that
        mass = np.exp(values - values.max())
    return _distribution(observed, "logits", mass, log_mass=values)


@kind("logprobs", "log-probabilities", "natural logarithms of probabilities, whose exponentials sum to 1 within 0.01")
def _logprobs(observed: RawNumbers) -> Distribution:
    values = observed.logarithms()
    with np.errstate(over="ignore"):
        mass = np.exp(values)
    total = min_and_sum(mass)[1]
    if not abs(total - 1) <= SUM_IS_NEARLY_ONE:
        raise observed.refuse_all(
            f"the exponentials of the values sum to {shown_sum(total)}, not 1 within 0.01",
            hint="pass --as logits to normalise them by softmax",
        )
    return _distribution(observed, "logprobs", mass, log_mass=values, notes=notes_on_sum(observed.name, total))


@kind("samples", "samples", "each value is one observation of a label; they are counted")
def _samples(observed: RawNumbers) -> Distribution:
    if not len(np.atleast_1d(observed.values)):
        raise observed.refuse_all("there are no observations")
    values = observed.finite()
    if observed.labels is None:
        labels = tuple(f"{value:.17g}" for value in values)
        observed = RawNumbers(
            np.ones(len(labels)), labels, observed.name, observed.place, notes=observed.notes, heading=observed.heading
        )
    observed.masses()
    return _distribution(observed.summed(), "samples")


def _distribution(
    observed: RawNumbers,
    kind_name: str,
    mass: Array | None = None,
    *,
    log_mass: Array | None = None,
    notes: tuple[Note, ...] = (),
) -> Distribution:
    least, total = observed.min_and_sum if mass is None or mass is observed.values else min_and_sum(mass)
    if total == 0:
        raise observed.every_mass_is_0()
    if observed.labels is not None and have_repeats(observed.labels):
        raise observed.duplicate()
    return _made(
        mass=_read_only(observed.values if mass is None else mass),
        labels=observed.labels,
        name=observed.name,
        kind=KINDS.lookup(kind_name).noun,
        total=total,
        least=least,
        log_mass=None if log_mass is None else _read_only(log_mass),
        notes=(*observed.notes, *notes),
        heading=observed.heading,
    )


def _made(**values: object) -> Distribution:
    """Returns a distribution of these attributes, which are valid."""
    found = object.__new__(Distribution)
    for name, value in values.items():
        object.__setattr__(found, name, value)
    return found


def _read_only(values: Array) -> Array:
    if not values.flags.writeable:
        return values
    view = values.view()
    view.setflags(write=False)
    return view


def _log_hint(values: Array) -> str:
    if (values <= 0).all() and abs(float(np.exp(values).sum()) - 1) <= SUM_IS_NEARLY_ONE:
        return "if these are logarithms of probabilities, pass --as logprobs"
    return "if these are logits, pass --as logits"


def _refuse_missing(observed: Sequence[object], labels: Sequence[str], name: str) -> None:
    """Refuses observations that are written as missing ones, unless they are texts."""
    for index, (value, label) in enumerate(zip(observed, labels, strict=True)):
        if label in _MISSING and not isinstance(value, str):
            subject = f"{name}: " if name else ""
            raise NotADistribution(
                f"{subject}value {index + 1}: there is no label, but {label}",
                hint="leave missing observations out, or pass a text that stands for them",
            )


def _are_whole(values: Array) -> bool:
    return all(bool((np.floor(values[where]) == values[where]).all()) for where in blocks(len(values)))
