"""A function for each measure: the value that `compare` has by the same name."""

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
