"""Logits of any size: masks such as the lowest number of a float, -inf, and scores up to the end of the doubles."""

from math import inf

import numpy as np
import pytest
from corpus import LARGEST, RELATIVE, tolerance
from oracle import exact_value_of_logits

from klcli.core.comparison import compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.read_rows import read_rows, unread_rows
from klcli.core.matrix.all_pairs import pairwise
from klcli.core.matrix.stack import Stack
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select
from klcli.core.rows.comparison import compare_rows
from klcli.errors import NotADistribution

ORDERS = ("0", "1e-10", "0.1", "0.5", "0.9999999", "1", "1.5", "2", "5", "inf")
NAMES = [
    name
    for each in MEASURES
    for name in ([f"{each.name}:{order}" for order in ORDERS] if each.orders else [each.name])
    if name != "tsallis:inf"
]
LOWEST = {"f2": -65504.0, "f4": -3.4028234663852886e38, "f8": -LARGEST}
every_mask = pytest.mark.parametrize("mask", [-inf, *LOWEST.values(), -3.4e38, -3.3895313892515355e38, -1e30, -1e4])
CASES = {
    "a mask against a smaller one": ([1, 2, -3.4e38], [1.5, 2, -1e4]),
    "a mask on one side": ([1, 2, 3], [1.5, 2, -3.4e38]),
    "-inf on one side": ([1, 2, -1e4], [1.5, 2, -inf]),
    "-inf on one side, near elsewhere": ([0, -0.1, -inf], [-1e-15, -0.1, -1e300]),
    "masks that differ": ([1, 2, -3.4e38, -1e30], [1.5, 2, -3.3e38, -inf]),
    "no outcome in common": ([0, -inf], [-inf, 0]),
    "all but one outcome masked": ([-1e300, 5, -inf], [-1e300, 3, -1e308]),
    "both masked, whose squares cancel": ([0, -1e20], [0, -2e20]),
    "both masked, whose squares cancel but for 3": ([0, -1e10], [0, -2e10 + 3]),
    "scores of 1e20": ([1e20, 2e20, -1e20], [2e20, 1e20, 3e20]),
    "scores of 1e300": ([1e300, 0.5e300, -1e300], [-1e300, 0.9e300, 1e299]),
    "differences beyond a double": ([1e308, -1e308], [-1e308, 1e308]),
    "a difference beyond a double beside equal masses": ([0, 0], [1e308, -1e308]),
    "equal scores at the end of the doubles": ([-1e308, -1e308], [LARGEST, LARGEST]),
    "large scores that differ in the last digit": ([1e20, 1e20 + 16384, 0], [1e20, 1e20, 0]),
    "large scores that differ by a constant": ([1e20, 1e20 + 16384, 0], [2e20, 2e20 + 32768, 1e20 + 16384]),
    "magnitudes of their own": ([1e-3, 1e3, 1e30, 1e30], [1e30, -1e200, 1e30, -5]),
    "level but for what rounding hides": ([1.5829195976257324, 0.2845000624656677], [-LOWEST["f4"], -LOWEST["f4"]]),
    "level at the end of the doubles": ([-1e308, -1e308], [-0.004609743783182739, 0.0028995990493959735]),
    "mass that the other side masks": ([0, -0.1, 0.2, -3], [1e-15, -0.1, 0.2, -LARGEST]),
    "a mask that adds little, and logits far above": ([3e14, 3e14 - 131.4375, 3e14 - 68], [207.6, -3.4e38, 138.1]),
    "an outcome that P lacks, far above": ([7849888988.882893, 7849888888.528038, -inf], [-0.03, 0.05, -0.04]),
    "all of Q masked": ([2340.9020494586807], [-3.4e38]),
    "all of P masked alike": ([-3.4e38, -3.4e38], [1084.0, 452.75]),
    "level but for a constant of 1e17": ([0.1, 0.2, 0.4], [-1e17, -1e17, -1e17]),
    "little mass in common": ([-inf, 55.5, 652.25, -inf], [-inf, 55.75, -inf, 659.5]),
    "a mass that underflows against a mask": ([0, -710, -745], [0, -1e308, -1e300]),
}


def exact_values(p, q, names=NAMES):
    return {name: exact_value_of_logits(name, p, q) for name in names}


def misses(found, p, q):
    """The values that are not right by the promise, and what they should be."""
    return {
        name: (value, float(exact))
        for name, exact in exact_values(p, q, found).items()
        for value in [found[name]]
        if not (value == inf if exact > LARGEST else abs(value - exact) <= max(1e-300, tolerance(name, exact) * exact))
    }


def by_pair(p, q, names=NAMES):
    return compare(*(Distribution.from_logits(side) for side in (p, q)), measures=names).values


@pytest.mark.parametrize(("p", "q"), CASES.values(), ids=CASES)
def test_every_measure_of_a_pair_keeps_its_digits(p, q):
    assert not misses(by_pair(p, q), p, q)


@pytest.mark.parametrize("times", [1, 8, 10_011])
@pytest.mark.parametrize(("p", "q"), CASES.values(), ids=CASES)
def test_every_measure_of_rows_keeps_its_digits(p, q, times):
    counts = [times] * len(p)
    names = NAMES if times == 1 else ["forward_kl", "reverse_kl", "jensen_shannon", "chi_squared", "hellinger"]
    wide = (read_rows(np.tile(np.repeat(np.array(side, float), times), (2, 1)), "logits") for side in (p, q))
    found = {name: values.tolist() for name, values in compare_rows(*wide, names).values.items()}
    assert all(first == second for first, second in found.values())
    of_alike = {name: exact_value_of_logits(name, p, q, counts) for name in names}
    for name, (value, _) in found.items():
        exact = of_alike[name]
        assert value == inf if exact > LARGEST else abs(value - exact) <= max(1e-300, tolerance(name, exact) * exact)


def test_a_row_beside_others_is_what_it_is_alone():
    chosen = [pair for pair in CASES.values() if len(pair[0]) == 2]
    p, q = (read_rows([pair[side] for pair in chosen], "logits") for side in (0, 1))
    found = compare_rows(p, q, NAMES).values
    for row, (one, other) in enumerate(chosen):
        assert not misses({name: float(values[row]) for name, values in found.items()}, one, other)


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_of_a_matrix_keeps_its_digits(name):
    rows = [side for pair in CASES.values() for side in pair if len(side) == 3] * 2
    read = [Distribution.from_logits(row) for row in rows]
    values = pairwise(
        select(name), Stack(np.array([each.mass for each in read]), np.array([each.log_mass for each in read]))
    )
    for i, j in np.random.default_rng(0).integers(len(rows), size=(40, 2)).tolist():
        assert not misses({name: float(values[i, j])}, rows[i], rows[j]), (i, j)


@pytest.mark.parametrize("dtype", LOWEST)
def test_the_lowest_number_of_a_float_on_both_sides_is_as_if_the_outcome_were_not_there(dtype):
    p, q = (np.array([[*row, LOWEST[dtype]]], dtype) for row in ([1, 2], [1.5, 2]))
    names = [name for name in NAMES if name not in ("renyi:0", "tsallis:0")]
    found = compare_rows(read_rows(p, "logits"), read_rows(q, "logits"), names).values
    for name, exact in exact_values([1, 2], [1.5, 2], names).items():
        assert abs(found[name][0] - exact) <= tolerance(name, exact) * exact


@every_mask
def test_a_mask_on_both_sides_gives_what_is_stated(mask):
    names = ["forward_kl", "reverse_kl", "hellinger", "chi_squared"]
    found = by_pair([1, 2, mask], [1.5, 2, mask], names)
    stated = (0.0263445859768863, 0.0279550377371882, 0.0823120487445338, 0.0501855755020731)
    assert tuple(found.values()) == pytest.approx(stated, rel=3e-14)  # they are given to 15 digits


def test_a_mask_against_another_number_gives_what_is_stated():
    found = by_pair([1, 2, -3.4e38], [1.5, 2, -1e4], ["forward_kl", "reverse_kl"])
    assert tuple(found.values()) == pytest.approx((0.0263445859768863, 0.0279550377371882), rel=3e-14)


def test_random_scores_of_all_magnitudes_keep_their_digits():
    random = np.random.default_rng(20)
    for _ in range(20):
        p, q = random.uniform(-1, 1, (2, 5)) * 10.0 ** random.uniform(20, 308, (2, 1))
        assert not misses(by_pair(p, q), p, q), (p.tolist(), q.tolist())


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([-6.5e154, -1.8e86, 1.3e265], [-9.3e268, -7.7e243, -1.2e66]),
        ([-3.4e38, -7.683794515597284e196], [-3.8e196, -7.68379310770521e196]),
        ([2.6e247, 5.2e247], [-1.3e224, -8.9e222]),
    ],
)
def test_rows_whose_logits_lie_further_apart_than_doubles_resolve_keep_their_digits(p, q):
    found = compare_rows(read_rows(np.array([p]), "logits"), read_rows(np.array([q]), "logits"), NAMES).values
    assert not misses({name: float(values[0]) for name, values in found.items()}, p, q)


def test_finite_logits_are_never_mass_0_and_minus_infinity_is():
    assert by_pair([0, 0], [0, -3.4e38], ["forward_kl"])["forward_kl"] == pytest.approx(1.7e38, rel=RELATIVE)
    comparison = compare(Distribution.from_logits([0, 0]), Distribution.from_logits([0, -inf]))
    assert comparison.forward_kl == inf
    assert [note.text for note in comparison.notes if note.code == "infinite"] == [
        "forward_kl, cross_entropy are infinite: Q has no mass on 1 outcome of P: [2] (0.5 of P's mass)"
    ]


@pytest.mark.parametrize("p", [[0, -inf], [-3.4e38, 0], [-inf, -1e300]])
def test_the_terms_of_masked_outcomes_are_numbers(p):
    terms = compare(Distribution.from_logits(p), Distribution.from_logits([-1e4, -3.4e38])).terms
    assert not np.isnan([terms.p, terms.q, terms.log_ratio, terms.contribution]).any()


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_a_temperature_divides_large_logits(temperature):
    p, q = [1.0, 2.0, -3.4e38, -inf], [1.5, 2.0, -3.4e38, -inf]
    rows = (read_rows([side], "logits", temperature=temperature) for side in (p, q))
    exact = exact_value_of_logits("forward_kl", *(np.array(side) / temperature for side in (p, q)))
    assert compare_rows(*rows).forward_kl[0] == pytest.approx(float(exact), rel=RELATIVE)


@pytest.mark.parametrize("values", [[1, -1e308], [-inf, 2, -1e308], [1e308, 0]])
def test_a_logit_that_a_temperature_takes_beyond_the_doubles_is_refused(values):
    with pytest.raises(NotADistribution, match=r"^row 1: column [123]: -?1e\+308 divided by the temperature 0.1 is"):
        read_rows([values], "logits", temperature=0.1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_is_refused_where_the_values_were_computed_before_the_rows_were_checked(dtype):
    lowest = float(np.finfo(dtype).min)
    divisor = {np.float32: 1e-300, np.float64: 0.5}[dtype]
    values = np.array([[1, 2, -inf], [1, -inf, lowest]], dtype)
    sides = [unread_rows(values, "logits", temperature=divisor) for _ in "pq"]
    with pytest.raises(NotADistribution, match=r"^row 2: column 3: -[0-9.]+e\+[0-9]+ divided by the temperature"):
        compare_rows(*sides, ["forward_kl"])
