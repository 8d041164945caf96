"""Limits on what many rows come to: `mean:forward_kl=0.01`, `p99:…`, `top1_agreement=0.98`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from klcli.core.distributions.units import UnitKind
from klcli.core.limits import split_limit
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import limited_measure
from klcli.errors import UsageError

__all__ = ["FIGURES", "Figure", "RowLimit", "needed", "parse_row_limit"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of all rows together: its words (those of llama.cpp where that prints it) and its unit."""

    title: str
    unit: UnitKind = UnitKind.NONE


FIGURES: Mapping[str, Figure] = {
    "top1_agreement": Figure("same top outcome"),
    "top1_rms_difference": Figure("RMS Δp of P's top outcome"),
    "target_mean_difference": Figure("mean Δp of the target"),
    "target_rms_difference": Figure("RMS Δp of the target"),
    "target_perplexity_p": Figure("PPL(P)"),
    "target_perplexity_q": Figure("PPL(Q)"),
    "target_perplexity_ratio": Figure("PPL(Q)/PPL(P)"),
    "target_log_perplexity_ratio": Figure("log(PPL(Q)/PPL(P))", UnitKind.INFORMATION),
    "target_log_correlation": Figure("correlation of log PPL"),
}

_PERCENTILE = re.compile(r"p([0-9]+(?:\.[0-9]+)?)")
_STATISTICS = {"min": 0.0, "median": 50.0, "max": 100.0}


@dataclass(frozen=True, slots=True)
class RowLimit:
    """The largest, or the least, value of a figure, or of a statistic of a measure.

    Attributes:
        text: what is limited, such as "p99:forward_kl" or "top1_agreement".
        measure: its name; empty for a figure. percent: the percentile, 0 to 100; None for the mean and for a figure.
        is_least: whether the value must not be below `limit`, instead of above.
    """

    text: str
    measure: str
    percent: float | None
    limit: float
    is_least: bool


def parse_row_limit(text: str, asked: Sequence[str] = (), *, is_least: bool = False) -> RowLimit:
    """Returns the limit that "mean:forward_kl=0.01", "forward_kl=0.5" (on every row) or "top1_agreement=0.98" sets.

    Without a measure, as in "mean=0.01", it is on the one measure asked for, else on the forward KL.

    Raises:
        UsageError: the limit is not a finite number, or its statistic or measure is unknown.
    """
    name, limit = split_limit(text, "[STATISTIC:]MEASURE=NUMBER", "mean:forward_kl=0.01 or top1_agreement=0.98")
    if name in FIGURES:
        return RowLimit(name, "", None, limit, is_least)
    statistic, colon, measure = (name, ":", "") if _is_statistic(name) else name.partition(":")
    if not colon or not _is_statistic(statistic):
        if statistic.replace("_", "").isalnum() and colon and statistic not in MEASURES:
            raise UsageError(
                f"{text!r}: no statistic is called {statistic!r}", hint="it is mean, median, min, max, or as p99"
            )
        statistic, measure = ("min" if is_least else "max"), name
    found = limited_measure(measure, asked).name
    return RowLimit(f"{statistic}:{found}", found, _percent(statistic), limit, is_least)


def _is_statistic(name: str) -> bool:
    found = _PERCENTILE.fullmatch(name)
    return name == "mean" or name in _STATISTICS or (found is not None and float(found[1]) <= 100)


def _percent(statistic: str) -> float | None:
    if statistic == "mean":
        return None
    return _STATISTICS[statistic] if statistic in _STATISTICS else float(statistic[1:])


def needed(limits: Iterable[RowLimit]) -> tuple[str, ...]:
    """Returns the measures that limits are set on, each once."""
    return tuple(dict.fromkeys(limit.measure for limit in limits if limit.measure))
