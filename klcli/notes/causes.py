"""Causes: why a value is infinite or its error has no bound. The one place that puts this into words."""

from enum import Enum
from typing import NamedTuple

from klcli.notes.wording import listing

__all__ = ["Cause", "Reason", "outcomes_of_one_side", "outcomes_without_q", "why"]

LARGEST = "1.8e308, the largest number of a double"


class Cause(Enum):
    """Reasons why a value is infinite, or why the bound of its error is."""

    Q_LACKS_P = "q_lacks_p"
    P_LACKS_Q = "p_lacks_q"
    DISJOINT = "disjoint"
    OVERFLOW = "overflow"
    # of families
    SUPPORT_WIDER = "support_wider"
    P_ON_POINTS = "p_on_points"
    NOT_WHOLE = "not_whole"
    TOTALS_DIFFER = "totals_differ"
    NO_SHARED_MASS = "no_shared_mass"
    SAMPLE_OUTSIDE = "sample_outside"
    DRAWN_OUTSIDE = "drawn_outside"
    TAIL = "tail"
    FLAT_TAIL = "flat_tail"
    EXPECTATION = "expectation"
    # of errors without a bound
    NOT_FOUND = "not_found"
    TERMS_TOO_FAR = "terms_too_far"
    PART_TOO_FAR = "part_too_far"
    NO_DENSITY = "no_density"


_WORDS = {
    Cause.Q_LACKS_P: "{Q} has no mass on an outcome of {P}",
    Cause.P_LACKS_Q: "{P} has no mass on an outcome of {Q}",
    Cause.DISJOINT: "{P} and {Q} share no outcome",
    Cause.OVERFLOW: f"above {LARGEST}",
    Cause.SUPPORT_WIDER: "{P} has mass {0}, {Q} only {1}",
    Cause.P_ON_POINTS: "{P} has all its mass on single numbers, on which {Q} has none",
    Cause.NOT_WHOLE: "{0} is not a whole number",
    Cause.TOTALS_DIFFER: "the counts of {P} sum to {0}, those of {Q} to {1}",
    Cause.NO_SHARED_MASS: "{P} and {Q} share no mass",
    Cause.SAMPLE_OUTSIDE: "the sample has numbers on which {Q} has no mass",
    Cause.DRAWN_OUTSIDE: "an outcome was drawn from {P} on which {Q} has no mass",
    Cause.TAIL: "towards {0}, -log {q} grows faster than the tail of {p} falls",
    Cause.FLAT_TAIL: (
        "x·{p}(x)·log({p}(x)/{q}(x)) does not fall towards an end of the support, as far as doubles reach"
    ),
    Cause.EXPECTATION: "{0}",
    Cause.NOT_FOUND: "the outcomes that contribute to it were not found",
    Cause.TERMS_TOO_FAR: "the terms that contribute to it lie too far out for a sum in doubles",
    Cause.PART_TOO_FAR: "the part that contributes to it lies too far out for quadrature in doubles",
    Cause.NO_DENSITY: "the density of an outcome leaves the range of doubles",
}


class Reason(NamedTuple):
    """A cause with its values, about P and Q, or about Q and P where it is swapped."""

    cause: Cause
    values: tuple[str, ...] = ()
    is_swapped: bool = False

    @property
    def template(self) -> str:
        """The reason with {P}, {Q}, {p} and {q} for the sides."""
        sides = ("{Q}", "{P}", "{q}", "{p}") if self.is_swapped else ("{P}", "{Q}", "{p}", "{q}")
        values = (value.replace("{", "{{").replace("}", "}}") for value in self.values)
        return _WORDS[self.cause].format(*values, **dict(zip("PQpq", sides, strict=True)))

    @property
    def text(self) -> str:
        """The reason in words."""
        return self.template.format(P="P", Q="Q", p="p", q="q")

    def swapped(self) -> "Reason":
        """Returns the reason with P and Q exchanged."""
        return self._replace(is_swapped=not self.is_swapped)


def why(causes: tuple[Cause, ...], p: str, q: str) -> str:
    """Returns why values are infinite, in words with these names for P and Q."""
    if causes == (Cause.Q_LACKS_P, Cause.P_LACKS_Q):
        return f"{p} or {q} has no mass on an outcome of the other"
    return _WORDS[causes[0]].format(P=p, Q=q)


def outcomes_without_q(outcomes: list[str], count: int) -> str:
    """Returns why the forward KL is infinite: the first outcomes that Q lacks, and how many there are."""
    return f"{listing(outcomes, count)}: P gives {_them(count)} mass, Q none, and log(p/0) is infinite"


def outcomes_of_one_side(outcomes: list[str], count: int) -> str:
    """Returns why a measure is infinite: the first outcomes that one side lacks, and how many there are."""
    return f"{listing(outcomes, count)}: one side gives {_them(count)} mass, the other none"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"
