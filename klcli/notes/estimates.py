"""Notes on estimates from samples: why a value or an end is lacking, infinite, or not what it looks like."""

from klcli.notes.record import note
from klcli.notes.wording import be, joined, listing, plural, was
from klcli.support.sentence import Sentence

__all__ = [
    "bound_lacking",
    "estimate_infinite",
    "interval_lacking",
    "limit_inside",
    "neighbours_tied",
    "observations_few",
    "observations_outside",
    "outcomes_unseen",
    "samples_small",
    "samples_sparse",
    "upper_end_inexact",
    "upper_end_lacking",
    "values_below_zero",
]


@note("unseen")
def outcomes_unseen(
    measure: str, this: str, other: str, count: int, outcomes: tuple[str, ...], share: float, is_binned: bool
) -> str:
    """Outcomes of one sample that the other never showed, which leave a divergence without a bound."""
    noun = "bin" if is_binned else "outcome"
    were, they = ("was", "it") if count == 1 else ("were", "them")
    named = "" if is_binned else f" ({listing(outcomes, count)})"
    return (
        f"{plural(count, noun)} of {this} ({100 * share:.3g} % of it) {were} never seen in {other}{named}: "
        f"{other} may give {they} nothing, so the upper end of {measure} is infinite; jensen_shannon's is not"
    )


@note("outside")
def observations_outside(measure: str, this: str, other: str, count: int, share: float, is_above: bool) -> str:
    """More observations beyond all of the other sample than equal distributions explain."""
    lie = "lies" if count == 1 else "lie"
    return (
        f"{plural(count, 'observation')} of {this} ({100 * share:.3g} % of it) {lie} "
        f"{'above' if is_above else 'below'} every observation of {other}: nothing is known of {other} there, so the "
        f"upper end of {measure} is infinite"
    )


@note("sparse")
def samples_sparse(of_p: float, of_q: float) -> str:
    """Samples that have not seen enough of their outcomes for an interval; Good–Turing coverage of P and of Q."""
    return (
        f"no interval: the outcomes seen make up about {100 * of_p:.0f} % of P and {100 * of_q:.0f} % of Q (Good and "
        "Turing), and below 90 % intervals cover less than they say"
    )


@note("few")
def observations_few(labels: int, count: int) -> str:
    """Fewer than 10 observations a label and sample."""
    return (
        f"{plural(count, 'observation')} for {plural(labels, 'label')}: with fewer than 10 a label and sample the "
        "interval may cover 89 to 94 % instead of 95"
    )


@note("small")
def samples_small(count: int, least: int) -> str:
    """A sample with fewer observations than an interval needs."""
    return f"no interval: the smaller sample has {plural(count, 'observation')}, fewer than {least}"


@note("small")
def upper_end_inexact(count: int, least: int, covered: str) -> str:
    """A sample with fewer observations than an upper end needs to be exact; `covered` is in percent."""
    return (
        f"the smaller sample has {plural(count, 'observation')}: with fewer than {least} the upper end may cover "
        f"{covered} % instead of 97.5"
    )


@note("no_interval")
def interval_lacking(names: tuple[str, ...], reason: str) -> str:
    """Estimates for which no interval is known."""
    return f"no interval of {listing(names)}: {reason}"


@note("no_interval")
def upper_end_lacking(names: tuple[str, ...]) -> str:
    """Estimates from vectors, which have a lower end alone."""
    return (
        f"no upper end of {listing(names)}: it needs assumptions that samples of vectors cannot check; the lower end "
        "is that of a score, of which a divergence is at least as large"
    )


@note("no_bound")
def bound_lacking(measure: str, bound: str) -> str:
    """A limit on a value, or on an end of an interval, that does not exist; the bound is one of `BOUNDS`."""
    lacking = "value" if bound == "value" else f"{bound} end"
    return f"{measure} has no {lacking} here, so a limit on it cannot be judged"


@note("limit_inside_interval")
def limit_inside(measure: str, limit: float, lower: float, upper: float) -> str:
    """A limit on a value whose interval holds it."""
    return (
        f"the limit {limit:g} on {measure} lies between {lower:.3g} and {upper:.3g}, where the truth may be; more "
        "observations would decide it. A limit written lower:LIMIT fails only if it is surely exceeded, and "
        "upper:LIMIT unless it is surely kept"
    )


@note("ties")
def neighbours_tied(count: int, of: int, jitter: str, has_lower_end: bool) -> str:
    """Observations whose distance to a neighbour is 0; `jitter` are the options that part them."""
    other = ", or see the lower end, which repeated rows do not disturb" if has_lower_end else ""
    return Sentence(
        f"no value by neighbours: {count:,} of {plural(of, 'row')} have a neighbour at distance 0; pass ", jitter,
        f" to move each number by up to half the smallest gap of its column{other}",
    )  # fmt: skip


@note("below_zero")
def values_below_zero(below: tuple[str, ...], at_zero: tuple[str, ...], reason: str, instead: tuple[str, ...]) -> str:
    """Estimates below 0, roots of such estimates, why there are any, and what to read instead."""
    said = [f"{listing(below)} {be(below)} below 0, as an estimate may be and a divergence never is"] if below else []
    if at_zero:
        said.append(f"{listing(at_zero)} {be(at_zero)} 0, as the estimate under the root is below 0")
    return f"{'; '.join(said)}: {reason}{f'; read {joined(instead)} instead' if instead else ''}"


@note("unseen")
def estimate_infinite(
    measure: str, estimator: str, this: str, other: str, count: int, outcomes: tuple[str, ...]
) -> str:
    """Outcomes of one sample that the other never showed, to which an estimator gives no mass there."""
    return (
        f"{measure} is infinite: {plural(count, 'outcome')} of {this} {was(count)} never seen in {other} "
        f"({listing(outcomes, count)}), and {estimator} takes a frequency of 0 for a mass of 0; the estimator "
        "`default` gives a finite value"
    )
