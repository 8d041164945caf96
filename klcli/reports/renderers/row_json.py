"""Rows as JSON: lines, or one strict document with a row on each line of it."""

from collections.abc import Sequence
from itertools import chain

from klcli.core.limits import Verdict
from klcli.document import rows_ending, rows_head, rows_side
from klcli.notes import Note
from klcli.reports.renderers.json_text import dumps
from klcli.reports.renderers.row_numbers import texts_of
from klcli.reports.renderers.row_stream import RowHead, RowStream, row_stream
from klcli.runs.row_results import RowAnswer, Subject

__all__ = ["RowDocument", "RowJsonLines", "head_document"]


@row_stream("jsonl")
class RowJsonLines(RowStream):
    """A line for each row, and nothing else."""

    def rows(self, answer: RowAnswer) -> str:
        return _items(answer, "\n") + "\n"


@row_stream("json")
class RowDocument(RowStream):
    """An object with the rows, the notes and the verdicts."""

    def __init__(self, head: RowHead) -> None:
        super().__init__(head)
        self._is_first = True

    def begin(self) -> str:
        return f'{dumps(head_document(self.head))[:-1]}, "rows": ['

    def rows(self, answer: RowAnswer) -> str:
        comma = "\n" if self._is_first else ",\n"
        self._is_first = False
        return comma + _items(answer, ",\n")

    def end(self, notes: Sequence[Note], verdicts: Sequence[Verdict]) -> str:
        return f"\n], {dumps(rows_ending(notes, verdicts))[1:]}\n"


def head_document(head: RowHead) -> dict[str, object]:
    """Returns what is compared, and how, as JSON."""
    p, q = head.subjects
    return rows_head(_subject(p), _subject(q), head.base, head.unit, head.smoothing, head.temperature)


def _subject(subject: Subject) -> dict[str, object]:
    return rows_side(subject.name, subject.kind, subject.rows, subject.outcomes)


def _items(answer: RowAnswer, between: str) -> str:
    """The rows, each an object of JSON; a pattern is filled, as that takes a tenth of the time of json.dumps."""
    names = [column.name for column in answer.columns]
    pattern = "".join(f", {dumps(name)}: %s" for name in names)
    columns = [texts_of(answer.values[name], infinity='"Infinity"') for name in names]
    rows = range(answer.first + 1, answer.first + 1 + len(answer))
    if answer.ids is None:
        pattern = f'{{"row": %d{pattern}}}'
    else:
        pattern = f'{{"row": %d, "id": %s{pattern}}}'
        columns = [[dumps(name) for name in answer.ids], *columns]
    return between.join([pattern] * len(rows)) % tuple(chain.from_iterable(zip(rows, *columns, strict=True)))
