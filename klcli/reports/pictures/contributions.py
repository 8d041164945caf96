"""The forward KL outcome by outcome: masses side by side with what each outcome adds, and how the total comes about."""

from collections.abc import Iterator
from math import fsum, inf, isfinite

import numpy as np

from klcli.core.arithmetic.types import Index
from klcli.core.comparison import Terms
from klcli.reports.pictures.model import Lane, Mark, MarkRow, Marks, Tick, View, Words
from klcli.reports.pictures.scale import Scale, linear, number

__all__ = ["COMPARED", "EXPLAINED", "comparison_view", "waterfall_view"]

COMPARED, EXPLAINED = 30, 20  # outcomes that a picture shows
_SHARES = Words("share")


def comparison_view(terms: Terms, total: float, unit: str, count: int = COMPARED) -> View:
    """Returns the picture of `kl compute`: p and q of each outcome on one axis, and what it adds to the forward KL.

    Args:
        terms: In the unit `unit`. total: The forward KL. count: Outcomes shown; the rest is summed up in one row.
    """
    shown, rest = _split(terms, count)
    masses = linear(0.0, float(max(terms.p[shown].max(), terms.q[shown].max())), count=3, margin=0.015)
    adds = _scale_of([float(each) for each in terms.contribution[shown]] + _sums(terms, rest)[2:])
    rows = [
        MarkRow(
            terms.outcomes[index],
            (_dumbbell(masses, p, q), number(p), number(q), (_bar(adds, 0.0, each),), signed(each)),
        )
        for index, p, q, each in _values(terms, shown)
    ]
    if rest.size:
        p, q, each = _sums(terms, rest)
        cells = ((), number(p), number(q), (_bar(adds, 0.0, each),), signed(each))
        rows.append(MarkRow(_more(rest), cells, style="rest"))
    rows.append(MarkRow("KL(P‖Q)", ((), "", "", (), number(total)), style="total"))
    columns = (
        Lane("● p and ○ q", masses.ticks, (Mark("axis", "rule", 0.0, 1.0),)), Words("p"), Words("q"),
        Lane("p·log(p/q)", _zero_tick(adds), (_zero(adds),)), Words(f"adds, {unit}", short="adds"),
    )  # fmt: skip
    return View(
        "Where P and Q differ",
        "An outcome that P has more of adds to KL(P‖Q) (blue, to the right of 0); one that Q has more of subtracts "
        f"(orange, to the left). Largest first.{_cut(rest)}",
        Marks("outcome", columns, tuple(rows)),
        _infinite_remarks(terms),
    )


def waterfall_view(terms: Terms, total: float, unit: str, count: int = EXPLAINED) -> View:
    """Returns the picture of `kl explain`: bars that each start where the last one ended, and the total; as above."""
    shown, rest = _split(terms, count)
    steps = [*(each for *_, each in _values(terms, shown)), *_sums(terms, rest)[2:]]
    ends = _running(steps)
    scale = _scale_of([*ends, total])
    names = [*(terms.outcomes[index] for index in shown), *([_more(rest)] if rest.size else [])]
    masses = [*((p, q) for _, p, q, _ in _values(terms, shown)), *([_sums(terms, rest)[:2]] if rest.size else [])]
    rows = []
    for place, (name, (p, q), step, start) in enumerate(zip(names, masses, steps, [0.0, *ends], strict=False)):
        marks = [_bar(scale, start, start + step if isfinite(step) else inf)]
        if isfinite(step):
            marks.append(Mark("next", "soft", scale.at(ends[place])))
        cells = (number(p), number(q), signed(step), _share(step, total), tuple(marks))
        rows.append(MarkRow(name, cells, style="rest" if rest.size and place == len(shown) else ""))
    last = (_bar(scale, 0.0, total, "total"),)
    rows.append(MarkRow("KL(P‖Q)", ("1", "1", number(total), _share(total, total), last), style="total"))
    columns = (
        Words("p"),
        Words("q"),
        Words(f"adds, {unit}", short="adds"),
        _SHARES,
        Lane("running total", (), (_zero(scale),)),
    )
    return View(
        "How the total comes about",
        f"Each bar starts where the last one ended: blue adds, orange subtracts. Largest first.{_cut(rest)}",
        Marks("outcome", columns, tuple(rows)),
        _infinite_remarks(terms),
    )


def signed(value: float) -> str:
    """Returns a number with its sign."""
    return f"+{number(value)}" if value > 0 else number(value)


def _split(terms: Terms, count: int) -> tuple[Index, Index]:
    """Returns the indices of the outcomes shown, largest first, and of the others."""
    order = np.argsort(-np.abs(terms.contribution), kind="stable")
    return (order, order[:0]) if len(order) <= count + 1 else (order[:count], order[count:])


def _values(terms: Terms, where: Index) -> Iterator[tuple[int, float, float, float]]:
    for index in where.tolist():
        yield index, float(terms.p[index]), float(terms.q[index]), float(terms.contribution[index])


def _sums(terms: Terms, rest: Index) -> list[float]:
    """Returns the sums of p, q and the contributions of the outcomes that are not shown; nothing if all are shown."""
    return [float(each[rest].sum()) for each in (terms.p, terms.q, terms.contribution)] if rest.size else []


def _running(steps: list[float]) -> list[float]:
    """Returns the sums of the finite steps so far, each rounded once."""
    finite = [step if isfinite(step) else 0.0 for step in steps]
    return [fsum(finite[: place + 1]) for place in range(len(finite))]


def _scale_of(values: list[float]) -> Scale:
    finite = [value for value in values if isfinite(value)]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    if len(finite) < len(values):  # room for an arrow
        high = max(high, -low)
    return linear(low, high if high > low else 1.0, count=3, margin=0.01)


def _zero(scale: Scale) -> Mark:
    return Mark("rule", "ink", scale.at(0.0))


def _zero_tick(scale: Scale) -> tuple[Tick, ...]:
    return (Tick(scale.at(0.0), "0"),)


def _bar(scale: Scale, start: float, end: float, role: str = "") -> Mark:
    """Returns a bar from start to end, whose role is the side that has more; an arrow if its end is infinite."""
    role = role or ("p" if end >= start else "q")
    if end == inf:
        return Mark("arrow", role, scale.at(start), 1.0)
    low, high = sorted((scale.at(start), scale.at(end)))
    return Mark("bar", role, low, high)


def _dumbbell(scale: Scale, p: float, q: float) -> tuple[Mark, ...]:
    low, high = sorted((scale.at(p), scale.at(q)))
    role = "p" if p >= q else "q"
    return Mark("line", role, low, high), Mark("dot", "p", scale.at(p)), Mark("ring", "q", scale.at(q))


def _share(step: float, total: float) -> str:
    return f"{number(100 * step / total, 3)} %" if isfinite(total) and total > 0 else ""


def _more(rest: Index) -> str:
    return f"{rest.size:,} more outcomes"


def _cut(rest: Index) -> str:
    return f" The {rest.size:,} smallest are summed up in one row." if rest.size else ""


def _infinite_remarks(terms: Terms) -> tuple[str, ...]:
    """Returns a sentence on the outcomes that make the divergence infinite."""
    where = np.flatnonzero(np.isinf(terms.contribution))
    if not where.size:
        return ()
    names = ", ".join(terms.outcomes[index] for index in where[:5].tolist())
    more = f" and {where.size - 5:,} more" if where.size > 5 else ""
    share = number(100 * float(terms.p[where].sum()), 3)
    return (f"Q has no {names}{more} ({share} % of P), so the divergence is infinite: an arrow.",)
