"""Rows as CSV, TSV, or bare values: a line for each row, numbers with all their digits."""

import csv
import io
from itertools import chain

from klcli.reports.renderers.row_numbers import texts_of
from klcli.reports.renderers.row_stream import RowHead, RowStream, row_stream
from klcli.runs.row_results import RowAnswer
from klcli.support.safe_text import visible

__all__ = ["RowTable", "RowValues"]


class RowTable(RowStream):
    """Rows under a header."""

    def __init__(self, head: RowHead, delimiter: str) -> None:
        super().__init__(head)
        self._delimiter = delimiter

    def begin(self) -> str:
        names = [column.name for column in self.head.columns]
        return self._delimiter.join(["row", *(["id"] if self.head.has_ids else []), *names, "unit", "smoothing"]) + "\n"

    def rows(self, answer: RowAnswer) -> str:
        columns = [texts_of(answer.values[column.name]) for column in answer.columns]
        count = len(answer)
        numbers = range(answer.first + 1, answer.first + 1 + count)
        units = " ".join(dict.fromkeys(column.unit for column in answer.columns if column.unit))
        ends = [[units] * count, [self.head.smoothing] * count]
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=self._delimiter, lineterminator="\n")
        written = visible if self.head.style.is_terminal else str
        ids = [] if answer.ids is None else [list(map(written, answer.ids))]
        writer.writerows(zip(numbers, *ids, *columns, *ends, strict=True))
        return stream.getvalue()


@row_stream("csv")
def begin_csv(head: RowHead) -> RowTable:
    """Begins rows in CSV."""
    return RowTable(head, ",")


@row_stream("tsv")
def begin_tsv(head: RowHead) -> RowTable:
    """Begins rows in TSV."""
    return RowTable(head, "\t")


@row_stream("value")
class RowValues(RowStream):
    """The numbers of a row on lines that follow each other, in the order asked for."""

    def rows(self, answer: RowAnswer) -> str:
        columns = [texts_of(answer.values[column.name]) for column in answer.columns]
        return "\n".join([*chain.from_iterable(zip(*columns, strict=True)), ""])
