"""What the compiled kernel answers is right to 1e-15, and the same with every instruction set."""

import itertools

import mpmath
import numpy as np
import pytest
from core.kernel.kernels import KERNELS, every_kernel
from corpus import CLOSENESS, RANGES, drawn
from oracle import exact_value, exact_value_of_logits

from klcli.core.arithmetic.real_numbers import BFLOAT16
from klcli.core.kernel.values import COLUMNS, can_read, pair_values, row_values

RELATIVE = 1e-15
T = (0.7, 1.0)  # temperatures
BEST = KERNELS[-1:] or [None]
needs_kernel = pytest.mark.skipif(not KERNELS, reason="no compiled kernel is installed")
ANSWERED = ("uniform", "counts")  # ranges of which all but tiny entropies are answered


def wrong(value, exact):
    """The relative error, infinite where one of the two is infinite or 0 and the other is not."""
    if value == exact:
        return 0.0
    return float(abs(mpmath.mpf(value) / exact - 1)) if exact and mpmath.isfinite(exact) else np.inf


@needs_kernel
@pytest.mark.parametrize("masses_are", RANGES)
@pytest.mark.parametrize("size", [2, 3, 30])
def test_what_is_answered_of_masses_is_right(size, masses_are):
    for closeness in CLOSENESS:
        p, q = drawn(size, masses_are, closeness)
        pair = pair_values(BEST[0], p, q, COLUMNS).values
        row = row_values(BEST[0], p[np.newaxis], q[np.newaxis], COLUMNS).values
        for name in COLUMNS:
            for value in (pair[name], row[name][0]):
                assert np.isnan(value) or wrong(value, exact_value(name, p, q)) <= RELATIVE, (name, closeness)
            is_small_entropy = "entropy" in name and exact_value(name, p, q) < 0.35
            assert masses_are not in ANSWERED or is_small_entropy or not np.isnan(pair[name]), (name, closeness)


@needs_kernel
@pytest.mark.parametrize("apart", [1e-16, 1e-12, 1e-9, 2e-8, 1e-7, 1e-4])
def test_totals_that_nearly_agree_cost_no_digit(apart):
    """Jensen–Shannon takes its series up to 3e-8, total variation its straight line; beyond, both take a pass more."""
    for size, closeness in itertools.product((3, 30), ("0.1", "0.001", "1e-06", "1e-10", "far", "partly disjoint")):
        p, q = drawn(size, "uniform", closeness)
        p /= p.sum()
        q /= q.sum() * (1 + apart)
        for name, value in pair_values(BEST[0], p, q, COLUMNS[6:]).values.items():
            assert wrong(value, exact_value(name, p, q)) <= RELATIVE, (name, size, closeness)


def logits_of(outcomes, spread, step, dtype, random):
    p = (spread * random.standard_normal(outcomes)).astype(dtype)
    noise = random.standard_normal(outcomes)
    return p, (spread * noise if step is None else p + step * noise).astype(dtype)


MASKS = {
    "no mask": lambda p, q: None,
    "-inf on both sides": lambda p, q: (p.put(0, -np.inf), q.put(0, -np.inf)),
    "-inf in P": lambda p, q: p.put(0, -np.inf),
    "-inf in Q": lambda p, q: q.put(0, -np.inf),
    "-3.4e38 on both sides": lambda p, q: (p.put(0, -3.4e38), q.put(0, -3.4e38)),
    "-3.4e38 in P": lambda p, q: p.put(0, -3.4e38),
    "-3.4e38 in Q": lambda p, q: q.put(0, -3.4e38),
    "-1000 in P": lambda p, q: p.put(0, -1000),
    "nearly all mass on one": lambda p, q: (p.put(0, p[0] + 40), q.put(0, q[0] + 40)),
}


@needs_kernel
@pytest.mark.parametrize("rest", [0.3, 1e-3, 1e-9, 1e-30])
def test_small_entropies_of_probabilities_are_answered(rest):
    p, q = np.array([1.0, rest, rest / 3]), np.array([1.0, rest / 7, rest])
    p /= p.sum()
    for name, value in pair_values(BEST[0], p, q / q.sum(), COLUMNS).values.items():
        if "entropy" in name:
            assert wrong(value, exact_value(name, p, q / q.sum())) <= RELATIVE, name


@needs_kernel
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_answered_of_logits_is_right(mask, dtype):
    random = np.random.default_rng(7)
    for outcomes, spread, step in itertools.product((3, 20), (1, 8), (None, 0.5, 0.05, 1e-6, 1e-10, 0.0)):
        p, q = logits_of(outcomes, spread, step, dtype, random)
        MASKS[mask](p, q)
        found = row_values(BEST[0], p[np.newaxis], q[np.newaxis], COLUMNS, temperatures=(1.0, 1.0)).values
        for name in COLUMNS:
            value = found[name][0]
            exact = exact_value_of_logits(name, p, q)
            assert np.isnan(value) or wrong(value, exact) <= RELATIVE, (name, outcomes, spread, step)
            if mask == "no mask" and step != 0:
                assert not np.isnan(value), (name, outcomes, spread, step)


@every_kernel
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_logits_whose_differences_are_rounded_keep_their_digits(kernel, dtype):
    """The smallest decides whether any is: where Q is 100 above P, 2^-25 of P is lost of their difference."""
    random = np.random.default_rng(10)
    for exponent, step in itertools.product((-100, -60, -40, -30, -25, -20, -10), (1, 1e-3, 1e-5)):
        p = random.standard_normal(20).astype(dtype)
        p[3:9] *= dtype(2.0**exponent)
        q = (p + 100 + step * random.standard_normal(20)).astype(dtype)
        found = row_values(kernel, p[np.newaxis], q[np.newaxis], COLUMNS, temperatures=(1.0, 1.0)).values
        for name in COLUMNS[:6]:
            assert wrong(found[name][0], exact_value_of_logits(name, p, q)) <= RELATIVE, (name, exponent, step)


@every_kernel
@pytest.mark.parametrize("offset", [2e10 / 3, 2e13 / 3])
@pytest.mark.parametrize("low", [-np.inf, -1000.0])
def test_a_constant_of_the_logits_costs_no_digit_of_an_outcome_that_one_side_lacks(kernel, low, offset):
    """A constant whose rounding is 1e-3 nats; 24 outcomes fill the lanes, of 20 some are padded."""
    random = np.random.default_rng(9)
    for outcomes, turned in itertools.product((20, 24), (False, True)):
        p, q = random.standard_normal((2, outcomes))
        p[0] = low
        p += offset
        sides = (q, p) if turned else (p, q)
        found = row_values(kernel, *(side[np.newaxis] for side in sides), COLUMNS, temperatures=(1.0, 1.0)).values
        for name in COLUMNS:
            value = found[name][0]
            may_lack = name != ("reverse_kl" if turned else "forward_kl")
            exact = exact_value_of_logits(name, *sides)
            assert (may_lack and np.isnan(value)) or wrong(value, exact) <= RELATIVE, (name, outcomes, turned)


@every_kernel
def test_a_curve_of_logits_has_no_seam(kernel):
    """Across the places where another power of 2 or another series is taken."""
    for step in np.linspace(-3, 3, 61):
        p, q = np.array([[0.0, -40.0]]), np.array([[0.0, -40.0 + step]])
        value = row_values(kernel, p, q, ["forward_kl"], temperatures=(1.0, 1.0)).values["forward_kl"][0]
        assert wrong(value, exact_value_of_logits("forward_kl", p[0], q[0])) <= RELATIVE


@every_kernel
def test_every_instruction_set_gives_the_same_digits(kernel):
    random = np.random.default_rng(3)
    for outcomes in (1, 7, 8, 9, 127, 128, 129, 1000, 70_001):
        p, q = random.random((2, 2, outcomes)) + 1e-9
        q[1] = p[1] * (1 + 1e-9 * random.random(outcomes))
        for side, other in ((p, q), (p, 3 * q), (p.astype(np.float32), q.astype(np.float16))):
            ours, first = (row_values(each, side, other, COLUMNS).values for each in (kernel, KERNELS[0]))
            assert all(ours[name].tobytes() == first[name].tobytes() for name in COLUMNS)
            for temperature in (1.0, 0.7):
                ours, first = (
                    row_values(each, 9 * side, 9 * other, COLUMNS, temperatures=(1.0, temperature)).values
                    for each in (kernel, KERNELS[0])
                )
                assert all(ours[name].tobytes() == first[name].tobytes() for name in COLUMNS)


@every_kernel
def test_neither_strides_nor_alignment_change_a_value(kernel):
    random = np.random.default_rng(4)
    for outcomes in (*range(1, 40), *range(40, 301, 13)):
        p, q = random.random((2, outcomes))
        expected = pair_values(kernel, p, q, COLUMNS)
        spread = np.full((outcomes, 3), np.nan)
        spread[:, 1] = p
        odd = np.frombuffer(b"x" + q.tobytes() + b"y", np.uint8)[1:-1].view(np.float64)
        backward = p[::-1].copy()[::-1]
        for side, other in ((spread[:, 1], q), (p, odd), (backward, q)):
            assert repr(pair_values(kernel, side, other, COLUMNS)) == repr(expected)


@every_kernel
def test_a_pair_of_several_blocks_is_its_row(kernel):
    random = np.random.default_rng(5)
    p, q = random.random((2, 200_003))
    for other in (q, 2.5 * q, p * (1 + 1e-7 * q)):
        pair = pair_values(kernel, p, other, COLUMNS).values
        row = row_values(kernel, p[np.newaxis], other[np.newaxis], COLUMNS).values
        assert all(pair[name] == pytest.approx(row[name][0], rel=RELATIVE, nan_ok=True) for name in COLUMNS)


@every_kernel
def test_no_digit_of_a_row_depends_on_the_rows_beside_it(kernel):
    random = np.random.default_rng(8)
    p, q = random.random((2, 60, 50))
    q *= 10 ** random.uniform(-9, 9, (60, 1))
    q[::3] = p[::3] * (1 + 1e-3 * random.random((20, 50)))
    q[1::5] *= (p[1::5].sum(1) / q[1::5].sum(1) * (1 + 0.03 * random.random(12)))[:, np.newaxis]
    together = row_values(kernel, p, q, COLUMNS).values
    for row in range(len(p)):
        alone = row_values(kernel, p[row : row + 1], q[row : row + 1], COLUMNS).values
        pair = pair_values(kernel, p[row], q[row], COLUMNS).values
        for name in COLUMNS:
            assert repr(together[name][row]) == repr(alone[name][0]) == repr(np.float64(pair[name]))


@every_kernel
def test_a_temperature_divides_the_logits_as_doubles(kernel):
    p, q = np.random.default_rng(6).standard_normal((2, 4, 50)).astype(np.float32)
    ours = row_values(kernel, p, q, COLUMNS, temperatures=(0.7, 1.3)).values
    divided = row_values(kernel, p / np.float64(0.7), q / np.float64(1.3), COLUMNS, temperatures=(1.0, 1.0)).values
    assert all(ours[name].tobytes() == divided[name].tobytes() for name in COLUMNS)


@every_kernel
def test_half_precision_is_read_by_its_bits(kernel):
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    finite = np.sort(every[np.isfinite(every) & (every > 0)])[np.newaxis]
    found, wide = (row_values(kernel, p, p[:, ::-1], COLUMNS) for p in (finite, finite.astype(np.float64)))
    assert repr(found) == repr(wide)


@every_kernel
@pytest.mark.parametrize("step", [1, 3])
def test_bfloat16_is_read_by_its_bits(kernel, step):
    bits = np.arange(0, 0x7F80, dtype=np.uint16)[np.newaxis]  # from 0 to the largest number
    wide = (bits.astype(np.uint32) << 16).view(np.float32)
    p, q, wide_p, wide_q = (each[:, ::step] for each in (bits, bits[:, ::-1], wide, wide[:, ::-1]))
    for chosen in (slice(0, 9000), slice(None)):  # a total is infinite in the second
        ours = row_values(kernel, p[:, chosen].view(BFLOAT16), q[:, chosen].view(BFLOAT16), COLUMNS)
        assert repr(ours) == repr(row_values(kernel, wide_p[:, chosen], wide_q[:, chosen], COLUMNS))
    at = slice(0x3C00, 0x4300, 5)  # logits from 0.008 to 128
    ours = row_values(kernel, bits[:, at].view(BFLOAT16), bits[:, at][:, ::-1].view(BFLOAT16), COLUMNS, temperatures=T)
    assert repr(ours) == repr(row_values(kernel, wide[:, at], wide[:, at][:, ::-1], COLUMNS, temperatures=T))


@every_kernel
@pytest.mark.parametrize("broken", [[np.nan, 1.0], [np.inf, 1.0], [0.0, 0.0]])
def test_what_is_no_distribution_has_no_value(kernel, broken):
    found = pair_values(kernel, np.array(broken), np.array([0.5, 0.5]), COLUMNS)
    assert not found.is_sound
    assert all(map(np.isnan, found.values.values()))


@every_kernel
@pytest.mark.parametrize("masses", [[-1.0, 2.0], [1e-320, 1.0], [1e-260, 1.0], [1e300, 1e300]])
def test_masses_out_of_range_have_no_value(kernel, masses):
    found = pair_values(kernel, np.array(masses), np.array([0.5, 0.5]), COLUMNS)
    assert found.is_sound
    assert all(map(np.isnan, found.values.values()))


@every_kernel
@pytest.mark.parametrize("broken", [[np.nan, 1.0], [np.inf, 1.0], [-np.inf, -np.inf]])
def test_what_are_no_logits_have_no_value(kernel, broken):
    found = row_values(kernel, np.array([broken]), np.array([[0.5, 0.5]]), COLUMNS, temperatures=(1.0, 1.0))
    assert not found.is_sound.any()
    assert all(np.isnan(value).all() for value in found.values.values())


@every_kernel
@pytest.mark.parametrize("outcomes", [3, 9, 70_000])
def test_counts_are_seen_to_be_whole(kernel, outcomes):
    counts = np.random.default_rng(12).integers(1, 2**40, (2, outcomes)).astype(float)
    halves = counts + 0.0
    halves[:, -1] = 0.5
    for p, q, expected in (
        (*counts, (True, True)),
        (halves[0], counts[1], (False, True)),
        (counts[0], halves[1], (True, False)),
    ):
        pair, rows = pair_values(kernel, p, q, COLUMNS), row_values(kernel, p[np.newaxis], q[np.newaxis], COLUMNS)
        assert (pair.is_whole_p, pair.is_whole_q) == (rows.is_whole_p[0], rows.is_whole_q[0]) == expected


@every_kernel
def test_the_least_and_the_total_are_those_of_the_numbers_as_given(kernel):
    p, q = np.array([0.25, 0.0, 0.5]), np.array([3.0, 4.0, 5.0])
    found = pair_values(kernel, p, q, COLUMNS)
    assert (found.least_p, found.total_p, found.least_q, found.total_q) == (0.0, 0.75, 3.0, pytest.approx(12, 1e-15))
    rows = row_values(kernel, p[np.newaxis], q[np.newaxis], COLUMNS, temperatures=(1.0, 1.0))
    assert (rows.least_p[0], rows.total_p[0], rows.least_q[0], rows.total_q[0]) == (0.0, 0.5, 3.0, 5.0)


@every_kernel
def test_what_is_infinite_follows_from_the_supports(kernel):
    both, only_p, disjoint = ([0.5, 0.5], [0.5, 0.5]), ([0.5, 0.5], [1.0, 0.0]), ([1.0, 0.0], [0.0, 1.0])
    found = [pair_values(kernel, *map(np.array, sides), COLUMNS).values for sides in (both, only_p, disjoint)]
    infinite = [{name for name, value in each.items() if value == np.inf} for each in found]
    ours, theirs = {"forward_kl", "cross_entropy", "chi_squared"}, {"reverse_kl", "reverse_cross_entropy"}
    assert infinite == [set(), ours, ours | theirs | {"neyman_chi_squared", "bhattacharyya"}]


def test_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match="no pair"):
        pair_values(None, np.ones(3), np.ones(2), COLUMNS)
    with pytest.raises(ValueError, match="no rows"):
        row_values(None, np.ones((2, 3)), np.ones((3, 2)), COLUMNS)


def test_only_native_floats_are_read():
    assert can_read(np.ones(2), np.ones(2, np.float32), np.ones(2, np.float16))
    assert not any(map(can_read, (np.ones(2, ">f8"), np.ones(2, int), np.ones(0))))


@every_kernel
@pytest.mark.parametrize("step", [1.0, 1e-4, 1e-10, 1e-16])
def test_no_value_depends_on_what_else_is_asked(kernel, step):
    random = np.random.default_rng(7)
    for size in (3, 40, 700):
        p = np.exp(random.normal(size=(20, size)))
        q = p * np.exp(step * random.normal(size=p.shape))
        for temperatures, x, y in ((None, p, q), ((1.0, 1.0), np.log(p), np.log(q))):
            found = row_values(kernel, x, y, COLUMNS, temperatures=temperatures).values
            for name in COLUMNS:
                alone = row_values(kernel, x, y, [name], temperatures=temperatures).values[name]
                both = ~np.isnan(alone) & ~np.isnan(found[name])
                assert np.array_equal(alone[both], found[name][both]), name
        for name in COLUMNS:
            alone, beside = (pair_values(kernel, p[0], q[0], names).values[name] for names in ([name], COLUMNS))
            assert alone == beside or np.isnan(alone) or np.isnan(beside), name
