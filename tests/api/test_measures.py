"""A function for each measure: the value that `compare` has by the same name."""

import re

import numpy as np
import pytest

import klcli
from klcli.core.measures.measure import MEASURES

P, Q = [0.5, 0.3, 0.2], [0.1, 0.3, 0.6]
OF_ONE = {"entropy_p": "entropy", "entropy_q": "entropy", "perplexity_p": "perplexity", "perplexity_q": "perplexity"}


@pytest.mark.parametrize("name", MEASURES.names())
def test_every_measure_is_a_function(name):
    record = MEASURES.lookup(name)
    function = getattr(klcli, OF_ONE.get(name, name))
    if name in OF_ONE:
        found = function(Q if name.endswith("q") else P, base=2)
    else:
        found = function(P, Q, *([2.5] if record.orders else []), base=2)
    expected = klcli.compare(P, Q, base=2)[f"{name}:2.5" if record.orders else name]
    assert found == pytest.approx(expected, rel=4e-15)


@pytest.mark.parametrize("name", sorted({OF_ONE.get(name, name) for name in MEASURES.names()}))
def test_a_function_says_what_it_measures(name):
    function = getattr(klcli, name)
    assert function.__name__ == name
    assert "Reference: " in function.__doc__


def test_a_function_takes_labels_smoothing_and_families():
    value = klcli.jensen_shannon({"a": 1, "b": 0}, {"a": 1, "b": 1}, smooth="add:1")
    assert value == klcli.compare({"a": 1, "b": 0}, {"a": 1, "b": 1}, smooth="add:1").jensen_shannon
    assert klcli.jeffreys("normal(0, 1)", "normal(1, 1)") == pytest.approx(1, rel=1e-14)
    assert klcli.entropy(klcli.family("uniform", 0, 1)) == 0


def test_an_order_that_is_none_is_refused():
    with pytest.raises(klcli.UsageError, match="the order of renyi is '-1', not"):
        klcli.renyi(P, Q, -1)


FAR, NEAR = np.array([0.5, 0.3, 0.2]), np.array([0.5, 0.3 + 1e-9, 0.2 - 1e-9])
ARRAYS = {
    "far": (FAR, NEAR[::-1], "auto"),
    "near": (FAR, NEAR, "auto"),
    "the same": (FAR, FAR, "auto"),
    "infinite": (FAR, np.array([0.0, 0.5, 0.5]), "probs"),
    "sums of nearly 1": (FAR * 1.004, NEAR * 0.996, "auto"),
    "counts": (np.array([3.0, 0.0, 4.0]), np.array([1.0, 2.0, 4.0]), "auto"),
    "counts of one observation": (np.array([0.0, 1.0]), np.array([1.0, 0.0]), "counts"),
    "weights": (FAR * 7, NEAR[::-1] * 1e-5, "weights"),
    "wide weights": (np.array([1e-300, 1.0, 1e-5]), np.array([1.0, 1e-300, 1e-5]), "weights"),
    "float32": (FAR.astype(np.float32), NEAR[::-1].astype(np.float32), "probs"),
    "float16 beside every second number": (FAR.astype(np.float16), np.repeat(NEAR[::-1], 2)[::2], "auto"),
    "logits": (FAR, NEAR, "logits"),
}


@pytest.mark.parametrize("arrays", ARRAYS)
@pytest.mark.parametrize("base", ["e", 2])
def test_short_arrays_have_the_value_of_their_comparison(arrays, base):
    p, q, kind = ARRAYS[arrays]
    expected = klcli.compare(p, q, as_=kind, measures="all", base=base).values
    for name, value in expected.items():
        measure, _, order = name.partition(":")
        if measure not in OF_ONE:
            function = getattr(klcli, measure)
            assert function(p, q, *([float(order)] if order else []), as_=kind, base=base) == value, name
    assert klcli.kl_divergence(p, q, as_=kind, base=base) == expected["forward_kl"]


@pytest.mark.parametrize("kind", ["auto", "probs", "counts", "weights"])
@pytest.mark.parametrize(
    "wrong",
    [[-0.5, 0.7, 0.8], [np.nan, 1, 0], [np.inf, 1, 0], [0, 0, 0], [0.5, 0.3, 0.1], [1, 2], [[1.0, 2, 3]]],
    ids=str,
)
def test_short_arrays_are_refused_in_the_words_of_a_comparison(kind, wrong):
    for p, q in ((np.array(wrong), FAR), (FAR, np.array(wrong))):
        by_function = answer_to(lambda: klcli.kl_divergence(p, q, as_=kind))  # noqa: B023
        assert by_function == answer_to(lambda: klcli.compare(p, q, as_=kind).forward_kl)  # noqa: B023


def answer_to(question):
    """The value, or the words of the refusal, which name the kind of one side as a function without p_as does."""
    try:
        return question()
    except klcli.InputError as error:
        return re.sub(r'([pq])_as="(\w+)"', r'klcli.Distribution(\1, as_="\2")', str(error))
