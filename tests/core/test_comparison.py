"""A comparison holds its values in one unit, its terms, and what they must be read with."""

import json
from math import inf, log

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import moderate_pairs

from klcli.core.comparison import compare
from klcli.core.distributions.distribution import Distribution
from klcli.core.evaluation.evaluate import value_of
from klcli.core.measures.measure import DEFAULT_MEASURES, MEASURES
from klcli.core.measures.selection import select
from klcli.errors import NotComparable, UnknownName, UsageError

pytestmark = pytest.mark.oldest

RELATIVE = 4e-15
NAMES = [*(each.name for each in MEASURES if not each.orders), "renyi:2", "tsallis:0.5"]


def coin(*mass, **options):
    return Distribution.from_weights(mass, ("heads", "tails", "edge")[: len(mass)], **options)


FAIR, LOADED = coin(0.5, 0.5, name="fair"), coin(0.9, 0.1, name="loaded")


def test_the_default_measures_are_computed():
    comparison = compare(FAIR, LOADED)
    assert tuple(comparison.values) == DEFAULT_MEASURES
    assert comparison.forward_kl == pytest.approx(log(0.5 / 0.3), rel=RELATIVE)  # ½·log(½/0.9) + ½·log(½/0.1)
    assert comparison.entropy_p == pytest.approx(log(2), rel=RELATIVE)


@pytest.mark.parametrize("name", NAMES)
def test_a_value_is_that_of_its_measure(name):
    comparison = compare(FAIR, LOADED, measures=[name])
    assert comparison.values == {name: value_of(select(name), FAIR.mass, LOADED.mass)}
    assert comparison[name] == comparison.values[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_that_was_not_asked_for_is_computed_when_it_is(name):
    comparison = compare(FAIR, LOADED, measures=["forward_kl"])
    assert comparison[name] == value_of(select(name), FAIR.mass, LOADED.mass)
    assert tuple(comparison.values) == ("forward_kl",)


def test_measures_are_reached_by_alias_and_as_attributes():
    comparison = compare(FAIR, LOADED)
    assert comparison.jeffreys == comparison.psi == comparison["PSI"] == comparison["jeffreys"]
    assert "jeffreys" in dir(comparison)
    assert "renyi" not in dir(comparison)


def test_what_is_no_measure_is_no_attribute():
    comparison = compare(FAIR, LOADED)
    with pytest.raises(AttributeError, match="no measure 'sd'"):
        _ = comparison.sd
    with pytest.raises(UnknownName):
        comparison["sd"]


def test_a_name_that_is_asked_for_twice_is_given_once():
    assert list(compare(FAIR, LOADED, measures=["kl", "forward_kl", "renyi:2"]).values) == ["forward_kl", "renyi:2"]


@pytest.mark.parametrize("name", NAMES)
def test_a_base_scales_only_what_has_a_unit(name):
    nats, bits = compare(FAIR, LOADED)[name], compare(FAIR, LOADED, base=2)[name]
    divisor = {"information": log(2), "√information": log(2) ** 0.5, "none": 1}[select(name).unit.value]
    assert bits == pytest.approx(nats / divisor, rel=1e-15)


@pytest.mark.parametrize(("base", "unit"), [("e", "nats"), (2, "bits"), ("10", "bans"), (3, "log3 units")])
def test_a_comparison_names_its_unit(base, unit):
    assert compare(FAIR, LOADED, base=base).unit == unit


@settings(max_examples=100)
@given(pair=moderate_pairs())
def test_the_contributions_add_up_to_the_forward_kl(pair):
    comparison = compare(*map(Distribution.from_weights, pair))
    terms = comparison.terms
    assert terms.p.sum() == pytest.approx(1, rel=1e-15)
    total, size = terms.contribution.sum(), np.abs(terms.contribution).sum()
    assert total == comparison.forward_kl or abs(total - comparison.forward_kl) <= RELATIVE * size


def test_terms_name_their_outcomes_and_are_in_the_unit():
    terms = compare(coin(1, 1, 0), coin(1, 3), base=2).terms
    assert terms.outcomes == ("heads", "tails", "edge")
    assert terms.p.tolist() == [0.5, 0.5, 0]
    assert terms.q.tolist() == [0.25, 0.75, 0]
    assert terms.log_ratio == pytest.approx([1, np.log2(2 / 3), 0], rel=RELATIVE)
    assert terms.contribution == pytest.approx([0.5, np.log2(2 / 3) / 2, 0], rel=RELATIVE)
    assert not np.signbit(terms.contribution[2])


def test_terms_are_infinite_where_q_has_no_mass():
    terms = compare(coin(1, 1), coin(1, 0)).terms
    assert terms.log_ratio[1] == inf
    assert terms.contribution[1] == inf


def test_unlabelled_outcomes_are_numbered_from_1():
    numbers = Distribution.from_counts([1, 2])
    assert compare(numbers, numbers).terms.outcomes == ("[1]", "[2]")


def texts(comparison, code):
    return [note.text for note in comparison.notes if note.code == code]


def test_an_infinite_value_names_the_outcomes_that_make_it_so():
    comparison = compare(coin(2, 1, 1), coin(1, 0, 0), measures=["forward_kl", "cross_entropy", "reverse_kl"])
    assert texts(comparison, "infinite") == [
        "forward_kl, cross_entropy are infinite: Q has no mass on 2 outcomes of P: tails, edge (0.5 of P's mass)"
    ]


def test_an_infinite_value_in_the_other_direction_names_p():
    comparison = compare(coin(1, 0), coin(3, 1), measures=["reverse_kl"])
    assert texts(comparison, "infinite") == [
        "reverse_kl is infinite: P has no mass on 1 outcome of Q: tails (0.25 of Q's mass)"
    ]


def test_a_measure_that_needs_both_supports_is_named_for_each_gap():
    assert len(texts(compare(coin(1, 1, 0), coin(0, 1, 1), measures=["jeffreys"]), "infinite")) == 2


def test_distributions_that_share_no_outcome_are_said_to():
    comparison = compare(coin(1, 0), coin(0, 1), measures=["bhattacharyya", "total_variation"])
    assert texts(comparison, "infinite") == ["bhattacharyya: infinite, as P and Q share no outcome"]


def test_a_finite_value_beyond_the_doubles_is_said_to_be():
    # χ² = (½ - 5e-324)²/5e-324 + … is near 5e322
    comparison = compare(coin(0.5, 0.5), coin(5e-324, 1), measures=["chi_squared"])
    assert comparison.chi_squared == inf
    assert texts(comparison, "infinite") == []
    assert texts(comparison, "overflow") == ["chi_squared: finite, but above 1.8e308, the largest number of a double"]


def test_a_logit_that_underflows_is_no_missing_mass():
    p, q = Distribution.from_logits([0, 0]), Distribution.from_logits([0, -1e5])
    comparison = compare(p, q)
    assert comparison.forward_kl == pytest.approx(5e4 - log(2), rel=RELATIVE)
    (note,) = comparison.notes
    assert note.code == "mask"
    assert note.text == (
        "forward_kl and cross_entropy are above 10,000 nats by the logits of [2] of Q: a finite logit is a mass above "
        "0, so where one such as -3.4e38 is a mask, write -inf for mass 0"
    )


def test_finite_values_need_no_note():
    assert compare(FAIR, LOADED).notes == ()


def test_notes_come_from_the_sides_the_alignment_and_the_smoothing():
    p, q = Distribution.from_probabilities([0.5, 0.499], "ab", name="p.csv"), Distribution.from_counts([1], "a")
    comparison = compare(p, q, smoothing="add:1")
    assert [note.code for note in comparison.notes] == ["normalised", "missing_outcomes", "smoothing"]
    assert comparison.smoothing == "add:1"
    assert comparison.forward_kl < inf


def test_without_smoothing_a_comparison_says_so():
    assert compare(FAIR, LOADED).smoothing == "none"
    assert compare(FAIR, LOADED, smoothing="none").smoothing == "none"


def test_the_document_is_strict_but_for_infinities():
    document = compare(coin(1, 0, name="p.csv"), coin(1, 1, name="q.csv"), measures=["forward_kl"], base=2).to_dict()
    assert document == {
        "schema": 1,
        "p": {"name": "p.csv", "kind": "weights", "outcomes": 2, "total": 1.0},
        "q": {"name": "q.csv", "kind": "weights", "outcomes": 2, "total": 2.0},
        "outcomes": 2,
        "base": 2,
        "unit": "bits",
        "smoothing": "none",
        "measures": {"forward_kl": 1.0},
        "notes": [],
    }
    assert json.loads(json.dumps(document, allow_nan=False)) == document


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"measures": ["nothing"]}, UnknownName),
        ({"measures": ["renyi"]}, UsageError),
        ({"base": 1}, UsageError),
        ({"smoothing": "add:0"}, UsageError),
        ({"missing": "drop"}, UnknownName),
    ],
)
def test_what_cannot_be_asked_is_refused(options, error):
    with pytest.raises(error):
        compare(FAIR, LOADED, **options)


def test_outcomes_that_cannot_be_matched_are_refused():
    with pytest.raises(NotComparable):
        compare(FAIR, Distribution.from_counts([1, 1]))
    with pytest.raises(NotComparable):
        compare(FAIR, coin(1, 1, 1), missing="error")


def counted(*counts):
    return Distribution.from_counts(counts, ("heads", "tails"))


@pytest.mark.parametrize(
    ("p", "q", "count"),
    [
        (counted(50, 49), counted(60, 40), 199),
        (counted(50, 50), counted(60, 40), None),
        (counted(5, 5), FAIR, None),
    ],
)
def test_fewer_than_100_observations_an_outcome_are_said_to_be_samples(p, q, count):
    said = [note for note in compare(p, q).notes if note.code == "sampled"]
    assert [note.values for note in said] == ([] if count is None else [(count, 2)])
    assert not said or "kl estimate" in said[0].text
