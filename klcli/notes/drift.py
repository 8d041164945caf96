"""Notes on drift: what was assumed about the columns of two tables."""

from klcli.notes.record import note
from klcli.notes.wording import listing, plural
from klcli.support.sentence import Command, Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = [
    "all_earlier", "all_later", "bins_forced", "bins_reduced", "bins_sketched", "columns_new", "decimal_marks",
    "few_rows_settle", "header_assumed", "infinite_ordered", "integers_beyond_doubles", "labels_cut", "limit_none",
    "limits_unheld", "na_words", "no_rows", "no_rows_counted", "no_settings", "nothing_chosen", "nothing_compared",
    "numbers_as_text", "numbers_exact_to", "numbers_skipped", "order_unknown", "patterns_unused",
    "relabelled_least", "type_differs", "type_skipped", "values_not_numbers", "values_outside", "verdict_of_tool",
    "wasserstein_unknown",
]  # fmt: skip


@note("names")
def header_assumed(subject: str, names: tuple[str, ...]) -> str:
    """A first row that names columns although it may be data."""
    verb = "names the column" if len(names) == 1 else "names the columns"
    return Sentence(
        f"{subject}: the first row {verb} {listing(names)}; ",
        Option("--no-header"),
        " reads it as data, ",
        Option("--header"),
        " says so",
    )


@note("decimal_marks")
def decimal_marks(subject: str, name: str, cell: str, cure: str) -> str:
    """A column of texts that spell numbers in another way than with a decimal point: an example, and the cure."""
    return f"{subject}: {name} holds texts such as {shorten(cell)!r}; if they are numbers, " + cure


@note("infinite")
def infinite_ordered(name: str) -> str:
    """A column with infinite values, whose distance is measured in deviations of the finite ones."""
    return f"{name} holds infinite values; W1/sd is in standard deviations of the finite values of P"


@note("wasserstein_unknown")
def wasserstein_unknown(name: str, why: str) -> str:
    """A column of a profile whose W1 in standard deviations of P cannot be computed, and why."""
    return f"{name} has no W1/sd: {why}; pass the tables themselves"


@note("order_unknown")
def order_unknown(name: str) -> str:
    """A column of whose numbers only the frequent ones are counted one by one."""
    in_bins = Option("--type", f"{name}=numeric")
    return f"{name} has no KS and W1/sd, as rare values are counted together; " + in_bins + " gives it both"


@note("relabelled")
def relabelled_least(least: float, tests: int, needed: float) -> str:
    """p-values by relabelling that cannot be small enough: the least, the number of tests, and the p they ask for."""
    return Sentence(
        Option("--exact"),
        f" finds no p below {least:g}, and of {tests:,} tests the smallest must be below {needed:.2g}; leave it out, "
        "or choose fewer ",
        Option("--columns"),
    )


@note("type_changed")
def type_differs(name: str, reference: str, current: str) -> str:
    """A column whose type differs: the types in P and Q."""
    return f"{name} is {reference} in P and {current} in Q; both were read as P's"


@note("type_changed")
def type_skipped(name: str, reference: str, current: str) -> str:
    """A column that is not compared, and whose type differs: the types in P and Q."""
    return f"{name} is {reference} in P and {current} in Q; it is not compared"


@note("no_rows")
def no_rows(side: str, table: str) -> str:
    """A table without rows, such as that of a job that failed."""
    return f"{side}, {table}, has no rows, so nothing can be compared"


@note("no_rows")
def no_rows_counted(table: str) -> str:
    """A table without rows whose counts were asked for."""
    return f"{table} has no rows, so the profile holds no counts and nothing can be compared with it"


@note("nothing_chosen")
def nothing_chosen() -> str:
    """A run from which every column is left out."""
    return Sentence(
        "every column is left out, so nothing was compared; see ",
        Option("--columns"),
        " and ",
        Option("--exclude"),
        ", in kl.toml, too",
    )


@note("nothing_compared")
def nothing_compared() -> str:
    """A run in which every column was skipped."""
    return Sentence(
        "every column was skipped, so nothing was compared; ",
        Option("--type", "COLUMN=KIND"),
        " compares one all the same",
    )


@note("numbers_as_text")
def numbers_as_text(name: str) -> str:
    """A column of texts that was read as numbers."""
    return Sentence(f"{name} holds numbers as texts, and was compared as numbers; see ", Option("--type"))


@note("not_numbers")
def values_not_numbers(name: str, reference: int, current: int, first: tuple[str, int, str] | None = None) -> str:
    """Texts in a column of numbers: count in P and in Q, and of the first its table, its row and the text."""
    place = "" if first is None else f", {shorten(first[2])!r} first in row {first[1]:,} of {first[0]}"
    counts = [f"{plural(count, 'cell')} of {side}" for side, count in (("P", reference), ("Q", current)) if count]
    return f"{name} is not a number in {' and '.join(counts)}{place}; such texts together are one more cell to compare"


@note("not_numbers")
def numbers_skipped(name: str, texts: int, values: int, first: tuple[int, str] | None, cure: str) -> str:
    """A column of numbers and texts that is not compared: counts of its texts and values, the first text, the cure."""
    place = "" if first is None else f", {shorten(first[1])!r} first in row {first[0]:,}"
    return f"{name} is not compared, as {texts:,} of {values:,} values in P are not numbers{place}; " + cure


@note("precision")
def numbers_exact_to(name: str) -> str:
    """Integers that a double cannot hold, compared with doubles."""
    return f"{name} holds integers above 2⁵³ on one side and doubles on the other, which round them"


@note("precision")
def integers_beyond_doubles(name: str, is_label: bool) -> str:
    """Integers in a text that doubles do not tell apart, compared to the letter, or else as doubles."""
    cure = Sentence("was compared as doubles; ", Option("--type", f"{name}=category"), " compares it to the letter")
    how = "was compared to the letter" if is_label else cure
    return f"{name} holds integers above 2⁵³, which doubles do not tell apart, and " + how


@note("outside")
def values_outside(name: str, span: tuple[str, str], counts: tuple[int, int], of: int, reached: tuple[str, str]) -> str:
    """Numbers of Q outside the range of P: that range, counts below and above it, of how many, the extremes of Q."""
    ends = [
        f"{count:,} {side} it" + f", {way} to {extreme}" * bool(extreme)
        for count, side, way, extreme in zip(counts, ("below", "above"), ("down", "up"), reached, strict=True)
        if count
    ]
    outside = f"{sum(counts):,} of {of:,} values of Q lie outside the range of P, {' to '.join(span)}"
    return f"{name}: {outside}: {'; '.join(ends)}"


@note("bins")
def bins_reduced(name: str, bins: int, reference: int, current: int) -> str:
    """Fewer bins than usual: number of bins, values in P and Q."""
    return f"{name} has {bins} bins, as there are {reference:,} and {current:,} values (20 of P and 5 of Q for each)"


@note("bins")
def bins_forced(name: str, bins: int) -> str:
    """More bins than the number of values supports."""
    return f"{name} has fewer than 20 values of P in some of its {bins} bins, so its p is too small"


@note("bins_sketched")
def bins_sketched(name: str, engine: str) -> str:
    """Bins between quantiles that an engine estimates: its name."""
    return f"{name} is cut at estimated quantiles, as {engine} has no exact ones; both sides are counted exactly"


@note("labels_cut")
def labels_cut(name: str, side: str, least: int, kept: int) -> str:
    """A column with too many labels: the side that has them, rows of a label that is told apart, how many are."""
    unseen = ", and unseen labels are not known" * (side == "P")
    return (
        f"{name} has too many labels in {side} to tell all apart: those with fewer than {least:,} rows in both tables "
        f"together are one cell beside the other {kept:,}{unseen}"
    )


@note("later")
def all_later(column: str) -> str:
    """A column of times that lies after the reference."""
    return f"every {column} of Q is later than those of P"


@note("earlier")
def all_earlier(column: str) -> str:
    """A column of times that lies before the reference."""
    return f"every {column} of Q is earlier than those of P; is P the reference?"


@note("na")
def na_words(name: str, word: str, count: int) -> str:
    """A label that other programs read as missing."""
    return Sentence(f"{name} holds {word!r} {count:,} times as a label; ", Option("--na"), " reads it as missing")


@note("no_settings")
def no_settings(file: str) -> str:
    """A settings file without a table for kl drift."""
    return Sentence(f"{file} has no table [drift], so none of its settings is for ", Command("drift"))


@note("patterns_unused")
def patterns_unused(places: tuple[str, ...], things: str) -> str:
    """Settings on columns, or pairs, that there are not: where they stand, and "column of p.csv", or "pair"."""
    return f"{listing(places)}: no {things} has such a name"


@note("limits_unheld")
def limits_unheld(places: tuple[str, ...]) -> str:
    """Limits that were held against nothing: where they stand, and on what."""
    return f"{listing(places)} was held against no column: none that it names is compared and has such a value"


@note("new_columns")
def columns_new(count: int, names: tuple[str, ...]) -> str:
    """Columns of Q that P lacks."""
    return Sentence(
        f"Q has {plural(count, 'column')} that P lacks: {listing(names, count)}; ",
        Option("--new-columns", "fail"),
        " refuses them",
    )


@note("unclear")
def few_rows_settle(name: str, measure: str, rows: int) -> str:
    """A limit that noise alone exceeds, and the number of rows on each side with which it would not."""
    return f"{name}: noise alone can exceed the limit of {measure}; about {rows:,} rows on each side would settle it"


@note("no_limit")
def limit_none(tool: str) -> str:
    """A preset whose tool has no limit of its own, where none was set."""
    return Sentence(
        f"{tool} has no limit of its own here, and none was set, so nothing fails; ", Option("--limit"), " sets one"
    )


@note("preset")
def verdict_of_tool(sentence: str) -> str:
    """Conclusion of the tool of a preset on all columns."""
    return sentence
