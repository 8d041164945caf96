"""Values at the end of the doubles keep their digits, in nats and in any base, or are right to the last subnormal."""

import mpmath
import numpy as np
import pytest
from corpus import SUBNORMAL, tolerance
from oracle import exact_value, exact_value_of_logits

import klcli
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select

NEAR_1 = 1.0000000000000002
BASES = ("e", 2, NEAR_1, 1.001, 1e300)
ORDERS = ("0", "1e-17", "0.5", "0.9999999999999999", "1", "1.0000000000000002", "2", "1e17", "inf")
NAMES = [
    name
    for each in MEASURES
    for name in ([f"{each.name}:{order}" for order in ORDERS] if each.orders else [each.name])
    if name != "tsallis:inf"
]
SUBNORMAL_MASSES = [0.7458670348693792, 1.4433785372346e-311, 9.788350520016e-312]
MASSES = {
    "one side": (SUBNORMAL_MASSES, SUBNORMAL_MASSES),
    "far": (SUBNORMAL_MASSES, [0.5, 3e-311, 1e-312]),
    "near": (SUBNORMAL_MASSES, [0.74586703486938, 1.44337853723e-311, 9.788350520016e-312]),
    "a divergence that nats lose": ([1.0, 1e-310], [1.0, 1.0000000001e-310]),
    "a divergence of subnormal nats": (
        [0.7249886005684578, 1.213731873830837e-308],
        [0.735340, 1.238490030782993e-308],
    ),
    "a log ratio of subnormal nats": ([1.9e296, 1.09e-26], [1.9e290, 1.0907414706863e-32]),
    "the last subnormal": ([1.0, 5e-324], [1.0, 1e-323]),
    "a log ratio of totals that differ by subnormals": (
        [0.7656916748948911, 2.9284444177171656e-308, 1.013e-321, 1.1238028626403e-311, 1.367423702e-314],
        [0.7656916748948911, 2.9284444177171656e-308, 1.013e-321, 1.1238028626403e-311, 1.376360873e-314],
    ),
    "the last subnormal on one side": ([1.0, 5e-324], [1.0, 0.0]),
    "a log ratio of masses whose difference is lost": (
        [0.20697697746648447, 5.245256886093347e-308],
        [0.20697697741947363, 5.245256884901988e-308],
    ),
    "an entropy of less than the last subnormal": ([3.0, 5e-324], [3.0, 5e-324]),
    "a root of masses of 1e-612": (
        [2.1427941833e-313, 1.409190324897372e-228, 9.81179464403192e298, 6.318821404446766e-236],
        [5.3569854583e-314, 3.52297581224343e-229, 2.45294866100798e298, 1.5797053511116915e-236],
    ),
    "a root of a mass of 1e-632 on one side": ([1e308, 5e-324], [1e308, 0.0]),
}
LOGITS = {
    "wide": ([0.0, -715.3], [0.0, -715.1]),
    "wide, near": ([0.0, -720.25, -731.5], [0.0, -720.2500000001, -731.5]),
    "wider than roots": ([0.0, -1425.0906568412104], [0.0, -1425.0906568412406]),
    "wide, far": ([0.0, -740.0, -744.0], [0.0, -744.0, -740.0]),
}


def unit_of(measure, base):
    logarithm = mpmath.log(mpmath.mpf(base)) if base != "e" else mpmath.mpf(1)
    return {UnitKind.NONE: 1, UnitKind.INFORMATION: logarithm, UnitKind.ROOT_INFORMATION: mpmath.sqrt(logarithm)}[
        measure.unit
    ]


def misses(value_of, exact_of, base):
    found = []
    for name in NAMES:
        measure = select(name)
        nats, value = exact_of(name), value_of(measure)
        exact = nats / unit_of(measure, base)
        if value == np.inf:
            is_right = exact > 1.7976931348623157e308
        else:
            error = abs(mpmath.mpf(float(value)) - exact)
            is_right = error <= SUBNORMAL or error <= tolerance(name, nats) * exact
        if not is_right:
            found.append((name, float(value), mpmath.nstr(exact, 20)))
    return found


def test_the_entropy_of_subnormal_masses_keeps_its_digits():
    comparison = klcli.compare(SUBNORMAL_MASSES, SUBNORMAL_MASSES, as_="weights")
    expected = 2.327170811622348e-308
    found = [comparison.entropy_p, comparison.entropy_q, comparison.cross_entropy, comparison.reverse_cross_entropy]
    assert found == pytest.approx([expected] * 4, rel=4e-15)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("masses", MASSES.values(), ids=MASSES)
def test_tiny_values_of_masses_keep_their_digits(masses, base):
    p, q = masses
    comparison = klcli.compare(p, q, as_="weights", measures=NAMES, base=base)
    assert not misses(comparison.value, lambda name: exact_value(name, p, q), base)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("logits", LOGITS.values(), ids=LOGITS)
def test_tiny_values_of_logits_keep_their_digits(logits, base):
    p, q = logits
    comparison = klcli.compare(p, q, as_="logits", measures=NAMES, base=base)
    assert not misses(comparison.value, lambda name: exact_value_of_logits(name, p, q), base)


@pytest.mark.parametrize("base", ["e", 2, NEAR_1])
@pytest.mark.parametrize(("kind", "sides", "exact"), [
    ("weights", list(MASSES.values()), exact_value), ("logits", list(LOGITS.values())[1:], exact_value_of_logits),
])  # fmt: skip
def test_tiny_values_of_rows_keep_their_digits(kind, sides, exact, base):
    sides = [pair for pair in sides if len(pair[0]) == 3]
    p, q = (np.array(side) for side in zip(*sides, strict=True))
    comparison = klcli.compare_rows(p, q, as_=kind, measures=NAMES, base=base)
    for row in range(len(p)):
        value_of = lambda measure, row=row: comparison.value(measure)[row]  # noqa: E731
        assert not misses(value_of, lambda name, row=row: exact(name, p[row], q[row]), base), row


def test_a_large_order_takes_a_small_sum_by_what_it_differs_from_1_by():
    p = [0.909503347077356, 1e-323, 0.0, 3.34431749391345e-310, 2.816508262497706e-309, 7.75208488448857e-306]
    q = [2.7285048186863348, 3e-323, 7.399409148147404e-305, 1.00329332780165e-309, 8.44952478749312e-309, 2.3256e-305]
    exact = exact_value("renyi:1e17", p, q)
    value = klcli.compare(p, q, as_="weights", measures=["renyi:1e17"])["renyi:1e17"]
    assert abs(value - exact) <= 1e-12 * exact  # a power exp(x) multiplies the rounding of x, here 700


@pytest.mark.parametrize("order", ["1e100", "1e300"])
@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([0.5, 0.5], [0.49, 0.51]),
        ([0.8308802283420229, 0.19376776887890945], [0.8308803060877566, 0.19376778700982275]),
        ([7e-15, 0.0, 2e-84, 6e-238], [7e-21, 4e-10, 2.1e-90, 6e-244]),
        ([0.3, 2e-307, 5e-315], [3e-7, 2e-313, 5e-321]),
    ],
)
def test_an_order_however_large_gives_a_number(p, q, order):
    comparison = klcli.compare(p, q, as_="weights", measures=[f"renyi:{order}", f"tsallis:{order}"])
    renyi, tsallis = comparison.values.values()
    exact = exact_value(f"renyi:{order}", p, q)
    assert abs(renyi - exact) <= 4e-15 * exact
    assert tsallis == np.inf


def test_a_value_that_leaves_the_doubles_in_its_base_is_said_to_be_finite():
    comparison = klcli.compare([1.0, 1e-300], [1e-300, 1.0], as_="weights", measures=["renyi:1e300"], base=NEAR_1)
    assert comparison.values["renyi:1e300"] == pytest.approx(690.7755278982137 / 2.220446049250313e-16, rel=4e-15)


def test_limits_are_held_against_values_in_the_base():
    from klcli.core.limits import judge, parse_limit

    p, q = [1.0, 1e-310], [1.0, 2e-310]
    comparison = klcli.compare(p, q, as_="weights", base=NEAR_1)
    exact = float(exact_value("forward_kl", p, q) / mpmath.log(mpmath.mpf(NEAR_1)))
    limits = [parse_limit(f"forward_kl={exact * (1 + sign * 1e-14)!r}") for sign in (-1, 1)]
    assert [verdict.passed for verdict in judge(comparison, limits)] == [False, True]


@pytest.mark.parametrize("name", ["forward_kl", "reverse_kl", "jeffreys"])
def test_a_log_ratio_beyond_the_doubles_of_a_mass_of_0_adds_nothing(name):
    p = [3.7109984534530154e166, -800.0, -2.473998968968677e166, -800.0]
    q = [8.102556981759495e293, -8.102556981759495e293, 5.4017046545063296e293, -1.7976931348623157e308]
    assert klcli.compare(p, q, as_="logits", measures=[name])[name] == 0
