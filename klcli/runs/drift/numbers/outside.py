"""Numbers of the current table outside the range of the reference, which the bins at its ends take in."""

from collections.abc import Sequence

from klcli.core.estimation.significance.extremes import beyond_extreme_p_value
from klcli.engines.countable import Countable
from klcli.notes import values_outside
from klcli.runs.drift.counted import CountedColumn
from klcli.support.text.safe_text import exact
from klcli.tables.column import Storage
from klcli.tables.cuts import Cut

__all__ = ["ends_of", "note_outside"]


def ends_of(each: CountedColumn, current: Countable) -> tuple[Cut, ...]:
    """Returns the cuts below the least and above the largest value of the reference.

    Empty for a profile, which is counted at its own cuts alone, for times, which have a note of their own, and for a
    constant, beside which all is unseen.
    """
    facts = each.facts_p
    assert facts is not None
    low, high = facts.lowest, facts.highest
    is_time = Storage.INSTANT in (each.column_p.storage, each.column_q and each.column_q.storage)
    if low is None or high is None or low == high or is_time or current.engine == "profile":
        return ()
    return Cut(low, True), Cut(high, False)


def note_outside(each: CountedColumn, at_ends: Sequence[int], n: int, m: int, alpha: float) -> None:
    """Notes a column with more values of Q outside the range of P than chance explains at the level alpha.

    Args:
        at_ends: Numbers of values of Q on the left of `ends_of`. n, m: Of all values of P, and of Q.
    """
    counts = at_ends[0], m - at_ends[1]
    # of independent values of one distribution, half of alpha at each end
    if not any(count and beyond_extreme_p_value(count, m, n) <= alpha / 2 for count in counts):
        return
    assert each.facts_p is not None
    assert each.facts_q is not None
    extremes = (each.facts_p.lowest, each.facts_p.highest, each.facts_q.lowest, each.facts_q.highest)
    low, high, *reached = ("" if value is None else exact(float(value)) for value in extremes)
    each.notes.append(values_outside(each.name, (low, high), counts, m, (reached[0], reached[1])))
