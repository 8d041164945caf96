"""Every measure is right to the digits that the contract promises, against mpmath, over all that masses may be."""

from functools import partial
from math import inf

import mpmath
import numpy as np
import pytest
from corpus import ABSOLUTE, CLOSENESS, LARGEST, RANGES, RELATIVE, SUBNORMAL, drawn, tolerance
from hypothesis import given, settings
from oracle import exact_value, exact_value_of_logits
from strategies import logit_pairs, pairs

from klcli.core.evaluation.evaluate import evaluate
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select

ORDERS = ("0", "0.007", "0.1", "0.3", "0.5", "0.99", "0.9999999", "1", "1.0000001", "1.5", "2", "3", "5", "inf")
NAMES = [
    name
    for each in MEASURES
    for name in ([f"{each.name}:{order}" for order in ORDERS] if each.orders else [each.name])
    if name != "tsallis:inf"
]
CHOSEN = [select(name) for name in NAMES]
FEW = [select(name) for name in NAMES if ":" not in name or name in ("renyi:0.5", "renyi:2", "tsallis:2")]
SIZES = (2, 3, 10, 100)
LARGE = (
    (1023, "1e-300 to 1", "1e-06"),
    (1024, "counts", "1e-12"),
    (1025, "sparse", "far"),
    (1025, "unequal totals", "0.001"),
    (10_000, "uniform", "1e-08"),
)
# the measure; masses of P and of Q, and how many outcomes have them: roundings that do not cancel
ALIKE = (
    (
        "jensen_shannon",
        [0.951780674736856, 0.7486088393281478, 0.1859508532729488, 0.8904509133788654],
        [0.3080909419913345, 0.10568599191200191, 0.016627313332560543, 0.056870809035686254],
        [1, 1, 1, 1],
    ),
    (
        "jensen_shannon",
        [10.19053307864327, 0.6346433250683248, 0.1893048619705682],
        [112.80398549173538, 0.525420810069706, 0.15219343631004986],
        [1, 700, 400],
    ),
    (
        "jensen_shannon_distance",
        [6.705534017568371, 0.9395952345696816, 0.13841998963354718],
        [578.8285741618679, 0.17666529237641063, 0.24685269817605582],
        [1, 700, 400],
    ),
    (
        "entropy_q",
        [1.795886890086058, 0.019542458803820505, 0.45200286977132953],
        [2301.4533266960516, 0.23766752902052593, 0.03324975066920045],
        [1, 700, 400],
    ),
    (
        "chi_squared",
        [520.7638654597392, 0.12350141454664876, 0.06927251313504144],
        [97.27608154780229, 0.025652899537983446, 0.10359893036953559],
        [1, 700, 400],
    ),
    (
        "chi_squared",
        [1273.3805750177798, 0.10517284798092515, 0.23986738669253962],
        [742.9868296366459, 0.8586004200095936, 0.3043714129042788],
        [1, 941, 541],
    ),
    (
        "neyman_chi_squared",
        [8939.36738, 0.0138722923, 0.0353152545, 0.137639054],
        [2388.02587, 0.00308689771, 0.314866074, 0.1680646],
        [1, 1614, 49, 673],
    ),
    (
        "bhattacharyya",
        [212.1132653353686, 0.010847933230656887, 0.6246045659913935],
        [6082.483543826595, 0.5242050421029131, 0.13826975226609292],
        [1, 700, 400],
    ),
    ("l_infinity", [181.329, 0.0566507, 0.0134333], [471.341, 0.0443513, 0.113405], [1, 302, 238]),
)
REPEATS = (341, 13_107, 21_846, 32_768)  # of 2 to 5 outcomes: to either side of blocks of 1,024 and 65,536


def misses(values, exact_of):
    """The measures that miss their tolerance, with what they gave and what is true."""
    found = []
    for name, value in values.items():
        exact = exact_of(name)
        if exact > LARGEST or value == inf:
            right = value == inf and exact > LARGEST
        else:
            error = abs(mpmath.mpf(float(value)) - exact)
            right = error <= ABSOLUTE or error <= tolerance(name, exact) * exact
        if not right:
            found.append((name, float(value), mpmath.nstr(exact, 20)))
    return found


def misses_of_masses(p, q, measures=CHOSEN):
    return misses(evaluate(measures, p, q), partial(exact_value, p=p, q=q))


def misses_of_many(p, q, repeats, lay):
    """As misses_of_masses, for outcomes that are each there many times, laid out by np.tile or np.repeat.

    Divergences stay as they are, entropies grow by the logarithm of the number, perplexities by as many times.
    """

    def exact_of(name):
        exact = exact_value(name, p, q)
        if "entropy" in name:
            return exact + mpmath.log(repeats)
        if "perplexity" in name:
            return exact * repeats
        return exact / repeats if name == "l_infinity" else exact

    return misses(evaluate(FEW, lay(p, repeats), lay(q, repeats)), exact_of)


def misses_of_logits(p, q, measures=CHOSEN):
    values = evaluate(measures, np.exp(p - p.max()), np.exp(q - q.max()), log_p=p, log_q=q)
    return misses(values, partial(exact_value_of_logits, p=p, q=q))


def corpus():
    for size in SIZES:
        for masses_are in RANGES:
            for closeness in CLOSENESS:
                name = f"{size} outcomes, {masses_are}, {closeness}"
                yield pytest.param(*drawn(size, masses_are, closeness), id=name)


NAMED = {
    "a fair and a loaded coin": ([0.5, 0.5], [0.99, 0.01]),
    "neighbouring doubles": ([0.49999999999999994, 0.5], [0.5, 0.49999999999999994]),
    "proportional by a power of two": ([0.1, 0.2, 0.7], [0.4, 0.8, 2.8]),
    "proportional by 11": ([1, 2, 3], [11, 22, 33]),
    "disjoint": ([1, 0], [0, 1]),
    "all the mass but 1e-30": ([1, 1e-30], [1, 2e-30]),
    "a mass that one side lacks beside tiny ones": ([1, 1e-20, 0], [3, 9e-20, 1e-25]),
    "only a tiny mass differs": ([0.1, 0.2, 0.7, 1e-30], [0.1, 0.2, 0.7, 2e-30]),
    "only tiny masses differ": ([0.1, 0.2, 0.7, 1e-20, 1e-20, 1e-20], [0.1, 0.2, 0.7, 2e-20, 2e-20, 2e-20]),
    "q has the smallest double": ([0.5, 0.5], [SUBNORMAL, 1]),
    "q nearly loses what p has": ([1, 0], [1e-320, 1e300]),
    "q spans all doubles": ([0.5, 0.5], [SUBNORMAL, 1e308]),
    "p and q span all doubles": ([1e308, SUBNORMAL, 1], [SUBNORMAL, 1e308, 1]),
    "the smallest doubles": ([SUBNORMAL, SUBNORMAL], [SUBNORMAL, 3 * SUBNORMAL]),
    "the total overflows": ([LARGEST, LARGEST], [LARGEST, LARGEST / 2]),
    "a certainty and nearly one": ([1, 0], [1, SUBNORMAL]),
    "one outcome": ([3], [7]),
    "q lacks the smallest double": ([1, SUBNORMAL], [1, 0]),
    "only subnormal masses differ": ([472.5, 8.8e-322], [472.5, SUBNORMAL]),
    "subnormal beside 1e308": ([0, 0, 1, 9.8e307], [2.095e-321, 288, 4.4e-163, 2.095e-321]),
    "a subnormal in both of what is nearly equal": ([510.4, 3e-321, 4e7, 5e-321], [510.4, 3e-321, 4e7, 1e-3]),
    "subnormal once normalised": ([1e300, 0.99999], [9.568791696035286e307, 0.99999]),
    "nearly proportional by 0.9": ([1.0, 0.001], [0.9, 0.0009]),
    "nearly proportional by 1e6": ([3177624435021334.0, 2.0], [3.177624435021334e21, 2000000.0000020002]),
    "a power that overflows before it is a term": ([1, 1e-130], [1, 1e-234]),
    "a mass that is subnormal even when magnified": ([1, 1, 1, 1e300], [1, 1, 1e-193, 1e300]),
    "a gap that underflows where its square by q does not": ([1e260, 1e-90, 1e-30], [1e260, 1e-190, 1e-30]),
    "only masses of 1e-437 are apart": ([1.7638e175, 1.3865e-262], [1.763799999998e175, 1.3865e-262]),
    "a smallest double beside nearly proportional masses": (
        [1e141, 94 * SUBNORMAL],
        [1.0000000000009e141, 94 * SUBNORMAL],
    ),
    "a gap that is subnormal where no mass is": (
        [1.567657e-5, 4.2942e300, 92 * SUBNORMAL],
        [1.567656e-5, 4.2942e300, 92 * SUBNORMAL],
    ),
    "a smallest double and a largest that move together": (
        [3e-322, 1.0, 1e162],
        [3e-322, 1.0000000000000226, 1.0000000000000226e162],
    ),
    "a sum that overflows before it is divided by 4": ([1, 1, 1], [0.1, 0.1, 10**-78.5]),
}

NAMED_LOGITS = {
    "the gap of what holds nearly all the mass": ([32.641, 32.641, 244.425], [32.041, 33.641, 243.425]),
    "the gap of two that hold nearly all the mass": ([-0.501, -0.501, -599.999], [999.499, 999.499, 400.0017]),
    "a shift that rounds": ([6.514, 6.514, -1.085], [6.614, 6.614, -0.985]),
    "two that hold the mass in turn": ([0.322, 113.946, 0.322, -25.063], [920.322, 1083.946, 1000.322, 1064.937]),
    "scores that are alike where the mass is not": (
        [6.076, -0.316, 74.808, 3.684, 100.0, 0.177, -0.245, -41.495],
        [61.076, 74.684, 79.808, -1.316, 85.0, 55.177, 84.755, 13.505],
    ),
    "q underflows and p does not": ([0, -400], [0, -750]),
    "p underflows and q does not": ([0, -750], [0, -400]),
    "subnormal masses": ([0, -740], [0, -741]),
    "masses that underflow": ([0, -760], [0, -761]),
    "masses that underflow by far, and nearly agree": ([0, -1760, 3], [0, -1760.000001, 3]),
}


@pytest.mark.parametrize(("p", "q"), list(corpus()))
def test_is_right_across_closeness_size_and_range(p, q):
    assert not misses_of_masses(p, q)


@pytest.mark.parametrize(("name", "p", "q", "counts"), ALIKE)
def test_is_right_where_one_outcome_stands_beside_many_that_are_alike(name, p, q, counts):
    assert not misses_of_masses(np.repeat(p, counts), np.repeat(q, counts), [select(name)])


@pytest.mark.parametrize("others", [100, 1000])
def test_the_largest_difference_keeps_its_digits_where_the_sum_of_all_is_many_times_as_large(others):
    p = np.array([1.0, *np.full(others, 1 / others)])
    q = 1.3 * p * np.array([1 + 2 / others, *np.resize([1.55, 0.45], others)])
    assert not misses_of_masses(p, q, [select("l_infinity"), select("total_variation")])


@pytest.mark.parametrize(("size", "masses_are", "closeness"), LARGE)
def test_is_right_on_many_outcomes(size, masses_are, closeness):
    assert not misses_of_masses(*drawn(size, masses_are, closeness), FEW)


@pytest.mark.parametrize("lay", [np.tile, np.repeat])
@pytest.mark.parametrize("repeats", REPEATS)
@pytest.mark.parametrize("closeness", ["far", 0.1, 1e-3, 1e-6, 1e-9, 1e-13], ids=str)
@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_roundings_of_outcomes_that_are_alike_do_not_add_up(size, closeness, repeats, lay):
    random = np.random.default_rng(size)
    p, other = random.uniform(0.05, 1, (2, size))
    if size == 2:
        p[:] = p[0]
    q = other if closeness == "far" else p * (1 + closeness * random.choice([-1, 1, 1], size))
    assert not misses_of_many(p, q, repeats, lay)


@pytest.mark.parametrize("dominant", [1e6, 1e12, 1e18])
@pytest.mark.parametrize("closeness", ["0.1", "0.0001", "1e-08", "1e-12"])
def test_is_right_where_one_of_many_outcomes_holds_nearly_all_the_mass(dominant, closeness):
    p, q = drawn(1000, "uniform", closeness)
    p[700], q[700] = dominant, dominant * (1 + 1e-9)
    assert not misses_of_masses(p, q, FEW)


@pytest.mark.parametrize(("p", "q"), NAMED.values(), ids=NAMED.keys())
def test_is_right_on_pairs_that_break_the_textbook_sum(p, q):
    assert not misses_of_masses(np.array(p, float), np.array(q, float))


@settings(max_examples=300)
@given(pair=pairs)
def test_is_right_on_any_pair(pair):
    assert not misses_of_masses(*pair)


@pytest.mark.parametrize("order", ["1e-12", "1e-6", "0.0001", "20", "100"])
@pytest.mark.parametrize("family", ["renyi", "tsallis"])
@pytest.mark.parametrize("closeness", ["far", "0.1"])
def test_is_right_at_orders_that_are_nearly_0_or_large(family, order, closeness):
    random = np.random.default_rng(3)
    p = random.integers(1, 1000, 20).astype(float)
    assert not misses_of_masses(p, CLOSENESS[closeness](p, random), [select(f"{family}:{order}")])


@pytest.mark.parametrize("shift", [0.0, 5.0, 1e3])
@pytest.mark.parametrize("step", [0, 1e-13, 1e-9, 1e-6, 1e-3, 0.1, 1, None], ids=str)
@pytest.mark.parametrize("spread", [1, 10, 100, 300])
@pytest.mark.parametrize("size", SIZES)
def test_logits_are_compared_to_the_same_digits_as_masses(size, spread, step, shift):
    random = np.random.default_rng(size * spread)
    p, other = random.normal(size=(2, size)) * spread
    assert not misses_of_logits(p, shift + (other if step is None else p + step * random.normal(size=size)))


@pytest.mark.parametrize(("p", "q"), NAMED_LOGITS.values(), ids=NAMED_LOGITS.keys())
def test_logits_whose_mass_is_in_few_outcomes_keep_their_digits(p, q):
    assert not misses_of_logits(np.array(p, float), np.array(q, float))


@settings(max_examples=100)
@given(pair=logit_pairs())
def test_any_logits_are_compared_to_the_same_digits_as_masses(pair):
    assert not misses_of_logits(*pair)


def test_a_logit_that_underflows_keeps_its_divergence():
    # P is uniform; Q gives the second outcome exp(-1e5): KL = ½·log ½ + ½·(log ½ + 1e5)
    p, q = np.array([0.0, 0.0]), np.array([0.0, -1e5])
    value = evaluate([select("forward_kl")], np.exp(p), np.exp(q), log_p=p, log_q=q)["forward_kl"]
    assert value == pytest.approx(5e4 - np.log(2), rel=RELATIVE)


@pytest.mark.parametrize("name", [each.name for each in MEASURES])
def test_every_measure_has_a_textbook_formula_to_be_held_to(name):
    order = ":2" if MEASURES.lookup(name).orders else ""
    # by Gibbs' inequality every measure is above 0 here
    assert exact_value(name + order, [0.5, 0.5], [0.25, 0.75]) > 0


@pytest.mark.parametrize("times", [1, 4])
def test_few_outcomes_that_differ_moderately_keep_their_digits(times):
    random = np.random.default_rng(times)
    for _ in range(200):
        p, q = (np.repeat(random.gamma(2, size=(2, random.integers(2, 20))), times, axis=1)) * random.uniform(0.5, 2)
        assert misses_of_masses(p, q, [select("forward_kl"), select("reverse_kl")]) == []
