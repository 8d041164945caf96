"""Counts of two samples over common bins or categories, as the shares of P and Q in each."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.reports.pictures.model import Curve, Dot, Panel, Panels, Tick
from klcli.reports.pictures.scale import linear, number, share
from klcli.support.text.safe_text import shorten

__all__ = ["binned", "categories"]

P_NAME, Q_NAME = "P, the reference", "Q, compared with it"
_LABEL = 14  # characters below an axis
_POINTS = 201  # of a density
_TICKS = 12  # labels below an axis


def binned(
    p: Any, q: Any, edges: Any, height: int, words: str, truth: Sequence[Callable[[Array], Array]] = ()
) -> Panels:
    """Returns the densities of counts in bins, shape (k,), with inner edges, shape (k - 1,).

    The outermost bins have no outer end: they are drawn as wide as their neighbours, or 1 if there is one edge.

    Args:
        truth: Densities of P and Q as functions of x, drawn over the bins; empty if they are not known.
    """
    inner = np.asarray(edges, dtype=np.float64)
    first, last = (inner[1] - inner[0], inner[-1] - inner[-2]) if len(inner) > 1 else (1.0, 1.0)
    ends = np.concatenate([[inner[0] - first], inner, [inner[-1] + last]])
    across = linear(float(ends[0]), float(ends[-1]))
    widths = np.maximum(np.diff(ends), 1e-300)
    with np.errstate(all="ignore"):
        densities = [_shares_of(each) / widths for each in (p, q)]
    at = np.linspace(ends[0], ends[-1], _POINTS)
    known = [np.nan_to_num(density(at), posinf=0.0) for density in truth]
    top = float(max(each.max() for each in (*densities, *known))) or 1.0
    up = linear(0.0, top / 0.94 if np.isfinite(top / 0.94) else top, count=3)
    x = across.all(np.repeat(ends, 2))
    curves = tuple(
        Curve(shape, role, name, x, up.all(np.concatenate([[0.0], np.repeat(density, 2), [0.0]])))
        for shape, role, name, density in zip(("area", "line"), "pq", (P_NAME, Q_NAME), densities, strict=True)
    )
    curves += tuple(
        Curve("line", role, f"density of {role.upper()}", across.all(at), up.all(density), dash=1)
        for role, density in zip("pq", known, strict=False)
    )
    rows = tuple(
        (_range(low, high, place, len(widths)), share(a), share(b))
        for place, (low, high, a, b) in enumerate(zip(ends[:-1], ends[1:], _shares_of(p), _shares_of(q), strict=True))
    )
    panel = Panel(height, curves, "density", up.ticks[1:])
    return Panels("value", across.ticks, (panel,), words, ("bin", "share of P", "share of Q"), rows)


def categories(
    p: Any,
    q: Any,
    labels: Sequence[str],
    height: int,
    words: str,
    *,
    totals: tuple[float, float] | None = None,
    marks_new: bool = False,
) -> Panels:
    """Returns the shares of categories, shape (k,), as bars side by side, in the order given.

    Args:
        totals: Observations of P and Q in all categories, if not all are here.
        marks_new: Mark the categories that P lacks.
    """
    count = len(labels)
    shares = [
        np.asarray(each, dtype=np.float64) / (total or 1.0)
        for each, total in zip((p, q), totals or (float(np.sum(p)), float(np.sum(q))), strict=True)
    ]
    top = float(max(each.max(initial=0.0) for each in shares)) or 1.0
    up = linear(0.0, top / 0.94, count=3, written=share)
    places = np.arange(count)[:, None]
    curves = tuple(
        Curve("bars", role, name, (places + np.array(ends)) / count, up.all(each))
        for role, name, ends, each in zip("pq", (P_NAME, Q_NAME), ((0.1, 0.5), (0.5, 0.9)), shares, strict=True)
    )
    step = max(1, -(-count // _TICKS))
    ticks = tuple(
        Tick(round((place + 0.5) / count, 5), shorten(labels[place], _LABEL)) for place in range(0, count, step)
    )
    rows = tuple((label, share(a), share(b)) for label, a, b in zip(labels, *shares, strict=True))
    new = [place for place, (a, b) in enumerate(zip(*shares, strict=True)) if b and not a] if marks_new else []
    dots = tuple(Dot(round((place + 0.7) / count, 5), up.at(float(shares[1][place])), "new") for place in new)
    panel = Panel(height, curves, "share", up.ticks[1:], dots)
    return Panels("category", ticks, (panel,), words, ("category", "share of P", "share of Q"), rows)


def _shares_of(counts: Any) -> Array:
    values: Array = np.asarray(counts, dtype=np.float64)
    return values / (float(values.sum()) or 1.0)


def _range(low: float, high: float, place: int, count: int) -> str:
    if place == 0:
        return f"below {number(high)}"
    return f"from {number(low)}" if place == count - 1 else f"{number(low)} to {number(high)}"
