"""Values of every measure by its textbook formula in mpmath, with digits to spare; nothing here knows klcli.

The masses are the doubles as they stand, divided by their exact total. The textbook sums lose digits where p is nearly
q, or where only a tiny mass differs, so they are taken with as many digits as the masses span, and 70 more.
"""

from fractions import Fraction
from functools import cache, lru_cache
from math import inf, log10

import mpmath
from mpmath import mpf

__all__ = [
    "exact_value",
    "exact_value_of_logits",
    "exact_value_of_logits_and_masses",
    "exact_value_of_smoothed",
    "exactly_smoothed",
]

SPARE_DIGITS = 70  # a divergence of neighbouring doubles is near 1e-32 of the mass that differs
RESIDUE_DIGITS = 20
KEPT = 256  # pairs; tests take measure after measure of the same few
LOWEST = 2000  # a mass exp(-2000) of the largest is below the square of the least double

PERPLEXITIES = {
    "perplexity_p": "entropy_p",
    "perplexity_q": "entropy_q",
    "cross_perplexity": "cross_entropy",
}
SURPRISES = {"entropy_p": "pp", "entropy_q": "qq", "cross_entropy": "pq", "reverse_cross_entropy": "qp"}


def exact_value(name, p, q):
    """The measure `name` ("renyi:2") of P and Q as an mpf, in nats; p and q are masses with any totals."""
    return _exact(tuple(map(float, p)), tuple(map(float, q)), _more_digits(name)).value(name)


def exact_value_of_logits(name, p, q, counts=None):
    """The same for distributions known by the logarithms of their masses, up to a constant.

    With counts, so many outcomes of each are alike: for measures that are the same where these are one.
    """
    counts = (1,) * len(p) if counts is None else tuple(map(int, counts))
    return _exact_of_logits(tuple(map(float, p)), tuple(map(float, q)), counts).value(name)


def exact_value_of_logits_and_masses(name, p, q):
    """The same where P is known by logarithms up to a constant, and Q by masses of any total."""
    return _exact_of_logits_and_masses(tuple(map(float, p)), tuple(map(float, q))).value(name)


def exact_value_of_smoothed(name, p, q, smoothing, kind="weights"):
    """The same for distributions smoothed exactly by "add:1", "floor:0.1" or "mix:0.1"."""
    key = tuple(map(float, p)), tuple(map(float, q)), smoothing, kind, _more_digits(name)
    return _exact_of_smoothed(*key).value(name)


def _more_digits(name):
    """How many more an order near 0 or 1 needs, whose sum of powers is near 1, and a huge one, whose powers are far."""
    order = float(name.partition(":")[2] or 0.5)
    near = min(abs(order), abs(order - 1))
    return int(2 * abs(log10(near))) if 0 < near < 1e-6 or 1e6 < near < inf else 0


def exactly_smoothed(masses, smoothing):
    """Masses (Fraction or mpf) after a smoothing, of any total."""
    method, _, amount = smoothing.partition(":")
    amount = type(masses[0])(float(amount))
    total = sum(masses)
    if method == "add":
        return [mass + amount for mass in masses]
    if method == "floor":
        return [max(mass, amount * total) for mass in masses]
    return [(1 - amount) * mass * len(masses) + amount * total for mass in masses]


@lru_cache(maxsize=KEPT)
def _exact_of_smoothed(p, q, smoothing, kind, more):
    if kind == "weights":
        sides = [exactly_smoothed(list(map(Fraction, side)), smoothing) for side in (p, q)]
        totals = [sum(side) for side in sides]
        apart = max(abs(a / totals[0] - b / totals[1]) for a, b in zip(*sides, strict=True))
        least = min(min(side) / total for side, total in zip(sides, totals, strict=True))
        digits = more + SPARE_DIGITS + _digits(1 / least) + 2 * _digits(1 / apart if apart else 1)
        with mpmath.workdps(digits):
            normalised = [[_mpf(mass / total) for mass in side] for side, total in zip(sides, totals, strict=True)]
        return _Exact(*normalised, digits, not apart)
    digits = 800 + more
    with mpmath.workdps(digits):
        shifts = [max(side) if kind == "logits" else 0.0 for side in (p, q)]
        sides = [[mpmath.exp(mpf(x) - shift) for x in side] for side, shift in zip((p, q), shifts, strict=True)]
        sides = [exactly_smoothed(side, smoothing) for side in sides]
        normalised = [[mass / mpmath.fsum(side) for mass in side] for side in sides]
    return _Exact(*normalised, digits, p == q)


def _digits(ratio):
    return max(0, len(str(ratio.numerator // ratio.denominator)))


@lru_cache(maxsize=KEPT)
def _exact(p, q, more=0):
    masses = [Fraction(mass) for mass in (*p, *q) if mass > 0]
    span = max(masses) / min(masses)
    digits = more + SPARE_DIGITS + len(str(span.numerator // span.denominator))
    total_p, total_q = sum(map(Fraction, p)), sum(map(Fraction, q))
    equal = all(Fraction(a) * total_q == Fraction(b) * total_p for a, b in zip(p, q, strict=True))
    with mpmath.workdps(digits):
        normalised = [[_mpf(Fraction(mass) / total) for mass in side] for side, total in ((p, total_p), (q, total_q))]
    return _Exact(*normalised, digits, equal)


@lru_cache(maxsize=KEPT)
def _exact_of_logits(p, q, counts):
    finite = [(Fraction(a), Fraction(b)) for a, b in zip(p, q, strict=True) if -inf < a and -inf < b]
    shifts = {b - a for a, b in finite}
    apart = min(max(shifts) - min(shifts), 1) if shifts else 1
    equal = len(shifts) == 1 and all((a == -inf) == (b == -inf) for a, b in zip(p, q, strict=True))
    sides = [[logit for logit in side if logit > -inf] for side in (p, q)]
    span = max(Fraction(max(side)) - Fraction(min(side)) for side in sides)
    size = max(abs(logit) for side in sides for logit in side)
    digits = SPARE_DIGITS + int(min(span, LOWEST) / Fraction(23, 10) - 2 * log10(apart or 1) + log10(1 + size))
    with mpmath.workdps(digits):
        sides = [[count * mpmath.exp(mpf(logit)) for count, logit in zip(counts, side, strict=True)] for side in (p, q)]
        totals = [mpmath.fsum(side) for side in sides]
        normalised = [[mass / total for mass in side] for side, total in zip(sides, totals, strict=True)]
    return _Exact(*normalised, digits, equal)


@lru_cache(maxsize=KEPT)
def _exact_of_logits_and_masses(p, q):
    digits = 900
    with mpmath.workdps(digits):
        sides = [[mpmath.exp(mpf(logit)) for logit in p], list(map(mpf, q))]
        normalised = [[mass / mpmath.fsum(side) for mass in side] for side in sides]
    return _Exact(*normalised, digits, False)


def _mpf(fraction):
    return mpf(fraction.numerator) / fraction.denominator


class _Exact:
    def __init__(self, p, q, digits, equal):
        self.p, self.q, self.digits, self.equal = p, q, digits, equal
        self.sum_of_powers = cache(self.sum_of_powers)
        with mpmath.workdps(digits):
            self.m = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
            self.log = {key: [mpmath.log(mass) if mass else -mpmath.inf for mass in side] for key, side in self.sides()}

    def sides(self):
        return {"p": self.p, "q": self.q, "m": self.m}.items()

    def value(self, name):
        stem, _, order = name.partition(":")
        with mpmath.workdps(self.digits):
            if stem in SURPRISES:
                return self.surprise(*SURPRISES[stem])
            if stem in PERPLEXITIES:
                return mpmath.exp(self.surprise(*SURPRISES[PERPLEXITIES[stem]]))
            if self.equal:
                return mpf(0)
            return self.resolved(getattr(self, stem)(*([mpf(float(order))] if order else [])))

    def resolved(self, value):
        """The value, or 0 where it is but what rounding leaves of a sum that is 0."""
        return value if abs(value) > mpf(10) ** (RESIDUE_DIGITS - self.digits) else mpf(0)

    def surprise(self, of, under):
        """-Σ p·log q."""
        side = dict(self.sides())[of]
        return -mpmath.fsum(mass * log for mass, log in zip(side, self.log[under], strict=True) if mass)

    def divergence(self, of, under):
        """Σ p·log(p/q)."""
        side = dict(self.sides())[of]
        logs = zip(self.log[of], self.log[under], strict=True)
        return mpmath.fsum(mass * (own - other) for mass, (own, other) in zip(side, logs, strict=True) if mass)

    def forward_kl(self):
        return self.divergence("p", "q")

    def reverse_kl(self):
        return self.divergence("q", "p")

    def jeffreys(self):
        return self.forward_kl() + self.reverse_kl()

    def jensen_shannon(self):
        return (self.divergence("p", "m") + self.divergence("q", "m")) / 2

    def jensen_shannon_distance(self):
        return mpmath.sqrt(self.resolved(self.jensen_shannon()))

    def total_variation(self):
        return mpmath.fsum(abs(a - b) for a, b in self.both()) / 2

    def l_infinity(self):
        return max(abs(a - b) for a, b in self.both())

    def hellinger(self):
        return mpmath.sqrt(mpmath.fsum((mpmath.sqrt(a) - mpmath.sqrt(b)) ** 2 for a, b in self.both()) / 2)

    def bhattacharyya(self):
        return -_log(mpmath.fsum(mpmath.sqrt(a * b) for a, b in self.both()))

    def chi_squared(self):
        return mpmath.fsum(_ratio((a - b) ** 2, b) for a, b in self.both())

    def neyman_chi_squared(self):
        return mpmath.fsum(_ratio((a - b) ** 2, a) for a, b in self.both())

    def renyi(self, order):
        """Source of the limits 0, 1 and inf: van Erven & Harremoës (2014), IEEE Trans. Inf. Theory 60(7), 3797-3820."""
        if order == 1:
            return self.forward_kl()
        if order == mpmath.inf:
            return max(log_p - log_q for a, log_p, log_q in zip(self.p, *self.logs(), strict=True) if a)
        return _log(self.sum_of_powers(order)) / (order - 1)

    def tsallis(self, order):
        return self.forward_kl() if order == 1 else (self.sum_of_powers(order) - 1) / (order - 1)

    def sum_of_powers(self, order):
        """Σ p^A·q^(1-A) over the support of p; q = 0 there adds 0 for A < 1 and infinity for A > 1."""
        logs = [(log_p, log_q) for a, log_p, log_q in zip(self.p, *self.logs(), strict=True) if a]
        return mpmath.fsum(mpmath.exp(order * log_p + (1 - order) * log_q) for log_p, log_q in logs)

    def logs(self):
        return self.log["p"], self.log["q"]

    def both(self):
        return zip(self.p, self.q, strict=True)


def _log(x):
    return mpmath.log(x) if x else -mpmath.inf


def _ratio(a, b):
    if b:
        return a / b
    return mpmath.inf if a else mpf(0)
