"""Measures of families of vectors, by closed forms and by Monte Carlo."""

from math import expm1, inf, log, sqrt

import pytest

from klcli.errors import NotComparable, UsageError
from klcli.families.comparison.compare import compare_families
from klcli.families.comparison.divergence import kl
from klcli.families.grammar import parse


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ("mvnormal([0, 0], [[1, 0], [0, 1]])", "mvnormal([0], [[1]])"),
        ("dirichlet([1, 1])", "normal(0, 1)"),
        ("dirichlet([1, 1])", "mvnormal([0, 0], [[1, 0], [0, 1]])"),
    ],
)
def test_families_on_different_spaces_are_refused(p, q):
    with pytest.raises(NotComparable):
        compare_families(parse(p), parse(q))


BOUNDED = ["jensen_shannon", "jensen_shannon_distance", "total_variation", "hellinger", "bhattacharyya"]
NORMALS = "mvnormal([0, 0], [[1, 0], [0, 1]])"


TWO = "mixture(0.4*mvnormal([0, 0], [[1, 0.3], [0.3, 1]]) + 0.6*mvnormal([3, 0], [[1, 0], [0, 2]]))"


def test_monte_carlo_is_repeatable_and_within_the_bounds():
    first, again, other = (
        compare_families(parse(TWO), parse(NORMALS), measures=["forward_kl"], samples=20_000, seed=seed)
        for seed in (0, 0, 1)
    )
    assert first.forward_kl == again.forward_kl != other.forward_kl
    (note,) = [note for note in first.notes if note.code == "bounds"]
    low, high = (float(word) for word in note.text.split() if word.replace(".", "").isdigit())
    assert low <= first.forward_kl <= high
    assert first.details(first.measures[0])["method"] == "monte carlo"


@pytest.mark.parametrize(
    ("p", "q", "same_p", "same_q"),
    [
        ("mvnormal([0], [[1]])", "mvnormal([1], [[4]])", "normal(0, 1)", "normal(1, 2)"),
        ("dirichlet([0.02, 0.5])", "dirichlet([2, 3])", "beta(0.02, 0.5)", "beta(2, 3)"),
        ("wishart(3, [[2]])", "wishart(4, [[1]])", "gamma(1.5, 0.25)", "gamma(2, 0.5)"),
        ("multinomial(5, [0.2, 0.8])", "multinomial(5, [0.5, 0.5])", "binomial(5, 0.2)", "binomial(5, 0.5)"),
        (
            "mixture(0.5*wishart(3, [[2]]) + 0.5*wishart(9, [[1]]))",
            "wishart(4, [[1]])",
            "mixture(0.5*gamma(1.5, 0.25) + 0.5*gamma(4.5, 0.5))",
            "gamma(2, 0.5)",
        ),
    ],
)
def test_measures_of_vectors_equal_those_of_the_equivalent_univariate_families(p, q, same_p, same_q):
    found = compare_families(parse(p), parse(q), measures=["forward_kl", *BOUNDED], samples=20_000)
    exact = compare_families(parse(same_p), parse(same_q), measures=["forward_kl", *BOUNDED])
    for measure in found.measures:
        answer, value = found.nats(measure), exact.value(measure)
        room = answer.error * (5 if answer.interval else 1) + exact.error(measure)
        assert abs(answer.value - value) <= room, (measure.name, answer, value)
        if answer.interval:
            assert 0 <= answer.interval[0] <= answer.value <= answer.interval[1]


@pytest.mark.parametrize(
    ("p", "q", "values"),
    [
        ("multinomial(3, [0.5, 0.5])", "multinomial(4, [0.5, 0.5])", [log(2), sqrt(log(2)), 1, 1, inf]),
        ("wishart(3, [[2]])", "wishart(3, [[2]])", [0, 0, 0, 0, 0]),
        ("mvnormal([0], [[1]])", "mvnormal([0], [[1]])", [0, 0, 0, 0, 0]),
    ],
)
def test_equal_or_disjoint_vectors_need_no_monte_carlo(p, q, values):
    found = compare_families(parse(p), parse(q), measures=BOUNDED)
    assert list(found.values.values()) == values
    assert not any(found.nats(measure).interval for measure in found.measures)


def test_a_distance_that_too_few_draws_cannot_estimate_is_refused():
    far = parse("mixture(0.5*mvnormal([90, 0], [[1, 0], [0, 1]]) + 0.5*mvnormal([90, 1], [[1, 0], [0, 1]]))")
    with pytest.raises(UsageError, match="Monte Carlo finds no overlap"):
        compare_families(far, parse(NORMALS), measures=["bhattacharyya"], samples=1000)
    assert compare_families(far, parse(NORMALS), measures=["hellinger"], samples=1000).hellinger == 1


def test_the_bhattacharyya_distance_of_nearly_equal_normals_keeps_its_digits():
    moved = 1 + 2.0**-40
    found = compare_families(
        parse("mvnormal([0, 0], [[1, 0], [0, 1]])"), parse(f"mvnormal([0, 0], [[{moved!r}, 0], [0, 1]])"),
        measures=["bhattacharyya", "hellinger"],
    )  # fmt: skip
    # log((1 + m)/2/√m)/2 = (m - 1)²/16 to leading order, and so is the squared Hellinger distance
    assert found.bhattacharyya == pytest.approx(2.0**-84, rel=1e-11)
    assert found.hellinger == pytest.approx(2.0**-42, rel=1e-11)


@pytest.mark.parametrize("seed", range(5))
def test_monte_carlo_and_quadrature_agree_within_five_standard_errors(seed):
    # one coordinate has the same distribution on both sides, so the divergence is that of the other
    p = parse("mixture(0.4*mvnormal([0, 0], [[1, 0], [0, 1]]) + 0.6*mvnormal([3, 0], [[1, 0], [0, 1]]))")
    line = kl(parse("mixture(0.4*normal(0, 1) + 0.6*normal(3, 1))"), parse("normal(0, 1)")).value
    found = kl(p, parse(NORMALS), samples=50_000, seed=seed)
    assert abs(found.value - line) <= 5 * found.error


@pytest.mark.parametrize(
    ("p", "q", "distance"),
    [
        # 1/4·(μ₁ - μ₂)²/(σ₁² + σ₂²) + 1/2·log((σ₁² + σ₂²)/(2·σ₁·σ₂)), and log B of the beta function by its factorials
        ("mvnormal([0], [[1]])", "mvnormal([1], [[4]])", 1 / 20 + log(5 / 4) / 2),
        ("mvnormal([0, 0], [[1, 0], [0, 1]])", "mvnormal([2, 0], [[1, 0], [0, 1]])", 1 / 2),
        ("dirichlet([1, 1])", "dirichlet([3, 3])", log(6 / sqrt(30))),
    ],
)
def test_the_overlap_of_two_normals_and_of_two_dirichlets_has_a_closed_form(p, q, distance):
    found = compare_families(parse(p), parse(q), measures=["bhattacharyya", "hellinger"])
    assert {found.nats(measure).method for measure in found.measures} == {"closed form"}
    assert found["bhattacharyya"] == pytest.approx(distance, rel=4e-15)
    assert found["hellinger"] == pytest.approx(sqrt(-expm1(-distance)), rel=4e-15)
