"""Smoothed measures are those of the exactly smoothed distributions, whatever the method, its amount and the masses."""

from functools import partial

import mpmath
import numpy as np
import pytest
from corpus import RELATIVE, SUBNORMAL, tolerance
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import exact_value_of_smoothed
from strategies import pairs

import klcli
from klcli.core.comparison import compare
from klcli.core.contribution import largest_contributions
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.read_rows import read_rows, smooth_rows
from klcli.core.distributions.smoothing import parse_smoothing
from klcli.core.matrix.all_pairs import pairwise
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select
from klcli.core.rows.comparison import compare_rows
from klcli.sources.rows.distribution_table import smoothed, table_of

ORDERS = ("0", "0.3", "0.5", "0.99", "1", "2", "5", "inf")
NAMES = [
    name
    for each in MEASURES
    for name in ([f"{each.name}:{order}" for order in ORDERS] if each.orders else [each.name])
    if name != "tsallis:inf"
]
SMOOTHINGS = (
    "add:1", "add:0.5", "add:0.1", "add:1e-300", "add:1e20", "add:1e300", "floor:1e-300", "floor:1e-9", "floor:0.1",
    "floor:0.9", "mix:0.01", "mix:1e-300", "mix:0.9999999999999999", "mix:1",
)  # fmt: skip
NEAR = ([0.2, 0.3, 0.5], [0.2, 0.30000000000000004, 0.49999999999999994])
MASSES = {
    "near": NEAR,
    "near, of other totals": ([1.0, 2.0, 4.0], [3.0, 6.000000000000001, 12.0]),
    "only tiny masses differ": ([1.0, 1e-20, 3e-30], [1.0, 2e-20, 3e-30]),
    "only a mass that a floor raises differs": ([0.5, 0.5, 1e-30], [0.5, 0.5, 3e-30]),
    "counts with zeros": ([0.0, 2.0, 6.0], [5.0, 5.0, 0.0]),
    "counts that 1 more makes proportional": ([1.0, 5.0], [0.0, 2.0]),
    "counts that 1 more makes proportional but for 1e-37": ([5.0, 2.0], [1.0, 1.1556795883535166e-37]),
    "sums that nearly agree": ([1.0, 2.0], [1.5, 2.5]),
    "subnormal": ([5e-324, 1e-320, 3e-322], [5e-324, 1.5e-320, 2e-322]),
    "totals of 1e300": ([1e300, 2e300, 0.0], [1e300, 2.0000000000000003e300, 1.0]),
    "totals that overflow": ([1e308, 1.7e308, 1e308], [1e308, 1.6e308, 3.0]),
    "far": ([1e-300, 1.0, 1e-10], [1.0, 1e-300, 1e10]),
    "ties with a floor": ([1.0, 9.0, 10.0], [10.0, 90.0, 100.00000000000001]),
    "near uniform": ([1.0, 1.0000000000000002], [1.5, 1.5]),
}
SCORES = {
    "near": ([0.0, 1.0, -3.0, 2.0], [0.0, 1.0000000000001, -3.0000000000002, 2.0]),
    "far": ([0.0, -30.0, 4.0], [10.0, 3.0, -800.0]),
    "dominated": (
        [79.71928907530579, -32.85200858907545, 0.811611119080634],
        [79.7192890753, -32.852, 0.8116111190805],
    ),
    "uniform": ([0.0, 0.0, 0.0, 0.0], [0.0, 1e-15, -1e-15, 0.0]),
}


def misses(values, exact_of):
    found = []
    for name, value in values.items():
        exact = exact_of(name)
        error = abs(mpmath.mpf(float(value)) - exact) if value < np.inf else mpmath.inf
        if value == np.inf and exact > 1.7976931348623157e308:
            continue
        if not (error <= SUBNORMAL or error <= tolerance(name, exact) * exact):
            found.append((name, float(value), mpmath.nstr(exact, 20)))
    return found


def misses_of(p, q, smoothing, kind="weights"):
    sides = (Distribution.from_values(side, as_=kind) for side in (p, q))
    values = compare(*sides, measures=NAMES, smoothing=smoothing).values
    return misses(values, partial(exact_value_of_smoothed, p=p, q=q, smoothing=smoothing, kind=kind))


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("masses", MASSES.values(), ids=MASSES)
def test_smoothed_masses_keep_their_digits(masses, smoothing):
    assert not misses_of(*masses, smoothing)


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("scores", SCORES.values(), ids=SCORES)
def test_smoothed_logits_keep_their_digits(scores, smoothing):
    assert not misses_of(*scores, smoothing, "logits")


@pytest.mark.parametrize("smoothing", ["add:0.5", "floor:0.01", "mix:0.01"])
def test_smoothed_logprobs_keep_their_digits(smoothing):
    p, q = np.log([0.2, 0.3, 0.5]), np.log([0.2000000001, 0.2999999999, 0.5])
    assert not misses_of(p, q, smoothing, "logprobs")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(masses=pairs, smoothing=st.sampled_from(SMOOTHINGS))
def test_any_smoothed_masses_keep_their_digits(masses, smoothing):
    assert not misses_of(*masses, smoothing)


DELICATE = {
    "an amount that is nothing beside the masses": (
        [0.5, 7000000000000000.0, 1e300, 4.0],
        [1.5, 2.1e16, 3e300, 12.0],
        "add:1e-200",
    ),
    "totals that a floor makes the same but for 1e-70": (
        [1e-37, 1.0, 4.0, 1e20],
        [1e-20, 1.0, 4.0, 1e20],
        "floor:1e-30",
    ),
    "entropies of equal distributions that are subnormal": ([0.0, 7.0], [0.0, 4.0], "mix:5e-324"),
    "masses that underflow once smoothed": ([4.0, 3.0, 0.0, 1.0], [2.0, 0.0, 2.0, 3.0], "mix:5e-324"),
    "masses that 1e60 more brings together": ([1e-30, 5.0], [1.0, 6.0], "add:1e60"),
}


@pytest.mark.parametrize(("p", "q", "smoothing"), DELICATE.values(), ids=DELICATE)
def test_values_that_nearly_cancel_or_underflow_keep_their_digits(p, q, smoothing):
    assert not misses_of(p, q, smoothing)


@pytest.mark.parametrize("smoothing", ["add:1e-30", "floor:1e-30", "mix:1e-30"])
@pytest.mark.parametrize("kind", ["weights", "logits"])
@pytest.mark.parametrize("size", [2.0**-52, 2.0**-51, 2.0**-50, 2.0**-49, 2.0**-47])
def test_differences_near_the_end_of_double_double_keep_their_digits(size, kind, smoothing):
    p, q = np.array([0.5, 0.5, 0.1 * size, 1e-9]), np.array([0.5, 0.5, size, 1e-9])
    sides = (np.log(p), np.log(q)) if kind == "logits" else (p, q)
    assert not misses_of(*sides, smoothing, kind)


def test_rows_that_cancel_and_rows_that_do_not_keep_their_digits():
    p, q = np.array([[5.0, 2.0], [1.0, 2.0]]), np.array([[1.0, 1.1556795883535166e-37], [1.0, 2.0000000000000004]])
    found = compare_rows(*(smooth_rows(read_rows(side, "weights"), parse_smoothing("add:1")) for side in (p, q)), NAMES)
    for row in range(len(p)):
        exact_of = partial(exact_value_of_smoothed, p=p[row], q=q[row], smoothing="add:1")
        assert not misses({name: found[name][row] for name in NAMES}, exact_of), row


@pytest.mark.parametrize("smoothing", ["add:1", "floor:0.2", "mix:0.3"])
@pytest.mark.parametrize("name", ["forward_kl", "total_variation", "hellinger", "renyi:2", "l_infinity"])
def test_distributions_that_smoothing_makes_equal_differ_by_0(name, smoothing):
    p, q = {"add:1": ([1, 5], [0, 2])}.get(smoothing, ([3, 3, 6], [1, 1, 2]))
    assert klcli.compare(p, q, as_="counts", measures=[name], smooth=smoothing)[name] == 0


@pytest.mark.parametrize("smoothing", ["add:0.5", "floor:1e-300", "floor:0.25", "mix:0.01"])
@pytest.mark.parametrize("kind", ["weights", "logits"])
def test_smoothed_rows_are_those_of_their_pairs(kind, smoothing):
    p = np.array([[1.0, 2.0, 4.0, 1.0], [0.1, 0.2, 0.3, 0.4], [5.0, 0.5, 0.0, 3.0], [2.0, 2.0, 2.0, 2.0]])
    q = np.array(
        [[1.0, 2.0, 4.0, 1.0000000000000002], [0.4, 0.2, 0.1, 0.0], [5.0, 0.5, 0.0, 3.0], [1.0, 9.0, 2.0, 2.0]]
    )
    sides = (smooth_rows(read_rows(side, kind), parse_smoothing(smoothing)) for side in (p, q))
    found = compare_rows(*sides, NAMES)
    for row in range(len(p)):
        values = {name: found[name][row] for name in NAMES}
        exact_of = partial(exact_value_of_smoothed, p=p[row], q=q[row], smoothing=smoothing, kind=kind)
        assert not misses(values, exact_of), row


@pytest.mark.parametrize("smoothing", ["add:0.5", "floor:1e-300", "mix:0.01"])
@pytest.mark.parametrize("name", ["forward_kl", "jensen_shannon", "total_variation", "renyi:2", "entropy_p"])
def test_a_smoothed_matrix_has_the_values_of_its_pairs(name, smoothing):
    random = np.random.default_rng(5)
    rows = random.integers(0, 9, (40, 5)).astype(float)
    rows[:, 0] += 1
    rows[20:] = rows[:20] * (1 + 1e-13 * random.random((20, 5)))
    stack = smoothed(table_of(read_rows(rows, "weights"), "rows"), parse_smoothing(smoothing)).stack
    found = pairwise(select(name), stack)
    for i, j in [*((row, row + 20) for row in range(20)), (0, 1), (3, 2), (5, 5)]:
        exact_of = partial(exact_value_of_smoothed, p=rows[i], q=rows[j], smoothing=smoothing)
        assert not misses({name: found[i, j]}, exact_of), (i, j)


def test_the_terms_of_smoothed_masses_sum_to_the_exact_divergence():
    p, q = NEAR
    comparison = klcli.compare(p, q, smooth="mix:0.01")
    exact = exact_value_of_smoothed("forward_kl", p, q, "mix:0.01")
    sizes = abs(comparison.terms.contribution).sum()
    assert abs(comparison.terms.contribution.sum() - exact) <= RELATIVE * sizes
    assert next(each.outcome for each in largest_contributions(comparison, select("forward_kl"))) in ("[2]", "[3]")


def test_a_smoothed_value_beyond_the_doubles_is_said_to_be_finite():
    comparison = klcli.compare([1.0, 0.0], [0.0, 1.0], measures=["chi_squared"], smooth="add:5e-324")
    assert comparison.chi_squared == np.inf
    assert [note.code for note in comparison.notes] == ["smoothing", "overflow"]
