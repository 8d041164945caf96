"""Counts of two samples over common bins or categories, as the shares of P and Q in each."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.reports.pictures.model import Curve, Panel, Panels, Tick
from klcli.reports.pictures.scale import linear, number
from klcli.support.safe_text import shorten

__all__ = ["binned", "categories"]

P_NAME, Q_NAME = "P, the reference", "Q, compared with it"
_LABEL = 14  # characters below an axis
_TICKS = 12  # labels below an axis


def binned(p: Any, q: Any, edges: Any, height: int, words: str) -> Panels:
    """Returns the densities of counts in bins, shape (k,), with inner edges, shape (k - 1,).

    The outermost bins have no outer end: they are drawn as wide as their neighbours, or 1 if there is one edge.
    """
    inner = np.asarray(edges, dtype=np.float64)
    first, last = (inner[1] - inner[0], inner[-1] - inner[-2]) if len(inner) > 1 else (1.0, 1.0)
    ends = np.concatenate([[inner[0] - first], inner, [inner[-1] + last]])
    across = linear(float(ends[0]), float(ends[-1]))
    widths = np.maximum(np.diff(ends), 1e-300)
    with np.errstate(all="ignore"):
        densities = [_share(each) / widths for each in (p, q)]
    top = float(max(each.max() for each in densities)) or 1.0
    up = linear(0.0, top / 0.94 if np.isfinite(top / 0.94) else top, count=3)
    x = across.all(np.repeat(ends, 2))
    curves = tuple(
        Curve(shape, role, name, x, up.all(np.concatenate([[0.0], np.repeat(density, 2), [0.0]])))
        for shape, role, name, density in zip(("area", "line"), "pq", (P_NAME, Q_NAME), densities, strict=True)
    )
    rows = tuple(
        (_range(low, high, place, len(widths)), _percent(a), _percent(b))
        for place, (low, high, a, b) in enumerate(zip(ends[:-1], ends[1:], _share(p), _share(q), strict=True))
    )
    panel = Panel(height, curves, "density", up.ticks[1:])
    return Panels("value", across.ticks, (panel,), words, ("bin", "share of P", "share of Q"), rows)


def categories(
    p: Any, q: Any, labels: Sequence[str], height: int, words: str, *, totals: tuple[float, float] | None = None
) -> Panels:
    """Returns the shares of categories, shape (k,), as bars side by side, in the order given.

    Args:
        totals: Observations of P and Q in all categories, if not all are here.
    """
    count = len(labels)
    shares = [
        np.asarray(each, dtype=np.float64) / (total or 1.0)
        for each, total in zip((p, q), totals or (float(np.sum(p)), float(np.sum(q))), strict=True)
    ]
    top = float(max(each.max(initial=0.0) for each in shares)) or 1.0
    up = linear(0.0, top / 0.94, count=3)
    places = np.arange(count)[:, None]
    curves = tuple(
        Curve("bars", role, name, (places + np.array(ends)) / count, up.all(share))
        for role, name, ends, share in zip("pq", (P_NAME, Q_NAME), ((0.1, 0.5), (0.5, 0.9)), shares, strict=True)
    )
    step = max(1, -(-count // _TICKS))
    ticks = tuple(
        Tick(round((place + 0.5) / count, 5), shorten(labels[place], _LABEL)) for place in range(0, count, step)
    )
    rows = tuple((label, _percent(a), _percent(b)) for label, a, b in zip(labels, *shares, strict=True))
    panel = Panel(height, curves, "share", tuple(Tick(t.at, _as_percent(t.text)) for t in up.ticks[1:]))
    return Panels("category", ticks, (panel,), words, ("category", "share of P", "share of Q"), rows)


def _share(counts: Any) -> Array:
    values: Array = np.asarray(counts, dtype=np.float64)
    return values / (float(values.sum()) or 1.0)


def _percent(share: float) -> str:
    return f"{number(100 * float(share), 3)} %"


def _as_percent(text: str) -> str:
    return f"{number(100 * float(text.replace('−', '-')), 3)} %"


def _range(low: float, high: float, place: int, count: int) -> str:
    if place == 0:
        return f"below {number(high)}"
    return f"from {number(low)}" if place == count - 1 else f"{number(low)} to {number(high)}"
