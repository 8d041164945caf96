"""The normalised masses, their gap and their logarithms, from which every measure is computed."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from strategies import moderate_pairs

from klcli.core.arithmetic.parallel import BLOCK
from klcli.core.pairs.double_double_pair import DoubleDoublePair
from klcli.core.pairs.normaliser import pairs
from klcli.core.pairs.pair import MAGNIFICATION

RELATIVE = 4 * 2.0**-53  # two units in the last place
SUBNORMAL = 5e-324
some = settings(max_examples=100)


@pytest.fixture(autouse=True)
def ignore_floating_point_errors():
    """As `evaluate` does: infinities are part of the mathematics here."""
    with np.errstate(all="ignore"):
        yield


def pair_of(p, q, **logarithms):
    (pair,) = pairs(np.array(p, float), np.array(q, float), **logarithms)
    return pair


def careful_pair_of(p, q):
    """The pair by arithmetic of twice the digits, where each gap has its own last digits."""
    return DoubleDoublePair(np.array(p, float), np.array(q, float)).block(slice(0, BLOCK))


def normalised(masses):
    total = sum(map(Fraction, masses))
    return [Fraction(mass) / total for mass in masses]


def is_near(value, exact, relative=RELATIVE):
    return abs(Fraction(float(value)) - exact) <= Fraction(relative) * abs(exact)


@some
@given(masses=moderate_pairs())
def test_masses_and_gap_are_right_to_their_last_digits(masses):
    p, q = masses
    exact_p, exact_q = normalised(p.tolist()), normalised(q.tolist())
    for pair in (pair_of(p, q), careful_pair_of(p, q)):
        assert all(map(is_near, pair.p, exact_p))
        assert all(map(is_near, pair.q, exact_q))
    assert all(
        is_near(difference, b - a)
        for difference, a, b in zip(careful_pair_of(p, q).difference, exact_p, exact_q, strict=True)
    )


def are_near_together(values, exact):
    error = sum(abs(Fraction(float(value)) - true) for value, true in zip(values, exact, strict=True))
    return error <= Fraction(3 * RELATIVE) * sum(map(abs, exact))


@some
@given(masses=moderate_pairs())
def test_gaps_are_right_to_the_last_digits_of_their_sum(masses):
    p, q = masses
    exact = [b - a for a, b in zip(normalised(p.tolist()), normalised(q.tolist()), strict=True)]
    assert are_near_together(pair_of(p, q).difference, exact)


def nearly_equal(closeness, multiple):
    """Two sides, and the exact gap of each outcome."""
    random = np.random.default_rng(7)
    p = random.uniform(0.1, 1, 12)
    q = p * (1 + closeness * random.uniform(-1, 1, 12)) * multiple
    return p, q, [b - a for a, b in zip(normalised(p.tolist()), normalised(q.tolist()), strict=True)]


CLOSENESS = (1e-1, 1e-4, 1e-8, 1e-12, 1e-15)
MULTIPLES = (1, 3, 1e-5)
# A bound on the error of one gap, in units of 2^-53 times G = Σ|gap|. With S = Σ|q - p| and D = Σ(q - p), q scaled to
# the total of p, gap = ((q - p) - p·D/P)/(P + D). Each q - p is rounded once. D adds 12 of them in at most 7 steps, so
# it is 8·S off, and D/P, its product with p and P itself are rounded: 3·|D| more, each times p/P < 0.14. The
# subtraction, the total P + D and the division are rounded 5 times, of |gap| <= G/2, for the gaps sum to 0. With
# |D| <= S/3, S is at most 1.5·G: 0.57 + 0.14·(8·1.5 + 3·0.5) + 5/2 < 5.
OF_THEIR_SUM = 5


@pytest.mark.parametrize("closeness", CLOSENESS)
@pytest.mark.parametrize("multiple", MULTIPLES)
def test_the_gap_of_each_of_nearly_equal_masses_is_right_to_the_last_digits_of_their_sum(closeness, multiple):
    p, q, exact = nearly_equal(closeness, multiple)
    allowed = OF_THEIR_SUM * Fraction(2.0**-53) * sum(map(abs, exact))
    for difference, true in zip(pair_of(p, q).difference.tolist(), exact, strict=True):
        assert abs(Fraction(difference) - true) <= allowed


@pytest.mark.parametrize("closeness", CLOSENESS)
@pytest.mark.parametrize("multiple", MULTIPLES)
def test_the_gaps_of_nearly_equal_masses_keep_their_digits_together_and_with_care_each(closeness, multiple):
    p, q, exact = nearly_equal(closeness, multiple)
    assert all(map(is_near, careful_pair_of(p, q).difference, exact))
    assert are_near_together(pair_of(p, q).difference, exact)


def test_the_gap_of_a_certainty_and_its_neighbour_is_the_mass_that_is_missing():
    # q/Q - p/P with p = (1, t), q = (1, 2t): the first outcome loses t/((1 + t)(1 + 2t))
    tiny = 2.0**-80
    lost = Fraction(tiny) / ((1 + Fraction(tiny)) * (1 + 2 * Fraction(tiny)))
    difference = pair_of([1, tiny], [1, 2 * tiny]).difference
    assert is_near(difference[0], -lost)
    assert is_near(difference[1], lost)


def test_nearly_proportional_masses_keep_the_digits_of_the_gap():
    # 0.9 and 0.0009 are roundings of 0.9 times p, so the gap is near 5e-20
    p, q = [1.0, 0.001], [0.9, 0.0009]
    exact = [b - a for a, b in zip(normalised(p), normalised(q), strict=True)]
    assert all(map(is_near, pair_of(p, q).difference, exact))


@pytest.mark.parametrize(
    ("p", "q"),
    [([0.1, 0.2, 0.7], [0.4, 0.8, 2.8]), ([1, 2, 3], [11, 22, 33]), ([1e308, 1e308], [SUBNORMAL, SUBNORMAL])],
)
def test_proportional_masses_have_no_gap(p, q):
    assert not pair_of(p, q).difference.any()


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([1, 0], [1, SUBNORMAL]),
        ([1, SUBNORMAL], [1, 0]),
        ([1, 1, 0, 1], [1, 1, 1e-24, 1e300]),
        ([0, 1], [SUBNORMAL, 1]),
    ],
)
def test_a_mass_beside_none_is_infinitely_far_however_small(p, q):
    pair = pair_of(p, q)
    only_one = (np.array(p) > 0) != (np.array(q) > 0)
    assert np.isinf(pair.log_ratio[only_one]).all()
    assert (np.abs(pair.contrast[only_one]) == 1).all()


def test_the_supports_are_those_of_the_masses_as_given():
    pair = pair_of([1e308, SUBNORMAL, 0], [SUBNORMAL, 1e308, 1])
    assert pair.in_p.tolist() == [True, True, False]
    assert pair.in_q.tolist() == [True, True, True]


def test_the_logarithm_of_nearly_all_the_mass_is_minus_the_rest():
    # -log(1/(1 + t)) = t - t²/2 + …, and t² is below the last digit of t
    pair = pair_of([1, 1e-30], [1, 1])
    assert is_near(pair.log_p[0], -Fraction(1e-30))


def test_a_mass_that_underflows_keeps_its_logarithm():
    pair = pair_of([1e308, SUBNORMAL], [1, 1])
    with mpmath.workdps(60):
        exact = mpmath.log(mpmath.mpf(SUBNORMAL)) - mpmath.log(mpmath.mpf(1e308))
    assert pair.p[1] == 0
    assert pair.log_p[1] == pytest.approx(float(exact), rel=RELATIVE)
    assert pair.log_ratio[1] == pytest.approx(float(-exact - mpmath.log(2)), rel=RELATIVE)


def test_contrast_and_log_ratio_name_where_a_side_has_no_mass():
    pair = pair_of([1, 0, 0, 1], [0, 1, 0, 1])
    assert pair.contrast.tolist() == [-1, 1, 0, 0]
    assert pair.log_ratio.tolist() == [-np.inf, np.inf, 0, 0]


@some
@given(masses=moderate_pairs())
def test_contrast_is_the_hyperbolic_tangent_of_half_the_log_ratio(masses):
    pair = pair_of(*masses)
    assert pair.contrast == pytest.approx(np.tanh(pair.log_ratio / 2), rel=1e-14)


@some
@given(masses=moderate_pairs())
def test_the_swapped_pair_is_the_pair_of_the_exchanged_masses(masses):
    p, q = masses
    swapped, exchanged = careful_pair_of(p, q).swapped, careful_pair_of(q, p)
    for name in ("p", "q", "difference", "log_p", "log_q", "contrast", "log_ratio"):
        assert getattr(swapped, name) == pytest.approx(getattr(exchanged, name), rel=1e-15, abs=0), name
    assert swapped.in_p.tolist() == exchanged.in_p.tolist()
    assert swapped.in_q.tolist() == exchanged.in_q.tolist()


def test_the_magnified_pair_is_the_pair_times_a_power_of_two():
    pair = pair_of([0.5, 0.3, 0.2], [0.1, 0.2, 0.7])
    for name in ("p", "q", "difference"):
        assert getattr(pair.magnified, name).tolist() == (getattr(pair, name) * MAGNIFICATION).tolist()


def test_more_outcomes_than_a_block_come_in_blocks_of_one_distribution():
    masses = np.arange(1.0, BLOCK + 3)
    blocks = list(pairs(masses, masses[::-1]))
    assert [block.p.shape for block in blocks] == [(BLOCK,), (2,)]
    assert np.concatenate([block.p for block in blocks]) == pytest.approx(masses / masses.sum(), rel=RELATIVE)


class TestLogarithms:
    """Pairs that are known by the logarithms of their masses."""

    @staticmethod
    def pair_of(p, q):
        p, q = np.array(p, float), np.array(q, float)
        return pair_of(np.exp(p - p.max()), np.exp(q - q.max()), log_p=p, log_q=q)

    def test_logarithms_of_masses_give_the_pair_of_the_masses(self):
        p, q = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.2, 0.7])
        by_mass, by_log = pair_of(p, q), self.pair_of(np.log(p), np.log(q))
        for name in ("p", "q", "difference", "log_p", "log_q", "contrast", "log_ratio"):
            # the logarithms were rounded: 2^-53 of 2.3 at most
            assert getattr(by_log, name) == pytest.approx(getattr(by_mass, name), rel=3e-15), name

    def test_a_shift_that_is_exact_changes_no_bit(self):
        p, q = [0.0, 1.5, -3.25], [0.5, 1.0, -3.0]
        pair, shifted = self.pair_of(p, q), self.pair_of(np.array(p) + 1024, np.array(q) - 64)
        for name in ("p", "q", "difference", "log_p", "log_q", "log_ratio"):
            assert getattr(shifted, name).tolist() == getattr(pair, name).tolist(), name

    def test_equal_logarithms_have_no_gap(self):
        pair = self.pair_of([0.1, 700.0, -1e5], [0.1, 700.0, -1e5])
        assert not pair.difference.any()
        assert not pair.log_ratio.any()

    def test_a_mass_that_underflows_stays_in_the_support(self):
        pair = self.pair_of([0, 0], [0, -1e5])
        assert pair.q[1] == 0
        assert pair.in_q.tolist() == [True, True]
        assert pair.log_ratio[1] == pytest.approx(-1e5 + np.log(2), rel=RELATIVE)

    def test_a_logarithm_of_minus_infinity_is_no_mass(self):
        pair = self.pair_of([0, -np.inf, 0], [0, 0, -np.inf])
        assert pair.in_p.tolist() == [True, False, True]
        assert pair.log_ratio.tolist() == [0, np.inf, -np.inf]
        assert pair.contrast.tolist() == [0, 1, -1]

    def test_logarithms_on_one_side_are_compared_with_masses_on_the_other(self):
        p, q = np.array([0.25, 0.75]), np.log(np.array([2.0, 2.0]))
        pair = pair_of(p, np.exp(q), log_q=q)
        assert pair.log_ratio == pytest.approx([np.log(2), np.log(2 / 3)], rel=RELATIVE)


@pytest.mark.parametrize("multiple", [0.9, 1.3, 3e-7])
def test_the_gap_of_nearly_proportional_masses_keeps_its_digits(multiple):
    p = np.array([1.0, 1.0, 0.001, 0.62517, 7e-9])
    q = p * multiple  # but for the rounding of each product
    exact = [b - a for a, b in zip(normalised(p.tolist()), normalised(q.tolist()), strict=True)]
    assert max(map(abs, exact)) < 1e-16
    assert all(map(is_near, careful_pair_of(p, q).difference, exact))
