"""Hunts for smoothed pairs whose measures are not those of the exactly smoothed distributions.

    python tests/hunts/smoothing.py --seed 1 --count 500

Each pair is drawn anew: near or far, with zeros, subnormals or huge totals, smoothed by every method with amounts of
any size, as masses and as scores. Every measure is compared with sums of hundreds of digits (tests/oracle.py).
"""

import argparse
import sys
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from masses import CHOSEN, drawn_pair, misses
from oracle import exact_value_of_smoothed

from klcli.core.comparison import compare
from klcli.core.distributions.distribution import Distribution

METHODS = ("add", "floor", "mix")


def drawn_smoothing(random):
    """A method and an amount, of any size."""
    method = str(random.choice(METHODS))
    amounts = [0.5, 1.0, 0.01, 1e-9, 1e-300, 5e-324, 0.25, 0.1, 10.0 ** random.uniform(-320, 0), random.random()]
    if method == "add":
        amounts += [1e300, 1e20, 3.0, 10.0 ** random.uniform(0, 300)]
    amount = float(random.choice(amounts))
    if method == "floor" and amount == 1:
        amount = 0.9
    return f"{method}:{max(amount, 5e-324)!r}"


def drawn_scores(random):
    """Scores of two distributions, near or far."""
    size = int(random.integers(2, 9))
    p = random.normal(0, 10.0 ** random.uniform(-3, 2), size)
    step = 10.0 ** random.uniform(-15, 1)
    return p, p + step * random.normal(0, 1, size)


def missed(seed, index):
    """The measures that are wrong, of the pair of this seed and number, and how to draw it again."""
    random = np.random.default_rng((seed, index))
    smoothing = drawn_smoothing(random)
    kind = "logits" if random.random() < 0.2 else "weights"
    p, q = drawn_scores(random) if kind == "logits" else drawn_pair(random)
    sides = [Distribution.from_values(side, as_=kind) for side in (p, q)]
    comparison = compare(*sides, measures=[each.name for each in CHOSEN], smoothing=smoothing)
    exact = partial(exact_value_of_smoothed, p=p, q=q, smoothing=smoothing, kind=kind)
    return misses(comparison.nats, exact, subnormals=2), (kind, smoothing, p.tolist(), q.tolist())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=500)
    options = parser.parse_args()
    wrong = 0
    for index in range(options.count):
        found, pair = missed(options.seed, index)
        wrong += bool(found)
        for name, value, exact in found:
            sys.stdout.write(f"{index}: {name} is {value!r}, not {exact}\n")
        if found:
            sys.stdout.write(f"{index}: {pair}\n")
    sys.stdout.write(f"{options.count} smoothed pairs, seed {options.seed}: {wrong} wrong\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
