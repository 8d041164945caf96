"""Notes on estimates: the limits of two samples, and why there is no interval."""

from klcli.notes.record import note
from klcli.notes.wording import be, listing, plural, was
from klcli.support.safe_text import shorten

__all__ = [
    "bound_lacking",
    "columns_constant",
    "columns_dependent",
    "columns_mixed",
    "interval_lacking",
    "labels_binned",
    "limit_inside",
    "neighbours_tied",
    "numbers_jittered",
    "observations_few",
    "observations_outside",
    "options_unused",
    "outcomes_unseen",
    "records_repeated",
    "rows_missing",
    "sample_seed",
    "samples_constant",
    "samples_described",
    "samples_overlap",
    "samples_small",
    "samples_sparse",
    "text_among_numbers",
    "upper_end_lacking",
    "values_missing",
]


@note("unseen")
def outcomes_unseen(
    measure: str, this: str, other: str, count: int, outcomes: tuple[str, ...], share: float, is_binned: bool
) -> str:
    """Outcomes of one sample that the other never showed, which leave a divergence without a bound."""
    noun = "bin" if is_binned else "outcome"
    were, they = ("was", "it") if count == 1 else ("were", "them")
    named = "" if is_binned else f": {listing(outcomes, count)}"
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
def samples_small(count: int, least: int, has_interval: bool) -> str:
    """A sample with fewer observations than an interval needs, or needs to be exact."""
    if has_interval:
        return (
            f"the smaller sample has {plural(count, 'observation')}: with fewer than {least} the upper end may cover "
            "83 to 93 % instead of 97.5"
        )
    return f"no interval: the smaller sample has {plural(count, 'observation')}, fewer than {least}"


@note("ties")
def neighbours_tied(count: int, of: int, jitter: str, has_lower_end: bool) -> str:
    """Observations whose distance to a neighbour is 0; `jitter` are the options that part them."""
    other = ", or see the lower end, which repeated rows do not disturb" if has_lower_end else ""
    return (
        f"no value by neighbours: {count:,} of {plural(of, 'row')} have a neighbour at distance 0; pass {jitter} to "
        f"move each number by up to half the smallest gap of its column{other}"
    )


@note("jitter")
def numbers_jittered(seed: int) -> str:
    """Numbers that were moved at random before neighbours were found."""
    return f"each number was moved at random by up to half the smallest gap of its column (--seed {seed})"


@note("duplicates")
def records_repeated(of_p: int, of_q: int, is_allowed: bool) -> str:
    """Observations that repeat within a sample and never in the other: of P, of Q."""
    counts = " and ".join(f"{count:,} observations of {side}" for side, count in (("P", of_p), ("Q", of_q)) if count)
    said = "the interval assumes" if is_allowed else "no interval: it assumes"
    cure = "" if is_allowed else "; --allow-duplicates gives one"
    return (
        f"{counts} have a value that occurs again in the same sample and never in the other: repeated records? "
        f"{said} independent observations{cure}"
    )


@note("overlap")
def samples_overlap(count: int) -> str:
    """Values of continuous data that are in both samples."""
    return (
        f"{count:,} values are in both samples and hardly any twice in one: the samples share records, so they are not "
        "independent, and the interval and p are not to be trusted"
    )


@note("constant")
def samples_constant(value: str) -> str:
    """Two samples in which every observation is the same."""
    return (
        f"every observation is {shorten(value)}: the samples do not differ, and nothing can be said of other outcomes"
    )


@note("constant")
def columns_constant(names: tuple[str, ...]) -> str:
    """Columns of vectors that were left out, as they do not vary."""
    return f"{listing(names)} {be(names)} left out: every observation has the same value"


@note("constant")
def columns_dependent(rank: int, of: int) -> str:
    """Columns of vectors that are linear combinations of others."""
    return f"the {of} columns are linearly dependent: the neighbours are found in {plural(rank, 'dimension')}"


@note("mixed")
def columns_mixed(names: tuple[str, ...]) -> str:
    """Columns of labels beside columns of numbers."""
    return (
        f"{listing(names)} {'holds' if len(names) == 1 else 'hold'} labels beside columns of numbers: only a lower end "
        "is given, from a score in which each label has a column of its own"
    )


@note("mixed")
def labels_binned(columns: tuple[str, str], labels: int, cells: int) -> str:
    """A column of labels and one of numbers, whose joint cells are counted."""
    return (
        f"the {plural(labels, 'label')} of {columns[0]} are counted in bins of equal pooled mass of {columns[1]}, "
        f"{plural(cells, 'cell')} in all: the divergence itself is at least theirs"
    )


@note("unused")
def options_unused(options: tuple[str, ...], kind: str) -> str:
    """Options that estimates from this kind of samples do not use."""
    return f"{listing(options)} {'has' if len(options) == 1 else 'have'} no effect on samples of {kind}"


@note("text_among_numbers")
def text_among_numbers(name: str, place: str, text: str, numbers: int, size: int) -> str:
    """A column of numbers that a text turns into labels: place and text of the first, count of numbers."""
    return (
        f"{name}: {place}: {text!r} is not a number, so all {size:,} observations are labels, though {numbers:,} are "
        "numbers; --as numbers refuses it"
    )


@note("missing")
def rows_missing(name: str, dropped: int, of: int) -> str:
    """Rows that were dropped, as they lack a value."""
    lack = "lacks" if dropped == 1 else "lack"
    return f"{name}: {dropped:,} of {plural(of, 'row')} {lack} a value and {was(dropped)} left out"


@note("missing")
def values_missing(name: str, count: int, of: int) -> str:
    """Rows without a value, which form an outcome of their own."""
    have = "has" if count == 1 else "have"
    return f"{name}: {count:,} of {plural(of, 'row')} {have} no value; this is an outcome of its own"


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


@note("sampled")
def samples_described(count: int, outcomes: int) -> str:
    """Divergences of two samples, so small that much of them may be chance."""
    return (
        f"{plural(count, 'observation')} over {plural(outcomes, 'outcome')}: these values describe the samples; as "
        "estimates of what they were drawn from they are biased, which kl estimate corrects, with an interval"
    )


@note("seed")
def sample_seed(seed: int) -> str:
    """The seed that was chosen for draws."""
    return f"--seed {seed} repeats these draws"
