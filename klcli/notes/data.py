"""Notes on data: what was assumed, dropped, paired or changed when they were read."""

from unicodedata import normalize

from klcli.notes.record import note
from klcli.notes.wording import joined, listing, plain_plural, plural, was
from klcli.support.sentence import Option, Sentence
from klcli.support.sentence import joined as in_one
from klcli.support.text.safe_text import rounded, shorten

__all__ = [
    "bfloat16_assumed",
    "columns_unused",
    "file_outside",
    "files_hidden",
    "files_of_no_format",
    "files_paired",
    "files_unpaired",
    "first_tokens_null",
    "labels_missing",
    "labels_nearly_equal",
    "lists_whole",
    "masses_missing",
    "masses_normalised",
    "masses_smoothed",
    "nulls_absent",
    "options_without_effect",
    "outcomes_clipped",
    "row_labels_missing",
    "rows_normalised",
    "rows_smoothed",
    "rows_without_label",
    "rows_without_number",
    "settings_elsewhere",
    "settings_hidden",
    "sixteen_bits",
    "suffix_unknown",
    "table_lacks",
    "tables_normalised",
    "values_counted",
]

_LISTED = 5  # options


@note("files_paired")
def files_paired(files: int, p: str, q: str) -> str:
    """Files of P and Q whose names differ, compared in their order: number, and one pair."""
    return f"{files:,} files of P and of Q were paired in the order of their names, as {p} with {q}"


@note("missing_outcomes")
def masses_missing(this: str, other: str, count: int, labels: tuple[str, ...], share: float) -> str:
    """Labels of one distribution that the other lacks: count, first labels, share of its mass."""
    return (
        f"{plain_plural(count, 'label')} of {this} not in {other}: {listing(labels, count)} ({share:.6g} of its mass)"
    )


@note("labels_alike")
def labels_nearly_equal(name: str, other: str, label: str, like: str) -> str:
    """Labels that one distribution lacks only by their spelling: one, and that of the other."""
    quoted = ascii if normalize("NFC", label) == normalize("NFC", like) else repr  # which the eye tells apart
    such = f"{quoted(shorten(label))} for {quoted(shorten(like))}"
    return f"{name} has labels as in {other} but for their spelling, such as {such}"


@note("missing_outcomes")
def row_labels_missing(
    this: str, other: str, count: int, labels: tuple[str, ...], rows_with_missing: int = 0, rows: int = 0
) -> str:
    """Labels of rows of one side that the other side lacks, and the number of rows concerned, if not all."""
    some = rows_with_missing != rows
    like = f", and the like in {rows_with_missing:,} of {rows:,} rows" if some else ""
    return f"{plain_plural(count, 'label')} of {this} not in {other}: {listing(labels, count)}{like}"


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
    return _left_out(name, count, of, "label")


@note("missing_number")
def rows_without_number(name: str, count: int, of: int) -> str:
    """Rows that were left out because --null says that their number is missing: count, number of all rows."""
    return _left_out(name, count, of, "number")


@note("null_absent")
def nulls_absent(texts: tuple[str, ...], subjects: tuple[str, ...], option: str = "--null") -> str:
    """Texts that an option says stand for a missing value, and that no cell is; subjects are what was read."""
    return f"{option}: no cell of {joined(subjects)} is {' or '.join(repr(shorten(text)) for text in texts)}"


@note("first_token")
def first_tokens_null(name: str, texts: int) -> str:
    """Texts whose first token has no distribution, as nothing stands before it."""
    return f"{name}: the first token of {plural(texts, 'text')} has no distribution (null), so it is not a row"


@note("whole_lists")
def lists_whole(count: int) -> str:
    """Lists of the most probable outcomes whose masses sum to 1 to the last digit."""
    return f"{plural(count, 'list')} of the most probable outcomes sum to 1 to the last digit: no other has any mass"


@note("counts")
def values_counted(name: str, count: int) -> str:
    """Whole numbers without labels, many of them equal, which were read as counts."""
    subject = f"{name}: the " if name else "the "
    found = f"{subject}{plural(count, 'number')} were read as counts of as many outcomes; "
    return found + Option("--as", "samples") + " counts equal ones"


@note("normalised")
def masses_normalised(name: str, total: float) -> str:
    """Probabilities that summed to `total` instead of 1."""
    return f"{name or 'the probabilities'} sums to {total:.9g}, not 1; it was divided by its sum"


@note("normalised")
def rows_normalised(of: str, rows: int, furthest: float) -> str:
    """Rows of probabilities that did not sum to 1: count, and the sum furthest from 1."""
    subject = f"{plural(rows, 'row')}{f' of {of}' * bool(of)}"
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
    return f"{plural(count, 'file')} {was(count)} on one side only, and not compared"


@note("passed_over")
def files_of_no_format(names: tuple[str, ...], count: int) -> str:
    """Files of two folders whose suffix names no format: first names, count."""
    whose = "its suffix names" if count == 1 else "their suffixes name"
    return (
        f"{plural(count, 'file')} {was(count)} not compared, for {whose} no format: {listing(names, count)}; "
        "--glob '*' compares every file"
    )


@note("passed_over")
def files_hidden(names: tuple[str, ...], count: int) -> str:
    """Files of two folders that are hidden, or in a hidden folder, and whose suffix names a format: names, count."""
    found = f"{plural(count, 'hidden file')} {was(count)} not compared: {listing(names, count)}; "
    return Sentence(found, Option("--glob", "*"), " compares every file")


@note("outside")
def file_outside(path: str) -> str:
    """A file that a manifest names outside of its own folder."""
    return f"{path} is outside the folder of the manifest"


@note("format")
def suffix_unknown(path: str) -> str:
    """A file of the answer whose suffix names no format."""
    return f"{path}: its suffix is that of no format, so it is a table; -f chooses another"


@note("settings")
def settings_elsewhere(file: str) -> str:
    """A settings file beside a manifest, which is not that of the working folder."""
    return f"{file} is not in force, as the working folder is another; --config {file} uses it"


@note("settings")
def settings_hidden(file: str, used: str) -> str:
    """A settings file beside the one that is used, in the same folder."""
    return f"{file} is not in force, as {used} is; --config {file} uses it"


@note("columns")
def columns_unused(subjects: tuple[str, ...], columns: tuple[str, ...], count: int) -> str:
    """Columns that were left aside without being asked to: first names, count."""
    found = f"{joined(subjects)}: {listing(columns, count)} {was(count)} not used; see "
    return Sentence(found, Option("--label"), ", ", Option("--p"), " and ", Option("--q"))


@note("unused")
def options_without_effect(options: tuple[str, ...], on: tuple[str, ...]) -> str:
    """Options that were given although nothing that is compared has a use for them; `on` says what that is."""
    more = f" and {len(options) - _LISTED} more" * (len(options) > _LISTED)
    said = f"{more} {'has' if len(options) == 1 else 'have'} no effect on {joined(on)}"
    return in_one(", ", *map(Option, options[:_LISTED])) + said


def _left_out(name: str, count: int, of: int, lacking: str) -> str:
    return f"{name}: {plural(count, 'row')} without a {lacking} {was(count)} left out, of {of:,}"
