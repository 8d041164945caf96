"""Notes on data: what was assumed, dropped, guessed or changed when they were read."""

from enum import Enum

from klcli.notes.record import note
from klcli.notes.wording import joined, listing, plain_plural, plural
from klcli.support.safe_text import rounded, shorten

__all__ = [
    "Use",
    "bfloat16_assumed",
    "columns_guessed",
    "file_outside",
    "files_paired",
    "files_unpaired",
    "first_row_counted",
    "first_row_is_data",
    "first_sheet_read",
    "first_tokens_null",
    "header_read",
    "labels_missing",
    "layout_read",
    "lists_whole",
    "masses_missing",
    "masses_normalised",
    "masses_smoothed",
    "names_counted",
    "outcomes_clipped",
    "row_labels_missing",
    "rows_normalised",
    "rows_smoothed",
    "rows_without_label",
    "rows_without_number",
    "sixteen_bits",
    "suffix_unknown",
    "table_lacks",
    "tables_normalised",
    "total_left_out",
    "years_are_data",
]


class Use(Enum):
    """Contents of the columns of a table besides the labels."""

    PAIR = "pair"
    MASSES = "masses"
    OBSERVATIONS = "observations"
    OUTCOMES = "outcomes"


@note("files_paired")
def files_paired(files: int, p: str, q: str) -> str:
    """Files of P and Q whose names differ, compared in their order: number, and the first of each."""
    return f"{files:,} files of P and of Q were paired in the order of their names: {p} with {q}, and so on"


@note("missing_outcomes")
def masses_missing(name: str, other: str, count: int, labels: tuple[str, ...], share: float) -> str:
    """Labels of one distribution that the other lacks: count, first labels, share of its mass."""
    return (
        f"{plain_plural(count, 'label')} of {name} not in {other}: {listing(labels, count)} ({share:.6g} of its mass)"
    )


@note("missing_outcomes")
def row_labels_missing(
    name: str, other: str, count: int, labels: tuple[str, ...], rows_with_missing: int = 0, rows: int = 0
) -> str:
    """Labels of rows of one side that the other side lacks, and the number of rows concerned, if not all."""
    some = rows_with_missing != rows
    like = f", and the like in {rows_with_missing:,} of {rows:,} rows" if some else ""
    return f"{plain_plural(count, 'label')} of {name} not in {other}: {listing(labels, count)}{like}"


@note("missing_outcomes")
def labels_missing(sources: tuple[str, ...], count: int, of: int) -> str:
    """Tables that lack labels of other tables: first names, count, number of all tables."""
    subject = f"{count} of {of} lack" if count > 1 else f"{sources[0]} lacks"
    named = f": {listing(sources, count)}" if count > 1 else ""
    return f"{subject} labels that others have, which have mass 0 there{named}"


@note("missing_outcomes")
def table_lacks(source: str, count: int, labels: tuple[str, ...]) -> str:
    """Labels of other tables that a table lacks: count, first labels."""
    return f"{source} lacks {listing(labels, count)}"


@note("missing_label")
def rows_without_label(name: str, count: int, of: int) -> str:
    """Rows that were dropped because they have no label: count, number of all rows."""
    return f"{name}: {_rows(count, 'label')} left out, of {of:,}"


@note("missing_number")
def rows_without_number(name: str, count: int, of: int) -> str:
    """Rows that were left out because --null says that their number is missing: count, number of all rows."""
    return f"{name}: {_rows(count, 'number')} left out, of {of:,}"


@note("header")
def header_read(
    subjects: tuple[str, ...], line: int, labels: tuple[str, ...], values: tuple[str, ...], count: int, use: Use
) -> str:
    """A first line that was read as a header although no option says so: names of the columns of labels and values."""
    return f"{joined(subjects)}: line {line} was read as a header ({_layout(labels, values, count, use)}); see --header"


@note("header")
def first_row_is_data(name: str, line: int, row: str) -> str:
    """A first line that was read as a row although it may number the outcomes."""
    return f"{name}: line {line} was read as the row {shorten(row)!r}; if it names the outcomes, pass --header"


@note("header")
def years_are_data(name: str, line: int, row: str) -> str:
    """A first line that was read as data although its numbers may be the years that head columns."""
    return f"{name}: line {line}, {shorten(row)}, was read as data; if years name the columns, pass --header"


@note("header")
def first_row_counted(name: str, row: str) -> str:
    """A first line that was counted as an observation although it may name the column: it occurs only once."""
    return f"{name}: the first row, {row}, was counted as an observation; if it names the column, pass --header"


@note("columns")
def names_counted(name: str, column: str) -> str:
    """A first column whose name is that of names of rows, although it was read as an outcome."""
    return f"{name}: the column {shorten(column)!r} was read as an outcome; if it names the rows, pass --id {column!r}"


@note("first_token")
def first_tokens_null(name: str, texts: int) -> str:
    """Texts whose first token has no distribution, as nothing stands before it."""
    return f"{name}: the first token of {plural(texts, 'text')} has no distribution (null), so it is not a row"


@note("whole_lists")
def lists_whole(count: int) -> str:
    """Lists of the most probable outcomes whose masses sum to 1 to the last digit."""
    return f"{plural(count, 'list')} of the most probable outcomes sum to 1 to the last digit: no other has any mass"


@note("sheet")
def first_sheet_read(name: str, sheet: str, count: int) -> str:
    """A workbook of several sheets, of which the first was read."""
    return f"{name}: the first of {count} sheets, {shorten(sheet)!r}, was read; {name}#SHEET names another"


@note("layout")
def layout_read(name: str, form: str) -> str:
    """A text that is not delimited, and the form of its lines in words."""
    return f"{name} was read as {form}; see --delimiter"


@note("total")
def total_left_out(name: str, line: int) -> str:
    """A last line headed `total`, which is the sum of those above."""
    return f"{name}: line {line}, the total of those above, was left out"


@note("columns")
def columns_guessed(
    subjects: tuple[str, ...], labels: tuple[str, ...], values: tuple[str, ...], count: int, use: Use
) -> str:
    """Columns whose use nothing says: names of those of labels, names and count of those of values."""
    return f"{joined(subjects)}: {_layout(labels, values, count, use)}; --label and --p say which column is which"


@note("normalised")
def masses_normalised(name: str, total: float) -> str:
    """Probabilities that summed to `total` instead of 1."""
    return f"{name or 'the probabilities'} sums to {total:.9g}, not 1; it was divided by its sum"


@note("normalised")
def rows_normalised(name: str, rows: int, furthest: float) -> str:
    """Rows of probabilities that did not sum to 1: count, and the sum furthest from 1."""
    subject = f"{plural(rows, 'row')}{f' of {name}' * bool(name)}"
    if rows > 1:
        return f"{subject} do not sum to 1 (the furthest to {furthest:.9g}); each was divided by its sum"
    return f"{subject} does not sum to 1 but to {furthest:.9g}; it was divided by its sum"


@note("normalised")
def tables_normalised(count: int, of: int) -> str:
    """Distributions that did not sum to 1: count, number of all distributions."""
    return f"{count} of {of} do not sum to 1; each was divided by its sum"


@note("smoothing")
def masses_smoothed(done: str, amount: float, outcomes: int) -> str:
    """Smoothing that was applied to P and Q, in the words of its method, with {amount} and {outcomes} filled in."""
    return done.format(amount=f"{amount:g}", outcomes=outcomes)


@note("smoothing")
def rows_smoothed(smoothing: str, outcomes: int) -> str:
    """Smoothing that was applied to each row of a table."""
    return f"{smoothing} was applied to every row, over {outcomes:,} outcomes"


@note("sixteen_bits")
def sixteen_bits(name: str, step: float) -> str:
    """Log-probabilities stored in steps of `step` nats, which limits the accuracy of a KL."""
    return (
        f"{name} holds log-probabilities in 16 bits, {rounded(step, 3)} nats apart: a KL is known to about "
        f"{rounded(step, 3)}·√(KL/2) nats, and equal models show about {rounded(step**2 / 24, 2)}, at most "
        f"{rounded(step**2 / 8, 2)}"
    )


@note("clipped")
def outcomes_clipped(name: str, depth: float, raised: float) -> str:
    """Log-probabilities that were clipped when a file was written: depth in nats, largest mass added to a row."""
    return (
        f"{name}: outcomes more than {depth:g} nats below a row's largest were raised to it when it was written, "
        f"together up to {rounded(raised, 2)} of a row's mass; beside what is not clipped alike, a KL is off by about "
        "as much, or more"
    )


@note("bfloat16")
def bfloat16_assumed(name: str) -> str:
    """An array of two-byte elements without a type."""
    return f"{name}: elements of two bytes without a type are read as bfloat16"


@note("unpaired")
def files_unpaired(count: int) -> str:
    """Files of two folders that have no partner."""
    files = "1 file was" if count == 1 else f"{count} files were"
    return f"{files} on one side only, and not compared"


@note("outside")
def file_outside(path: str) -> str:
    """A file that a manifest names outside of its own folder."""
    return f"{path} is outside the folder of the manifest"


def _layout(labels: tuple[str, ...], values: tuple[str, ...], count: int, use: Use) -> str:
    """Returns which column is which: "labels in word, masses in count"."""
    if use is Use.OUTCOMES:
        return f"outcomes {listing(values, count)}"
    if use is Use.OBSERVATIONS:
        return f"observations in {listing(values, count) or listing(labels)}"
    said = f"P in {values[0]}, Q in {values[1]}" if use is Use.PAIR else f"masses in {listing(values, count)}"
    return f"labels in {listing(labels)}, {said}" if labels else said


def _rows(count: int, what: str) -> str:
    return f"1 row without a {what} was" if count == 1 else f"{count:,} rows without a {what} were"


@note("format")
def suffix_unknown(path: str) -> str:
    """A file of the answer whose suffix names no format."""
    return f"{path}: its suffix is that of no format, so it is a table; -f chooses another"
