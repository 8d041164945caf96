"""CSV, TSV and bare values: the first table of a report, numbers with all their digits."""

import csv
import io
from math import isinf

from klcli.errors import UsageError
from klcli.reports.renderers.renderer import Style, renderer
from klcli.reports.report import Cell, Report
from klcli.support.safe_text import visible

__all__ = ["machine_text", "render_csv", "render_tsv", "render_value"]


@renderer("csv", summary="comma-separated values with a header")
def render_csv(report: Report, style: Style) -> str:
    """Returns the answer as CSV."""
    return _delimited(report, style, ",")


@renderer("tsv", summary="tab-separated values with a header")
def render_tsv(report: Report, style: Style) -> str:
    """Returns the answer as TSV."""
    return _delimited(report, style, "\t")


@renderer("value", summary="the bare numbers, one a line")
def render_value(report: Report, style: Style) -> str:
    """Returns the numbers that were asked for.

    Raises:
        UsageError: the report has none.
    """
    table = report.tables[0]
    columns = [index for index, column in enumerate(table.columns) if column.is_measure]
    if not columns:
        raise UsageError("this answer has no numbers to print as bare values", hint="pass -f table or -f json")
    return "".join(f"{machine_text(row[column])}\n" for row in table.body for column in columns)


def _delimited(report: Report, style: Style, delimiter: str) -> str:
    table = report.tables[0]
    shown = [index for index, column in enumerate(table.columns) if column.for_machines]
    # a file holds labels to the letter; on a terminal a label must not control it
    written = visible if style.is_terminal else str
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(table.columns[index].key for index in shown)
    writer.writerows([written(machine_text(row[index])) for index in shown] for row in table.body)
    return stream.getvalue()


def machine_text(cell: Cell) -> str:
    """Returns a cell with all its digits; infinity is spelled as in JSON."""
    match cell:
        case None:
            return ""
        case float() if isinf(cell):
            return "Infinity" if cell > 0 else "-Infinity"
        case float():
            return repr(cell)
        case _:
            return str(cell)
