"""Hunts for pairs of families, near and far apart, whose measures miss the exact ones by more than the stated error.

    python tests/hunts/families.py --seed 1 --count 200

Each pair is drawn anew: two families or mixtures, at locations of up to 1e30 and on scales from 1e-30 to 1e30, shifted,
nested, heavy tails against light ones. The densities are those of textbooks in 40 digits (tests/families/textbook.py),
integrated by Gauss's rule over panels around the bulk of both sides. What klcli refuses to determine is no finding.
"""

import random as python_random
import sys
from itertools import pairwise
from math import inf
from pathlib import Path

import mpmath
import numpy as np
from mpmath import mp, mpf

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "families"))

import textbook
from hunts.hunt import main
from random_pairs import parameters

import klcli
from klcli.errors import KlError, Undetermined
from klcli.families.catalogue import FAMILIES
from klcli.families.catalogue.mixture import Mixture
from klcli.families.family.family import Family

DIGITS = 40
TERMS = 3000  # of a sum over whole numbers
GROWTH = mpf(2)  # of the length of a panel from one to the next
NEGLIGIBLE = -90  # nats, of a mass
NODES = [(mpf(x), mpf(w)) for x, w in mpmath.calculus.quadrature.GaussLegendre(mp).calc_nodes(3, 160)]
LOCATED = ("normal", "laplace", "logistic", "gumbel", "moyal", "cauchy", "student_t", "generalized_normal")
BOUNDED = {"total_variation": 1, "hellinger": 1, "jensen_shannon": mpmath.log(2), "jensen_shannon_distance": 1}


class Side:
    """A member of a family, or a mixture of two, beside its density in many digits."""

    def __init__(self, parts: list[tuple[float, str, list[float]]]) -> None:
        members = [(weight, FAMILIES.lookup(name)(*values)) for weight, name, values in parts]
        self.member: Family = members[0][1] if len(members) == 1 else Mixture(*members)
        self.parts = [(mpf(weight), *textbook.density(name, values)) for weight, name, values in parts]
        self.kind = self.member.kind
        self.bulk = [bulk(member) for _, member in members]
        kinks = [values[textbook.KINKS[name]] for _, name, values in parts if name in textbook.KINKS]
        ends = [end for _, _, low, high in self.parts for end in (low, high) if end is not None and abs(end) < inf]
        self.cuts = [mpf(each) for each in [*kinks, *ends]]

    def log(self, x):
        """The log density in nats; -inf outside the support."""
        logs = [mpmath.log(w) + log(x) for w, log, low, high in self.parts if inside(x, low, high)]
        top = max(logs, default=-mpf(inf))
        return top + mpmath.log(sum(exp(each - top) for each in logs)) if len(logs) > 1 else top


def exp(x):
    return mpmath.exp(x) if x > -1e12 else mpf(0)


def inside(x, low, high):
    return low <= x and (high is None or x <= high) if isinstance(x, int) else low < x < high


def bulk(member):
    """The median and the distance of the quartiles, to a few digits."""
    origin, offsets = member.quantile_around(np.array([0.25, 0.5, 0.75]))
    low, middle, high = (mpf(origin) + mpf(float(each)) for each in offsets)
    return middle, high - low or abs(middle) or mpf(1)


def panels(p, q):
    """Cuts that grow from the bulk of each part of either side, and towards each end and kink."""
    cuts = {cut for side in (p, q) for cut in side.cuts}
    for side in (p, q):
        for middle, width in side.bulk:
            step = width / 8
            cuts.add(middle)
            while step < width * mpf(10) ** 40:
                cuts |= {middle - step, middle + step}
                step *= GROWTH
            for end in side.cuts:
                step = width
                while step > width * mpf(10) ** -30:
                    cuts |= {end - step, end + step}
                    step /= 4
    low = min(part[2] for side in (p, q) for part in side.parts)
    high = max(part[3] for side in (p, q) for part in side.parts)
    return sorted(cut for cut in cuts if low <= cut <= high)


def crossing(p, q, a, b):
    """The points of a panel, besides its ends, where p - q changes sign."""
    points = [a + (b - a) * k for k in (mpf(10) ** -12, *(mpf(k) / 5 for k in range(1, 5)), 1 - mpf(10) ** -12)]
    signs = [p.log(x) > q.log(x) for x in points]
    found = []
    for (x, before), (y, after) in pairwise(zip(points, signs, strict=True)):
        if before != after:
            for _ in range(60):
                middle = (x + y) / 2
                x, y = (middle, y) if (p.log(middle) > q.log(middle)) == before else (x, middle)
            found.append(x)
    return found


def sums(p, q):
    """Integrals, or sums, of p, q, p·log(p/q), q·log(q/p), √(p·q), |p - q| and of JS; None if they have no end."""
    total = [mpf(0)] * 7
    if p.kind == "discrete":
        for k in range(TERMS):
            total = [each + term for each, term in zip(total, terms(p.log(k), q.log(k)), strict=True)]
    else:
        for a, b in pairwise(panels(p, q)):  # of which most hold nothing
            ends = [a + (b - a) * k / 5 for k in (0.01, 1, 2.5, 4, 4.99)]
            if max(size_of(p.log(x), q.log(x)) for x in ends) + mpmath.log(b - a) < NEGLIGIBLE:
                continue
            for left, right in pairwise([a, *crossing(p, q, a, b), b]):
                half, middle = (right - left) / 2, (left + right) / 2
                for x, weight in NODES:
                    point = middle + half * x
                    found = terms(p.log(point), q.log(point))
                    total = [each + weight * half * term for each, term in zip(total, found, strict=True)]
    return total if all(abs(mass - 1) < mpf(10) ** -15 for mass in total[:2]) else None


def size_of(log_p, log_q):
    """The logarithm of the larger mass, times that of the other where it is large."""
    return max(a + mpmath.log(1 + abs(b)) if b > -inf else a for a, b in ((log_p, log_q), (log_q, log_p)))


def has_ended(p, q, total):
    """True for each of the two KL whose integrand, times x, has vanished where the panels end."""
    found = [True, True]
    if p.kind != "discrete":
        for x in (panels(p, q)[k] for k in (0, -1)):
            if max(side.log(x) for side in (p, q)) > -inf:
                each = terms(p.log(x), q.log(x))
                found = [
                    ok and abs(each[k] * x) < abs(total[k]) * mpf(10) ** -14
                    for ok, k in zip(found, (2, 3), strict=True)
                ]
    return found


def terms(log_p, log_q):
    p, q = exp(log_p), exp(log_q)
    kl, reverse = (a * (one - other) if a else a for a, one, other in ((p, log_p, log_q), (q, log_q, log_p)))
    larger = max(log_p, log_q)
    log_m = larger + mpmath.log1p(exp(min(log_p, log_q) - larger)) - mpmath.log(2) if larger > -inf else larger
    mixed = sum(a * (each - log_m) for a, each in ((p, log_p), (q, log_q)) if a) / 2
    return p, q, kl, reverse, exp((log_p + log_q) / 2), abs(p - q), mixed


def exact_values(p, q):
    found = sums(p, q)
    if found is None:
        return {}
    _, _, kl, reverse, affinity, difference, mixed = found
    ended = has_ended(p, q, found)
    return {
        **({"forward_kl": kl} if ended[0] else {}), **({"reverse_kl": reverse} if ended[1] else {}),
        "total_variation": difference / 2, "jensen_shannon": mixed,
        "jensen_shannon_distance": mpmath.sqrt(mixed), "hellinger": mpmath.sqrt(max(1 - affinity, 0)),
    } | ({"bhattacharyya": -mpmath.log(affinity)} if affinity > 1e-20 else {})  # fmt: skip


def drawn_part(chance, name, far):
    values = parameters(chance, name, FAMILIES.lookup(name))
    if name in LOCATED and far:
        at = 1 if name == "student_t" else 0
        scale = 10.0 ** chance.choice([0, chance.uniform(-30, 30), chance.uniform(-3, 3)])
        values[at + 1] = scale
        values[at] = chance.choice([0.0, 1e17, far, far + 3 * scale, -far, chance.gauss(0, 1) * scale])
    return values


def drawn_side(chance, names, far):
    count = chance.choice([1, 1, 2])
    weights = [1.0] if count == 1 else chance.choice([[0.5, 0.5], [0.25, 0.75], [2.0**-20, 1 - 2.0**-20]])
    chosen = [chance.choice(names) for _ in range(count)]
    return Side([(w, name, drawn_part(chance, name, far)) for w, name in zip(weights, chosen, strict=True)])


def case(random):
    """Returns the measures that are wrong, a line each, and the pair."""
    chance = python_random.Random(int(random.integers(2**60)))
    discrete = chance.random() < 0.15
    names = [
        name for name in textbook.DENSITIES if (name in textbook.DISCRETE) is discrete and name not in ("von_mises",)
    ]
    if chance.random() < 0.6 and not discrete:
        names = LOCATED
    far = 10.0 ** chance.uniform(-5, 30)
    with mp.workdps(DIGITS):
        try:
            p, q = drawn_side(chance, names, far), drawn_side(chance, names, far)
        except (KlError, ValueError, ZeroDivisionError, OverflowError):  # outside the domain
            return []
        exact = exact_values(p, q)
        lines = [line for name in exact for line in misses(name, exact[name], p.member, q.member)]
        return [*lines, f"{p.member} | {q.member}"] if lines else []


def misses(name, exact, p, q):
    try:
        found = klcli.compare(p, q, measures=[name])
    except Undetermined:
        return []
    value, error = found[name], found.pair.answers[name].error
    if not 0 <= value <= BOUNDED.get(name, inf):
        return [f"{name}: {value!r} is out of range"]
    if value == inf or exact == inf:
        return [] if value == exact or name.endswith("kl") else [f"{name}: {value!r}, not {exact}"]
    allowed = error + mpf(10) ** -11 * (abs(exact) + (0 if exact else 1)) + mpf(10) ** -15
    miss = abs(mpf(value) - exact)
    return [] if miss <= allowed else [f"{name}: {value!r} ± {error:.1e}, not {mp.nstr(exact, 18)}"]


if __name__ == "__main__":
    sys.exit(main(__file__, "pairs of families", case, 200, seconds=600))
