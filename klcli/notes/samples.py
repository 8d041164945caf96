"""Notes on two samples: what they were taken for, what they lack or repeat, and what was changed or left out."""

from klcli.notes.record import note
from klcli.notes.wording import be, listing, plural, was
from klcli.support.sentence import Command, Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = [
    "bins_unused",
    "columns_constant",
    "columns_dependent",
    "columns_mixed",
    "kinds_differ",
    "labels_binned",
    "line_may_be_values",
    "lines_may_be_counts",
    "lines_may_be_masses",
    "masses_observed",
    "numbers_are_outcomes",
    "numbers_binned",
    "numbers_jittered",
    "records_repeated",
    "rows_missing",
    "sample_seed",
    "samples_beyond_doubles",
    "samples_constant",
    "samples_described",
    "samples_equal",
    "samples_overlap",
    "text_among_numbers",
    "values_missing",
]


@note("counts")
def lines_may_be_masses(name: str, line: str) -> str:
    """Lines with a label and a number, each of which was counted as one observation: name, one of them."""
    return Sentence(
        f"{name}: each line, such as {line!r}, was counted as one observation, though it ends with a number; ",
        Option("--as", "counts"), " reads labels and their counts, ", Command("compute"), " other masses",
    )  # fmt: skip


@note("counts")
def line_may_be_values(name: str, line: str) -> str:
    """One line of numbers between blanks, which was counted as one observation: name, the line."""
    return (
        f"{name}: {line!r} was counted as one observation; those of a sample stand one a line, as after: tr ' ' '\\n'"
    )


@note("counts")
def lines_may_be_counts(name: str) -> str:
    """Observations that all begin with a count, as `uniq -c` writes it."""
    found = f"{name}: each line was counted as one observation, though it begins with a number; "
    return found + Option("--as", "counts") + " reads uniq -c"


@note("jitter")
def numbers_jittered(seed: int) -> str:
    """Numbers that were moved at random before neighbours were found."""
    found = "each number was moved at random by up to half the smallest gap of its column ("
    return found + Option("--seed", str(seed)) + ")"


@note("duplicates")
def records_repeated(of_p: int, of_q: int, is_allowed: bool) -> str:
    """Observations that repeat within a sample and never in the other: of P, of Q."""
    counts = " and ".join(f"{count:,} observations of {side}" for side, count in (("P", of_p), ("Q", of_q)) if count)
    said = "the interval assumes" if is_allowed else "no interval: it assumes"
    found = (
        f"{counts} have a value that occurs again in the same sample and never in the other: repeated records? "
        f"{said} independent observations"
    )
    return found if is_allowed else found + "; " + Option("--allow-duplicates") + " gives one"


@note("overlap")
def samples_overlap(count: int) -> str:
    """Values of continuous data that are in both samples."""
    return (
        f"{count:,} values are in both samples and hardly any twice in one: the samples share records, so they are not "
        "independent, and the interval and p are not to be trusted"
    )


@note("overlap")
def samples_equal() -> str:
    """Two samples with the same observations, each as often."""
    return (
        "both samples hold the same observations, each as often, which independent samples do once in a thousand times "
        "at most: is one sample given twice? The interval and p are not to be trusted"
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
        f"the outer two of each label cut finer, {plural(cells, 'cell')} in all: the divergence itself is at least "
        "theirs"
    )


@note("bins")
def numbers_binned(cells: int) -> str:
    """Numbers in bins, beside the outcome of those that are missing."""
    return (
        f"the numbers are counted in {plural(cells, 'bin')} of equal pooled mass, the outer two cut finer, and the "
        "missing ones beside them: the divergence itself is at least theirs"
    )


@note("bins")
def numbers_are_outcomes(distinct: int) -> str:
    """Numbers that differ in fewer values than there would be bins, without a number of bins that is asked for."""
    return (
        f"the samples hold {distinct:,} different numbers, fewer than there would be bins, so each is an outcome of "
        "its own, as a label is"
    )


@note("bins")
def bins_unused(distinct: int, asked: int) -> str:
    """Numbers that differ in fewer values than bins were asked for."""
    return f"each of the {distinct:,} different numbers is an outcome of its own, as {asked:,} bins would be more"


@note("kinds_differ")
def kinds_differ(numbers: str, texts: str, place: str, text: str) -> str:
    """Numbers of one sample beside labels of the other, which makes labels of both."""
    return Sentence(
        f"{numbers} holds numbers and {texts} does not ({place}: {text!r}), so both are labels, of which few will ",
        "be the same; ", Option("--as", "numbers"), " refuses it",
    )  # fmt: skip


@note("masses")
def masses_observed(sides: tuple[str, ...]) -> str:
    """Numbers that sum to 1, as probabilities do, in one sample or both."""
    found = f"the numbers of {' and of '.join(sides)} sum to 1, and were read as observations; "
    compared = found + Command("compute") + " compares probabilities"
    other = Option("--q-as" if sides == ("P",) else "--p-as", "samples")
    return compared if len(sides) == 2 else compared + ", and a sample with them by " + other


@note("precision")
def samples_beyond_doubles(are_labels: bool) -> str:
    """Integers that doubles do not tell apart, compared to the letter, or else as doubles."""
    found = "the samples hold integers above 2⁵³, which doubles do not tell apart, and were compared "
    if are_labels:
        return f"{found}to the letter"
    return f"{found}as doubles; " + Option("--as", "labels") + " compares them to the letter"


@note("text_among_numbers")
def text_among_numbers(name: str, place: str, text: str, numbers: int, size: int) -> str:
    """A column of numbers that a text turns into labels: place and text of the first, count of numbers."""
    return Sentence(
        f"{name}: {place}: {text!r} is not a number, so all {size:,} observations are labels, though {numbers:,} are ",
        "numbers; ", Option("--as", "numbers"), " refuses it",
    )  # fmt: skip


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


@note("sampled")
def samples_described(count: int, outcomes: int) -> str:
    """Divergences of two samples, so small that much of them may be chance."""
    return Sentence(
        f"{plural(count, 'observation')} over {plural(outcomes, 'outcome')}: these values describe the samples; as ",
        "estimates of what they were drawn from they are biased, which ", Command("estimate"),
        " corrects, with an interval",
    )  # fmt: skip


@note("seed")
def sample_seed(seed: int) -> str:
    """The seed that was chosen for draws."""
    return Option("--seed", str(seed)) + " repeats these draws"
