"""Notes on the layout of data: which row was read as a header, and which column as what."""

from enum import Enum

from klcli.notes.record import note
from klcli.notes.wording import be, joined, listing, plural, was
from klcli.support.sentence import Command, Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = [
    "Use",
    "columns_guessed",
    "counts_unused",
    "first_row_counted",
    "first_row_is_data",
    "first_sheet_read",
    "formulas_unsaved",
    "header_read",
    "index_names_rows",
    "labels_added_up",
    "labels_of_rows",
    "layout_read",
    "lists_read",
    "names_counted",
    "numbers_are_data",
    "one_outcome_each",
    "pairs_counted",
    "probabilities_unused",
    "ranges_differ",
    "rows_called_otherwise",
    "targets_are_labels",
    "tokens_not_listed",
    "total_counted",
    "total_is_row",
    "total_kept",
    "total_left_out",
    "years_are_data",
]

_HEADER = Option("--header")


class Use(Enum):
    """Contents of the columns of a table besides the labels."""

    PAIR = "pair"
    MASSES = "masses"
    OBSERVATIONS = "observations"
    OUTCOMES = "outcomes"


@note("header")
def header_read(
    subjects: tuple[str, ...], line: int, labels: tuple[str, ...], values: tuple[str, ...], count: int, use: Use
) -> str:
    """A first line that was read as a header although no option says so: names of the columns of labels and values."""
    return (
        f"{joined(subjects)}: line {line} was read as a header ({_layout(labels, values, count, use)}); see " + _HEADER
    )


@note("header")
def first_row_is_data(name: str, line: int, row: str) -> str:
    """A first line that was read as a row although it may number the outcomes."""
    return f"{name}: line {line} was read as the row {shorten(row)!r}; if it names the outcomes, pass " + _HEADER


@note("header")
def numbers_are_data(name: str, line: int, row: str) -> str:
    """A first line that was read as data although its numbers may count the columns."""
    return _read_as_data(name, line, row, "it names the columns")


@note("header")
def years_are_data(name: str, line: int, row: str) -> str:
    """A first line that was read as data although its numbers may be the years that head columns."""
    return _read_as_data(name, line, row, "years name the columns")


@note("header")
def first_row_counted(name: str, row: str) -> str:
    """A first line that was counted as an observation although it may name the column: it occurs only once."""
    return f"{name}: the first row, {row}, was counted as an observation; if it names the column, pass " + _HEADER


@note("columns")
def pairs_counted(name: str, piece: str) -> str:
    """Inline observations that are all written as LABEL=NUMBER, which is how masses are written."""
    return Sentence(
        f"{name}: {shorten(piece)} was counted as one observation of that label, as ", Option("--as"), " says; ",
        Command("compute"), " reads masses with the kind of each side, as in ", Option("--p-as", "samples"), " ",
        Option("--q-as", "probs"),
    )  # fmt: skip


@note("columns")
def counts_unused(subjects: tuple[str, ...], column: str) -> str:
    """A column headed as counts, beside observations, a row each."""
    return Sentence(
        f"{joined(subjects)}: each row was counted as one observation, though the column {shorten(column)!r} may hold ",
        "their counts; ", Option("--as", "counts"), " reads counts",
    )  # fmt: skip


@note("columns")
def probabilities_unused(subjects: tuple[str, ...], column: str) -> str:
    """A column headed as probabilities, and with their sum, beside observations, a row each."""
    return Sentence(
        f"{joined(subjects)}: each row was counted as one observation, though the numbers in {shorten(column)!r} sum ",
        "to 1, as probabilities do; ", Command("compute"), " compares probabilities",
    )  # fmt: skip


@note("columns")
def index_names_rows(name: str, columns: tuple[str, ...]) -> str:
    """Columns that are the index of a frame of pandas, as the file says."""
    s = "s" * (len(columns) > 1)
    return f"{name}: the column{s} {listing(columns)} {be(columns)} the index of pandas, and no outcome{s}"


@note("columns")
def labels_of_rows(name: str) -> str:
    """An array of labels with a value for each row."""
    return f"{name} has a value for each row, not a name for each outcome: it was not used"


@note("names")
def rows_called_otherwise(place: str, field: str, names: tuple[str, str], sources: tuple[str, str]) -> str:
    """Rows that are compared although a field that may name them differs: the first of them."""
    here, there = (f"{shorten(name)!r} in {source}" for name, source in zip(names, sources, strict=True))
    found = f"{place}: {field!r} is {here} and {there}; row i is compared with row i, and "
    return found + Option("--id", field) + " refuses others"


@note("targets")
def targets_are_labels(name: str, target: str) -> str:
    """Targets that are read as labels, and could be numbers of outcomes: the first of them."""
    return f"{name}: targets are labels: {target} is the outcome with this label, not number {target} counted from 0"


@note("index")
def ranges_differ(what: str, starts: tuple[int, int]) -> str:
    """Indexes of pandas that merely count, from other numbers: what they count, and where they start."""
    return f"the index of {what} counts from {starts[0]} in P and from {starts[1]} in Q: they are matched by order"


@note("not_listed")
def tokens_not_listed(count: int) -> str:
    """Log-probabilities of -9999, which stand for tokens that a service does not list."""
    return f"{plural(count, 'token')} {was(count)} taken as not listed, as the log-probability -9999 says"


@note("columns")
def names_counted(subjects: tuple[str, ...], column: str) -> str:
    """A column or field whose name is that of names of rows, although it was read as an outcome."""
    found = f"{joined(subjects)}: {shorten(column)!r} was read as an outcome; if it names the rows, pass "
    return found + Option("--id", column)


@note("columns")
def one_outcome_each(name: str, option: str = "") -> str:
    """Distributions with one outcome, which has all the mass of each: the option that reads columns, if it may help."""
    found = f"{name}: each distribution has one outcome, so all are alike"
    return found + "; " + Option(option) + " reads a distribution from each column" if option else found


@note("columns")
def labels_added_up(subjects: tuple[str, ...], labels: str, others: tuple[str, ...], option: str) -> str:
    """Labels that nobody chose and that repeat: their column, columns of texts beside it, the option for all."""
    return Sentence(
        f"{joined(subjects)}: labels in {shorten(labels)} repeat and add up, as {listing(others)} ",
        f"{was(len(others))} not used; ", option, " makes joint labels",
    )  # fmt: skip


@note("columns")
def columns_guessed(
    subjects: tuple[str, ...], labels: tuple[str, ...], values: tuple[str, ...], count: int, use: Use
) -> str:
    """Columns whose use nothing says: names of those of labels, names and count of those of values."""
    found = f"{joined(subjects)}: {_layout(labels, values, count, use)}; "
    return found + Option("--label") + " and " + Option("--p") + " say which column is which"


@note("layout")
def layout_read(name: str, form: str) -> str:
    """A text that is not delimited, and the form of its lines in words."""
    return f"{name} was read as {form}; see " + Option("--delimiter")


@note("columns")
def lists_read(name: str, column: str, others: tuple[str, ...], count: int) -> str:
    """A column of lists that holds the rows, and the first of the columns beside it, which were not read."""
    left = f"{listing(others, count)} {was(count)} not used"
    return f"{name}: the lists in {shorten(column)!r} were read as rows, and {left}"


@note("total")
def total_kept(subject: str, label: str, mass: float, rest: float) -> str:
    """A mass named `total` or the like, which is compared as an outcome: itself and the sum of the others."""
    return (
        f"{subject}: {shorten(label)!r}, {mass:.6g} beside {rest:.6g} of the others, is compared as an outcome; "
        "take the row out if it is their total"
    )


@note("total")
def total_left_out(subjects: tuple[str, ...], places: tuple[str, ...], labels: tuple[str, ...]) -> str:
    """Masses named `total` or the like, which is the sum of the others: where they stand, and their labels."""
    of = joined(subjects) if len(subjects) <= 2 else listing(subjects)
    if len(places) == 1:
        return f"{of}: {places[0]}, the total of the others, was left out"
    return f"{of}: {listing(places)} ({listing(labels)}), totals of the others, were left out"


@note("total")
def total_is_row(name: str, row: int, label: str) -> str:
    """A row of a table, counted from 1, that is the sum of those above it, and is counted like them."""
    return f"{name}: row {row:,}, {shorten(label)!r}, is the sum of those above it, and is counted as a row; remove it"


@note("columns")
def total_counted(subjects: tuple[str, ...], label: str) -> str:
    """An outcome of rows that is named `total` or the like, and is the sum of the others in each row."""
    return (
        f"{joined(subjects)}: {shorten(label)!r}, the sum of the others, was read as an outcome; leave that column out"
    )


@note("sheet")
def formulas_unsaved(name: str, count: int, formula: str) -> str:
    """Formulas of a workbook whose values it does not hold, as libraries write them: count, and the first."""
    return (
        f"{name}: without a saved value, {plural(count, 'formula')} such as {shorten(formula)} {was(count)} read as "
        "text; open the file in a spreadsheet and save it"
    )


@note("sheet")
def first_sheet_read(name: str, sheet: str, count: int) -> str:
    """A workbook of several sheets, of which the first was read."""
    return f"{name}: the first of {count} sheets, {shorten(sheet)!r}, was read; {name}#SHEET names another"


def _read_as_data(name: str, line: int, row: str, condition: str) -> str:
    return f"{name}: line {line}, {shorten(row)}, was read as data; if {condition}, pass " + _HEADER


def _layout(labels: tuple[str, ...], values: tuple[str, ...], count: int, use: Use) -> str:
    """Returns which column is which: "labels in word, masses in count"."""
    if use is Use.OUTCOMES:
        return f"outcomes {listing(values, count)}"
    if use is Use.OBSERVATIONS:
        return f"observations in {listing(values, count) or listing(labels)}"
    said = f"P in {values[0]}, Q in {values[1]}" if use is Use.PAIR else f"masses in {listing(values, count)}"
    return f"labels in {listing(labels)}, {said}" if labels else said
