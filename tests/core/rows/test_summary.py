"""What many rows come to, against numpy's quantiles and formulas written out in fractions and in mpmath."""

from fractions import Fraction
from math import inf, isnan

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.core.rows.summary import (
    PERCENTILES,
    correlation,
    mean,
    numbers_of_clusters,
    percentile,
    perplexities,
    root_mean_square,
    share,
    spread,
)

numbers = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
samples = st.lists(numbers, min_size=2, max_size=40)


def variance_of_mean(values, clusters):
    """Of OLS on a constant, cov_type="cluster" of statsmodels: G/(G - 1)·(n - 1)/(n - k)·(X'X)⁻¹ Σ X'uu'X (X'X)⁻¹."""
    exact = [Fraction(value) for value in values]
    count, groups = len(exact), len(set(clusters))
    centre = sum(exact) / count
    scores = {name: Fraction(0) for name in clusters}
    for value, name in zip(exact, clusters, strict=True):
        scores[name] += value - centre
    inverse = Fraction(1, count)
    correction = Fraction(groups, groups - 1) * Fraction(count - 1, count - 1)
    return correction * inverse * sum(score * score for score in scores.values()) * inverse


def root(fraction):
    return float(mpmath.sqrt(mpmath.mpf(fraction.numerator) / fraction.denominator))


@given(samples)
def test_the_mean_has_the_standard_error_of_a_mean(values):
    found = mean(np.array(values))
    exact = [Fraction(value) for value in values]
    assert found.value == pytest.approx(float(sum(exact) / len(exact)), rel=1e-15, abs=1e-300)
    assert found.standard_error == pytest.approx(root(variance_of_mean(values, range(len(values)))), rel=1e-9, abs=1e-9)


@given(samples, st.data())
def test_clusters_make_the_error_robust(values, data):
    names = data.draw(st.lists(st.sampled_from("abc"), min_size=len(values), max_size=len(values)))
    names[0], names[-1] = "a", "b"
    found = mean(np.array(values), numbers_of_clusters(names))
    assert found.standard_error == pytest.approx(root(variance_of_mean(values, names)), rel=1e-9, abs=1e-9)


def test_an_estimate_says_how_it_was_found_and_from_how_many_rows():
    values, clusters = np.array([3.0, 4.0, 4.5, 5.0]), numbers_of_clusters(["a", "b", "a", "b"])
    said = {each.method: each.count for each in (mean(values), mean(values, clusters), correlation(values, -values))}
    by_t = "interval by Student's t"
    assert said == {
        f"mean of the rows, {by_t}": 4, f"mean of the rows, error by 2 clusters, {by_t}": 4,
        "correlation of the rows": 4,
    }  # fmt: skip
    assert root_mean_square(values).method == f"root mean square of the rows, {by_t}"
    log_p = perplexities(-values, -values / 2)
    assert log_p["target_perplexity_p"].method == f"exponential of the mean of the rows, {by_t}"
    assert {each.count for each in log_p.values()} == {4}


def test_one_row_or_one_cluster_has_no_error_and_no_interval():
    for found in (mean(np.array([3.0])), mean(np.array([1.0, 2.0]), numbers_of_clusters(["a", "a"])),
                  share(np.array([1.0]))):  # fmt: skip
        assert (found.standard_error, found.lower, found.upper, found.level) == (None,) * 4


def test_the_interval_of_a_mean_is_that_of_student():
    """5 values with mean 3 and variance 2.5, and t = 2.776445 from the tables for 4 degrees of freedom."""
    found = mean(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert (found.lower, found.upper) == pytest.approx((3 - 2.776445 * 0.5**0.5, 3 + 2.776445 * 0.5**0.5), abs=1e-6)
    assert found.level == 0.95


def test_the_interval_of_few_rows_covers_in_95_of_100():
    random = np.random.default_rng(3)
    found = [mean(random.normal(2.0, 1.0, 5)) for _ in range(4000)]
    assert np.mean([each.lower <= 2 <= each.upper for each in found]) == pytest.approx(0.95, abs=0.01)


def test_clusters_have_a_degree_of_freedom_less_than_they_are():
    values, clusters = np.array([1.0, 2.0, 4.0, 8.0, 3.0, 9.0]), numbers_of_clusters(list("aabbcc"))
    found = mean(values, clusters)
    assert found.upper - found.value == pytest.approx(4.302653 * found.standard_error, rel=1e-6)  # t of 2 degrees


@pytest.mark.parametrize("value", [0.25, 0.1, 0.049856753])
def test_rows_that_do_not_vary_have_no_interval(value):
    found = mean(np.array([value, value, value]))
    assert (found.standard_error, found.lower, found.upper) == (0.0, None, None)


@pytest.mark.parametrize(("agree", "count"), [(0, 7), (3, 7), (7, 7), (950, 1000)])
def test_the_interval_of_a_share_is_wilsons(agree, count):
    stats = pytest.importorskip("scipy.stats")
    found = share(np.array([1.0] * agree + [0.0] * (count - agree)))
    low, high = stats.binomtest(agree, count).proportion_ci(method="wilson")
    assert (found.lower, found.upper) == pytest.approx((low, high), rel=1e-12, abs=1e-15)
    assert found.lower <= found.value <= found.upper


def test_the_interval_of_a_share_by_clusters_stays_between_0_and_1():
    found = share(np.array([1.0] * 9 + [0.0]), numbers_of_clusters(list("aabbccddee")))
    assert (found.standard_error > 0, found.upper) == (True, 1.0)
    assert 0 < found.lower < 0.9


@given(samples)
def test_a_measure_is_never_below_0(values):
    found = spread(np.abs(values)).mean
    assert found.lower is None or 0 <= found.lower <= found.value <= found.upper


@pytest.mark.parametrize(("values", "within"), [([1.0, 1.0, 9.0], (1.0, inf)), ([0.6, 0.69, 0.1], (0.0, np.log(2)))])
def test_an_interval_that_leaves_the_range_of_its_measure_is_cut_and_says_so(values, within):
    whole, found = mean(np.array(values)), spread(np.array(values), within=within).mean
    assert whole.lower < within[0] or whole.upper > within[1]
    assert (found.lower, found.upper) == (max(whole.lower, within[0]), min(whole.upper, within[1]))
    assert found.method == f"{whole.method}, cut at the range of the values"


def test_the_perplexity_of_what_occurred_has_an_interval_from_1_upwards():
    found = perplexities(-np.array([0.0, 0.1, 3.0]), -np.array([0.0, 0.1, 3.0]))["target_perplexity_p"]
    assert found.lower == 1
    assert found.method.endswith("cut at the range of the values")


def test_functions_of_a_mean_have_their_values_at_its_ends():
    log_p, log_q = -np.array([1.0, 2.0, 4.0, 8.0]), -np.array([1.5, 2.0, 3.0, 9.0])
    inner, outer = mean(-log_p), perplexities(log_p, log_q)["target_perplexity_p"]
    assert (outer.lower, outer.upper) == pytest.approx((np.exp(max(inner.lower, 0)), np.exp(inner.upper)), rel=1e-14)
    square, root = mean(log_p**2), root_mean_square(log_p)
    assert (root.lower, root.upper) == pytest.approx((max(square.lower, 0) ** 0.5, square.upper**0.5), rel=1e-14)


@given(samples)
def test_percentiles_are_those_of_numpy(values):
    found = spread(np.array(values))
    assert found.percentiles == pytest.approx(np.quantile(values, np.array(PERCENTILES) / 100), rel=1e-12, abs=1e-9)
    assert (found.minimum, found.maximum) == (min(values), max(values))


def test_percentiles_beside_infinity_are_no_nan():
    ordered = np.array([0.0, 1.0, inf, inf])
    assert [percentile(ordered, percent) for percent in (0, 25, 100 / 3, 50, 100)] == [0, 0.75, 1, inf, inf]


def test_infinite_rows_are_counted_and_the_rest_has_a_mean_of_its_own():
    found = spread(np.array([1.0, inf, 3.0, inf, 5.0, 7.0]), numbers_of_clusters(list("aabbcc")))
    assert (found.mean.value, found.mean.standard_error, found.maximum, found.infinite) == (inf, None, inf, 2)
    assert found.of_finite.value == 4.0
    assert found.of_finite.standard_error == pytest.approx(root(variance_of_mean([1, 3, 5, 7], "abcc")))
    assert spread(np.array([inf, inf])).of_finite is None
    assert spread(np.array([1.0, 2.0])).of_finite is None


def test_the_mean_of_huge_values_is_not_infinite():
    assert mean(np.array([1.5e308, 1.5e308, 1.5e308])).value == pytest.approx(1.5e308)


def test_the_share_of_zeros_and_ones_has_the_error_of_a_share():
    same = np.array([1.0] * 30 + [0.0] * 10)
    found = share(same)
    assert found.value == 0.75
    assert found.standard_error == pytest.approx((0.75 * 0.25 / 39) ** 0.5)  # as llama.cpp prints it


@given(samples)
def test_the_root_mean_square_and_its_error_by_the_delta_method(values):
    squares = [Fraction(value) ** 2 for value in values]
    exact = root(sum(squares) / len(squares))
    found = root_mean_square(np.array(values))
    assert found.value == pytest.approx(exact, rel=1e-12)
    if exact:
        error = root(variance_of_mean([float(square) for square in squares], range(len(squares)))) / (2 * exact)
        assert found.standard_error == pytest.approx(error, rel=1e-6, abs=1e-9)


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=40))
def test_the_correlation_is_that_of_exact_fractions(pairs):
    x, y = ([Fraction(value) for value in side] for side in zip(*pairs, strict=True))
    x, y = ([value - sum(side) / len(side) for value in side] for side in (x, y))
    found = correlation(*np.array(pairs).T).value
    own_x, own_y = sum(a * a for a in x), sum(b * b for b in y)
    if own_x < 1e-9 or own_y < 1e-9:  # equal but for rounding, or nearly
        return
    exact = float(sum(a * b for a, b in zip(x, y, strict=True))) / root(own_x) / root(own_y)
    assert found == pytest.approx(exact, rel=1e-9, abs=1e-9)


def test_there_is_no_correlation_with_what_does_not_vary_or_is_infinite():
    assert isnan(correlation(np.array([1.0, 1.0]), np.array([1.0, 2.0])).value)
    assert isnan(correlation(np.array([-inf, 1.0]), np.array([1.0, 2.0])).value)


def test_perplexities_and_their_ratio_are_paired():
    log_p, log_q = np.log([0.5, 0.25, 0.125, 0.9]), np.log([0.4, 0.3, 0.1, 0.8])
    found = perplexities(log_p, log_q)
    with mpmath.workdps(30):
        logs = [[mpmath.mpf(float(each)) for each in side] for side in (log_p, log_q)]
        p, q = (mpmath.exp(-sum(side) / 4) for side in logs)
        ratios = [a - b for a, b in zip(*logs, strict=True)]
        centre = sum(ratios) / 4
        error = mpmath.sqrt(sum((each - centre) ** 2 for each in ratios) / 3 / 4)
    assert found["target_perplexity_p"].value == pytest.approx(float(p), rel=1e-14)
    assert found["target_perplexity_q"].value == pytest.approx(float(q), rel=1e-14)
    assert found["target_perplexity_ratio"].value == pytest.approx(float(q / p), rel=1e-14)
    assert found["target_log_perplexity_ratio"].value == pytest.approx(float(centre), rel=1e-13)
    assert found["target_log_perplexity_ratio"].standard_error == pytest.approx(float(error), rel=1e-12)
    assert found["target_perplexity_ratio"].standard_error == pytest.approx(float(q / p * error), rel=1e-12)


def test_what_q_thought_impossible_makes_its_perplexity_infinite():
    found = perplexities(np.log([0.5, 0.5]), np.array([-inf, -1.0]))
    assert found["target_perplexity_q"].value == found["target_perplexity_ratio"].value == inf
    assert isnan(perplexities(np.array([-inf]), np.array([-inf]))["target_perplexity_ratio"].value)
    assert isnan(perplexities(np.array([-inf, -1]), np.array([-1, -inf]))["target_perplexity_ratio"].value)


@pytest.mark.parametrize("size", [1e150, 1e300, 8e307])
def test_values_whose_squares_leave_the_doubles_have_their_error_and_their_correlation(size):
    values = np.array([0.25, 0.5, 1.0, 2.0])
    small, large = mean(values), mean(values * size)
    assert large.value == pytest.approx(small.value * size, rel=1e-15)
    assert large.standard_error == pytest.approx(small.standard_error * size, rel=1e-15)
    assert mean(values * size, np.array([0, 0, 1, 2])).standard_error == pytest.approx(
        mean(values, np.array([0, 0, 1, 2])).standard_error * size, rel=1e-15
    )
    assert correlation(values * size, -values).value == pytest.approx(-1, rel=1e-15)
