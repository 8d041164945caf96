"""Texts among numbers: the note that counts them and shows the first, and the cure where they are too many."""

from collections.abc import Sequence

from klcli.engines.countable import Countable
from klcli.notes import Note, decimal_marks, numbers_skipped, values_not_numbers
from klcli.runs.drift.counted import CountedColumn
from klcli.sources.columns.number_forms import suspect_in
from klcli.sources.drift.settings import DriftSettings
from klcli.sources.formats.text_dialect import TextDialect
from klcli.support.sentence import Option, Sentence
from klcli.tables.cell_text import truth_word
from klcli.tables.column import Column, Read, Reading, Storage
from klcli.tables.keys import TRUTHS

__all__ = ["cure_of_column", "note_skipped", "note_texts", "notes_on_marks"]

_HALF = 0.5


def cure_of_column(cell: str | None, column: Column, dialect: TextDialect, side: str) -> str:
    """Returns the cure for a column of P or Q in which texts are not numbers, judged by `cell`, the first of them."""
    suspect = None if cell is None or column.is_typed else suspect_in(cell, dialect)
    if suspect is not None:
        return suspect.cure_in_table(f"--{side.lower()}-")
    other = "category" if side == "Q" else "numeric"
    if side == "Q" and cell is not None and truth_word(cell) in TRUTHS:
        other = "boolean"  # 1 and 0 in P
    return Sentence("clean it, or pass ", Option("--type", f"{column.name}={other}"))


def notes_on_marks(reference: Countable, current: Countable) -> list[Note]:
    """Returns what both tables note; a cure that one of them does not need is for the other alone."""
    cures = [{_cure_in(note) for note in table.notes} for table in (reference, current)]
    return [
        _of_side(note, prefix) if (cure := _cure_in(note)) and cure not in others else note
        for table, prefix, others in ((reference, "--p-", cures[1]), (current, "--q-", cures[0]))
        for note in table.notes
    ]


def _cure_in(note: Note) -> str:
    return str(note.values[-1]) if note.kind == decimal_marks.__name__ else ""


def _of_side(note: Note, prefix: str) -> Note:
    *_, cell, _ = note.values
    suspect = suspect_in(cell)
    return note if suspect is None else note.with_values(cure=suspect.cure_in_table(prefix))


def note_skipped(each: CountedColumn, reference: Countable, settings: DriftSettings) -> None:
    """Notes a column that is not compared as a few of its texts are not numbers, and the others are."""
    column, decision, facts = each.column_p, each.decision, each.facts_p
    assert decision is not None
    assert facts is not None
    is_set = settings.kind_of(each.name) is not None
    if is_set or decision.is_compared or column.storage is not Storage.TEXT or not facts.present:
        return
    if not 0 < facts.numbers < facts.present:
        return
    first = reference.first_row(column, Read(column, Reading.NUMBER))
    is_told = any(_cure_in(note) and each.name in note.values for note in reference.notes)
    is_suspect = first is not None and suspect_in(first[1], settings.p.options.dialect) is not None
    if facts.numbers > _HALF * facts.present or (is_suspect and not is_told):
        cure = cure_of_column(first and first[1], column, settings.p.options.dialect, "P")
        each.notes.append(numbers_skipped(each.name, facts.present - facts.numbers, facts.present, first, cure))


def note_texts(each: CountedColumn, counts: Sequence[int], reference: Countable, current: Countable) -> None:
    """Notes how many cells of a column spell no number; `counts` are of P and Q."""
    reads = each.read_p, each.read_q
    found = (
        (name, table.first_row(read.column, read))
        for name, table, read, count in zip("PQ", (reference, current), reads, counts, strict=True)
        if count
    )
    first = next(((name, *place) for name, place in found if place is not None), None)
    each.notes.append(values_not_numbers(each.name, counts[0], counts[1], first))
