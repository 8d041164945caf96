"""View-models hold finite fractions, whatever the numbers, and add up to what they show."""

import json
from itertools import combinations, pairwise, permutations
from math import fsum, inf, isfinite

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import pairs

import klcli
from klcli.core.contribution import Contribution
from klcli.core.distributions.distribution import Distribution
from klcli.core.estimation.estimation import estimate_labels, estimate_numbers
from klcli.core.estimation.record import Estimate
from klcli.core.estimation.settings import Settings
from klcli.core.limits import Verdict
from klcli.reports.pictures.contributions import comparison_view, waterfall_view
from klcli.reports.pictures.densities import density_views, sampled
from klcli.reports.pictures.drift import DriftedColumn, drift_views
from klcli.reports.pictures.ecdf import agreement_view, ecdf_view
from klcli.reports.pictures.estimation import estimation_views
from klcli.reports.pictures.heat import heat_view
from klcli.reports.pictures.histogram import binned
from klcli.reports.pictures.row_values import quantiles_of
from klcli.reports.pictures.sample_sizes import sizes_view
from klcli.reports.pictures.scale import linear, logarithmic, number, times, true_minus
from klcli.reports.pictures.strip import WorstPairs, ratio
from klcli.runs.batch_results import BatchSummary, Case, Status
from klcli.runs.estimation import estimate_distributions

values = st.one_of(
    st.floats(-1e308, 1e308), st.sampled_from([0.0, 5e-324, -5e-324, 1e308, -1e308, 1.0, 1 + 2**-52]),
)  # fmt: skip
positive = st.one_of(st.floats(5e-324, 1e308), st.sampled_from([5e-324, 1e308, 1.0, 1 + 2**-52]))


def numbers_in(thing):
    """Every float and array of a view-model, depth first."""
    if isinstance(thing, float):
        yield thing
    elif isinstance(thing, np.ndarray):
        yield from thing[~np.isnan(thing)].ravel().tolist()  # NaN interrupts a line
    elif isinstance(thing, (tuple, list)):
        for each in thing:
            yield from numbers_in(each)


def assert_fractions(*views):
    for view in views:
        found = list(numbers_in(view))
        assert all(isfinite(each) and 0 <= each <= 1 for each in found), found


@given(values, values, st.lists(values, max_size=5), st.floats(0, 0.4))
@example(1.0, 1.0000000000000002, [], 0.0)
def test_a_linear_scale_has_finite_fractions_and_ticks_on_the_axis(low, high, more, margin):
    scale = linear(min(low, high), max(low, high), margin=margin)
    assert all(0 <= scale.at(each) <= 1 for each in (low, high, *more, inf, -inf))
    assert all(0 <= tick.at <= 1 for tick in scale.ticks)
    assert len(scale.ticks) <= 8


@given(positive, positive, st.lists(positive, max_size=5))
def test_a_logarithmic_scale_has_finite_fractions_in_the_order_of_the_numbers(low, high, more):
    scale = logarithmic(min(low, high), max(low, high), margin=0.02)
    placed = [scale.at(each) for each in sorted([low, high, *more])]
    assert placed == sorted(placed)
    assert all(0 <= each <= 1 for each in (*placed, scale.at(0.0), scale.at(inf)))
    assert all(0 <= tick.at <= 1 for tick in scale.ticks)


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0, 0.174, ["0", "0.05", "0.1", "0.15"]),
        (-1, 1, ["−1", "−0.5", "0", "0.5", "1"]), (0, 7, ["0", "2", "4", "6"]),
    ],
)  # fmt: skip
def test_ticks_are_at_round_numbers(low, high, texts):
    scale = linear(low, high)
    assert [tick.text for tick in scale.ticks] == texts
    for tick in scale.ticks:
        assert tick.at == pytest.approx((float(tick.text.replace("−", "-")) - low) / (high - low), abs=1e-5)


def test_ticks_of_a_logarithmic_scale_are_powers_of_ten():
    assert [tick.text for tick in logarithmic(0.004, 20, written=times).ticks] == ["0.01×", "0.1×", "1×", "10×"]
    assert len(logarithmic(1e-300, 1e300).ticks) <= 7


@pytest.mark.parametrize(
    ("value", "text"), [(inf, "∞"), (-inf, "−∞"), (-0.0, "0"), (-1.5e-7, "−1.5e−7"), (1e30, "1e30")]
)
def test_a_number_has_a_true_minus_sign(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(-12, -7]", "(−12, −7]"), ("H(P, Q) - H(P)", "H(P, Q) − H(P)"), ("± 2.5e-15", "± 2.5e−15"),
        ("[2013-01-05, 2013-02-01)", "[2013-01-05, 2013-02-01)"), ("plug-in, --top", "plug-in, --top"),
    ],
)  # fmt: skip
def test_a_true_minus_sign_is_no_hyphen(text, shown):
    assert true_minus(text) == shown


@given(pairs)
def test_the_pictures_of_two_distributions_hold_fractions(pair):
    comparison = klcli.compare(*pair, as_="weights")
    terms, total = comparison.terms, comparison.forward_kl
    assert_fractions(comparison_view(terms, total, "nats", 3), waterfall_view(terms, total, "nats", 3))


@given(st.lists(st.floats(1e-3, 1), min_size=2, max_size=40), st.randoms(use_true_random=False), st.integers(1, 30))
def test_a_waterfall_ends_at_the_total_and_each_bar_starts_where_the_last_one_ended(masses, random, count):
    shuffled = random.sample(masses, len(masses))
    comparison = klcli.compare(masses, shuffled, as_="weights")
    *steps, last = waterfall_view(comparison.terms, comparison.forward_kl, "nats", count).body.rows
    lanes = [row.cells[-1] for row in steps]
    place = last.cells[-1][0].start
    for bar, connector in lanes:
        assert place == pytest.approx(bar.start, abs=2e-5) or place == pytest.approx(bar.end, abs=2e-5)
        place = bar.end if place == pytest.approx(bar.start, abs=2e-5) and bar.role == "p" else bar.start
        assert place == pytest.approx(connector.start, abs=2e-5)
    scale = max(np.abs(comparison.terms.contribution).max(), 1e-300)
    assert abs(fsum(comparison.terms.contribution) - comparison.forward_kl) <= 1e-12 * len(masses) * scale


def test_the_bars_of_a_comparison_are_proportional_to_the_contributions():
    comparison = klcli.compare([0.5, 0.3, 0.2], [0.2, 0.3, 0.5])
    rows = comparison_view(comparison.terms, comparison.forward_kl, "nats").body.rows
    widths = {row.label: row.cells[3][0].end - row.cells[3][0].start for row in rows[:-1]}
    terms = dict(zip(comparison.terms.outcomes, np.abs(comparison.terms.contribution), strict=True))
    largest = max(widths, key=widths.get)
    for label, width in widths.items():
        assert width / widths[largest] == pytest.approx(terms[label] / terms[largest], abs=1e-4)


def test_equal_distributions_have_a_picture_without_bars():
    comparison = klcli.compare([0.5, 0.5], [0.5, 0.5])
    view = waterfall_view(comparison.terms, 0.0, "nats")
    assert_fractions(view)
    assert all(row.cells[-1][0].start == row.cells[-1][0].end for row in view.body.rows)


def test_an_infinite_contribution_is_an_arrow_and_its_outcome_is_named():
    comparison = klcli.compare({"a": 0.5, "b": 0.5}, {"a": 1.0})
    view = comparison_view(comparison.terms, inf, "nats")
    assert view.body.rows[0].cells[3][0].shape == "arrow"
    assert view.remarks == ("Q has no b (50 % of P), so the divergence is infinite: an arrow.",)


def test_outcomes_that_are_not_shown_are_summed_up_and_counted():
    p = np.arange(1, 101.0)
    comparison = klcli.compare(p, p[::-1], as_="weights")
    view = comparison_view(comparison.terms, comparison.forward_kl, "nats", 30)
    assert [row.style for row in view.body.rows[-2:]] == ["rest", "total"]
    assert view.body.rows[-2].label == "70 more outcomes"
    assert "The 70 smallest are summed up in one row." in view.caption


def case(name, status=Status.OK, value=0.5, limit=1.0, **more):
    verdicts = () if limit is None else (Verdict("forward_kl", limit, value, "nats"),)
    causes = ((),) * (status is Status.EXCEEDED)
    return Case(name, "p", "q", status, {}, (("forward_kl", value, "nats"),), verdicts, causes, **more)


def drawn(*cases):
    pairs_, summary = WorstPairs(), BatchSummary("pairs")
    for each in cases:
        pairs_.add(each)
        summary.add(each)
    (view,) = pairs_.views(summary)
    assert_fractions(view)
    return view


def test_the_worst_pair_of_a_batch_comes_first():
    error = Case("broken", "p", "q", Status.ERROR, {}, error="no such file")
    view = drawn(
        case("good", value=0.1), case("bad", Status.EXCEEDED, 3.0), error, case("fine", value=0.9),
        case("endless", Status.EXCEEDED, inf), case("free", limit=None),
    )  # fmt: skip
    assert [row.label for row in view.body.rows] == ["broken", "endless", "bad", "fine", "good", "free"]
    assert [row.cells[0] for row in view.body.rows] == ["not known", "∞", "3 ×", "0.9 ×", "0.1 ×", "no limit"]
    assert view.body.rows[1].cells[1][0].shape == "arrow"


def test_a_pair_above_its_limit_says_what_it_comes_from_and_no_number_twice():
    one = case("bad", Status.EXCEEDED, 3.0)._replace(causes=((Contribution("late", 0.2, 0.1),),))
    view = drawn(one)
    assert view.body.rows[0].remark == "most from late (20 % → 10 %)"
    assert view.body.rows[0].cells[2:] == ("3", "1 nats")


def test_five_hundred_pairs_are_kept_and_the_rest_is_counted_by_status():
    view = drawn(*(case(str(index), value=index / 1000) for index in range(600)), case("x", Status.EXCEEDED, 5.0))
    assert len(view.body.rows) == 500
    assert view.body.rows[0].label == "x"
    assert view.body.rows[1].label == "599"
    assert view.remarks == ("101 more are not shown: 101 ok.",)


@given(values, values, st.booleans())
def test_the_ratio_of_a_value_to_its_limit_is_above_1_where_the_limit_is_exceeded(value, limit, is_least):
    verdict = Verdict("forward_kl", limit, value, "nats", is_least)
    found = ratio(verdict)
    assert found != found or (found > 1) <= (not verdict.passed)


@pytest.mark.parametrize(
    "words",
    [
        ("normal(0,1)", "laplace(0,2)"), ("gamma(0.5,1)", "gamma(2,1)"), ("beta(0.5,0.5)", "uniform(0,1)"),
        ("cauchy(0,1)", "normal(0,1)"), ("normal(0,1e-6)", "normal(0,1e6)"), ("poisson(3)", "poisson(500)"),
        ("uniform(0,1)", "uniform(2,3)"), ("normal(0,1)", "normal(0,1)"), ("binomial(1,0.5)", "bernoulli(0.5)"),
        ("normal(1e300,1)", "normal(0,1)"), ("mixture(0.5*normal(0, 1) + 0.5*normal(4, 1))", "normal(2,2)"),
        ("deterministic(3)", "poisson(3)"), ("von_mises(0,5)", "uniform(0,1)"),
    ],
)  # fmt: skip
def test_densities_are_drawn_as_fractions(words):
    views = density_views(klcli.compare(*words, measures=["forward_kl"]))
    assert_fractions(*views)
    assert views or words[0].startswith("normal(1e300")


def test_the_points_of_a_density_are_the_density():
    found = sampled(klcli.family("normal", 1, 2), klcli.family("laplace", 0, 1))
    expected = np.exp(-(((found.x - 1) / 2) ** 2) / 2) / (2 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(found.p, expected, rtol=1e-12)
    np.testing.assert_allclose(found.q, np.exp(-np.abs(found.x)) / 2, rtol=1e-12)
    inner = np.diff(found.x)
    area = ((found.terms[1:] + found.terms[:-1]) / 2 * inner).sum()
    assert area == pytest.approx(klcli.kl_divergence("normal(1, 2)", "laplace(0, 1)"), rel=0.05)


def test_json_has_the_points_of_the_densities_that_are_drawn(kl):
    (view,) = density_views(klcli.compare("normal(0,1)", "laplace(0,2)", measures=["forward_kl"]))
    found = json.loads(kl("explain", "normal(0,1)", "laplace(0,2)", "--bits", "-f", "json").out)["densities"]
    points = {name: np.array(each) for name, each in found.items()}
    assert points["p"] == pytest.approx(np.exp(-(points["x"] ** 2) / 2) / np.sqrt(2 * np.pi), rel=1e-14)
    assert points["q"] == pytest.approx(np.exp(-np.abs(points["x"]) / 2) / 4, rel=1e-14)
    assert points["log_ratio"] == pytest.approx(np.log2(points["p"] / points["q"]), abs=1e-12)
    assert points["contribution"] == pytest.approx(points["p"] * points["log_ratio"], abs=1e-15)
    for side, curve in zip("pq", view.body.panels[0].curves, strict=False):
        assert curve.y / view.body.panels[0].curves[0].y.max() == pytest.approx(points[side] / points["p"].max())


def test_json_has_no_number_where_a_ratio_of_densities_is_none(kl):
    points = json.loads(kl("explain", "uniform(0,1)", "uniform(2,3)", "-f", "json").out)["densities"]
    between = [each for x, each in zip(points["x"], points["log_ratio"], strict=True) if 1 < x < 2]
    assert set(between) == {None}
    assert {"Infinity", "-Infinity"} < set(points["log_ratio"])
    assert "densities" not in json.loads(kl("explain", "mvnormal([0],[[1]])", "mvnormal([1],[[1]])", "-f", "json").out)


def test_vectors_have_no_density_to_draw():
    assert density_views(klcli.compare("mvnormal([0,0],[[1,0],[0,1]])", "mvnormal([1,0],[[1,0],[0,1]])")) == ()


@given(st.lists(st.one_of(st.just(0.0), st.just(inf), positive), min_size=1, max_size=30))
def test_the_curve_of_rows_rises_from_0_to_1(found):
    view = ecdf_view([quantiles_of("KL", "nats", np.array(found))], len(found))
    if view is None:
        assert not [each for each in found if 0 < each < inf]
        return
    assert_fractions(view.body.panels)
    (curve,) = view.body.panels[0].curves
    assert (np.diff(curve.x) >= 0).all()
    assert (np.diff(curve.y) > 0).all()


def test_the_curve_of_rows_passes_through_the_percentiles():
    rows = 10.0 ** np.linspace(-6, -1, 1001)
    view = ecdf_view([quantiles_of("KL", "nats", rows)], 1001)
    (curve,) = view.body.panels[0].curves
    half = int(np.argmin(np.abs(curve.y - 0.5)))
    scale = logarithmic(1e-6, 1e-1, margin=0.01)
    assert curve.x[half] == pytest.approx(scale.at(np.quantile(rows, 0.5)), abs=1e-4)


@pytest.mark.parametrize("value", [0.0, 0.3, 0.9668, 1.0])
def test_an_agreement_lies_within_its_interval(value):
    view = agreement_view([("same top outcome", Estimate(value, 0.01))])
    assert_fractions(view)
    band, dot = view.body.rows[0].cells[1]
    assert band.start <= dot.start <= band.end


@given(st.integers(1, 6), st.data())
def test_the_steps_of_a_heat_map_follow_the_values(count, data):
    entries = st.one_of(st.just(0.0), st.just(inf), st.floats(1e-300, 1e300))
    flat = data.draw(st.lists(entries, min_size=count * count, max_size=count * count))
    matrix = np.array(flat).reshape(count, count)
    steps = np.array(heat_view([str(each) for each in range(count)], matrix, "KL", "nats").body.steps)
    order = np.argsort(matrix, axis=None, kind="stable")
    assert (np.diff(steps.ravel()[order]) >= 0).all()
    assert ((steps == 0) == (matrix == 0)).all()
    assert steps.max() <= 8


def test_the_nearest_and_the_farthest_rows_are_named():
    matrix = np.array([[0, 1, 4], [1, 0, 2], [4, 2, 0.0]])
    view = heat_view(["a", "b", "c"], matrix, "JS", "nats")
    assert view.remarks == ("Nearest first: a and b (1); b and c (2); a and c (4).",)


@pytest.mark.parametrize("is_symmetric", [True, False])
def test_the_nearest_and_the_farthest_of_many_pairs_are_those_of_a_sort(is_symmetric):
    count = 300  # of which the pairs are looked at in two blocks
    values = np.random.default_rng(7).integers(1, 20_000, (count, count)).astype(float)
    values = np.maximum(values, values.T) if is_symmetric else values
    between = " and " if is_symmetric else "‖"
    pairs = combinations(range(count), 2) if is_symmetric else permutations(range(count), 2)
    order = sorted(pairs, key=lambda pair: values[pair])
    words = [f"{row}{between}{column} ({number(values[row, column], 3)})" for row, column in order]
    near, far = heat_view(list(map(str, range(count))), values, "JS", "nats").remarks[:2]
    assert near == f"Nearest: {'; '.join(words[:3])}."
    assert far == f"Farthest: {'; '.join(words[:-4:-1])}."


def test_a_large_matrix_is_cut_and_says_so():
    view = heat_view([str(each) for each in range(70)], np.ones((70, 70)), "KL", "nats")
    assert len(view.body.rows) == 60
    assert "70 rows are too many for a heat map: the first 60 are drawn." in view.remarks


def drifted(name, status, value, noise, **more):
    return DriftedColumn(name, status, value, noise, "nats", (5, 3, 2), (1, 4, 9), ("a", "b", "c"), **more)


def test_columns_are_ranked_by_value_over_noise_what_fails_first():
    found = [
        drifted("large", "changed", 0.42, 0.13), drifted("clear", "exceeded", 0.16, 0.0011),
        drifted("slight", "ok", 0.0003, 0.0002), drifted("lost", "error", float("nan"), 0.0, reason="no common label"),
        drifted("endless", "exceeded", inf, 0.1),
    ]  # fmt: skip
    ranking, cards = drift_views(found, "KL(P‖Q)")
    assert [row.label for row in ranking.body.rows] == ["lost", "endless", "clear", "large", "slight"]
    assert [row.cells[0] for row in ranking.body.rows] == ["not known", "∞", "145 ×", "3.23 ×", "1.5 ×"]
    assert [card.title for card in cards.body.cards] == ["lost", "endless", "clear", "large", "slight"]
    assert [row.target for row in ranking.body.rows] == [1, 2, 3, 4, 5]
    for row in ranking.body.rows:
        assert_fractions(row.cells[1])


def test_the_bars_of_categories_are_their_shares():
    (_, cards) = drift_views([drifted("x", "ok", 0.1, 0.1)], "KL(P‖Q)")
    p, q = cards.body.cards[0].panels.panels[0].curves
    shares = {"a": (0.5, 1 / 14), "b": (0.3, 4 / 14), "c": (0.2, 9 / 14)}
    order = sorted(shares, key=lambda label: -dict(zip("abc", (6, 7, 11), strict=True))[label])
    top = max(max(each) for each in shares.values()) / 0.94
    assert p.y == pytest.approx([shares[label][0] / top for label in order])
    assert q.y == pytest.approx([shares[label][1] / top for label in order])


def test_categories_that_are_numbers_keep_their_order():
    counts = tuple(range(20, 0, -1))
    found = DriftedColumn("hour", "ok", 0.1, 0.1, "nats", counts, counts, tuple(map(str, range(20, 0, -1))))
    (_, cards) = drift_views([found], "PSI")
    panels = cards.body.cards[0].panels
    assert [row[0] for row in panels.rows] == [str(hour) for hour in range(1, 21)]
    assert len(panels.ticks) <= 12


def test_categories_that_p_lacks_are_drawn_and_marked_however_rare():
    labels, p = tuple("abcdefghijklm"), (*range(100, 89, -1), 0, 0)
    found = DriftedColumn("x", "ok", 0.1, 0.1, "nats", p, (*range(100, 89, -1), 2, 1), labels, new="2 (0.3 %)")
    ranking, cards = drift_views([found], "PSI", "0.1 nats")
    (panel,) = cards.body.cards[0].panels.panels
    assert [row[0] for row in cards.body.cards[0].panels.rows] == [*"abcdefghi", "l", "m"]
    assert [dot.role for dot in panel.dots] == ["new", "new"]
    assert [dot.y for dot in panel.dots] == pytest.approx(panel.curves[1].y[-2:], abs=1e-5)
    assert cards.body.cards[0].sentences[-1] == "2 more categories are not drawn."
    assert ranking.body.rows[0].cells[-1] == "2 (0.3 %)"
    assert "The limit is 0.1 nats" in ranking.caption


def test_a_hundred_columns_have_forty_small_pictures():
    ranking, cards = drift_views([drifted(str(each), "ok", each, 1.0) for each in range(1, 101)], "KL(P‖Q)")
    assert (len(ranking.body.rows), len(cards.body.cards)) == (100, 40)
    assert cards.remarks == ("60 more are not drawn.",)


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=3, max_size=30))
def test_a_histogram_has_the_area_of_the_counts(counts):
    p, q = np.array(counts).T
    edges = np.cumsum(np.arange(1, len(counts)))
    panels = binned(p, q, edges, 90, "words")
    assert_fractions(panels.panels[0].curves)
    area = panels.panels[0].curves[0]
    widths = np.diff(area.x)[1::2]
    heights = area.y[1:-1:2]
    if p.sum():
        assert widths * heights / (widths * heights).sum() == pytest.approx(p / p.sum(), abs=1e-4)


def test_an_estimate_lies_in_its_interval_and_is_hollow_within_the_noise():
    for y, shape in (([50, 50, 50, 50], "ring"), ([500, 10, 10, 10], "dot")):
        x, other = (Distribution.from_values(each, list("abcd"), as_="counts") for each in ([50, 60, 40, 50], y))
        views = estimation_views(estimate_distributions(x, other, Settings()))
        titles = [view.title for view in views]
        assert titles == ["The two samples", "Is the difference larger than noise", "Is the sample large enough"]
        assert_fractions(*(row.cells[1] for row in views[1].body.rows))
        *_, dot = views[1].body.rows[0].cells[1]
        assert dot.shape == shape


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=6), st.sampled_from([0.9, 0.99])
)
def test_the_picture_of_sizes_holds_fractions_and_a_hollow_dot_where_nothing_is_seen(counts, level):
    x, y = np.array(counts, dtype=float).T
    if min(x.sum(), y.sum()) < 2:
        return
    found = estimate_labels(("x", "y"), list("abcdef")[: len(x)], x, y, Settings(level=level))
    view = sizes_view(found.by_size(), level)
    if view is None:
        assert len(found.by_size()) < 3 or not any(each.estimate.standard_error_null for each in found.by_size())
        return
    (panel,) = view.body.panels
    assert_fractions(panel, view.body.ticks)
    assert all(right.at - left.at >= 0.15 for left, right in pairwise(view.body.ticks))
    assert len(panel.dots) == len(found.by_size()) == len(view.body.rows)
    for dot, each in zip(panel.dots, found.by_size(), strict=True):
        assert dot.is_hollow == (
            not each.estimate.lower if each.estimate.lower is not None else each.p_value > 1 - level
        )
        assert dot.interval is None or dot.interval[0] <= dot.interval[1]


def test_the_noise_of_a_picture_of_sizes_is_that_of_the_estimates():
    found = estimate_labels(
        ("x", "y"), list("abc"), np.array([500.0, 300, 200]), np.array([450.0, 330, 220]), Settings()
    )
    view = sizes_view(found.by_size(), 0.95)
    (area,) = view.body.panels[0].curves
    noises = [1.6448536269514722 * each.estimate.standard_error_null for each in found.by_size()]
    log = np.log(noises)
    assert (area.y - area.y[-1]) / (area.y[0] - area.y[-1]) == pytest.approx(
        (log - log[-1]) / (log[0] - log[-1]), abs=2e-4
    )
    assert [row[-1] for row in view.body.rows] == [number(noise, 3) for noise in noises]


def test_densities_of_known_families_lie_over_the_histograms():
    random = np.random.default_rng(0)
    found = estimate_numbers(("x", "y"), random.normal(size=5000), random.normal(1, 2, size=5000), Settings())
    truth = klcli.compare("normal(0, 1)", "normal(1, 2)", measures=["forward_kl", "jensen_shannon"])
    samples, intervals, _ = estimation_views(found, truth)
    of_p, of_q, density_p, density_q = samples.body.panels[0].curves
    assert_fractions(samples.body.panels[0].curves)
    assert density_p.y.max() / density_q.y.max() == pytest.approx(2.0, rel=1e-3)  # 1 / sd
    for bars, density in ((of_p, density_p), (of_q, density_q)):
        middles = (bars.x[1:-1:2] + bars.x[2::2]) / 2
        heights = np.interp(middles[1:-1], density.x, density.y)
        assert np.abs(bars.y[1:-1:2][1:-1] - heights).mean() < 0.05
    (line,) = [mark for mark in intervals.body.rows[0].cells[1] if mark.shape == "rule"]
    assert line.role == "q"
    assert intervals.body.rows[0].cells[-1] == number(truth.forward_kl)
