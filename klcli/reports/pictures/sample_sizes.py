"""An estimate from smaller and smaller parts of two samples, against the noise of samples of that size."""

from collections.abc import Sequence
from math import inf, isfinite

import numpy as np

from klcli.core.estimation.estimate import SizedEstimate
from klcli.core.limits import Compared
from klcli.core.measures.selection import select
from klcli.reports.pictures.model import Curve, Dot, Panel, Panels, Tick, View
from klcli.reports.pictures.scale import Scale, logarithmic, number

__all__ = ["NOISE", "sizes_view"]

NOISE = 1.6448536269514722  # the 95 % quantile of the standard normal distribution
_LEAST = 3  # sizes that show a course
_ROOM = 4.0  # times below the smallest size at which the axis begins, so that the name of the line is free
_APART = 0.15  # of the axis at least between two ticks: their texts would touch on a page of 320 px
_DECADES = 1e4  # the axis ends so many times below its upper end


def sizes_view(
    found: Sequence[SizedEstimate], level: float, truth: Compared | None = None
) -> View | None:  # fmt: skip
    """Returns the picture of estimates by size, the whole samples last; None if there are fewer than three.

    Args:
        truth: The comparison of what the samples are from, where that is known.
    """
    noises = [NOISE * (each.estimate.standard_error_null or 0.0) for each in found]
    if len(found) < _LEAST or not any(noises):
        return None
    last = found[-1].estimate
    totals = [float(sum(each.observations)) for each in found]
    across = logarithmic(totals[0] / _ROOM, totals[-1], margin=0.04)
    measure = select(last.measure)
    true = truth.value(measure) if truth else last.value
    up = _scale(found, noises, true)
    x = np.array([across.at(total) for total in totals])
    y = np.array([up.at(noise) if noise else np.nan for noise in noises])
    dots = tuple(_dot(each, float(at), up, level) for each, at in zip(found, x, strict=True))
    unit = f", {last.unit}" if last.unit else ""
    name = "truth" if truth else "all"
    line = (Tick(up.at(true), f"{name}: {number(true)}"),) if 0 < true < inf else ()
    percent = number(100 * level, 3)
    return View(
        "Is the sample large enough",
        f"{measure.notation} from both samples, and from smaller and smaller random parts of them; both axes are "
        f"logarithmic. A bar is the {percent} % interval, to the top where it has no end. The grey area is "
        "what two samples of that size from one population show in 95 of 100 cases; a hollow dot cannot be told from "
        "it, and one at the foot is 0, or less than the axis shows.",
        Panels(
            "observations in both samples", _spaced(totals, across),
            (Panel(190, (Curve("area", "noise", "", x, y),), f"{measure.notation}{unit}", up.ticks, dots, line),),
            _words(found, measure.notation, last.unit),
            ("observations of P", "of Q", f"value{unit}", "from", "to", "noise"),
            tuple(_row(each, noise) for each, noise in zip(found, noises, strict=True)),
        ),
    )  # fmt: skip


def _spaced(totals: Sequence[float], across: Scale) -> tuple[Tick, ...]:
    """Returns ticks at the sizes, the largest first kept, without those too close to one that is."""
    kept: list[Tick] = []
    for total in reversed(totals):
        at = across.at(total)
        if not kept or kept[-1].at - at >= _APART:
            kept.append(Tick(at, f"{total:,.0f}"))
    return tuple(reversed(kept))


def _scale(found: Sequence[SizedEstimate], noises: Sequence[float], true: float) -> Scale:
    ends = [end for each in found for end in (each.estimate.value, each.estimate.lower, each.estimate.upper)]
    positive = [end for end in (*ends, *noises, true) if end is not None and 0 < end < inf]
    high = max(positive)
    low = min(each for each in (*noises, true) if each > 0)
    return logarithmic(max(low / 2, high / _DECADES), high, margin=0.03)


def _dot(each: SizedEstimate, x: float, up: Scale, level: float) -> Dot:
    own = each.estimate
    interval = None
    if own.lower is not None and own.upper is not None:
        interval = up.at(own.lower) if own.lower > 0 else 0.0, 1.0 if own.upper == inf else up.at(own.upper)
    is_seen = each.p_value <= 1 - level if own.lower is None else own.lower > 0
    return Dot(x, up.at(own.value) if own.value > 0 else 0.0, "p", "", interval, is_hollow=not is_seen)


def _words(found: Sequence[SizedEstimate], notation: str, unit: str) -> str:
    first, last = found[0], found[-1]
    return (
        f"{notation} is {number(first.estimate.value, 3)} {unit} from {sum(first.observations):,} observations, and "
        f"{number(last.estimate.value, 3)} {unit} from {sum(last.observations):,}."
    )


def _row(each: SizedEstimate, noise: float) -> tuple[str, ...]:
    own = each.estimate
    ends = ("–" if end is None else number(end) for end in (own.lower, own.upper))
    value = number(own.value) if isfinite(own.value) else "–"
    return f"{each.observations[0]:,}", f"{each.observations[1]:,}", value, *ends, number(noise, 3)
