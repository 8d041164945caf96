"""CSV, TSV and bare values, with all digits: the first table, a line for each row, or for each measure of a pair."""

import csv
import io
from collections.abc import Iterable
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, ClassVar

from klcli.reports.cell_texts import machine_texts
from klcli.reports.format import Format, Style, registered
from klcli.reports.number_texts import joined_numbers, number_texts
from klcli.reports.parts import Joint, Table
from klcli.reports.report import Head
from klcli.reports.table_rows import NumberRows, columns_of, slices
from klcli.runs.batch_results import Status
from klcli.support.text.safe_text import visible

if TYPE_CHECKING:
    from klcli.runs.batch_results import Case
    from klcli.runs.rows.results import RowAnswer

__all__ = ["Csv", "Tsv", "Value"]

_CASE = ("name", "status", "measure", "value", "unit", "limit", "passed", "p", "q", "error")


@registered
class Csv(Format):
    """Lines under a header."""

    name = "csv"
    title = "CSV"
    summary = "comma-separated values with a header"
    delimiter: ClassVar[str] = ","

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer, delimiter=self.delimiter, lineterminator="\n")
        # files keep labels exactly; on a terminal a label must not act as a control sequence
        self._written = visible if style.is_terminal else str
        self._is_first = True

    def begin(self, head: Head) -> str:
        super().begin(head)
        if "case" in head.kinds:
            return self._text([_CASE])
        if head.rows is None:
            return ""
        names = [column.name for column in head.rows.columns]
        return self.delimiter.join(["row", *(["id"] if head.rows.has_ids else []), *names, "unit", "smoothing"]) + "\n"

    def table(self, table: Table) -> Iterable[str]:
        if not self._is_first:
            return
        self._is_first = False
        shown = [index for index, column in enumerate(table.columns) if column.for_machines]
        written = self._written
        self._writer.writerow(table.columns[index].key for index in shown)
        yield self._text([])
        if isinstance(table.rows, NumberRows):
            for names, block in table.rows.blocks():
                heads = (self._text([(written(each), "")])[:-1] for each in names)
                yield "".join(
                    [f"{head}{joined_numbers(row, self.delimiter)}\n" for head, row in zip(heads, block, strict=True)]
                )
            return
        for at in slices(table.body):
            columns = map(machine_texts, columns_of(table.body, at, shown))
            yield self._text(zip(*(map(written, column) for column in columns), strict=True))

    def rows(self, answer: "RowAnswer") -> str:
        assert self.head.rows is not None
        columns = [number_texts(answer.values[column.name]) for column in answer.columns]
        count = len(answer)
        numbers = answer.numbers
        units = " ".join(dict.fromkeys(column.unit for column in answer.columns if column.unit))
        ends = [[units] * count, [self.head.rows.smoothing] * count]
        ids = [] if answer.ids is None else [list(map(self._written, answer.ids))]
        return self._text(zip(numbers, *ids, *columns, *ends, strict=True))

    def case(self, case: "Case") -> str:
        limits = {(one.measure, one.bound): (one.limit, str(one.passed).lower()) for one in case.verdicts}
        limits |= {(one.measure, one.bound): (one.limit, "false") for one in case.unclear}
        rows = []
        for measure, bound, value, unit in _values(case):
            judged = limits.get((measure, bound), ("", ""))
            named = f"{measure}:{bound}" if bound else measure
            rows.append((case.name, case.status.value, named, value, unit, *judged, case.p, case.q, case.error))
        return self._text(map(self._written, machine_texts(row)) for row in rows)

    def joint(self, joint: Joint) -> str:
        rows = [(joint.name, "", name, value, "nats", "", "", joint.p, joint.q, "")
                for name, value in joint.values.items()]  # fmt: skip
        return self._text(map(self._written, machine_texts(row)) for row in rows)

    def _text(self, rows: Iterable[Iterable[object]]) -> str:
        self._writer.writerows(rows)
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text


def _values(case: "Case") -> Iterable[tuple[str, str, float | None, str]]:
    """Yields measure, bound, value and unit of each value of a pair, and of the ends of its interval."""
    if not case.values:
        yield "", "", None, ""
    for (measure, value, unit), ends in zip_longest(case.values, case.intervals):
        yield measure, "", None if value != value else value, unit
        for bound, end in zip(("lower", "upper"), ends or (), strict=False):
            yield measure, bound, end, unit
    known = {measure for measure, _, _ in case.values}
    for verdict in (*case.verdicts, *case.unclear):  # of what is not a measure, such as a change of null shares
        if verdict.measure not in known:
            yield verdict.measure, "", verdict.value, verdict.unit


@registered
class Tsv(Csv):
    """CSV with tabs."""

    name = "tsv"
    title = "TSV"
    summary = "tab-separated values with a header"
    delimiter = "\t"


@registered
class Value(Format):
    """The values, one a line, in the order asked for; an empty line for a pair without values, none for one skipped."""

    name = "value"
    title = "bare value"
    summary = "the bare numbers, one a line"
    shows = frozenset({"numbers", "grid", "rows", "case"})
    _is_done = False

    def table(self, table: Table) -> Iterable[str]:
        if self._is_done:
            return
        self._is_done = True
        columns = [index for index, column in enumerate(table.columns) if column.is_measure]
        if isinstance(table.rows, NumberRows):
            yield from (joined_numbers(block.ravel(), "\n") + "\n" for _, block in table.rows.blocks())
            return
        for at in slices(table.body):
            texts = map(machine_texts, columns_of(table.body, at, columns))
            yield "".join(f"{text}\n" for row in zip(*texts, strict=True) for text in row)

    def rows(self, answer: "RowAnswer") -> str:
        columns = [number_texts(answer.values[column.name]) for column in answer.columns]
        return "\n".join([*chain.from_iterable(zip(*columns, strict=True)), ""])

    def case(self, case: "Case") -> str:
        if case.status is Status.SKIPPED:
            return ""
        values = [None if value != value else value for _, value, _ in case.values]
        return "".join(f"{text}\n" for text in machine_texts(values)) or "\n"

    def joint(self, joint: Joint) -> str:
        return "".join(f"{text}\n" for text in machine_texts(list(joint.values.values())))
