"""Limits on estimates: on the value, or on the lower or upper end of its interval."""

from collections.abc import Iterable
from math import isnan, nan
from typing import NamedTuple

from klcli.core.distributions.units import unit_name
from klcli.core.estimation.estimate import DivergenceEstimate, Estimation
from klcli.core.limits import BOUNDS, Verdict, split_bound, split_limit
from klcli.core.measures.selection import select
from klcli.errors import UsageError
from klcli.notes import Note, bound_lacking, limit_inside
from klcli.support.sentence import Option

__all__ = ["EstimateLimit", "judge_estimates", "parse_estimate_limit"]

_FORM, _EXAMPLE = "[MEASURE=][value|lower|upper:]NUMBER", "upper:0.1 or jensen_shannon=lower:0.05"


class EstimateLimit(NamedTuple):
    """The largest that a bound of an estimate may be; the measure is empty for the first one."""

    measure: str
    bound: str
    limit: float


def parse_estimate_limit(text: str) -> EstimateLimit:
    """Returns the limit that "0.1", "upper:0.1" or "jensen_shannon=lower:0.1" sets.

    Raises:
        UsageError: the limit is not a finite number, or the bound is unknown.
    """
    plain, bound = split_bound(text)
    if bound not in BOUNDS:
        raise UsageError(f"{text!r} is not a limit: {_FORM}", hint=f"as in {_EXAMPLE}")
    name, limit = split_limit(plain, _FORM, _EXAMPLE)
    first, colon, measure = name.partition(":")
    if colon and first.strip().lower() in BOUNDS:
        value = plain.rpartition("=")[2].strip()
        raise UsageError(f"{text!r} is not a limit: {_FORM}", hint=f"write {measure.strip()}={first.strip()}:{value}")
    return EstimateLimit(name.strip().lower().replace("-", "_"), bound, limit)


def judge_estimates(
    estimation: Estimation, limits: Iterable[EstimateLimit]
) -> tuple[tuple[Verdict, ...], tuple[Note, ...]]:
    """Returns a verdict for each limit, and notes on those that the data leave open.

    A bound that does not exist has the value NaN: such a limit cannot be judged, which a note `no_bound` says.

    Raises:
        UsageError: a limit names a measure that was not estimated.
    """
    verdicts, notes = [], list[Note]()
    for limit in limits:
        name = select(limit.measure).name if limit.measure else estimation.first.measure
        if name not in estimation.estimates:
            known = ", ".join(estimation.estimates)
            raise UsageError(
                f"a limit on {name}, which is not estimated", hint=f"estimated are {known}; see " + Option("-m")
            )
        each = estimation.estimates[name]
        found: float | None = getattr(each, limit.bound)
        bound = nan if found is None else found
        verdict = Verdict(
            name, limit.limit, bound, unit_name(each.kind, estimation.base),
            bound="" if limit.bound == "value" else limit.bound,
        )  # fmt: skip
        verdicts.append(verdict)
        if isnan(bound):
            notes.append(bound_lacking(name, limit.bound))
        elif limit.bound == "value" and _is_undecided(each, limit.limit):
            assert each.lower is not None
            assert each.upper is not None
            notes.append(limit_inside(name, limit.limit, each.lower, each.upper))
    return tuple(verdicts), tuple(notes)


def _is_undecided(each: DivergenceEstimate, limit: float) -> bool:
    return each.lower is not None and each.upper is not None and each.lower < limit < each.upper
