"""Reports on a batch: head and ending of its pairs, and its settings."""

from collections.abc import Iterable, Sequence

from klcli.document.batch import batch_ending, batch_head
from klcli.document.lists import listed
from klcli.reports.parts import Column
from klcli.reports.report import Ending, Head, Report, listing_report
from klcli.runs.batch_results import BatchSummary, Status
from klcli.sources.batch.settings import Settings

__all__ = ["batch_report_ending", "batch_report_head", "layers_report", "settings_report"]

_COLUMNS = ("setting", "value", "pairs", "from")


def batch_report_head(title: str) -> Head:
    """Returns the head of a report on a batch."""
    return Head("batches", frozenset({"case"}), "kl batch", title, "pairs", batch_head(title))


def batch_report_ending(summary: BatchSummary) -> Ending:
    """Returns the ending of a report on a batch."""
    pairs = (Status.OK, Status.EXCEEDED, Status.ERROR)
    counts = {each.value: count for each, count in summary.counts.items() if count or each in pairs}
    return Ending(lambda: batch_ending(summary.pairs, counts, summary.infinite, summary.ending), batch=summary)


def settings_report(settings: Settings) -> Report:
    """Returns the report of all settings: value, pairs to which it applies, and source."""
    return layers_report(settings.effective(), _COLUMNS)


def layers_report(
    rows: Iterable[tuple[str, str, str, str]], names: Sequence[str] = ("setting", "value", "columns", "from")
) -> Report:
    """Returns the report of settings as rows: name, value, pattern to which it applies, and source."""
    columns = tuple(Column(name, name) for name in names)
    return listing_report("settings", columns, rows, lambda items: listed("settings", items))
