"""A limit is kept only by a value that is at most the limit."""

from math import inf, log, nan

import pytest

from klcli.core.comparison import compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.limits import Limit, Verdict, judge, parse_limit
from klcli.errors import UnknownName, UsageError


@pytest.mark.parametrize(
    ("text", "measure", "limit"),
    [
        ("0.1", "forward_kl", 0.1),
        ("jeffreys=0.2", "jeffreys", 0.2),
        ("psi=1e-3", "jeffreys", 0.001),
        ("renyi:2=5", "renyi:2", 5),
        ("total-variation=0", "total_variation", 0),
        ("-1", "forward_kl", -1),
    ],
)
def test_a_limit_is_a_number_on_a_measure(text, measure, limit):
    parsed = parse_limit(text)
    assert (parsed.measure.name, parsed.limit) == (measure, limit)


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "-inf", "jeffreys=", "jeffreys=nan", "=0.1", "jeffreys"])
def test_a_limit_without_a_finite_number_is_refused(text):
    with pytest.raises(UsageError, match=r"is not a limit: \[MEASURE=\]NUMBER") as error:
        parse_limit(text)
    assert error.value.hint == "as in forward_kl=0.1"


def test_a_limit_on_an_unknown_measure_is_refused():
    with pytest.raises(UnknownName, match="no measure is called 'jefreys'"):
        parse_limit("jefreys=0.1")


@pytest.mark.parametrize(
    ("value", "limit", "passed"),
    [(0.1, 0.1, True), (0.1, 0.2, True), (0.2, 0.1, False), (inf, 1e308, False), (nan, 0.1, False), (0.0, 0.0, True)],
)
def test_a_verdict_passes_up_to_the_limit(value, limit, passed):
    assert Verdict("forward_kl", limit, value, "nats").passed is passed


def test_a_comparison_is_judged_in_its_own_unit():
    # KL((1, 0)‖(½, ½)) is log 2: 1 bit
    comparison = compare(Distribution.from_counts([1, 0]), Distribution.from_counts([1, 1]), base=2)
    kept, missed, other = judge(comparison, map(parse_limit, ("1", "0.999", "jeffreys=1")))
    assert (kept.value, kept.unit, kept.passed) == (1, "bits", True)
    assert not missed.passed
    assert (other.measure, other.value, other.passed) == ("jeffreys", inf, False)


def test_a_measure_without_unit_is_judged_in_any_base():
    comparison = compare(Distribution.from_counts([1, 0]), Distribution.from_counts([1, 1]), base=10)
    (verdict,) = judge(comparison, [parse_limit("total_variation=0.5")])
    assert (verdict.value, verdict.unit, verdict.passed) == (0.5, "", True)


def test_no_limits_give_no_verdicts():
    comparison = compare(Distribution.from_counts([1]), Distribution.from_counts([1]))
    assert judge(comparison, []) == ()


def test_a_limit_holds_a_measure_that_was_not_asked_for():
    p, q = Distribution.from_counts([1, 0]), Distribution.from_counts([1, 1])
    comparison = compare(p, q, measures=["hellinger"])
    (verdict,) = judge(comparison, [Limit(parse_limit("1").measure, 0.7)])
    assert verdict.value == pytest.approx(log(2), rel=4e-15)
