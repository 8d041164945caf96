"""Bounds on the KL of two distributions of which only the most probable outcomes are known.

Let A be the outcomes that P lists and B those that Q lists; s and t the mass that each leaves to the outcomes that it
does not list. Each of those has at most the smallest mass listed, and at most s or t: a in P, b in Q.

Lower bound. For every λ > 0, x·log(x/y) ≥ x·log λ + x - λ·y. Used on the outcomes that neither lists, whose masses are
what is left of s and of t, it leaves terms in one unknown mass each, which are least at p = min(a, λ·q) in B∖A and at
q = min(b, p/λ) in A∖B:

    D(λ) = Σ_{A∩B} p·log(p/q) + Σ_{B∖A} (p·log(p/q) - p·(1 + log λ)) + Σ_{A∖B} (p·log(p/q) + λ·q) + s·(1 + log λ) - λ·t

is below KL(P‖Q) for every completion, whatever λ, and so is its maximum over λ, the dual of the convex problem. It
grows without end where Q leaves nothing out (t = 0) and B∖A holds less than s: P has mass where Q has none. Between
the λ at which a minimum changes its branch, D is c·log λ - d·λ plus a constant, so the maximum is found exactly.

Upper bound. Q may give nothing to an outcome that it does not list, so KL has none, unless it is known that Q gives
each outcome at least some ε: then KL ≤ Σ_{A∩B} p·log(p/q) + Σ_{A∖B} p·log(p/ε) + s·log(a/ε), as an outcome that
P does not list has at most a, and Q at least ε there, or the least q in B∖A if that is less.

What a list leaves is known as well as its logarithms are written, and each bound takes the worse end: to 1e-6 if they
come from float32. Such a list is never whole, also where its masses sum to 1: 1 - 1e-9 is printed as 1. But a list of
float64 logarithms is whole if its masses sum to 1 within their rounding.

Source: data processing and log-sum inequality: Cover & Thomas (2006), Elements of Information Theory, 2.7; duality:
Boyd & Vandenberghe (2004), Convex Optimization, 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, inf, log
from struct import pack, unpack

from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.unit_sum import SUM_IS_NEARLY_ONE
from klcli.core.evaluation.nan_check import refuse_nan
from klcli.errors import NotADistribution, Place

__all__ = ["TopList", "kl_bounds", "refuses_floor", "unlisted"]

_NOT_LISTED = -9999.0  # in the place of the logarithm of a token that services do not list, and of -inf
_SLACK = 1e-6  # of what float32 log-probabilities leave
_ROUNDING = 2.0**-52
_DIGITS = 13  # significant digits of a logarithm above which it is written from a float64
_KINK = exp(-1)  # λ at which 1 + log λ changes its sign, and the worse end of what P leaves changes
_ENDS = (1e-300, 1e300)  # of λ, where D is greatest if one side leaves nothing out


@dataclass(frozen=True, slots=True)
class TopList:
    """The known part of a distribution.

    Attributes:
        masses: of the outcomes that are listed. logs: their natural logarithms, also of masses that underflow.
        rest: what the others may have together, at least and at most.
        most: what each of the others may have. is_list: False if it was given as a whole distribution.
        not_listed: the number of outcomes given with the logarithm -9999, which stands for one that is not listed.
    """

    masses: Mapping[str, float]
    logs: Mapping[str, float]
    rest: tuple[float, float]
    most: float
    is_list: bool = True
    not_listed: int = 0

    @classmethod
    def of(
        cls, log_masses: Mapping[str, float], *, place: Place | None = None, extra: frozenset[str] = frozenset()
    ) -> "TopList":
        """Returns the list of outcomes with these natural logarithms of their probabilities.

        Args:
            extra: outcomes listed for another reason than their probability, such as the one that occurred: outcomes
                that are not listed may have more.

        Raises:
            NotADistribution: the list is empty, or the probabilities sum to more than 1.01.
        """
        given, log_masses = log_masses, {key: each for key, each in log_masses.items() if each != _NOT_LISTED}
        not_listed = len(given) - len(log_masses)
        if not log_masses:
            raise NotADistribution("the list of the most probable outcomes is empty", place=place)
        logs = {label: min(number, 1.0) for label, number in log_masses.items()}
        masses = {label: exp(number) for label, number in logs.items()}
        total = fsum(masses.values())
        if total > 1 + SUM_IS_NEARLY_ONE or not total:
            found = f"their probabilities sum to {total:.6g}" if total else "every probability is 0"
            raise NotADistribution(found, place=place, hint="a list holds natural logarithms of probabilities")
        rest, slack = max(0.0, 1 - total), _slack(log_masses, masses)
        if slack < _SLACK and abs(1 - total) <= slack:
            return cls(masses, logs, (0.0, 0.0), 0.0, not_listed=not_listed)
        most = min([rest + slack, *(mass for label, mass in masses.items() if mass and label not in extra)])
        return cls(masses, logs, (max(0.0, rest - slack), rest + slack), most, not_listed=not_listed)

    @property
    def is_whole(self) -> bool:
        """True if no other outcome has any mass."""
        return not self.rest[1]

    @classmethod
    def whole(cls, distribution: Distribution) -> "TopList":
        """Returns a distribution as a list that leaves nothing out."""
        labels = distribution.labels or ()
        masses = distribution.mass.tolist()
        total = fsum(masses)
        listed = {label: mass / total for label, mass in zip(labels, masses, strict=True)}
        logs = {label: log(mass) if mass else -inf for label, mass in listed.items()}
        return cls(listed, logs, (0.0, 0.0), 0.0, is_list=False)


def _slack(log_masses: Mapping[str, float], masses: Mapping[str, float]) -> float:
    """Returns the error of what the masses leave, by the digits of their logarithms."""
    if not any(map(_is_float64, log_masses.values())):
        return _SLACK
    errors = (mass * (abs(log_masses[label]) + 2) for label, mass in masses.items() if mass)
    return _ROUNDING * (1 + fsum(errors))


def _is_float64(number: float) -> bool:
    """Returns True if a number has more digits than a float32."""
    if len(repr(number)) <= _DIGITS + 1 or not -3e38 < number < 3e38:
        return False
    digits = repr(number).partition("e")[0].lstrip("-0.").replace(".", "")
    return len(digits) > _DIGITS and float(unpack("f", pack("f", number))[0]) != number


def unlisted(p: TopList, q: TopList) -> int:
    """Returns the number of outcomes to which P gives mass and that Q does not list."""
    return sum(mass > 0 and label not in q.masses for label, mass in p.masses.items())


def refuses_floor(p: TopList, q: TopList) -> bool:
    """Returns True if Q gives nothing to what it does not list, and P may, so that KL(P‖Q) may be infinite."""
    return q.is_whole and q.is_list and (not p.is_whole or unlisted(p, q) > 0)


def kl_bounds(p: TopList, q: TopList, floor: float | None = None) -> tuple[float, float]:
    """Returns bounds on KL(P‖Q), in nats, that hold for every way to complete the lists.

    Args:
        floor: what Q gives at least to each outcome that it does not list; None where nothing is known of it.
    """
    shared = fsum(
        mass * (p.logs[label] - q.logs[label]) for label, mass in p.masses.items() if mass and label in q.logs
    )
    only_p = [mass for label, mass in p.masses.items() if mass > 0 and label not in q.masses]
    only_q = [mass for label, mass in q.masses.items() if mass > 0 and label not in p.masses]
    lower = _lower(shared, only_p, only_q, p, q)
    upper = inf if lower == inf else _upper(shared, only_p, only_q, p, q, floor)
    lower = min(lower, upper)
    refuse_nan({"lower": lower, "upper": upper})
    return max(0.0, lower), max(0.0, upper)


def _term(p: float, q: float) -> float:
    if p == 0:
        return 0.0
    return p * log(p / q) if q > 0 else inf


def _upper(
    shared: float, only_p: Sequence[float], only_q: Sequence[float], p: TopList, q: TopList, floor: float | None
) -> float:
    rest = p.rest[1]
    if not only_p and not rest:
        return shared
    if floor is None or (not q.rest[1] and not only_q):
        return inf
    beyond = rest * log(p.most / min([floor, *only_q])) if rest else 0.0
    return fsum([shared, *(mass * log(mass / floor) for mass in only_p), max(beyond, 0.0)])


def _lower(shared: float, only_p: Sequence[float], only_q: Sequence[float], p: TopList, q: TopList) -> float:
    """The maximum of D over λ; every λ gives a bound, so that rounding in the choice of it costs nothing."""
    held = len(only_q) * p.most * (1 + 4 * _ROUNDING)  # of the rest of P, by outcomes of Q that P does not list
    if shared == inf or (not q.rest[1] and (only_p or p.rest[0] > held)):
        return inf
    of_p, of_q = (p.most / mass for mass in only_q if p.most), (mass / q.most for mass in only_p if q.most)
    bends = sorted({_KINK, *of_p, *of_q})
    tried = [*bends, *_ENDS]
    for low, high in zip([0.0, *bends], [*bends, inf], strict=True):
        inside = 2 * low or high / 2 if high == inf else (low + high) / 2
        inside = inside if 0 < inside < inf else 1.0
        # within these ends D(λ) = gain·log λ - cost·λ + constant
        gain = p.rest[inside < _KINK] + fsum(mass for mass in only_p if mass / inside < q.most)
        gain -= fsum(p.most for mass in only_q if p.most <= inside * mass)
        cost = q.rest[1] + fsum(mass for mass in only_q if inside * mass < p.most)
        cost -= fsum(q.most for mass in only_p if mass / inside >= q.most)
        if gain > 0 and cost > 0:
            tried.append(gain / cost)
    return max(_dual(each, shared, only_p, only_q, p, q) for each in tried)


def _dual(
    multiplier: float, shared: float, only_p: Sequence[float], only_q: Sequence[float], p: TopList, q: TopList
) -> float:
    slope = 1 + log(multiplier)
    parts = [shared, min(p.rest[0] * slope, p.rest[1] * slope), -multiplier * q.rest[1]]
    for mass in only_q:
        unknown = min(p.most, multiplier * mass)
        parts.append(_term(unknown, mass) - unknown * slope)
    for mass in only_p:
        unknown = min(q.most, mass / multiplier)
        parts.append(_term(mass, unknown) + multiplier * unknown)
    return fsum(parts)
