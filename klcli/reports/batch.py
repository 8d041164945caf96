"""A batch as a report: its head, its ending, and its settings."""

from klcli.document import batch_ending, batch_head, listed
from klcli.reports.parts import Column, Ending, Head, Report, listing_report
from klcli.runs.batch_results import BatchSummary
from klcli.sources.batch.settings import Settings

__all__ = ["batch_report_ending", "batch_report_head", "settings_report"]

_COLUMNS = ("setting", "value", "pairs", "from")


def batch_report_head(title: str) -> Head:
    """Returns what is known of a batch before its first pair."""
    return Head("batches", frozenset({"case"}), "kl batch", title, "pairs", batch_head(title))


def batch_report_ending(tally: BatchSummary) -> Ending:
    """Returns what is known of a batch after its last pair."""
    counts = {status.value: count for status, count in tally.counts.items()}
    return Ending(lambda: batch_ending(tally.pairs, counts, tally.ending), tally=tally)


def settings_report(settings: Settings) -> Report:
    """Returns each setting, its value, the pairs that it is for, and where it comes from."""
    columns = tuple(Column(name, name) for name in _COLUMNS)
    return listing_report("settings", columns, settings.effective(), lambda items: listed("settings", items))
