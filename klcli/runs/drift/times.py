"""Columns of times that are not compared: where the current table lies beside the reference."""

from collections.abc import Sequence

from klcli.engines.countable import HANDS_OVER, Countable
from klcli.notes import all_earlier, all_later
from klcli.runs.drift.counted import CountedColumn
from klcli.tables.column import Column, Kind, Read, Reading, Storage
from klcli.tables.facts import Facts

__all__ = ["note_order_of_times"]

Span = tuple[float, float]


def note_order_of_times(columns: Sequence[CountedColumn], reference: Countable, current: Countable) -> None:
    """Notes the columns of times whose values in Q are all later, or all earlier, than those in P."""
    times = [each for each in columns if each.skipped and each.decision is not None and each.decision.kind is Kind.TIME]
    spans_p = _spans([(each.column_p, each.facts_p) for each in times], reference)
    spans_q = _spans([(each.column_q, each.facts_q) for each in times], current)
    for each in times:
        p, q = spans_p.get(each.name), spans_q.get(each.name)
        if p is not None and q is not None and q[0] > p[1]:
            each.notes.append(all_later(each.name))
        elif p is not None and q is not None and q[1] < p[0]:
            each.notes.append(all_earlier(each.name))


def _spans(columns: Sequence[tuple[Column | None, Facts | None]], table: Countable) -> dict[str, Span]:
    """Returns the first and the last time of each column, by name; texts are sorted for it, where at hand."""
    found, texts = {}, []
    for column, facts in columns:
        if column is None or facts is None or not facts.present:
            continue
        if column.storage is Storage.INSTANT and facts.lowest is not None and facts.highest is not None:
            found[column.name] = (float(facts.lowest), float(facts.highest))
        elif column.storage is Storage.TEXT and table.engine in HANDS_OVER:
            texts.append(Read(column, Reading.TIME))
    counts = table.value_counts(texts) if texts else {}
    ranks = {read: [1, counts[read.column.name]] for read in texts if counts[read.column.name]}
    for name, values in (table.order_statistics(ranks) if ranks else {}).items():
        found[name] = (min(map(float, values)), max(map(float, values)))
    return found
