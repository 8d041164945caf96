"""Limits on measures, and whether a comparison keeps them."""

from collections.abc import Iterable, Sequence
from math import inf, isfinite, isnan
from typing import NamedTuple, Protocol

from klcli.core.distributions.units import Base, unit_name
from klcli.core.measures.measure import Measure
from klcli.core.measures.selection import limited_measure
from klcli.errors import NotComparable, UsageError
from klcli.support.sentence import Option

__all__ = ["BOUNDS", "Compared", "Limit", "Verdict", "judge", "parse_limit", "split_bound", "split_limit"]

_ROUGH = 1e-9  # relative
BOUNDS = ("value", "lower", "upper")  # of an estimate, which a limit may be on


class Compared(Protocol):
    """A comparison, of masses or of families, that limits are held against."""

    @property
    def base(self) -> Base: ...

    def value(self, measure: Measure) -> float:
        """Returns a measure's value in the unit of `base`."""

    def bound_of_error(self, measure: Measure) -> float:
        """Returns how far from a measure's value the true one may be, in the unit of `base`."""


class Limit(NamedTuple):
    """The largest value that a measure may have, in the unit of the comparison."""

    measure: Measure
    limit: float


class Verdict(NamedTuple):
    """A limit held against a value.

    Attributes:
        is_least: whether the value must not be below the limit, instead of above. place: which of many values it is.
        bound: "lower" or "upper" for an end of an interval; empty for a value.
        is_strict: whether a value equal to the limit does not keep it.
    """

    measure: str
    limit: float
    value: float
    unit: str
    is_least: bool = False
    place: str = ""
    bound: str = ""
    is_strict: bool = False

    @property
    def subject(self) -> str:
        """The measure, with the end of its interval: "forward_kl", "upper end of forward_kl"."""
        return f"{self.bound} end of {self.measure}" if self.bound else self.measure

    @property
    def is_known(self) -> bool:
        """True if there is a value to judge; one that is undefined for the data is NaN, which keeps no limit."""
        return not isnan(self.value)

    @property
    def passed(self) -> bool:
        if self.is_strict and self.value == self.limit:
            return False
        return self.value >= self.limit if self.is_least else self.value <= self.limit  # False for NaN

    @property
    def ending(self) -> str:
        """The words after the limit: the unit, and the place in brackets."""
        return f" {self.unit}" * bool(self.unit) + f" ({self.place})" * bool(self.place)

    @property
    def sign(self) -> str:
        """How the value lies to the limit, as in 0.5 > 0.1; for NaN, how it would lie if it were exceeded."""
        is_above = self.passed is self.is_least
        has_equality = self.passed is not self.is_strict
        return ("≥" if has_equality else ">") if is_above else ("≤" if has_equality else "<")


def parse_limit(text: str, asked: Sequence[str] = (), *, sign: str = "=", may_lift: bool = False) -> Limit:
    """Returns the limit that "jeffreys=0.2" sets, or "0.1" on the one measure asked for, else on the forward KL.

    Args:
        asked: the names of the measures that are asked for, as given.
        sign: what stands between both where the limit was written; messages show it. may_lift: as of `split_limit`.

    Raises:
        UsageError: the limit is not a finite number, its measure is unknown, or it has none and several are asked for.
    """
    name, limit = split_limit(text, f"[MEASURE{sign}]NUMBER", f"forward_kl{sign}0.1", sign=sign, may_lift=may_lift)
    return Limit(limited_measure(name, asked, sign=sign), limit)


def split_limit(
    text: str, form: str, example: str, *, sign: str = "=", may_lift: bool = False
) -> tuple[str, float]:  # fmt: skip
    """Returns the name, which may be empty, and the number of NAME=NUMBER; `form` and `example` are for the message.

    Args:
        sign: what stood in the place of =. may_lift: whether inf, which lifts a limit set elsewhere, is allowed.

    Raises:
        UsageError: the limit is not a finite number.
    """
    name, equals, number = text.rpartition("=")
    try:
        limit = float(number)
    except ValueError:
        limit = float("nan")
    if not (isfinite(limit) or (may_lift and limit == inf)) or (equals and not name):
        raise UsageError(f"{text.replace('=', sign)!r} is not a limit: {form}", hint=f"as in {example}")
    return name, limit


def split_bound(text: str) -> tuple[str, str]:
    """Returns a limit on an estimate without its bound, and the bound: "js=0.1", "upper" for "js=upper:0.1".

    The bound is "value" if none is named, and not checked.
    """
    name, equals, rest = text.rpartition("=")
    bound, colon, number = rest.rpartition(":")
    return f"{name}{equals}{number}", bound.strip().lower() if colon else "value"


def judge(comparison: Compared, limits: Iterable[Limit]) -> tuple[Verdict, ...]:
    """Returns a verdict for each limit.

    Raises:
        NotComparable: a limit lies within the error of its value, so that nobody can say whether it is kept.
    """
    return tuple(_verdict(comparison, *limit) for limit in limits)


def _verdict(comparison: Compared, measure: Measure, limit: float) -> Verdict:
    value, error = comparison.value(measure), comparison.bound_of_error(measure)
    # rounding alone does not count as an error, so that a limit which the value equals is kept
    if error > _ROUGH * max(abs(value), abs(limit)) and abs(value - limit) <= error:
        raise NotComparable(
            f"{measure.name} is {value:.6g} ± {error:.2g}: the limit {limit!r} lies within the error, so it cannot be "
            "judged",
            hint="without " + Option("--fail-above") + " the value is shown, with a note on its error",
        )
    return Verdict(measure.name, limit, value, unit_name(measure.unit, comparison.base))
