"""The joint distribution of two columns: how much of a change their margins do not show."""

from collections.abc import Sequence

import numpy as np

from klcli.core.comparison import compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.measures.kl import forward_kl
from klcli.engines.countable import Countable
from klcli.errors import UsageError
from klcli.runs.drift.counted import CountedColumn
from klcli.runs.drift.results import JointDrift
from klcli.tables.column import Kind
from klcli.tables.cuts import Cut
from klcli.tables.joint import Axis
from klcli.tables.keys import key_of

__all__ = ["joint_drift"]

_AMOUNT = 0.5


def joint_drift(
    pair: tuple[str, str], columns: Sequence[CountedColumn], reference: Countable, current: Countable
) -> JointDrift:
    """Returns KL(joint) = KL(first) + KL(second | first), in nats, over the cells that either table has.

    0.5 is added to each joint cell of both tables, so the margins of the joint table are those of the smoothed one.

    Raises:
        UsageError: a column of the pair is not compared.
    """
    named = {each.name: each for each in columns}
    for name in pair:
        if not named[name].is_compared or named[name].cells is None:
            why = named[name].skipped or named[name].error or "it has no values"
            raise UsageError(f"--pairs {','.join(pair)}: {name} is not compared: {why}")
    axes_p = [Axis(named[name].read_p, _cuts(named[name])) for name in pair]
    axes_q = [Axis(named[name].read_q, _cuts(named[name])) for name in pair]
    kinds = [named[name].decision.kind for name in pair]  # type: ignore[union-attr]
    counts_p, counts_q = (_keyed(table.joint(*axes), kinds) for table, axes in ((reference, axes_p), (current, axes_q)))
    keys = sorted(counts_p.keys() | counts_q.keys())
    p, q = (np.array([counts.get(key, 0) + _AMOUNT for key in keys]) for counts in (counts_p, counts_q))
    first = sorted({key[0] for key in keys})
    at = np.array([first.index(key[0]) for key in keys])
    joint = _kl(p, q)
    margin = _kl(np.bincount(at, p), np.bincount(at, q))
    return JointDrift(*pair, joint, margin, joint - margin, len(keys))


def _cuts(each: CountedColumn) -> tuple[Cut, ...] | None:
    assert each.cells is not None
    return each.cells.cuts


def _keyed(counts: dict[tuple[object, object], int], kinds: Sequence[Kind]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for (a, b), count in counts.items():
        key = key_of(a, kinds[0]), key_of(b, kinds[1])
        found[key] = found.get(key, 0) + count
    return found


def _kl(p: np.ndarray, q: np.ndarray) -> float:
    sides = [Distribution.from_values(each, as_="weights", name=name) for each, name in ((p, "P"), (q, "Q"))]
    return compare(*sides, measures=(forward_kl.name,)).value(forward_kl)
