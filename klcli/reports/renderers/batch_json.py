"""A batch as JSON, written as the pairs are done: one document with a pair a line, or JSON lines."""

from collections.abc import Iterator

from klcli.reports.renderers.json_text import dumps
from klcli.reports.renderers.report_format import Occasion, Stream, report_format
from klcli.runs.batch_results import PairReport, Tally

__all__ = ["Document", "JsonLines"]


@report_format("json", summary="one strict JSON document, a pair on each line of it")
class Document(Stream):
    """An object with the pairs and a summary."""

    def __init__(self, occasion: Occasion) -> None:
        self._title = occasion.title
        self._is_first = True

    def head(self) -> str:
        return f'{{"schema": 1, "batch": {dumps(self._title)}, "pairs": ['

    def pair(self, report: PairReport) -> str:
        comma = "" if self._is_first else ","
        self._is_first = False
        return f"{comma}\n{dumps({'name': report.name, 'status': report.status.value, **report.document})}"

    def tail(self, tally: Tally) -> Iterator[str]:
        counts = {status.value: count for status, count in tally.counts.items()}
        summary = {"pairs": tally.pairs, **counts, "infinite": tally.infinite, "ending": tally.ending or "complete"}
        yield f'\n], "summary": {dumps(summary)}}}\n'


@report_format("jsonl", summary="JSON lines: a pair on each")
class JsonLines(Stream):
    """A line for each pair, and nothing else."""

    def __init__(self, occasion: Occasion) -> None:
        pass

    def pair(self, report: PairReport) -> str:
        document = {"schema": 1, "name": report.name, "status": report.status.value, **report.document}
        return f"{dumps(document)}\n"
