"""Hunts for wrong values of logits: random pairs, rows and matrices of any magnitude, with masks, ties and duplicates.

Run it by hand, with numpy's AVX-512 and without:

    python tests/hunts/logits.py --seed 1 --count 2000
    NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR" python tests/hunts/logits.py --seed 1 --count 2000

Each value is compared with that of `oracle`, by the promise of `corpus.tolerance`. Prints every miss with the case that
makes it again, and exits 1 if there is one.
"""

import argparse
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from corpus import ABSOLUTE, LARGEST, tolerance
from oracle import exact_value_of_logits

from klcli.core.comparison import compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.read_rows import read_rows
from klcli.core.matrix.all_pairs import pairwise
from klcli.core.matrix.stack import Stack
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select
from klcli.core.rows.comparison import compare_rows

ORDERS = ("0", "1e-10", "0.1", "0.5", "0.9999999", "1", "1.5", "2", "3", "5", "inf")
NAMES = [
    name
    for each in MEASURES
    for name in ([f"{each.name}:{order}" for order in ORDERS] if each.orders else [each.name])
    if name != "tsallis:inf"
]
INF = float("inf")
FLOAT32_LOWEST, BFLOAT16_LOWEST = -3.4028234663852886e38, -3.3895313892515355e38
MASKS = (-INF, FLOAT32_LOWEST, -3.4e38, BFLOAT16_LOWEST, -LARGEST, -1e308, -1e30, -1e20, -1e9, -65504.0, -1e4, -800.0)
TYPES = ("f2", "f4", "f8", "f8", "f8")


def scores(random, size):
    """Scores of one magnitude, of magnitudes of their own, or whole multiples of one number (ties)."""
    magnitude = 10.0 ** random.choice([random.uniform(-3, 2), random.uniform(0, 308)])
    match random.integers(4):
        case 0:
            return random.uniform(-1, 1, size) * magnitude
        case 1:
            return random.uniform(-1, 1, size) * 10.0 ** random.uniform(-3, 308, size)
        case 2:
            return random.integers(-3, 4, size) / 4 * magnitude
        case _:
            return random.normal(size=size) * 3


def other(random, p):
    """Scores that are near p, a multiple of it, p but for a constant or its order, or others."""
    size = len(p)
    match random.integers(8):
        case 0:
            return p * random.choice([2, 0.5, 3, 1, 1 / 3, -1])
        case 1:
            return p * (1 + 10.0 ** random.uniform(-16, 0) * random.normal(size=size))
        case 2:
            return p + 10.0 ** random.uniform(-15, 2) * random.normal(size=size)
        case 3:
            return p + random.normal() * 10.0 ** random.uniform(-3, 20)
        case 4:
            return random.permutation(p)
        case 5:
            return np.where(random.random(size) < 0.7, p, random.normal(size=size))
        case _:
            return scores(random, size)


def pair(random, size):
    """Two sides over so many outcomes, each with a finite score at least."""
    with np.errstate(all="ignore"):
        p = scores(random, size)
        q = other(random, np.clip(p, -LARGEST, LARGEST))
        sides = [np.clip(each, -LARGEST, LARGEST) for each in (p, q)]
        if random.random() < 0.6:
            masked = random.random(size) < random.uniform(0, 0.9)
            for side in sides:
                own = masked if random.random() < 0.7 else random.random(size) < 0.3
                side[own] = random.choice(MASKS)
        kind = random.choice(TYPES)
        largest = float(np.finfo(kind).max)
        sides = [np.where(each > -INF, np.clip(each, -largest, largest), each).astype(kind) for each in sides]
    for side in sides:
        if not (side > -INF).any():
            side[random.integers(size)] = 1.0
    return sides


def is_right(name, found, exact):
    """True if a value is right by the promise; the magnitude of what a double holds no more of is not asked."""
    if exact > LARGEST * (1 - 4e-15):
        return found == INF or (exact < INF and found >= LARGEST * (1 - 1e-14))
    return abs(found - exact) <= max(ABSOLUTE, tolerance(name, exact) * exact)


def misses(values, p, q):
    """The measures, by name, that are wrong of these scores, with what was found and what is right."""
    for name, found in values.items():
        exact = exact_value_of_logits(name, p, q)
        if not is_right(name, found, exact):
            yield name, found, exact


def by_pair(p, q, names):
    sides = (Distribution.from_logits(side.astype(float)) for side in (p, q))
    return compare(*sides, measures=names).values


def hunt_pairs(random, count, report):
    for number in range(count):
        p, q = pair(random, int(random.integers(2, 10)))
        names = random.permutation(NAMES)[:12].tolist()
        for miss in misses(by_pair(p, q, names), p, q):
            report("pair", number, p, q, *miss)


def hunt_rows(random, count, report):
    """Rows as they are compared together, repeated in blocks of outcomes where they are wide."""
    for number in range(count):
        size, rows = int(random.integers(2, 10)), int(random.integers(1, 6))
        kind = random.choice(TYPES)
        drawn = [pair(random, size) for _ in range(rows)]
        with np.errstate(all="ignore"):
            largest = float(np.finfo(kind).max)
            p, q = (
                np.array([np.where(each[side] > -INF, np.clip(each[side], -largest, largest), -INF) for each in drawn])
                for side in (0, 1)
            )
            p, q = p.astype(kind), q.astype(kind)
        names = random.permutation(NAMES)[:6].tolist()
        values = compare_rows(read_rows(p, "logits"), read_rows(q, "logits"), names).values
        for row in range(rows):
            for miss in misses({name: float(found[row]) for name, found in values.items()}, p[row], q[row]):
                report("row", number, p[row], q[row], *miss)


def hunt_wide(random, count, report):
    """Rows of so many outcomes that each is taken by itself, of which many are alike."""
    names = [name for name in NAMES if name != "l_infinity" and select(name).zero_when_equal]
    for number in range(count):
        p, q = pair(random, 7)
        outcomes = int(random.choice([700, 30_100, 70_001]))
        counts = np.diff([0, *np.sort(random.choice(np.arange(1, outcomes), 6, replace=False)), outcomes])
        wide = (np.repeat(side[np.newaxis], counts, axis=1) for side in (p, q))
        chosen = random.permutation(names)[:5].tolist()
        values = compare_rows(*(read_rows(side, "logits") for side in wide), chosen).values
        for name in chosen:
            exact = exact_value_of_logits(name, p, q, counts)
            if not is_right(name, float(values[name][0]), exact):
                report("wide", number, p, q, f"{name}, counts {counts.tolist()}", float(values[name][0]), exact)


def hunt_matrices(random, count, report):
    for number in range(count):
        size, rows = int(random.integers(2, 8)), int(random.choice([3, 40]))
        drawn = [pair(random, size) for _ in range(rows)]
        stack = [each[0].astype(float) for each in drawn]
        found = [Distribution.from_logits(each) for each in stack]
        own = Stack(np.array([each.mass for each in found]), np.array([each.log_mass for each in found]))
        name = str(random.choice(NAMES))
        values = pairwise(select(name), own)
        for _ in range(12):
            i, j = random.integers(rows, size=2)
            for miss in misses({name: float(values[i, j])}, stack[i], stack[j]):
                report("matrix", number, stack[i], stack[j], *miss)


HUNTS = {
    "pairs": (hunt_pairs, 1.0),
    "rows": (hunt_rows, 0.5),
    "wide": (hunt_wide, 0.1),
    "matrices": (hunt_matrices, 0.2),
}


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(seed, count, kinds=tuple(HUNTS)):
    """Hunts, and returns how many misses there are by what they are of."""
    warnings.simplefilter("error")
    found = Counter()

    def report(what, number, p, q, name, value, exact):
        found[what] += 1
        say(
            f"{what} {number}: {name} is {value!r}, not {float(exact)!r}\n  p={p.tolist()}\n  q={q.tolist()}  {p.dtype}"
        )

    for kind in kinds:
        hunt, share = HUNTS[kind]
        hunt(np.random.default_rng([seed, *kind.encode()]), round(count * share), report)
        say(f"{kind}: {round(count * share)} cases of seed {seed}, misses so far {dict(found)}")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--kind", action="append", choices=HUNTS, help="what to hunt in, repeatable; all by default")
    arguments = parser.parse_args()
    sys.exit(1 if main(arguments.seed, arguments.count, arguments.kind or tuple(HUNTS)) else 0)
