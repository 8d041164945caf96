"""Counts of matched columns: numbers in bins, labels one by one."""

from collections.abc import Sequence

from klcli.engines.countable import Countable
from klcli.runs.drift.counted import CountedColumn
from klcli.runs.drift.label_counts import count_labels
from klcli.runs.drift.numbers.bins import count_numbers
from klcli.sources.drift.settings import DriftSettings
from klcli.tables.column import Kind

__all__ = ["count"]


def count(columns: Sequence[CountedColumn], reference: Countable, current: Countable, settings: DriftSettings) -> None:
    """Counts the columns that are compared, in place."""
    compared = [each for each in columns if each.is_compared]
    numeric = [each for each in compared if each.decision is not None and each.decision.kind is Kind.NUMERIC]
    labelled = [each for each in compared if each.decision is not None and each.decision.kind is not Kind.NUMERIC]
    if numeric:
        count_numbers(numeric, reference, current, settings)
    if labelled:
        count_labels(labelled, reference, current, settings)
