"""Families that lie far apart, or far from 0: laws, closed forms, and refusals where doubles determine no digit."""

from math import exp, inf, log, sqrt

import pytest

import klcli
from klcli.core.measures.selection import select
from klcli.errors import ExitCode, Undetermined
from klcli.families.comparison.compare import compare_families
from klcli.families.grammar import parse

pytest.importorskip("scipy")

FAR = 1e17  # where adjacent doubles are 16 apart


def member(name, loc, scale):
    if name == "student_t":
        return klcli.family(name, 3, loc, scale)
    if name == "generalized_normal":
        return klcli.family(name, loc, scale, 1.5)
    if name == "uniform":
        return klcli.family(name, loc, loc + 16 * scale)
    if name == "triangular":
        return klcli.family(name, loc, loc + 16 * scale, loc + 48 * scale)
    if name == "truncated_normal":
        return klcli.family(name, loc, scale, loc - 32 * scale, loc + 16 * scale)
    return klcli.family(name, loc, scale)


def values(p, q, *names):
    found = compare_families(p, q, measures=names)
    return [(found.value(select(each)), found.error(select(each))) for each in names]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("normal", "cauchy"), ("laplace", "normal"), ("logistic", "student_t"), ("gumbel", "normal"),
        ("moyal", "logistic"), ("generalized_normal", "cauchy"), ("student_t", "scipy.norm"), ("scipy.t(3", "normal"),
        ("uniform", "normal"), ("triangular", "laplace"), ("truncated_normal", "normal"), ("normal", "normal"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("apart", "scale"), [(32.0, 8.0), (-16.0, 1.0), (0.0, 1024.0)])
def test_a_shift_of_both_sides_changes_no_value(name, other, apart, scale):
    names = ("total_variation", "jensen_shannon", "hellinger", "bhattacharyya")

    def made(which, loc, scale):
        if which == "scipy.t(3":
            return parse(f"scipy.t(3, {loc!r}, {scale!r})")
        return parse(f"{which}({loc!r}, {scale!r})") if which.startswith("scipy") else member(which, loc, scale)

    near, far = (values(made(name, shift, 1.0), made(other, shift + apart, scale), *names) for shift in (0.0, FAR))
    for measure, (value, error), (shifted, error_shifted) in zip(names, near, far, strict=True):
        room = error + error_shifted + 1e-14 * (1 + value)
        assert abs(value - shifted) <= room < 1e-9 * (1 + value), (measure, value, shifted)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ("normal(1e17, 1)", "normal(0, 1)"), ("normal(0, 1)", "normal(-1e30, 1e-3)"),
        ("normal(1e300, 1)", "laplace(0, 1)"),
        ("normal(0, 1e-300)", "logistic(1, 1e-280)"), ("gumbel(1e9, 1e-6)", "moyal(1e9, 1e-60)"),
        ("normal(-1e17, 1)", "uniform(1e17, 1.0000000000000005e17)"),
        ("mixture(0.5*normal(0, 1) + 0.5*normal(1e17, 1))", "mixture(0.5*normal(-1e17, 1) + 0.5*normal(1e18, 1))"),
        ("mixture(1e-6*normal(1e17, 1) + 0.999999*laplace(0, 1e-9))", "normal(1e12, 1)"),
        ("scipy.norm(1e17, 1)", "scipy.gamma(2, -1e17, 1)"),
        ("poisson(1e12)", "poisson(1)"), ("geometric(0.9)", "binomial(1e9, 0.5)"), ("poisson(1e5)", "bernoulli(0.5)"),
    ],
)  # fmt: skip
def test_families_that_share_no_mass_have_the_largest_distances(p, q):
    p, q = parse(p), parse(q)
    largest = {"total_variation": 1, "hellinger": 1, "jensen_shannon": log(2), "jensen_shannon_distance": sqrt(log(2))}
    for sides in ((p, q), (q, p)):
        for (value, error), most in zip(values(*sides, *largest), largest.values(), strict=True):
            assert most - 1e-8 <= value <= most
            assert abs(value - most) <= error + 1e-15 < 1e-8


@pytest.mark.parametrize(
    ("p", "q", "exact"),
    [
        # of normals Δ²/(4(s² + t²)) + log((s² + t²)/(2st))/2; of Poissons (√a - √b)²/2; of equal scales of Laplace's
        # densities x - log(1 + x) with x = Δ/2: Pardo (2006), Statistical Inference Based on Divergence Measures, 1.3
        ("normal(0, 1)", "normal(1000, 2)", 1e6 / 20 + log(5 / 4) / 2),
        ("normal(1e17, 1)", "normal(0, 1)", 1e34 / 8),
        ("normal(0, 1)", "normal(0, 1e-300)", 150 * log(10) - log(2) / 2),
        ("poisson(1)", "poisson(1e6)", 999.0**2 / 2),
        ("poisson(1e12)", "poisson(4)", (1e6 - 2) ** 2 / 2),
        ("laplace(0, 1)", "laplace(2000, 1)", 1000 - log(1001)),
        ("laplace(1e17, 1)", "laplace(100000000000002000, 1)", 1000 - log(1001)),
        ("scipy.norm(0, 1)", "normal(1e6, 1)", 1e12 / 8),
        ("mixture(0.5*normal(-1e9, 1) + 0.5*normal(0, 1))", "normal(1000, 1)", 1e6 / 8 + log(2) / 2),
        ("exponential(1)", "exponential(1e-300)", 150 * log(10) - log(2)),
        ("geometric(0.5)", "geometric(1e-12)", -log(sqrt(0.5e-12) / (1 - sqrt(0.5 * (1 - 1e-12))))),
    ],
)
def test_a_bhattacharyya_distance_of_any_size_equals_its_closed_form(p, q, exact):
    for sides in ((p, q), (q, p)):
        ((value, error),) = values(*map(parse, sides), "bhattacharyya")
        assert abs(value - exact) <= error + 4e-15 * exact
        assert error <= 1e-8 * exact


@pytest.mark.parametrize(
    ("p", "q", "names"),
    # an error once came from a part of a mixture whose density underflows, from Q where it is infinite, from the side
    # whose mass doubles do not resolve, or from a tail of P that was cut off
    [
        ("inverse_gamma(1.03, 1.09)", "mixture(0.5*halfnormal(2) + 0.5*weibull(0.002, 1))", ("total_variation",)),
        ("exponential(0.9)", "mixture(0.25*beta(18, 1) + 0.75*gumbel(8e29, 4e-11))",
         ("total_variation", "jensen_shannon")),
        ("weibull(1.7, 1)", "kumaraswamy(0.2, 0.87)", ("total_variation", "hellinger")),
        ("beta(3.7e-7, 4.3)", "triangular(0.017, 5.5, 6.9)", ("total_variation", "hellinger")),
        ("geometric(6e-6)", "mixture(0.25*geometric(0.96) + 0.75*geometric(0.0123))",
         ("total_variation", "jensen_shannon", "jeffreys")),
        ("bernoulli(0.99999)", "geometric(4e-5)", ("total_variation", "hellinger", "bhattacharyya")),
    ],
)  # fmt: skip
def test_symmetric_measures_are_determined_from_either_side(p, q, names):
    there, back = values(parse(p), parse(q), *names), values(parse(q), parse(p), *names)
    for name, (value, error), (other, error_other) in zip(names, there, back, strict=True):
        assert abs(value - other) <= error + error_other + 1e-14 * value <= 1e-7 * value, name


def test_supports_that_do_not_overlap_share_no_mass():
    with_a_gap = "mixture(0.5*uniform(0, 1) + 0.5*uniform(2, 3))"
    for p, q in (
        ("uniform(0, 1)", "uniform(1, 2)"),
        (with_a_gap, "uniform(1, 2)"),
        ("binomial(5, 0.5)", "deterministic(6)"),
    ):
        found = compare_families(parse(p), parse(q), measures=("bhattacharyya",))
        assert found.bhattacharyya == inf
        assert "P and Q share no mass" in found.notes[0].text


def test_the_divergence_of_mixtures_that_are_far_apart_lies_within_its_bounds():
    p, q = (f"mixture(0.5*normal({one!r}, 1) + 0.5*normal({other!r}, 1))" for one, other in ((0, 4), (1e17, 1e18)))
    assert klcli.kl_divergence(p, q) == pytest.approx(5e33, rel=1e-12)
    assert klcli.kl_divergence(q, p) == pytest.approx((5e33 + 5e35) / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        # the terms in nats: (1e600)²/2 of normals, also of logarithms; E[x] = exp(σ²/2); (σ/τ)²/6; e^(1e600); Γ(10001)
        ("normal(1e300, 1)", "normal(0, 1e-300)"), ("lognormal(1e300, 1)", "lognormal(0, 1e-300)"),
        ("lognormal(0, 1e200)", "exponential(1)"), ("uniform(0, 1e300)", "normal(0, 1e-300)"),
        ("gumbel(1e300, 1e300)", "gumbel(0, 1e-300)"), ("weibull(0.01, 1)", "weibull(100, 1)"),
        ("mvnormal([1e300, 0], [[1, 0], [0, 1]])", "mvnormal([0, 0], [[1e-300, 0], [0, 1]])"),
    ],
)  # fmt: skip
def test_a_finite_value_beyond_doubles_is_infinite_and_noted(p, q):
    pytest.importorskip("mpmath")
    assert klcli.kl_divergence(p, q) == inf
    names = ("forward_kl", "cross_entropy")
    assert all(value == inf and error < 1e-9 for value, error in values(parse(p), parse(q), *names))
    found = compare_families(parse(p), parse(q), measures=names)
    assert {note.code for note in found.notes} == {"overflow"}


def test_a_limit_on_a_finite_value_beyond_doubles_is_exceeded(kl):
    pytest.importorskip("mpmath")
    result = kl("compute", "normal(1e300, 1)", "normal(0, 1e-300)", "--fail-above", "0.1")
    assert result.code == ExitCode.LIMIT_EXCEEDED
    assert "forward_kl: finite, but above 1.8e308" in result.err


# most of P lies where 1 - x is e^-168, which doubles do not resolve
UNRESOLVED = ("logit_normal(167.564, 0.170301)", "laplace(1.07183, 1.32242)")


def test_a_value_without_a_digit_is_an_error_in_python():
    for function in (klcli.kl_divergence, klcli.forward_kl, klcli.compare, klcli.jensen_shannon):
        with pytest.raises(Undetermined, match="no digit can be determined in doubles: the part that contributes"):
            function(*UNRESOLVED)
    with pytest.raises(Undetermined):
        klcli.kl_divergence(klcli.family("logit_normal", [0, 167.564], 0.170301), parse(UNRESOLVED[1]))


def test_a_value_without_a_digit_is_an_error_on_the_command_line(kl):
    for words in ((), ("-m", "forward_kl", "-f", "value"), ("-m", "total_variation", "--fail-above", "forward_kl=1")):
        result = kl("compute", *UNRESOLVED, *words)
        assert (result.code, result.out) == (ExitCode.BAD_DATA, "")
        assert "forward_kl: no digit can be determined in doubles: the part" in result.err
    result = kl("compute", *UNRESOLVED, "-m", "all", "-f", "json")
    assert result.code == 0
    assert "forward_kl" not in result.out.partition("notes")[0]


def test_a_density_of_scipy_that_underflows_makes_no_divergence_infinite():
    # scipy.stats takes the logarithm of a mass that underflows
    with pytest.raises(Undetermined):
        klcli.kl_divergence("binomial(200000, 0.5)", "scipy.nchypergeom_wallenius(400000, 200000, 200000, 1e-9)")


def test_the_hellinger_distance_is_that_of_the_bhattacharyya_distance():
    ((value, error),) = values(parse("normal(0, 1)"), parse("cauchy(3, 0.5)"), "bhattacharyya")
    ((distance, other),) = values(parse("normal(0, 1)"), parse("cauchy(3, 0.5)"), "hellinger")
    assert abs(1 - exp(-value) - distance**2) <= error + 2 * other
