"""Laws of estimates from counts, and their coverage."""

from dataclasses import replace
from itertools import combinations
from math import comb, inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.core.estimation.counts.digamma import digamma, digamma_of_any
from klcli.core.estimation.counts.forms import FORMS
from klcli.core.estimation.counts.moments import Gates, estimate_counts, from_moments, moments
from klcli.core.estimation.counts.pivot import pivot
from klcli.core.estimation.counts.plan import observations_needed, smallest_upper_end
from klcli.core.estimation.counts.relabelling import relabelled
from klcli.core.estimation.estimation import estimate_labels, estimate_numbers
from klcli.core.estimation.settings import Settings
from klcli.core.estimation.significance.homogeneity import homogeneity_test, relabelled_p_value
from klcli.errors import UsageError

pytestmark = pytest.mark.numerics

special = pytest.importorskip("scipy.special")

OPEN = Gates(True, 0.0)
tables = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=8).filter(
    lambda table: all(sum(side) >= 2 for side in zip(*table, strict=True))
)
every_form = pytest.mark.parametrize("name", FORMS)


def arrays(table):
    return tuple(np.array(table, float).T)


@pytest.mark.parametrize("function", [digamma, digamma_of_any])
def test_digamma_is_that_of_scipy(function):
    k = np.array([1, 2, 3, 10, 23, 24, 25, 100, 10**6, 10**12], float)
    assert function(k) == pytest.approx(special.digamma(k), rel=4e-15)
    assert digamma_of_any(np.array([0.5, 1e-3, 7.25])) == pytest.approx(special.digamma([0.5, 1e-3, 7.25]), rel=1e-14)


@every_form
@given(table=tables)
def test_the_mean_of_the_value_over_every_deal_is_its_relabelling_mean(name, table):
    x, y = arrays(table[:4])
    x, y = np.minimum(x, 3), np.minimum(y, 3)
    if x.sum() < 1 or y.sum() < 1 or x.sum() + y.sum() > 8:
        return
    pooled = np.repeat(np.arange(len(x)), (x + y).astype(int))
    total, n = len(pooled), int(x.sum())
    terms = FORMS[name].terms
    sums = []
    for dealt in combinations(range(total), n):
        of_x = np.bincount(pooled[list(dealt)], minlength=len(x)).astype(float)
        sums.append(terms(of_x, x + y - of_x, float(n), float(total - n)).sum())
    assert relabelled(terms, x, y).mean == pytest.approx(np.mean(sums), abs=1e-12)


@every_form
def test_the_deviation_under_relabelling_is_that_of_draws(name):
    x, y = np.array([40.0, 30, 20, 9, 1]), np.array([20.0, 15, 30, 3, 2])
    random = np.random.default_rng(5)
    n, m = x.sum(), y.sum()
    drawn = random.multivariate_hypergeometric((x + y).astype(int), int(n), size=20_000).astype(float)
    found = relabelled(FORMS[name].terms, x, y)
    sums = FORMS[name].terms(drawn, x + y - drawn, n, m).sum(axis=1)
    assert found.mean == pytest.approx(sums.mean(), abs=4 * sums.std() / sqrt(20_000))
    # of k squares k - 1 are free, which the variance of conditioned binomials does not see
    assert 0.97 <= sqrt(found.variance) / sums.std() <= 1.03 * sqrt(5 / 4)


@given(tables)
def test_exchanging_the_samples_exchanges_the_directions(table):
    x, y = arrays(table)
    one, other = (estimate_counts(FORMS, *pair, 0.95, OPEN) for pair in ((x, y), (y, x)))
    assert one["forward_kl"].value == other["reverse_kl"].value
    assert one["forward_kl"].upper == other["reverse_kl"].upper
    for name in ("jensen_shannon", "jeffreys", "total_variation"):
        assert one[name].value == pytest.approx(other[name].value, abs=1e-12)


@given(tables)
def test_the_ends_enclose_and_widen_with_the_level(table):
    x, y = arrays(table)
    narrow, wide = (estimate_counts(FORMS, x, y, level, OPEN) for level in (0.9, 0.99))
    for name in FORMS:
        if narrow[name].lower is not None:
            assert 0 <= wide[name].lower <= narrow[name].lower <= narrow[name].upper <= wide[name].upper
            assert narrow[name].upper_one_sided <= narrow[name].upper


@given(tables)
def test_the_upper_end_of_a_kl_is_infinite_exactly_where_an_outcome_is_unseen(table):
    x, y = arrays(table)
    found = estimate_counts(FORMS, x, y, 0.95, OPEN)
    if found["forward_kl"].upper is not None:
        assert (found["forward_kl"].upper == inf) == bool(((x > 0) & (y == 0)).any())
        assert found["jensen_shannon"].upper < inf


@given(tables)
def test_the_base_only_scales(table):
    x, y = arrays(table)
    nats, bits = (estimate_counts(FORMS, x, y, 0.95, OPEN, base) for base in ("e", 2))
    for name, unit in (("forward_kl", log(2)), ("jensen_shannon_distance", sqrt(log(2))), ("total_variation", 1)):
        for part in ("value", "lower", "upper", "raw"):
            one, other = getattr(nats[name], part), getattr(bits[name], part)
            assert (one is None and other is None) or one / unit == pytest.approx(other, rel=1e-12)
    assert [bits[name].unit for name in ("forward_kl", "jensen_shannon_distance", "total_variation")] == [
        "bits",
        "√bits",
        "",
    ]


@given(tables)
def test_outcomes_that_neither_sample_shows_and_their_order_change_nothing(table):
    x, y = arrays(table)
    more = tuple(np.insert(side[::-1], 1, 0.0) for side in (x, y))
    one, other = (estimate_counts(["forward_kl", "jensen_shannon"], *pair, 0.95, OPEN) for pair in ((x, y), more))
    for name, found in one.items():
        assert found.value == pytest.approx(other[name].value, abs=1e-12)


def test_the_lower_end_is_0_where_the_test_of_equality_does_not_fire():
    x, y = np.array([300.0, 200, 500]), np.array([380.0, 150, 470])
    assert estimate_counts(["forward_kl"], x, y, 0.95, OPEN)["forward_kl"].lower > 0
    assert estimate_counts(["forward_kl"], x, y, 0.95, Gates(True, 0.026))["forward_kl"].lower == 0


def test_no_interval_is_given_where_the_gates_forbid_it():
    found = estimate_counts(["forward_kl"], np.array([5.0, 5]), np.array([4.0, 6]), 0.95, Gates(False, 0.5))
    each = found["forward_kl"]
    assert (each.lower, each.upper, each.upper_one_sided) == (None, None, None)
    assert each.standard_error > 0


# Coverage: the true divergence is inside exactly where the pivot's probability at it lies between the two tails, so no
# end has to be searched. Settings are those in which no outcome is unseen, as an infinite end covers always.
def settings(k):
    equal = np.full(k, 1 / k)
    tilt = np.linspace(1, 2, k)
    steep = np.linspace(1, 6, k) if k > 2 else np.array([0.2, 0.8])
    return {"equal": (equal, equal), "near": (equal, tilt / tilt.sum()), "far": (equal, steep / steep.sum())}


SETTINGS = [
    (2, "near", 1000, 1000),
    (10, "equal", 1000, 1000),
    (10, "near", 1000, 1000),
    (10, "far", 1000, 1000),
    (2, "far", 100, 1000),
    (100, "equal", 10_000, 10_000),
]


@pytest.mark.parametrize(("k", "how", "n", "m"), SETTINGS)
@pytest.mark.parametrize("name", ["forward_kl", "jensen_shannon"])
def test_intervals_cover_the_truth(k, how, n, m, name):
    repeats = 400
    random = np.random.default_rng(7)
    p, q = settings(k)[how]
    form = FORMS[name]
    truth = float((p * np.log(p / q)).sum())
    if name == "jensen_shannon":
        both = (p + q) / 2
        truth = float((p * np.log(p / both) + q * np.log(q / both)).sum() / 2)
    covered = []
    for x, y in zip(random.multinomial(n, p, repeats), random.multinomial(m, q, repeats), strict=True):
        of = moments(form, x.astype(float), y.astype(float))
        each = from_moments(form, of, 0.95, Gates(False, 0.0))
        made = pivot(each.value, of.null.variance, of.delta_variance, of.curvature)
        p_value = max(homogeneity_test(x, y).p_value, each.pivot_p_value)
        at = made.cdf(truth)
        above_lower = at <= 0.975 or (truth == 0 and p_value > 0.025)
        below_upper = special.chndtr(max(made.statistic, made.degrees_of_freedom), made.degrees_of_freedom,
                                     truth / made.scale) >= 0.025  # fmt: skip
        covered.append(above_lower and below_upper)
    share = np.mean(covered)
    least = 0.93 if name == "forward_kl" else 0.9
    assert least <= share <= 0.99, share


def test_the_distance_has_the_roots_of_the_ends_of_the_divergence():
    x, y = np.array([300.0, 200, 500]), np.array([380.0, 150, 470])
    found = estimate_counts(["jensen_shannon", "jensen_shannon_distance"], x, y, 0.95, OPEN)
    square, root = found["jensen_shannon"], found["jensen_shannon_distance"]
    for part in ("value", "lower", "upper", "upper_one_sided"):
        assert getattr(root, part) == pytest.approx(sqrt(getattr(square, part)), rel=1e-12)


def test_random_relabelling_gives_nearly_the_p_of_chi_squared():
    x, y = np.array([300, 200, 500]), np.array([340, 180, 480])
    expected = homogeneity_test(x, y).p_value
    found = relabelled_p_value(x, y, 9999, 1)
    assert found == pytest.approx(expected, abs=4 * sqrt(expected * (1 - expected) / 9999))
    assert found == relabelled_p_value(x, y, 9999, 1)


def test_the_plan_is_the_typical_upper_end_of_equal_samples():
    needed = observations_needed(0.02, 10)
    assert smallest_upper_end(needed, needed, 10) == pytest.approx(0.02, rel=1e-3)
    random = np.random.default_rng(3)
    draws = random.multinomial(needed, np.full(10, 0.1), (2, 200)).astype(float)
    ends = [
        estimate_counts(["forward_kl"], x, y, 0.95, Gates(True, 1.0))["forward_kl"].upper_one_sided
        for x, y in zip(*draws, strict=True)
    ]
    assert np.median(ends) == pytest.approx(0.02, rel=0.03)


def test_bins_follow_any_increasing_map():
    random = np.random.default_rng(2)
    x, y = random.normal(size=300), random.normal(0.5, 1.2, size=400)
    one, other = (estimate_numbers(("x", "y"), function(x), function(y), Settings()) for function in (np.array, np.exp))
    assert one.forward_kl == other.forward_kl
    assert one.cells.x.tolist() == other.cells.x.tolist()


@pytest.mark.parametrize("kind", ["equal normals", "shifted normals", "many zeros"])
def test_intervals_of_numbers_cover_the_truth(kind):
    random = np.random.default_rng(11)
    covered = []
    for _ in range(150):
        if kind == "many zeros":
            x, y = (random.exponential(size=500) * (random.random(500) > 0.6) for _ in range(2))
            truth = 0.0
        else:
            shift = 0.5 if kind == "shifted normals" else 0.0
            x, y, truth = random.normal(size=500), random.normal(shift, 1, size=500), shift**2 / 2
        found = estimate_numbers(("x", "y"), x, y, Settings()).forward_kl
        covered.append(found.lower <= truth <= found.upper)
    assert np.mean(covered) >= 0.9 - 0.03


def test_counts_and_their_labels_agree():
    x, y = np.array([30.0, 20, 50]), np.array([40.0, 10, 50])
    found = estimate_labels(("x", "y"), "abc", x, y, Settings())
    assert found.forward_kl == replace(
        estimate_counts(["forward_kl"], x, y, 0.95, Gates(True, found.p_value))["forward_kl"]
    )


@pytest.mark.parametrize("grouped", [True, False])
@pytest.mark.parametrize(("x", "y"), [([30, 70], [40, 60]), ([30, 70], [45, 55]), ([8, 12], [60, 40])])
def test_relabelling_that_stops_early_gives_the_p_of_all_tables(x, y, grouped):
    n, total, marked = sum(x), sum(x) + sum(y), x[0] + y[0]
    least = abs(x[0] - marked * n / total)
    tables = [(abs(a - marked * n / total), comb(marked, a) * comb(total - marked, n - a)) for a in range(n + 1)]
    exact = sum(ways for distance, ways in tables if distance >= least - 1e-9) / comb(total, n)
    found = relabelled_p_value(x, y, 99_999, 0, grouped=grouped, enough=2_000)
    assert found == pytest.approx(exact, rel=0.1)  # four standard errors
    assert found == relabelled_p_value(x, y, 99_999, 0, grouped=grouped, enough=2_000)


def test_more_observations_than_can_be_relabelled_are_refused_with_the_cure():
    with pytest.raises(
        UsageError, match="fewer than 1,000,000,000 observations, and there are 1,000,000,100"
    ) as refused:
        relabelled_p_value([10**9, 10], [40, 50], 99, 0)
    assert refused.value.hint == "leave it out: with this many observations, p from χ² is as accurate"
