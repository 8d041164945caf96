"""Each smoothing does to both distributions what its formula says, and states it."""

import numpy as np
import pytest

from klcli.core.distributions.alignment import align
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.smoothing import SMOOTHINGS, parse_smoothing, smooth
from klcli.core.evaluation.evaluate import value_of
from klcli.core.measures.selection import select
from klcli.errors import UnknownName, UsageError

EXAMPLES = {"add": "add:1", "floor": "floor:0.01", "mix": "mix:0.1"}


def smoothed(text, p=(0, 2, 6), q=(5, 5, 0), kind="counts"):
    sides = (Distribution.from_values(side, as_=kind) for side in (p, q))
    return smooth(align(*sides), parse_smoothing(text))


def normalised(mass):
    return mass / mass.sum()


def test_every_smoothing_has_an_example_here():
    assert EXAMPLES.keys() == set(SMOOTHINGS.names())


@pytest.mark.parametrize("text", EXAMPLES.values())
def test_a_smoothed_divergence_is_finite_and_the_same_for_equal_sides(text):
    aligned = smoothed(text)
    assert (aligned.p > 0).all()
    assert (aligned.q > 0).all()
    assert 0 < value_of(select("jeffreys"), aligned.p, aligned.q) < np.inf
    same = smoothed(text, p=(0, 2, 6), q=(0, 2, 6))
    assert value_of(select("jeffreys"), same.p, same.q) == 0


@pytest.mark.parametrize("text", EXAMPLES.values())
def test_a_smoothing_is_stated_in_one_note(text):
    (note,) = smoothed(text).notes
    assert note.code == "smoothing"
    assert text.partition(":")[2] in note.text


@pytest.mark.parametrize("text", EXAMPLES.values())
def test_a_smoothing_keeps_the_distributions_as_they_were(text):
    p, q = Distribution.from_counts([0, 2, 6]), Distribution.from_counts([5, 5, 0])
    smooth(align(p, q), parse_smoothing(text))
    assert p.mass.tolist() == [0, 2, 6]


def test_add_adds_to_every_count():
    aligned = smoothed("add:0.5")
    assert (aligned.p.tolist(), aligned.q.tolist()) == ([0.5, 2.5, 6.5], [5.5, 5.5, 0.5])


def test_floor_raises_what_is_below_it_and_normalises():
    aligned = smoothed("floor:0.1")
    # p = (0, ¼, ¾) → (0.1, ¼, ¾)/1.1
    assert normalised(aligned.p) == pytest.approx(np.array([0.1, 0.25, 0.75]) / 1.1, rel=1e-15)
    assert normalised(aligned.q) == pytest.approx(np.array([0.5, 0.5, 0.1]) / 1.1, rel=1e-15)


def test_mix_gives_the_uniform_its_weight():
    aligned = smoothed("mix:0.3")
    expected = 0.7 * np.array([0, 0.25, 0.75]) + 0.1
    assert normalised(aligned.p) == pytest.approx(expected, rel=1e-15)


def test_mix_of_1_leaves_only_the_uniform():
    aligned = smoothed("mix:1")
    assert normalised(aligned.p) == pytest.approx([1 / 3] * 3, rel=1e-15)


def test_floor_and_mix_survive_a_total_that_overflows():
    for text in ("floor:0.1", "mix:0.1"):
        aligned = smoothed(text, p=(1e308, 1e308, 0), q=(1, 1, 0), kind="weights")
        assert normalised(aligned.p) == pytest.approx(normalised(aligned.q), rel=1e-15)


@pytest.mark.parametrize("text", EXAMPLES.values())
def test_smoothed_logits_are_compared_by_mass(text):
    aligned = smoothed(text, p=(0.0, -800.0, 1.0), q=(0.0, 0.0, 0.0), kind="logits")
    assert aligned.log_p is None
    assert aligned.log_q is None
    assert (aligned.p > 0).all()


@pytest.mark.parametrize("text", [None, "none"])
def test_none_is_no_smoothing(text):
    assert parse_smoothing(text) is None


def test_a_smoothing_keeps_how_it_was_written():
    asked = parse_smoothing("add:0.50")
    assert (asked.method.name, asked.amount, asked.text) == ("add", 0.5, "add:0.50")


@pytest.mark.parametrize(("text", "amount"), [("add:1/2", 0.5), ("mix:1/3", 1 / 3)])
def test_an_amount_may_be_a_fraction(text, amount):
    assert (parse_smoothing(text).amount, parse_smoothing(text).text) == (amount, text)


@pytest.mark.parametrize(
    "text",
    [
        "add",
        "add:",
        "add:x",
        "add:0",
        "add:-1",
        "add:1/0",
        "add:/2",
        "add:inf",
        "add:nan",
        "floor:0",
        "floor:1",
        "mix:0",
        "mix:1.1",
        "mix:nan",
    ],
)
def test_an_amount_out_of_its_domain_is_refused(text):
    with pytest.raises(UsageError, match="the amount must be") as error:
        parse_smoothing(text)
    assert error.value.hint.startswith(f"as in {text.partition(':')[0]}:")


def test_an_unknown_smoothing_is_answered_with_the_names():
    with pytest.raises(UnknownName, match="no smoothing is called 'laplace'") as error:
        parse_smoothing("laplace:1")
    assert "add" in error.value.hint
