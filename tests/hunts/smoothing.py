"""Hunts for smoothed pairs whose measures are not those of the exactly smoothed distributions.

    python tests/hunts/smoothing.py --seed 1 --count 500

Each pair is drawn anew: near or far, with zeros, subnormals or huge totals, smoothed by every method with amounts of
any size, as masses and as scores. Every measure is compared with sums of hundreds of digits (tests/oracle.py).
"""

import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hunts.hunt import main
from masses import CHOSEN, described, drawn_pair, misses
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


def case(random):
    """Returns the measures that are wrong, a line each, and the pair."""
    smoothing = drawn_smoothing(random)
    kind = "logits" if random.random() < 0.2 else "weights"
    p, q = drawn_scores(random) if kind == "logits" else drawn_pair(random)
    sides = [Distribution.from_values(side, as_=kind) for side in (p, q)]
    comparison = compare(*sides, measures=[each.name for each in CHOSEN], smoothing=smoothing)
    exact = partial(exact_value_of_smoothed, p=p, q=q, smoothing=smoothing, kind=kind)
    return described(misses(comparison.nats, exact, subnormals=2), (kind, smoothing, p.tolist(), q.tolist()))


if __name__ == "__main__":
    sys.exit(main(__file__, "smoothed pairs", case, 500, seconds=600))
