"""Notes on values: why one is infinite, rough or out of range, and what is known besides it."""

from collections.abc import Sequence

from klcli.notes.causes import LARGEST, Cause, why
from klcli.notes.record import note
from klcli.notes.wording import be, listing, plain_plural, plural
from klcli.support.sentence import Option

__all__ = [
    "distributions_disjoint",
    "divergence_bounds",
    "entries_infinite",
    "entries_made_by_masks",
    "entropy_negative",
    "error_large",
    "made_by_masks",
    "measures_infinite",
    "measures_left_out",
    "monte_carlo_interval",
    "overflow",
    "rows_infinite",
    "rows_made_by_masks",
    "sample_log_likelihood",
    "upper_bound_infinite",
    "value_infinite",
]


@note("infinite")
def measures_infinite(
    measures: tuple[str, ...], cause: Cause, count: int, outcomes: tuple[str, ...], share: float
) -> str:
    """Measures that are infinite because one side lacks outcomes: their count, first labels, share of mass."""
    this, other = ("P", "Q") if cause is Cause.Q_LACKS_P else ("Q", "P")
    return (
        f"{', '.join(measures)} {be(measures)} infinite: {other} has no mass on {plain_plural(count, 'outcome')} of "
        f"{this}: {listing(outcomes, count)} ({share:.6g} of {this}'s mass)"
    )


@note("infinite")
def distributions_disjoint(measures: tuple[str, ...]) -> str:
    """Measures that are infinite because P and Q share no outcome."""
    return f"{', '.join(measures)}: infinite, as P and Q share no outcome"


@note("infinite")
def value_infinite(measures: tuple[str, ...], reason: str) -> str:
    """Measures of two families that are infinite for the same reason."""
    return f"{', '.join(measures)} {be(measures)} infinite: {reason}"


@note("infinite")
def entries_infinite(count: int, causes: tuple[Cause, ...], p: str, q: str, pairs: tuple[str, ...]) -> str:
    """Infinite entries of a matrix: count, causes, names of P and Q, first pairs."""
    entries = "1 entry is infinite" if count == 1 else f"{count:,} entries are infinite"
    return f"{entries}: {why(causes, p, q)}: {listing(pairs, count)}"


@note("infinite")
def rows_infinite(measure: str, count: int, names: tuple[str, ...]) -> str:
    """Rows in which a measure is infinite: count, first names."""
    return f"{measure} is infinite in {plural(count, 'row')}: {listing(names, count)}"


@note("mask")
def made_by_masks(measures: tuple[str, ...], count: int, outcomes: tuple[str, ...]) -> str:
    """Measures that very low logits make large: number of such outcomes, first outcomes with their sides."""
    return _masks(measures, f" by the logits of {listing(outcomes, count)}" if count else "")


@note("mask")
def rows_made_by_masks(measure: str, count: int, names: tuple[str, ...]) -> str:
    """Rows in which very low logits make a measure large: count, first names."""
    return _masks((measure,), f" in {plural(count, 'row')}, {listing(names, count)}")


@note("mask")
def entries_made_by_masks(measure: str, count: int, pairs: tuple[str, ...]) -> str:
    """Entries of a matrix that very low logits make large: count, first pairs."""
    return _masks((measure,), f" at {listing(pairs, count)}")


@note("unbounded")
def upper_bound_infinite(is_cured: bool = True) -> str:
    """An infinite upper bound, of rows of which only the most probable outcomes are known, and the cure, if any."""
    said = "the upper bound is infinite where Q may give nothing to an outcome that it does not list"
    return said + "; " + Option("--tail-floor", "E") + " says that it gives each at least E" if is_cured else said


@note("overflow")
def overflow(measures: tuple[str, ...]) -> str:
    """Measures that are finite, but too large for a double."""
    return f"{', '.join(measures)}: finite, but above {LARGEST}"


@note("rough_value")
def error_large(measure: str, error: float) -> str:
    """A measure whose bound on its error is large beside its value."""
    return f"{measure} is a rough value: its error may be as large as {error:.1e}"


@note("differential_entropy")
def entropy_negative(measure: str) -> str:
    """A negative differential entropy, which is correct."""
    return f"{measure} is negative, as the entropy of a density above 1 can be"


@note("interval")
def monte_carlo_interval(measure: str, low: float, high: float) -> str:
    """The confidence interval of a Monte Carlo estimate."""
    return f"{measure}: between {low:.6g} and {high:.6g} with 95 % confidence"


@note("bounds")
def divergence_bounds(measure: str, low: float, high: float) -> str:
    """Bounds on a measure of two mixtures."""
    return f"{measure} is at least {low:.6g} and at most {high:.6g}"


@note("log_likelihood")
def sample_log_likelihood(count: float, value: float, unit: str) -> str:
    """The log-likelihood of a sample under a family."""
    return f"the log-likelihood of the {count:.15g} observations is {value!r} {unit}"


@note("left_out")
def measures_left_out(measures: tuple[str, ...], reason: str) -> str:
    """Default measures that cannot be computed for these families."""
    return f"{', '.join(measures)} {be(measures)} left out: {reason}"


def _masks(measures: Sequence[str], where: str) -> str:
    return (
        f"{' and '.join(measures)} {be(measures)} above 10,000 nats{where}: a finite logit is a mass above 0, so "
        "where one such as -3.4e38 is a mask, write -inf for mass 0"
    )
