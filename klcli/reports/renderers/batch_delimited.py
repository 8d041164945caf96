"""A batch as CSV or TSV, a row for each measure of each pair, and one for a pair that has none; or as bare values."""

import csv
import io

from klcli.reports.renderers.delimited_text import machine_text
from klcli.reports.renderers.report_format import Occasion, Stream, report_format
from klcli.runs.batch_results import PairReport
from klcli.support.safe_text import visible

__all__ = ["Rows", "Values"]

_HEADER = ("name", "status", "measure", "value", "unit", "limit", "passed", "p", "q", "error")


class Rows(Stream):
    """Rows under a header; a pair's p, q and status stand on each of its rows."""

    def __init__(self, occasion: Occasion, delimiter: str) -> None:
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer, delimiter=delimiter, lineterminator="\n")
        self._written = visible if occasion.style.is_terminal else str

    def head(self) -> str:
        return self._text([_HEADER])

    def pair(self, report: PairReport) -> str:
        limits = {verdict.measure: verdict for verdict in report.verdicts}
        rows = []
        for measure, value, unit in report.values or (("", None, ""),):
            verdict = limits.get(measure)
            judged = (verdict.limit, str(verdict.passed).lower()) if verdict else ("", "")
            rows.append((
                report.name, report.status.value, measure, value, unit, *judged, report.p, report.q, report.error,
            ))  # fmt: skip
        return self._text([[self._written(machine_text(cell)) for cell in row] for row in rows])

    def _text(self, rows: object) -> str:
        self._writer.writerows(rows)  # type: ignore[arg-type]
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text


@report_format("csv", summary="comma-separated values: a row for each measure of each pair")
def begin_csv(occasion: Occasion) -> Rows:
    """Begins a report in CSV."""
    return Rows(occasion, ",")


@report_format("tsv", summary="tab-separated values: the same")
def begin_tsv(occasion: Occasion) -> Rows:
    """Begins a report in TSV."""
    return Rows(occasion, "\t")


@report_format("value", summary="the bare numbers, one a line, pair by pair; an empty line for a pair that has none")
class Values(Stream):
    """The values of each pair in the order of its measures, with all their digits."""

    def __init__(self, occasion: Occasion) -> None:
        pass

    def pair(self, report: PairReport) -> str:
        return "".join(f"{machine_text(value)}\n" for _, value, _ in report.values) or "\n"
