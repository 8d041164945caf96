"""Hunts for wrong values of rows and of matrices of all pairs, of masses and of scores, of every range and closeness.

    python tests/hunts/rows_and_matrices.py --seed 1 --count 1000

A case is a table of 1 to 9 rows, or two, near or far, with zeros, ties, subnormals or huge totals. A measure, or
several, is taken of the rows side by side, of all pairs, or of the nearest, and compared with `oracle` by the promise
of `corpus.tolerance`.
"""

import sys
from pathlib import Path

import mpmath
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from corpus import ABSOLUTE, CLOSENESS, LARGEST, RANGES, tolerance
from hunts.hunt import main
from oracle import exact_value, exact_value_of_logits

from klcli.core.distributions.read_rows import read_rows
from klcli.core.matrix.all_pairs import AllPairs, pairwise
from klcli.core.matrix.nearest import nearest
from klcli.core.matrix.stack import Stack
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select
from klcli.core.rows.comparison import compare_rows

ORDERS = ("0", "0.1", "0.5", "0.9999999", "1", "1.5", "2", "5", "inf")
NAMES = [
    name
    for each in MEASURES
    for name in ([f"{each.name}:{order}" for order in ORDERS] if each.orders else [each.name])
    if name != "tsallis:inf"
]
SIZES = (1, 2, 3, 8, 30, 130, 700)  # outcomes
STEPS = (0.0, 1e-13, 1e-9, 1e-6, 1e-3, 0.1, 1.0, 30.0)


def table_of_masses(random, rows, size):
    """Rows of one range or of several, near to each other or far."""
    names = list(RANGES) if random.random() < 0.3 else [str(random.choice(list(RANGES)))]
    base = RANGES[names[0]](size, random)
    found = []
    for _ in range(rows):
        row = base if random.random() < 0.6 else RANGES[str(random.choice(names))](size, random)
        row = np.minimum(CLOSENESS[str(random.choice(list(CLOSENESS)))](row, random), LARGEST)
        if random.random() < 0.2:
            row = np.where(random.random(size) < 0.3, 0.0, row)
        if random.random() < 0.2:
            row = np.ldexp(row / 4, int(random.integers(-3, 3)))
        found.append(row)
    return _supported(np.array(found))


def _supported(table):
    table[~table.any(axis=1), -1] = 1.0
    return table


def table_of_scores(random, rows, size):
    base = random.normal(size=size) * random.choice([0.1, 3.0, 100.0])
    steps = random.choice(STEPS, (rows, 1))
    return base + steps * random.normal(size=(rows, size)) + random.choice([0.0, 5.0, -300.0], (rows, 1))


def is_right(name, value, exact):
    if exact > LARGEST or value == np.inf:
        return bool(value == np.inf and exact > mpmath.mpf(LARGEST) * (1 - mpmath.mpf(4e-15)))
    return value >= 0 and abs(mpmath.mpf(float(value)) - exact) <= max(ABSOLUTE, tolerance(name, exact) * exact)


def case(random):
    size = int(random.choice(SIZES))
    rows = int(random.integers(1, 10 if size < 100 else 4))
    kind = str(random.choice(["weights", "logits"]))
    make, exact_of = {
        "weights": (table_of_masses, exact_value),
        "logits": (table_of_scores, exact_value_of_logits),
    }[kind]
    p, q = make(random, rows, size), make(random, rows, size)
    if random.random() < 0.4:
        with np.errstate(over="ignore"):
            if kind == "logits":
                q = p[random.permutation(rows)]
            else:  # a tenth of the smallest mass is 0
                q = _supported(np.minimum(p * pick_multiple(random), LARGEST))
    way = str(random.choice(["rows", "matrix", "two tables", "nearest"]))
    if way == "rows":
        chosen = [str(name) for name in random.choice(NAMES, 4, replace=False)]
        values = compare_rows(read_rows(p, kind), read_rows(q, kind), chosen).values
        return [
            f"rows, {kind}: row {row}: {name} is {values[name][row]!r}, not {mpmath.nstr(exact, 20)}:"
            f" {p[row].tolist()} {q[row].tolist()}"[:2000]
            for name in chosen
            for row in range(rows)
            for exact in [exact_of(name, p[row], q[row])]
            if not is_right(name, values[name][row], exact)
        ]
    name = str(random.choice(NAMES))
    stacks = [stack(kind, table) for table in ([p, q] if way == "two tables" else [p])]
    other = q if way == "two tables" else p
    found = pairwise(select(name), *stacks)
    wrong = [
        f"{way}, {kind}: {name} of {i} and {j} is {found[i, j]!r}, not {mpmath.nstr(exact, 20)}:"
        f" {p[i].tolist()} {other[j].tolist()}"[:2000]
        for i in range(rows)
        for j in range(rows)
        for exact in [exact_of(name, p[i], other[j])]
        if not is_right(name, found[i, j], exact)
    ]
    return wrong + (wrong_nearest(select(name), stacks[0], found) if way == "nearest" and rows > 1 else [])


def pick_multiple(random):
    return random.choice([1.0, 3.0, 0.1])


def stack(kind, table):
    if kind == "weights":
        return Stack(table)
    return Stack(np.exp(table - table.max(axis=1, keepdims=True)), table)


def wrong_nearest(measure, rows, matrix):
    """What the nearest differ in from the sorted rows of the matrix."""
    count = min(3, len(matrix) - 1)
    values = nearest(AllPairs(measure, rows), count).values
    return [
        f"nearest: {measure.name} of row {row} is {values[row].tolist()}, not {expected}"
        for row in range(len(matrix))
        for expected in [sorted(np.delete(matrix[row], row).tolist())[:count]]
        if values[row].tolist() != expected
    ]


if __name__ == "__main__":
    sys.exit(main(__file__, "tables of rows", case, 1000, seconds=120))
