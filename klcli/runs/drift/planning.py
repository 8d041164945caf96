"""The plan of how a current table will be counted, told to it with the first question: one scan answers all."""

from collections.abc import Sequence

from klcli.engines.countable import Countable, Plan
from klcli.runs.drift.counted import CountedColumn
from klcli.runs.drift.numbers.bins import bin_reference, cuts_in_current
from klcli.sources.drift.settings import DriftSettings
from klcli.tables.column import Kind

__all__ = ["planned"]


def planned(
    columns: Sequence[CountedColumn], reference: Countable, current: Countable, settings: DriftSettings
) -> Plan:
    """Returns the readings and the cuts of columns whose kinds are decided, and cuts the reference, in place.

    The number of bins depends on how many values the current table has, which is not known yet: few columns have so
    many missing cells that they need fewer bins than the number of rows allows, and are cut anew.
    """
    both = [each for each in columns if each.column_q is not None and each.decision is not None
            and each.decision.is_compared]  # fmt: skip
    numeric = [each for each in both if each.decision is not None and each.decision.kind is Kind.NUMERIC]
    bin_reference(numeric, reference, dict.fromkeys((each.name for each in numeric), current.rows), settings.bins)
    return {each.read_q: cuts_in_current(each, current) if each.binned else () for each in both}
