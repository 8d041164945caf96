"""What the Python face returns survives pickling and copying, for joblib, multiprocessing and caches."""

import copy
import pickle
from math import isnan

import numpy as np
import pytest
from grid import SETS

import klcli
from klcli.core.evaluation.evaluate import value_of
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select
from klcli.families.grammar import parse

ASKED = [f"{name}:0.5" if MEASURES.lookup(name).orders else name for name in MEASURES.names()]
WAYS = {
    **{f"protocol {each}": lambda thing, each=each: pickle.loads(pickle.dumps(thing, each)) for each in range(2, 6)},
    "deepcopy": copy.deepcopy,
}
every_way = pytest.mark.parametrize("again", WAYS.values(), ids=WAYS)
OTHERS = ["scipy.gamma(2.5)", "scipy.binom(7, 0.25)", "scipy.norm(0.5, 2)", "mvnormal([0, 1], [[2, 0.5], [0.5, 1]])",
          "mixture(0.25*normal(0, 1) + 0.75*scipy.norm(1))", "student_t(5, 0, 1)"]  # fmt: skip
MEMBERS = [*(f"{name}({', '.join(map(repr, sets[0]))})" for name, sets in SETS.items()), *OTHERS]


@every_way
@pytest.mark.parametrize("measures", [None, ASKED])
def test_a_comparison_is_the_same_and_computes_more(again, measures):
    p, q = {"cat": 0.5, "dog": 0.5, "emu": 0.0}, {"dog": 0.9, "cat": 0.1}
    comparison = klcli.compare(p, q, base=2, measures=measures)
    found = again(comparison)
    assert found.to_dict() == comparison.to_dict()
    assert [found[name] for name in ASKED] == [comparison[name] for name in ASKED]
    assert found.terms.outcomes == comparison.terms.outcomes
    assert found.notes == comparison.notes


@every_way
def test_rows_are_the_same_and_compute_more(again):
    rows = klcli.compare_rows([[1, 2, 3], [4, 5, 6.5]], [[2, 2, 2], [1, 0, 3]], as_="weights")
    found = again(rows)
    assert len(found) == 2
    for name in ASKED:
        assert found[name].tolist() == rows[name].tolist()


@pytest.mark.parametrize("name", ASKED)
def test_a_measure_is_the_one_that_is_registered(name):
    found = pickle.loads(pickle.dumps(select(name)))
    assert found.name == name
    assert value_of(found, [1, 3], [2, 2]) == value_of(select(name), [1, 3], [2, 2])


def test_a_measure_without_its_order_keeps_none():
    assert pickle.loads(pickle.dumps(MEASURES.lookup("renyi"))) is MEASURES.lookup("renyi")


@pytest.mark.parametrize("word", MEMBERS)
def test_a_family_is_the_same_before_and_after_it_was_used(word):
    member, other = parse(word), parse(word)
    before = pickle.loads(pickle.dumps(member))
    value = klcli.kl_divergence(member, other)
    after = pickle.loads(pickle.dumps(member))
    assert str(before) == str(after) == str(member)
    assert before.name == after.name == member.name
    for found in (before, after):
        assert klcli.kl_divergence(found, other) == value == klcli.kl_divergence(other, found)


@every_way
@pytest.mark.parametrize(
    ("p", "q"),
    [("normal(0, 1)", "normal(1, 2)"), ("scipy.gamma(2)", "scipy.gamma(3)"), ("poisson(3)", "scipy.poisson(4)"),
     ("mixture(0.5*normal(0, 1) + 0.5*normal(2, 1))", "normal(1, 2)"), ("0=0.5,1=0.5", "bernoulli(0.25)")],
)  # fmt: skip
def test_a_comparison_of_families_is_the_same_and_computes_more(again, p, q):
    comparison = klcli.compare(p, q, measures=["forward_kl"])
    found = again(comparison)
    assert found.to_dict() == comparison.to_dict()
    assert found["reverse_kl"] == comparison["reverse_kl"]
    assert not isnan(found["reverse_kl"])


@pytest.mark.parametrize("lines", [3, 60_000, 1_500_000])
def test_labels_that_are_read_from_a_file_outlive_it(tmp_path, lines):
    p, q = tmp_path / "p.csv", tmp_path / "q.csv"
    labels = [f"label {number}" for number in range(lines)]
    p.write_text("".join(f"{label},{number % 7 + 1}\n" for number, label in enumerate(labels)))
    q.write_text("".join(f"{label},1\n" for label in reversed(labels)))
    comparison = klcli.compare(p, q, as_="counts", measures=["forward_kl"])
    text = pickle.dumps(comparison)
    value = comparison["jeffreys"]
    p.unlink()
    q.unlink()
    found = pickle.loads(text)
    assert found["jeffreys"] == value
    assert (found.p.labels[0], found.p.labels[lines - 1]) == (labels[0], labels[-1])
    assert np.array_equal(found.p.mass, comparison.p.mass)
