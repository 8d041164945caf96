"""Drift between two tables that can be counted: matched, counted, judged."""

from klcli.engines.countable import Countable
from klcli.notes import relabelled_least
from klcli.runs.drift.counted import CountedColumn
from klcli.runs.drift.counts import count
from klcli.runs.drift.gathering import gathered
from klcli.runs.drift.joint import joint_drift
from klcli.runs.drift.judging.judge import judge
from klcli.runs.drift.judging.tested import LEAST_BY_RELABELLING
from klcli.runs.drift.matching import matched
from klcli.runs.drift.numbers.ordered import ordered_measures
from klcli.runs.drift.presets import replayed
from klcli.runs.drift.results import ColumnDrift, DriftResult
from klcli.sources.drift.settings import ORDERED, DriftSettings

__all__ = ["drift"]


def drift(reference: Countable, current: Countable, settings: DriftSettings) -> DriftResult:
    """Returns the drift of every column of the reference.

    Raises:
        UsageError: a setting names a column that does not exist, or a measure that a column has not.
        Unreadable: an engine cannot read a table.
    """
    if settings.preset is not None:
        return replayed(reference, current, settings)
    columns = matched(reference, current, settings)
    count(columns, reference, current, settings)
    ordered = {
        each.name: ordered_measures(each, reference, current) for each in columns if _wants_order(each, settings)
    }
    found, tests = judge(columns, settings, ordered)
    pairs = tuple(joint_drift(pair, columns, reference, current) for pair in settings.pairs)
    found.sort(key=_severity, reverse=True)
    notes = []
    if settings.is_exact and settings.adjust == "holm" and settings.alpha < tests * LEAST_BY_RELABELLING:
        notes.append(relabelled_least(LEAST_BY_RELABELLING, tests, settings.alpha / tests))
    return gathered(reference, current, settings, found, tests=tests, pairs=pairs, notes=notes)


def _severity(each: ColumnDrift) -> float:
    """Returns how far the value of a column is above its limit; the worst of several."""
    return max((one.verdict.value / one.verdict.limit for one in each.verdicts if one.verdict.limit), default=0.0)


def _wants_order(each: CountedColumn, settings: DriftSettings) -> bool:
    asked = {*settings.measures, *settings.limits_of(each.name)}
    return each.is_compared and each.has_order and each.cells is not None and not asked.isdisjoint(ORDERED)
