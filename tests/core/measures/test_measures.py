"""Every registered measure keeps the laws that it declares; a new one is held to them by being registered."""

import sys
from dataclasses import replace
from functools import partial
from importlib import import_module
from itertools import pairwise
from math import inf, isinf, isnan, log
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracle import exact_value
from strategies import masses, moderate, moderate_pairs, pairs

from klcli.core.arithmetic.parallel import BLOCK
from klcli.core.comparison import compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.evaluation.evaluate import evaluate, value_of
from klcli.core.matrix import all_pairs
from klcli.core.measures.measure import MEASURES, Finite
from klcli.core.measures.selection import select
from klcli.errors import UnknownName, UsageError

RELATIVE = 4e-15  # the contract's promise for one value
ABSOLUTE = 1e-300
LARGEST = 1.7976931348623157e308

ORDERS = ("0", "0.1", "0.5", "0.99", "1", "1.5", "2", "5", "inf")
EVERY = [
    variant
    for each in MEASURES
    for variant in ([each.of_order(o) for o in ORDERS if o != "inf" or o in each.orders] if each.orders else [each])
]
every_measure = pytest.mark.parametrize("measure", EVERY, ids=lambda measure: measure.name)
every_divergence = pytest.mark.parametrize(
    "measure", [each for each in EVERY if each.zero_when_equal], ids=lambda measure: measure.name
)
some = settings(max_examples=30)

ONE_SIDED = np.array([1.0, 0.0]), np.array([1.0, 1.0])  # Q has mass where P has none

HOLDS = {
    Finite.ALWAYS: lambda p, q: True,
    Finite.Q_COVERS_P: lambda p, q: bool(np.all(q[p > 0] > 0)),
    Finite.P_COVERS_Q: lambda p, q: bool(np.all(p[q > 0] > 0)),
    Finite.SAME_SUPPORT: lambda p, q: bool(np.all((p > 0) == (q > 0))),
    Finite.OVERLAP: lambda p, q: bool(np.any((p > 0) & (q > 0))),
}


def by_terms(measure):
    """The measure without the kernel."""
    return replace(measure, kernel=None)


def close(value, expected, times=1):
    """Whether two values that are each right to RELATIVE may be the same number."""
    if isinf(expected):
        return value == expected
    return abs(value - expected) <= max(ABSOLUTE, 2 * times * RELATIVE * abs(expected))


def factor(measure, value):
    """The contract lets a perplexity miss by 1 + its entropy more, for it exponentiates it."""
    return 1 + log(value) if "perplexity" in measure.name and value < inf else 1


@every_measure
@some
@given(pair=pairs)
def test_is_never_negative_and_never_nan(measure, pair):
    value = value_of(measure, *pair)
    assert value >= 0
    assert not isnan(value)


@every_measure
@some
@given(pair=pairs)
def test_is_never_above_its_bound(measure, pair):
    unclipped = replace(measure, bound=inf)  # a value is clipped to its bound, which would hide a wrong one
    assert value_of(unclipped, *pair) <= measure.upper_bound * (1 + RELATIVE)


@pytest.mark.oldest
@every_measure
@some
@given(pair=pairs)
def test_is_infinite_exactly_where_it_says(measure, pair):
    p, q = pair
    for value in (value_of(measure, p, q), value_of(by_terms(measure), p, q)):
        if HOLDS[measure.support_law](p, q):
            assert value < inf or LARGEST < exact_value(measure.name, p, q) < inf
        else:
            assert value == inf


@every_measure
@some
@given(pair=moderate_pairs())
@example(pair=ONE_SIDED)
@example(pair=ONE_SIDED[::-1])
def test_moderate_masses_give_infinity_only_where_the_support_does(measure, pair):
    p, q = pair
    for each in (measure, by_terms(measure)):
        assert isinf(value_of(each, p, q)) is not HOLDS[measure.support_law](p, q)


@pytest.mark.parametrize("measure", [each for each in EVERY if each.symmetric], ids=lambda measure: measure.name)
@some
@given(pair=pairs)
def test_exchanging_p_and_q_changes_nothing(measure, pair):
    p, q = pair
    assert close(value_of(measure, p, q), value_of(measure, q, p))


@pytest.mark.parametrize("measure", [each for each in EVERY if not each.symmetric], ids=lambda measure: measure.name)
def test_exchanging_p_and_q_matters_where_no_symmetry_is_declared(measure):
    p, q = [0.6, 0.4, 0.0], [0.1, 0.2, 0.7]
    value, exchanged = value_of(measure, p, q), value_of(measure, q, p)
    if measure.name in ("renyi:0.5", "tsallis:0.5"):  # Σ √(p·q) is symmetric
        assert close(value, exchanged)
    else:
        assert not close(value, exchanged, times=1000)


@every_divergence
@some
@given(p=st.integers(1, 8).flatmap(masses))
def test_is_exactly_0_for_equal_masses(measure, p):
    assert value_of(measure, p, p.copy()) == 0


@every_divergence
@some
@given(p=st.integers(1, 8).flatmap(partial(masses, elements=moderate)), exponent=st.integers(-900, 900))
def test_is_exactly_0_for_masses_times_a_power_of_two(measure, p, exponent):
    assert value_of(measure, p, np.ldexp(p, exponent)) == 0


@every_divergence
@some
@given(p=st.lists(st.integers(1, 2**40), min_size=1, max_size=8), multiple=st.integers(1, 2**12))
def test_is_exactly_0_for_counts_times_a_whole_number(measure, p, multiple):
    assert value_of(measure, p, np.array(p) * multiple) == 0


@every_divergence
def test_is_above_0_for_neighbouring_doubles(measure):
    value = value_of(measure, [0.49999999999999994, 0.5], [0.5, 0.49999999999999994])
    assert value > 0 or exact_value(measure.name, [1, 2], [2, 1]) == 0  # of order 0 only the supports count


@every_measure
@some
@given(pair=pairs, seed=st.integers(0, 2**16))
def test_the_order_of_the_outcomes_does_not_matter(measure, pair, seed):
    p, q = pair
    order = np.random.default_rng(seed).permutation(len(p))
    value = value_of(measure, p, q)
    assert close(value_of(measure, p[order], q[order]), value, factor(measure, value))


@every_measure
@some
@given(pair=moderate_pairs(), up=st.integers(-900, 900), down=st.integers(-900, 900))
def test_a_power_of_two_on_either_side_changes_no_bit(measure, pair, up, down):
    p, q = pair
    assert value_of(measure, np.ldexp(p, up), np.ldexp(q, down)) == value_of(measure, p, q)


@every_measure
@some
@given(pair=moderate_pairs(), zeros=st.integers(1, 5))
def test_outcomes_that_neither_side_has_change_nothing(measure, pair, zeros):
    p, q = (np.append(side, np.zeros(zeros)) for side in pair)
    value = value_of(measure, *pair)
    assert close(value_of(measure, p, q), value, factor(measure, value))


@pytest.mark.oldest
@every_measure
@settings(some, max_examples=10)
@given(rows=st.lists(st.tuples(masses(4), masses(4)), min_size=6, max_size=6))
def test_rows_give_what_each_row_gives(measure, rows):
    p, q = (np.array(side) for side in zip(*rows, strict=True))
    each = np.array([value_of(measure, *row) for row in rows])
    together = value_of(measure, p.reshape(2, 3, 4), q.reshape(2, 3, 4))
    assert together.shape == (2, 3)
    assert all(map(close, together.ravel(), each, [factor(measure, value) for value in each]))


@pytest.mark.oldest
@every_measure
def test_one_distribution_broadcasts_against_many(measure):
    p, q = np.array([0.5, 0.25, 0.25]), np.array([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25], [1.0, 0.0, 0.0]])
    assert all(map(close, value_of(measure, p, q), [value_of(measure, p, row) for row in q]))
    assert all(map(close, value_of(measure, q, p), [value_of(measure, row, p) for row in q]))


@pytest.mark.oldest
@every_measure
def test_more_outcomes_than_a_block_holds_are_one_distribution(measure):
    # k copies of a pair of outcomes: the divergences are those of the pair, the entropies grow by log k
    k = BLOCK
    value, pair = (
        value_of(measure, np.tile([1.0, 3.0], k), np.tile([2.0, 1.0], k)),
        value_of(measure, [1.0, 3.0], [2.0, 1.0]),
    )
    if measure.name == "l_infinity":
        expected = pair / k
    elif "perplexity" in measure.name:
        expected = pair * k
    else:
        expected = pair if measure.zero_when_equal else pair + log(k)
    assert close(value, expected, factor(measure, value))


@some
@given(pair=pairs)
def test_cross_entropy_is_entropy_and_forward_kl(pair):
    found = evaluate(map(select, ("cross_entropy", "entropy_p", "forward_kl")), *pair)
    assert close(found["entropy_p"] + found["forward_kl"], found["cross_entropy"])


@some
@given(pair=pairs)
def test_reverse_cross_entropy_is_entropy_and_reverse_kl(pair):
    found = evaluate(map(select, ("reverse_cross_entropy", "entropy_q", "reverse_kl")), *pair)
    assert close(found["entropy_q"] + found["reverse_kl"], found["reverse_cross_entropy"])


@some
@given(pair=pairs)
def test_jeffreys_is_forward_and_reverse_kl(pair):
    found = evaluate(map(select, ("jeffreys", "forward_kl", "reverse_kl")), *pair)
    assert close(found["forward_kl"] + found["reverse_kl"], found["jeffreys"])


@pytest.mark.parametrize(
    ("one", "other", "turn"),
    [
        ("reverse_kl", "forward_kl", True),
        ("reverse_cross_entropy", "cross_entropy", True),
        ("entropy_q", "entropy_p", True),
        ("perplexity_q", "perplexity_p", True),
        ("neyman_chi_squared", "chi_squared", True),
        ("renyi:1", "forward_kl", False),
        ("tsallis:1", "forward_kl", False),
        ("tsallis:2", "chi_squared", False),
    ],
)
@some
@given(pair=moderate_pairs())
def test_two_names_are_one_number(one, other, turn, pair):
    assert close(value_of(select(one), *pair), value_of(select(other), *(reversed(pair) if turn else pair)))


@some
@given(pair=moderate_pairs())
def test_a_root_squared_is_its_sum(pair):
    names = ("jensen_shannon_distance", "jensen_shannon", "hellinger", "tsallis:0.5", "renyi:0.5", "bhattacharyya")
    found = evaluate(map(select, names), *pair)
    assert close(found["jensen_shannon_distance"] ** 2, found["jensen_shannon"], times=2)
    assert close(found["hellinger"] ** 2 * 2, found["tsallis:0.5"], times=2)
    assert close(found["bhattacharyya"] * 2, found["renyi:0.5"])


@pytest.mark.oldest
@settings(some, max_examples=100)
@given(pair=moderate_pairs())
def test_the_known_inequalities_hold(pair):
    """Pinsker's; van Erven & Harremoës (2014), theorem 3; Lin (1991), theorem 3; Le Cam's."""
    names = ["forward_kl", "total_variation", "jensen_shannon", "hellinger", "l_infinity", "chi_squared"]
    found = evaluate(map(select, [*names, *(f"renyi:{order}" for order in ORDERS)]), *pair)
    above = 1 + 2 * RELATIVE
    assert 2 * found["total_variation"] ** 2 <= found["forward_kl"] * above
    assert found["forward_kl"] <= np.log1p(found["chi_squared"]) * above
    assert found["jensen_shannon"] <= log(2) * found["total_variation"] * above
    assert found["hellinger"] ** 2 <= found["total_variation"] * above
    assert found["l_infinity"] <= found["total_variation"] * above
    rising = [found[f"renyi:{order}"] for order in ORDERS]
    assert all(a <= b * above for a, b in pairwise(rising))


@pytest.mark.parametrize("measure", [each for each in EVERY if each.upper_bound < inf], ids=lambda each: each.name)
def test_distributions_without_a_common_outcome_reach_the_bound(measure):
    assert close(value_of(replace(measure, bound=inf), [1, 0], [0, 1]), measure.upper_bound)


@every_measure
def test_a_measure_says_what_it_is(measure):
    assert measure.title
    assert measure.notation
    assert measure.formula
    assert any(character.isdigit() for character in measure.source), "a source has a year"
    assert isinstance(measure.support_law, Finite)


@every_measure
def test_its_docstring_gives_meaning_formula_range_unit_law_and_reference(measure):
    meaning, formula, facts = measure.meaning, measure.formula, measure.__doc__
    assert meaning.endswith(".")
    assert f"{measure.notation} = {formula}" in facts
    assert f"Range: from {measure.least:g} to {measure.upper_bound:.6g}. Unit: " in facts
    assert f"Finite: {measure.support_law.value}.\nReference: {measure.source}." in facts


@pytest.mark.parametrize("name", [each.name for each in MEASURES if each.orders])
@pytest.mark.parametrize("order", ["", "x", "-1", "nan", "-inf"])
def test_an_order_that_is_none_is_refused(name, order):
    with pytest.raises(UsageError, match=f"the order of {name}") as refused:
        select(f"{name}:{order}")
    assert refused.value.hint


def test_tsallis_has_no_infinite_order():
    with pytest.raises(UsageError, match="the order of tsallis is 'inf'"):
        select("tsallis:inf")


@pytest.mark.parametrize("name", [each.name for each in MEASURES if each.orders])
def test_a_measure_with_an_order_is_not_selected_without_one(name):
    with pytest.raises(UsageError, match=f"{name} needs an order") as refused:
        select(name)
    assert refused.value.hint == f"as in {name}:0.5"


@pytest.mark.parametrize("name", [each.name for each in MEASURES if not each.orders])
def test_a_measure_without_an_order_refuses_one(name):
    with pytest.raises(UsageError, match=f"{name} takes no order"):
        select(f"{name}:2")


def test_an_order_stands_in_the_name_and_in_the_notation():
    chosen = select("renyi:2")
    assert (chosen.name, chosen.notation, chosen.order) == ("renyi:2", "D_2(P‖Q)", 2.0)


@pytest.mark.parametrize(
    "name", [f"{each.name}:{order}" if each.orders else each.name for each in MEASURES for order in ("0.5", "2")]
)
def test_the_notation_that_is_printed_names_the_measure(name):
    assert select(select(name).notation).name == name


def test_a_notation_whose_order_is_not_a_number_is_refused():
    with pytest.raises(UsageError, match="the order of renyi is 'x'"):
        select("D_x(P||Q)")


def test_a_divergence_of_an_order_in_the_other_direction_has_no_notation():
    with pytest.raises(UnknownName):
        select("D_2(Q||P)")


def test_an_unknown_measure_is_answered_with_the_nearest_names():
    with pytest.raises(UnknownName, match="no measure is called 'foward_kl'") as refused:
        select("foward_kl")
    assert "forward_kl" in refused.value.hint


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("kl", "forward_kl"),
        ("psi", "jeffreys"),
        ("JS", "jensen_shannon"),
        ("total-variation", "tv"),
        ("rce", "reverse_cross_entropy"),
    ],
)
def test_an_alias_selects_the_same_measure(alias, name):
    assert select(alias) is select(name)


@pytest.mark.oldest
def test_many_measures_in_one_pass_give_what_each_gives_alone():
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.2, 0.7])
    found = evaluate(EVERY, p, q)
    assert found == {measure.name: value_of(measure, p, q) for measure in EVERY}


TRIANGULAR = '''
    """A measure that one file adds."""

    import numpy as np

    from klcli.core.distributions.units import UnitKind
    from klcli.core.measures.measure import Finite, Measure, declare
    from klcli.core.measures.forms.pair_sums import PairSums

    ROUNDING = 2.0**-53


    def differences(pair):
        """p - r, and the sum of its magnitudes."""
        return -pair.difference, np.abs(pair.difference).sum(axis=-1)


    def squares_over_sums(those, this, weights, buffer, other):
        np.add(those, this, out=other)
        other += 2 * weights
        np.subtract(those, this, out=buffer)
        return np.divide(buffer * buffer, other, out=np.zeros_like(other), where=other > 0).sum(axis=-1)


    def with_error(found, left, right):
        """A difference is accurate to 3 roundings, and multiplies its error by at most 2."""
        return found, ROUNDING * (6 * np.add.outer(left[1], right[1]) + 300 * found)


    triangular = declare(
        Measure(
            name="triangular",
            title="triangular discrimination",
            meaning="A symmetric chi-squared: each difference relative to the mean of both masses.",
            template="Δ({p}, {q})",
            formula="Σ (p - q)²/(p + q)",
            source="Le Cam (1986), Asymptotic Methods in Statistical Decision Theory, ch. 4",
            aliases=("vincze_le_cam",),
            unit=UnitKind.NONE,
            symmetric=True,
            bound=2.0,
            finite_when=Finite.ALWAYS,
            terms=lambda pair: pair.difference * pair.contrast,
            pair_sums=(PairSums(differences, squares_over_sums, with_error),),
        )
    )
'''

LAWS = (
    test_is_never_negative_and_never_nan,
    test_is_never_above_its_bound,
    test_moderate_masses_give_infinity_only_where_the_support_does,
    test_exchanging_p_and_q_changes_nothing,
    test_is_exactly_0_for_equal_masses,
    test_is_exactly_0_for_masses_times_a_power_of_two,
    test_is_exactly_0_for_counts_times_a_whole_number,
    test_the_order_of_the_outcomes_does_not_matter,
    test_a_power_of_two_on_either_side_changes_no_bit,
    test_outcomes_that_neither_side_has_change_nothing,
    test_rows_give_what_each_row_gives,
)


@pytest.fixture
def triangular(tmp_path, monkeypatch):
    """A measure from a file that nothing else knows of, gone when the test is over."""
    (tmp_path / "triangular_measure.py").write_text(dedent(TRIANGULAR), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("triangular_measure").triangular
    MEASURES.remove("triangular")
    del sys.modules["triangular_measure"]


def test_a_new_measure_takes_one_file(triangular):
    assert select("Vincze-Le-Cam") is triangular
    assert "triangular" in MEASURES.names()
    expected = 0.16 / 1.4 + 0.16 / 0.6  # Σ (p - q)²/(p + q)
    assert value_of(triangular, [0.5, 0.5], [0.9, 0.1]) == pytest.approx(expected, rel=RELATIVE)
    p, q = Distribution.from_probabilities([0.5, 0.5]), Distribution.from_probabilities([0.9, 0.1])
    comparison = compare(p, q, measures=["triangular"], base=2)
    assert comparison.values == {"triangular": value_of(triangular, p.mass, q.mass)}
    assert comparison.triangular == comparison["vincze_le_cam"] == comparison.values["triangular"]


@pytest.mark.parametrize("rows", [3, 40], ids=["few rows", "many rows"])
def test_its_fast_forms_for_a_matrix_stand_in_the_same_file(triangular, rows):
    x = np.random.default_rng(5).dirichlet(np.ones(7), size=rows)
    exact = [[sum((p - q) ** 2 / (p + q) for p, q in zip(ours, theirs, strict=True)) for theirs in x] for ours in x]
    assert all_pairs.pairwise(triangular, all_pairs.Stack(x)) == pytest.approx(np.array(exact), rel=1e-12, abs=0)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__.removeprefix("test_"))
def test_a_new_measure_is_held_to_the_laws(law, triangular):
    law(triangular)


def test_a_new_measure_leaves_no_trace_in_the_other_tests():
    assert "triangular" not in MEASURES
    assert "vincze_le_cam" not in MEASURES


@pytest.mark.parametrize(
    ("lie", "law"),
    [
        ({"symmetric": True}, test_exchanging_p_and_q_changes_nothing),
        ({"bound": 0.1}, test_is_never_above_its_bound),
        ({"finite_when": Finite.ALWAYS}, test_is_infinite_exactly_where_it_says),
        ({"finite_when": Finite.SAME_SUPPORT}, test_moderate_masses_give_infinity_only_where_the_support_does),
        ({"finish": lambda total: total + 1e-190}, test_is_exactly_0_for_masses_times_a_power_of_two),
        ({"finish": lambda total: total + np.nan}, test_is_never_negative_and_never_nan),
    ],
    ids=lambda value: value.__name__.removeprefix("test_") if callable(value) else next(iter(value)),
)
def test_a_law_catches_a_measure_that_breaks_it(lie, law):
    with pytest.raises((AssertionError, ArithmeticError, ExceptionGroup)):
        law(replace(select("forward_kl"), kernel=None, **lie))


@pytest.mark.parametrize("order", [1.5, 2, 3, 40])
def test_renyi_is_infinite_where_q_has_no_mass_and_p_the_smallest(order):
    p = Distribution.from_logits([-2.3e302, -1.7976931348623157e308, 5.5e301, 1.7e302])
    q = Distribution.from_logits([-2.3e302, -inf, -inf, -inf])
    assert compare(p, q, measures=[f"renyi:{order}"])[f"renyi:{order}"] == inf
