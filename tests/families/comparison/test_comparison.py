"""The measures of two families, by laws: identities between them, numbers that are known, and what is refused."""

from itertools import product
from math import comb, erf, exp, inf, log, nan, pi, sqrt

import mpmath
import numpy as np
import pytest
from grid import SETS

import klcli
from klcli.errors import NotADistribution, NotComparable, UsageError
from klcli.families.catalogue import FAMILIES
from klcli.families.closed_forms.lookup import has_closed_form
from klcli.families.comparison.comparison import MEASURES, compare_families
from klcli.families.comparison.divergence import kl
from klcli.families.grammar import parse

LARGEST = float(np.finfo(float).max)
WORDS = [
    ("normal(0, 1)", "normal(1, 2)"),
    ("normal(0, 1)", "logistic(1, 0.5)"),
    ("student_t(5, 0, 1)", "cauchy(0, 1)"),
    ("gamma(2.5, 1.5)", "lognormal(0, 0.5)"),
    ("beta(0.5, 0.4)", "kumaraswamy(2, 3)"),
    ("truncated_normal(0, 1, -1, 2)", "triangular(-1, 0, 2)"),
    ("von_mises(0, 2)", "von_mises(1, 0.5)"),
    ("poisson(4)", "geometric(0.2)"),
    ("binomial(5, 0.3)", "binomial(5, 0.6)"),
    ("mixture(0.3*normal(0,1) + 0.7*normal(4,1))", "normal(3, 2)"),
    ("scipy.gompertz(2)", "exponential(1)"),
]
pairs = pytest.mark.parametrize(("p", "q"), WORDS)


def of(p, q, **settings):
    return compare_families(parse(p), parse(q), measures=tuple(MEASURES), **settings)


@pairs
def test_the_measures_agree_with_each_other(p, q):
    found = of(p, q)
    room = sum(found.error(measure) for measure in found.measures if found.value(measure) < inf) + 1e-12
    assert found.cross_entropy == pytest.approx(found.entropy_p + found.forward_kl, abs=room)
    assert found.reverse_cross_entropy == pytest.approx(found.entropy_q + found.reverse_kl, abs=room)
    assert found.jeffreys == pytest.approx(found.forward_kl + found.reverse_kl, abs=room)
    assert found.jensen_shannon_distance**2 == pytest.approx(found.jensen_shannon, abs=room)
    assert found.hellinger**2 == pytest.approx(1 - exp(-found.bhattacharyya), abs=room)


@pairs
def test_the_measures_keep_their_order(p, q):
    found = of(p, q)
    # Pinsker; Bretagnolle & Huber; Kraft; Lin
    assert 0 <= found.total_variation <= min(1, sqrt(found.forward_kl / 2)) + 1e-12
    assert found.hellinger**2 <= found.total_variation + 1e-12
    assert found.total_variation <= found.hellinger * sqrt(2 - found.hellinger**2) + 1e-12
    assert found.bhattacharyya <= found.forward_kl / 2 + 1e-12
    assert 0 <= found.jensen_shannon <= min(log(2), found.jeffreys / 4 + 1e-12)


@pairs
def test_the_symmetric_measures_are_symmetric(p, q):
    there, back = of(p, q), of(q, p)
    for name in ("jeffreys", "jensen_shannon", "total_variation", "hellinger", "bhattacharyya"):
        assert there[name] == pytest.approx(back[name], rel=1e-9, abs=1e-12)
    assert there.forward_kl == back.reverse_kl


def test_two_normals_of_one_scale_are_known():
    found = of("normal(0, 1)", "normal(1, 1)")
    assert found.total_variation == pytest.approx(erf(0.5 / sqrt(2)), rel=1e-13)
    assert found.bhattacharyya == pytest.approx(1 / 8, rel=1e-12)
    assert found.hellinger == pytest.approx(sqrt(1 - exp(-1 / 8)), rel=1e-12)
    assert found.entropy_p == pytest.approx(0.5 * log(2 * pi * np.e), rel=1e-15)
    assert found.jeffreys == 1


@pytest.mark.parametrize(
    ("p", "q"),
    # in the first the two cross between the last node of a panel and its end, which was 3e-9 off
    [
        ((0.9265925628901668, 1.0268087266025279), (3.1440262215909724, 1.027009009764007)),
        ((-2.5, 0.125), (3.0, 2.0)),
        ((0.0, 1.0), (0.0, 1.0009765625)),
    ],
)
def test_the_total_variation_of_normals_is_that_between_where_they_cross(p, q):
    found = of(*(f"normal({loc!r}, {scale!r})" for loc, scale in (p, q)))
    with mpmath.workdps(40):
        (m, s), (n, v) = ([mpmath.mpf(each) for each in side] for side in (p, q))
        # log p - log q is ax² + bx + c
        a, b, c = (
            (1 / v**2 - 1 / s**2) / 2,
            m / s**2 - n / v**2,
            ((n / v) ** 2 - (m / s) ** 2) / 2 + mpmath.log(v / s),
        )
        roots = [(-b + sign * mpmath.sqrt(b * b - 4 * a * c)) / (2 * a) for sign in (1, -1)]
        own, other = ([mpmath.ncdf(root, *side) for root in roots] for side in ((m, s), (n, v)))
        exact = abs((own[0] - own[1]) - (other[0] - other[1]))
        (measure,) = [measure for measure in found.measures if measure.name == "total_variation"]
        assert abs(found.total_variation - exact) <= found.error(measure) <= 1e-12


def test_a_narrow_q_far_out_in_the_tail_of_p_is_found():
    found = of("cauchy(0, 1)", "normal(1000, 1)")
    # p is nearly 1/(π·x²) there, so that all of Q's mass but about π·1e-6/4 of P is where q > p
    assert 1 - found.total_variation == pytest.approx(3.5e-6, rel=0.2)
    apart = of("truncated_normal(11.9, 0.4569, -inf, 12.529)", "uniform(-85.61, -85.59665)")
    assert apart.hellinger == pytest.approx(1, abs=1e-12)
    assert apart.jensen_shannon == pytest.approx(log(2), abs=1e-12)


def test_a_density_whose_mass_is_below_the_least_double_is_bounded():
    # H(P) in closed form: a + log Γ(a) + (1 - a)·ψ(a); E|x - 5| is 5 but for the mean of P, 0.01
    answer = kl(parse("gamma(0.01, 1)"), parse("logistic(5, 1)"))
    entropy = 0.01 + 4.599479878042022 + 0.99 * -100.56088545786868
    cross = 5 - 0.01 + 2 * log(1 + exp(-5))
    assert answer.value == pytest.approx(cross - entropy, abs=0.01)
    assert answer.error < 0.02


def test_a_multinomial_has_an_entropy_and_cross_entropies():
    found = compare_families(parse("multinomial(3, [0.2, 0.8])"), parse("multinomial(3, [0.5, 0.5])"))
    masses, others = ([comb(3, k) * r**k * (1 - r) ** (3 - k) for k in range(4)] for r in (0.2, 0.5))
    assert found.entropy_p == pytest.approx(-sum(p * log(p) for p in masses), rel=1e-13)
    assert found.cross_entropy == pytest.approx(
        -sum(p * log(q) for p, q in zip(masses, others, strict=True)), rel=1e-13
    )
    assert found.to_dict()["details"]["entropy_q"]["method"] == "sum"


def test_the_base_scales_values_and_errors():
    nats, bits = (of("normal(0, 1)", "cauchy(0, 1)", base=base) for base in ("e", 2))
    for measure in nats.measures:
        if measure.name not in ("total_variation", "hellinger", "jensen_shannon_distance"):
            assert bits.value(measure) == pytest.approx(nats.value(measure) / log(2), rel=1e-14)
            assert bits.error(measure) == pytest.approx(nats.error(measure) / log(2), rel=1e-14)


@pytest.mark.parametrize(
    ("p", "q", "reason"),
    [
        ("normal(0, 1)", "gamma(1, 1)", "P has mass from -inf to inf, Q only from 0 to inf"),
        ("uniform(0, 2)", "uniform(0, 1)", "Q only from 0 to 1"),
        ("poisson(1)", "binomial(5, 0.5)", "Q only from 0 to 5"),
        ("cauchy(0, 1)", "normal(0, 1)", "grows faster than the tail"),
        ("student_t(2, 0, 1)", "normal(0, 1)", "infinite for df <= 2"),
        ("exponential(1)", "inverse_gamma(2, 1)", "E[x^k] of exponential is infinite"),
        ("laplace(0, 2)", "gumbel(0, 1)", "infinite"),
        ("logistic(0, 1)", "gumbel(0, 1)", "infinite"),
        ("halfcauchy(1)", "exponential(1)", "grows faster"),
        ("lognormal(0, 1)", "inverse_gaussian(1, 1)", None),
        # scipy's densities are 0 where x² overflows, though x·p·log(p/q) has not fallen
        ("scipy.halfcauchy()", "scipy.gamma(2)", "does not fall towards an end"),
        ("scipy.rice(0.775)", "scipy.alpha(3.57)", "does not fall towards an end"),
        ("scipy.lomax(1.877)", "scipy.dweibull(2.0685)", "does not fall towards an end"),
        ("scipy.levy()", "scipy.cauchy()", None),
        ("scipy.norminvgauss(1.25, 0.5)", "normal(0, 1)", None),
        ("deterministic(1)", "normal(0, 1)", "single numbers"),
        ("normal(0, 1)", "deterministic(1)", "single numbers"),
        ("deterministic(0.5)", "poisson(1)", "not a whole number"),
        ("multinomial(3, [0.5, 0.5])", "multinomial(4, [0.5, 0.5])", "the counts of P sum to 3"),
    ],
)
def test_what_is_infinite_is_so_for_a_reason(p, q, reason):
    answer = kl(parse(p), parse(q))
    if reason is None:
        assert answer.value < inf
    else:
        assert answer.value == inf
        assert reason in answer.reason


@pytest.mark.parametrize(
    ("p", "q", "measure", "formula", "reason"),
    [
        ("binomial(3, 0.2)", "binomial(5, 0.3)", "reverse_kl", "P has no mass on some of Q",
         "Q has mass from 0 to 5, P only from 0 to 3"),
        ("normal(0, 1)", "cauchy(0, 1)", "reverse_kl", "∫ q·log(q/p) dx",
         "towards -inf, -log p grows faster than the tail of q falls"),
        ("normal(0, 1)", "cauchy(0, 1)", "jeffreys", "∫ p·log(p/q) dx + ∫ q·log(q/p) dx",
         "towards -inf, -log p grows faster than the tail of q falls"),
        ("poisson(2)", "normal(0, 1)", "reverse_cross_entropy", "P has no mass on some of Q",
         "P has all its mass on single numbers, on which Q has none"),
        ("exponential(1)", "exponential(2)", "reverse_kl", "p.rate/q.rate - 1 - log(p.rate/q.rate)", ""),
        ("gamma(2, 3)", "gamma(3, 1)", "reverse_kl", "(dq - dp)·ψ(dq) + log(Γ(dp)/Γ(dq)) - dp·log r + dq·(r - 1), "
         "r = (σq/σp)^c; x = σ·g^(1/c), g ~ Γ(d)", ""),
        ("normal(0, 1)", "binomial(5, 0.3)", "entropy_q", "Σ -q·log q", ""),
        ("mvnormal([0], [[1]])", "mixture(0.5*mvnormal([0], [[1]]) + 0.5*mvnormal([3], [[1]]))", "reverse_kl",
         "the mean of log(q/p) over 200000 outcomes of Q, seed 0", ""),
    ],
)  # fmt: skip
def test_what_is_said_of_q_in_the_place_of_p_names_each_as_it_is(p, q, measure, formula, reason):
    answer = compare_families(parse(p), parse(q), measures=[measure]).answers[measure]
    assert (answer.formula, answer.reason) == (formula, reason)


def test_a_family_of_scipy_is_the_same_as_ours():
    found, same = (kl(parse(p), parse("cauchy(0, 1)")) for p in ("scipy.levy()", "inverse_gamma(0.5, 0.5)"))
    assert abs(found.value - same.value) <= found.error + same.error <= 1e-11


@pytest.mark.parametrize(("df", "is_infinite"), [(1.9, True), (2.0, True), (2.1, False)])
def test_the_tail_decides_whether_a_sample_of_student_can_be_coded_as_laplace_squared(df, is_infinite):
    assert (kl(parse(f"student_t({df}, 0, 1)"), parse("generalized_normal(0, 1, 2)")).value == inf) is is_infinite


def test_a_point_mass_costs_the_surprise_of_its_number():
    assert kl(parse("deterministic(3)"), parse("poisson(2)")).value == pytest.approx(
        -(3 * log(2) - 2 - log(6)), rel=1e-13
    )


def test_categories_are_numbers_from_0():
    found = kl(parse("categorical([0.2, 0.8])"), parse("bernoulli(0.3)")).value
    assert found == pytest.approx(klcli.kl_divergence([0.2, 0.8], [0.7, 0.3]), rel=1e-14)


@pytest.mark.parametrize(
    ("p", "q"),
    # what scipy has no quantile for, and what made NaN or a division by 0 of what underflows
    [
        ("inverse_gaussian(1, 1.7e308)", "normal(0, 1)"), ("uniform(1, 2)", "inverse_gaussian(5e-324, 1e-308)"),
        ("negative_binomial(2, 1e-308)", "normal(0, 1)"), ("negative_binomial(1e16, 1e-16)", "poisson(3)"),
        ("geometric(1e-308)", "normal(0, 1)"), ("binomial(30, 0.9999999951881537)", "poisson(1e300)"),
    ],
)  # fmt: skip
def test_no_parameters_make_nan(p, q):
    found = klcli.compare(p, q)
    assert found.values
    assert not any(np.isnan(value) for value in found.values.values())


def test_huge_and_tiny_parameters_are_answered():
    assert kl(parse("normal(0, 1e-300)"), parse("normal(0, 1e300)")).value == pytest.approx(600 * log(10) - 0.5)
    found = compare_families(parse("normal(1e300, 1)"), parse("normal(0, 1e-10)"), measures=["forward_kl"])
    assert found.forward_kl == inf
    assert [note.code for note in found.notes] == ["overflow"]


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ("mvnormal([0, 0], [[1, 0], [0, 1]])", "mvnormal([0], [[1]])"),
        ("dirichlet([1, 1])", "normal(0, 1)"),
        ("dirichlet([1, 1])", "mvnormal([0, 0], [[1, 0], [0, 1]])"),
    ],
)
def test_what_is_of_different_spaces_is_refused(p, q):
    with pytest.raises(NotComparable):
        compare_families(parse(p), parse(q))


def test_a_measure_that_densities_lack_is_refused():
    with pytest.raises(UsageError, match="perplexity_p is not computed for families"):
        compare_families(parse("normal(0, 1)"), parse("normal(1, 1)"), measures=["perplexity_p"])


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


BOUNDED = ["jensen_shannon", "jensen_shannon_distance", "total_variation", "hellinger", "bhattacharyya"]


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
def test_what_is_between_vectors_is_that_of_the_numbers_that_they_are(p, q, same_p, same_q):
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
def test_vectors_that_are_one_or_never_meet_need_no_drawing(p, q, values):
    found = compare_families(parse(p), parse(q), measures=BOUNDED)
    assert list(found.values.values()) == values
    assert not any(found.nats(measure).interval for measure in found.measures)


def test_what_too_few_draws_find_is_not_called_infinite():
    far = parse("mixture(0.5*mvnormal([90, 0], [[1, 0], [0, 1]]) + 0.5*mvnormal([90, 1], [[1, 0], [0, 1]]))")
    with pytest.raises(UsageError, match="Monte Carlo finds no overlap"):
        compare_families(far, parse(NORMALS), measures=["bhattacharyya"], samples=1000)
    assert compare_families(far, parse(NORMALS), measures=["hellinger"], samples=1000).hellinger == 1


def test_the_bhattacharyya_distance_of_normals_of_vectors_keeps_its_digits():
    moved = 1 + 2.0**-40
    found = compare_families(
        parse("mvnormal([0, 0], [[1, 0], [0, 1]])"), parse(f"mvnormal([0, 0], [[{moved!r}, 0], [0, 1]])"),
        measures=["bhattacharyya", "hellinger"],
    )  # fmt: skip
    # log((1 + m)/2/√m)/2 is (m - 1)²/16, and H² is as much, to first order
    assert found.bhattacharyya == pytest.approx(2.0**-84, rel=1e-11)
    assert found.hellinger == pytest.approx(2.0**-42, rel=1e-11)


@pytest.mark.parametrize("seed", range(5))
def test_monte_carlo_is_near_what_quadrature_gives(seed):
    # one component is the same on both sides, so the divergence is that of the other
    p = parse("mixture(0.4*mvnormal([0, 0], [[1, 0], [0, 1]]) + 0.6*mvnormal([3, 0], [[1, 0], [0, 1]]))")
    line = kl(parse("mixture(0.4*normal(0, 1) + 0.6*normal(3, 1))"), parse("normal(0, 1)")).value
    found = kl(p, parse(NORMALS), samples=50_000, seed=seed)
    assert abs(found.value - line) <= 5 * found.error


def test_the_bounds_of_mixtures_hold_what_quadrature_gives():
    found = compare_families(
        parse("mixture(0.3*normal(0, 1) + 0.7*normal(4, 1))"), parse("normal(3, 2)"), measures=["forward_kl"]
    )
    (note,) = found.notes
    low, high = (float(word) for word in note.text.split() if word.replace(".", "").isdigit())
    assert low <= found.forward_kl <= high


def test_a_sample_has_a_likelihood():
    found = klcli.compare([1.5, 2.5, -3.0, 1.5], "normal(0, 1)", p_as="samples", measures=["cross_entropy"])
    expected = -sum(-x * x / 2 - log(sqrt(2 * pi)) for x in (1.5, 2.5, -3.0, 1.5)) / 4
    assert found.cross_entropy == pytest.approx(expected, rel=1e-14)
    assert found.log_likelihood == pytest.approx(-4 * expected, rel=1e-14)
    with pytest.raises(UsageError, match="a sample has no density"):
        klcli.compare([1.5, 2.5], "normal(0, 1)", p_as="samples", measures=["forward_kl"])
    with pytest.raises(UsageError, match="a sample has no density"):
        klcli.compare("normal(0, 1)", [1.5, 2.5], q_as="samples", measures=["cross_entropy"])


def test_masses_on_whole_numbers_meet_a_discrete_family():
    expected = klcli.kl_divergence([0.25, 0.5, 0.25], [0.25, 0.5, 0.25])
    found = klcli.compare({"0": 0.25, "1": 0.5, "2": 0.25}, "binomial(2, 0.5)")
    assert found.forward_kl == pytest.approx(expected, abs=1e-14)
    assert klcli.compare({"1": 1, "0": 3}, "bernoulli(0.5)").forward_kl == pytest.approx(
        klcli.kl_divergence([0.75, 0.25], [0.5, 0.5]), rel=1e-13
    )


def test_arrays_of_parameters_are_arrays_of_distributions():
    p = klcli.family("gamma", [[1.0], [2.0]], [1.0, 2.0, 3.0])
    q = klcli.family("weibull", 2.0, 2.0)
    found = klcli.kl_divergence(p, q)
    assert found.shape == (2, 3)
    assert found[1, 2] == pytest.approx(klcli.kl_divergence("gamma(2, 3)", "weibull(2, 2)"), rel=4e-15)
    mixed = klcli.kl_divergence(klcli.family("inverse_gamma", [0.5, 3.0], 1.0), klcli.family("gamma", 1.0, 1.0))
    assert mixed[0] == inf
    assert mixed[1] < inf
    numeric = klcli.kl_divergence(klcli.family("cauchy", [0.0, 1.0], 1.0), klcli.family("student_t", 3.0))
    assert numeric[1] == klcli.kl_divergence("cauchy(1, 1)", "student_t(3)")


def together(name, sets):
    """The one that there is, or an array of them."""
    return FAMILIES.lookup(name)(
        *(list(values) if len(values) > 1 else values[0] for values in zip(*sets, strict=True))
    )


@pytest.mark.parametrize("counts", [(2, 1), (1, 2)])
def test_an_array_against_one_is_each_of_it_against_the_one(counts):
    for name, other in product(SETS, SETS):
        if not has_closed_form(FAMILIES.lookup(name), FAMILIES.lookup(other)):
            continue
        sets = SETS[name][: counts[0]], SETS[other][-counts[1] :]
        found = klcli.kl_divergence(together(name, sets[0]), together(other, sets[1]))
        for value, (own, others) in zip(found, product(*sets), strict=True):
            p, q = FAMILIES.lookup(name)(*own), FAMILIES.lookup(other)(*others)
            assert value == pytest.approx(kl(p, q).value, rel=8e-15, abs=1e-300), (p, q)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (([0.0, 1.0], [1.0, -1.0]), r"normal: scale\[1\] = -1 is not a finite number above 0"),
        ((0.0, [[1.0, 2.0], [nan, 3.0]]), r"normal: scale\[1, 0\] = nan is not"),
        ((np.append(np.zeros(200_000), inf), 1.0), r"normal: loc\[200000\] = inf is not a finite number"),
        ((0.0, []), r"normal: scale = \[\] is not"),
        ((0.0, [[1.0], [2.0, 3.0]]), r"normal: scale = .* is not"),
        ((0.0, ["1", "x"]), r"normal: scale = .* is not"),
    ],
)
def test_a_parameter_of_an_array_that_is_outside_its_domain_is_named(values, message):
    with pytest.raises(NotADistribution, match=message):
        klcli.family("normal", *values)


def test_whole_numbers_are_asked_for_one_by_one():
    with pytest.raises(NotADistribution, match=r"binomial: n\[1\] = 2.5 is not a whole number"):
        klcli.family("binomial", [2, 2.5, 3], 0.5)


def test_arrays_that_some_do_not_cover_or_that_are_equal_are_each_their_own():
    p = klcli.family("uniform", [0.0, 1.0, 0.0, 2.0], [1.0, 2.0, 1.5, 3.0])
    q = klcli.family("uniform", [-1.0, -1.0, 0.0, 0.0], [1.0, 1.0, 1.5, 4.0])
    assert klcli.kl_divergence(p, q).tolist() == pytest.approx([log(2), inf, 0, log(4)], rel=4e-15)
    counts = klcli.kl_divergence(klcli.family("binomial", [1, 2, 3], 0.5), "categorical([0.5, 0.25, 0.25])")
    # Σ p·log(p/q) by hand
    assert counts.tolist() == pytest.approx([0.5 * log(2), 0.5 * log(2) - 0.25 * log(2), inf], rel=4e-15)


@pytest.mark.parametrize(
    ("spread", "apart", "size"),
    [(1.0, 1.0, 1.0), (0.3, 0.3, 1.0), (1e-9, 1e-9, 1.0), (1e-3, 1e-7, 1e-200), (1e-8, 0.0, 1e290), (200.0, 1.0, 1.0)],
)
def test_many_normals_at_once_are_right(spread, apart, size):
    random = np.random.default_rng(5)
    n, t = random.normal(size=60) * size, np.exp(random.normal(size=60)) * size
    m, s = n + t * random.normal(size=60) * apart, t * np.exp(random.normal(size=60) * spread)
    found = klcli.kl_divergence(klcli.family("normal", m, s), klcli.family("normal", n, t))
    with mpmath.workdps(400):
        for value, *numbers in zip(found.tolist(), m.tolist(), s.tolist(), n.tolist(), t.tolist(), strict=True):
            m_p, s_p, m_q, s_q = map(mpmath.mpf, numbers)
            exact = mpmath.log(s_q / s_p) + (s_p**2 + (m_p - m_q) ** 2) / (2 * s_q**2) - mpmath.mpf(1) / 2
            assert value == inf if exact > LARGEST else abs(value - exact) <= 4e-15 * exact
