import json
import re
import subprocess
import sys
from array import array
from collections import OrderedDict
from fractions import Fraction
from math import exp, inf, log
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

import klcli

ROOT = Path(__file__).parent.parent
FAIR, BIASED = [0.5, 0.5], [0.99, 0.01]
COIN = 1.6144631  # nats, of FAIR against BIASED


@pytest.mark.parametrize(
    "sequence",
    [
        list,
        tuple,
        np.array,
        pd.Series,
        pd.array,
        lambda values: array("d", values),
        lambda values: np.array(values, dtype=np.longdouble),
        lambda values: [Fraction(value) for value in values],
        lambda values: pd.Series(values, index=pd.RangeIndex(5, 7)),
        lambda values: klcli.Distribution.from_probabilities(values),
        lambda values: ",".join(map(str, values)),
    ],
)
def test_takes_any_sequence_of_numbers(sequence):
    assert klcli.kl_divergence(sequence(FAIR), sequence(BIASED)) == pytest.approx(COIN, abs=5e-8)
    assert klcli.kl_divergence(sequence(FAIR), BIASED) == pytest.approx(COIN, abs=5e-8)


@pytest.mark.parametrize(
    "labelled",
    [
        dict,
        OrderedDict,
        MappingProxyType,
        lambda mapping: pd.Series(dict(mapping)),
        lambda mapping: klcli.Distribution.from_probabilities(list(mapping.values()), mapping),
        lambda mapping: ",".join(f"{label}={value}" for label, value in mapping.items()),
    ],
)
def test_joins_what_is_labelled_by_label(labelled):
    p, q = labelled({"heads": 0.5, "tails": 0.5}), labelled({"tails": 0.01, "heads": 0.99})
    assert klcli.kl_divergence(p, q) == pytest.approx(COIN, abs=5e-8)
    assert klcli.compare(p, q).terms.outcomes == ("heads", "tails")
    assert klcli.kl_divergence(p, {"tails": 0.01, "heads": 0.99}) == pytest.approx(COIN, abs=5e-8)


@pytest.mark.parametrize("of", [Path, str])
def test_takes_paths(of):
    p, q = of(ROOT / "sample_data/coin_fair.csv"), of(ROOT / "sample_data/coin_biased.csv")
    result = klcli.compare(p, q)
    assert result.forward_kl == pytest.approx(COIN, abs=5e-8)
    assert result.p.name == str(p)


def test_a_series_of_counts_is_compared_as_it_comes_from_pandas():
    before, after = pd.Series(list("aabb")), pd.Series(list("aaab"))
    assert klcli.kl_divergence(before.value_counts(), after.value_counts()) == pytest.approx(
        0.5 * log(0.5 / 0.75) + 0.5 * log(0.5 / 0.25), rel=4e-15
    )


@pytest.mark.parametrize("of", [list, tuple, np.array, pd.Series])
def test_samples_are_counted(of):
    result = klcli.compare(of(["a", "a", "b", "b"]), of(["a", "a", "a", "b"]), as_="samples")
    assert result.forward_kl == pytest.approx(0.5 * log(0.5 / 0.75) + 0.5 * log(0.5 / 0.25), rel=4e-15)
    assert result.p.kind == "samples"


def test_integers_that_are_labels_are_labels():
    assert klcli.compare({1: 0.5, 2: 0.5}, {2: 0.5, 1: 0.5}).terms.outcomes == ("1", "2")


def test_a_measure_is_an_attribute_and_an_item():
    result = klcli.compare(FAIR, [0.9, 0.1])
    assert result.forward_kl == result["forward_kl"] == result["forward-kl"] == result.values["forward_kl"]
    assert result.total_variation == pytest.approx(0.4, rel=1e-15)
    assert result["renyi:0"] == 0
    assert result["psi"] == result.jeffreys == pytest.approx(result.forward_kl + result.reverse_kl, rel=1e-14)


def test_a_measure_that_was_not_asked_for_is_computed_when_it_is():
    result = klcli.compare(FAIR, BIASED, measures=["entropy_p"])
    assert list(result.values) == ["entropy_p"]
    assert result.forward_kl == pytest.approx(COIN, abs=5e-8)
    assert list(result.values) == ["entropy_p"]


def test_an_attribute_that_is_no_measure_raises_attribute_error():
    result = klcli.compare(FAIR, BIASED)
    assert not hasattr(result, "forward_lk")
    with pytest.raises(klcli.UsageError, match="no measure is called 'forward_lk'"):
        result["forward_lk"]


def test_the_measures_are_listed_by_dir():
    assert {"forward_kl", "hellinger", "terms", "to_dict"} <= set(dir(klcli.compare(FAIR, BIASED)))


def test_the_terms_sum_to_the_divergence():
    terms = klcli.compare([0.2, 0.3, 0.5], [0.3, 0.3, 0.4]).terms
    assert terms.outcomes == ("[1]", "[2]", "[3]")
    assert terms.contribution == pytest.approx([0.2 * log(2 / 3), 0, 0.5 * log(5 / 4)], rel=1e-14, abs=1e-16)
    assert terms.p * terms.log_ratio == pytest.approx(terms.contribution, rel=1e-15)


def test_the_dictionary_is_what_the_command_prints(document):
    printed = document("compute", "a=1,b=3", "a=2,b=2", "--bits")
    mine = klcli.compare("a=1,b=3", "a=2,b=2", base=2).to_dict()
    assert json.loads(json.dumps(mine, allow_nan=False)) == {
        key: value for key, value in printed.items() if key != "verdicts"
    }


@pytest.mark.parametrize(("base", "unit"), [("e", 1), (2, log(2)), (2.0, log(2)), ("2", log(2)), (10, log(10))])
def test_the_base_scales_the_value(base, unit):
    assert klcli.kl_divergence([1, 0], [0.25, 0.75], base=base) == pytest.approx(log(4) / unit, rel=1e-15)


def test_as_says_what_the_numbers_are():
    p, q = [0.05, 0.16, 0.9], [0.7, 0.2, 0.1]
    assert klcli.kl_divergence(p, q, as_="logits") == pytest.approx(0.1879, abs=5e-5)
    masses = [exp(value) for value in p]
    mixed = klcli.compare(masses, q, p_as="weights", q_as="logits").forward_kl
    assert mixed == pytest.approx(klcli.kl_divergence(p, q, as_="logits"), rel=1e-13)


def test_smoothing_and_missing_are_as_on_the_command_line():
    p, q = {"a": 5, "b": 4, "c": 1}, {"a": 6, "b": 4}
    assert klcli.compare(p, q).forward_kl == inf
    assert [note.code for note in klcli.compare(p, q).notes] == ["missing_outcomes", "infinite", "sampled"]
    smoothed = klcli.compare(p, q, smooth="add:1")
    assert smoothed.smoothing == "add:1"
    assert smoothed.forward_kl == pytest.approx((6 * log(6 / 7) + 2 * log(2)) / 13, rel=4e-15)
    with pytest.raises(klcli.InputError, match="not in Q: c"):
        klcli.compare(p, q, missing="error")


@pytest.mark.parametrize(
    ("p", "q", "settings", "message"),
    [
        ([0.5, 0.6], FAIR, {}, "P: the values sum to 1.1"),
        (FAIR, [0.5, -0.5], {}, "Q: value 2: a negative mass, -0.5"),
        (FAIR, [0.5, float("nan")], {}, "Q: value 2: NaN is not a valid mass"),
        ({"cat": 1, "dog": inf}, FAIR, {}, "P: value 2: 'dog': an infinite value is not a valid mass"),
        (FAIR, [0.2, 0.3, 0.5], {}, "P has 2 outcomes and Q has 3"),
        ({"a": 0.5, "b": 0.5}, FAIR, {}, "P has labels and Q has none"),
        ([], FAIR, {}, "P: there are no values"),
        ([0, 0], FAIR, {}, "P: every mass is 0"),
        ([[0.5, 0.5]], FAIR, {}, "P: the values have the shape"),
        (["x", "y"], FAIR, {}, "P: not all are numbers"),
        (0.5, FAIR, {}, "P: the values have the shape"),
        (None, FAIR, {}, "P: the values have the shape"),
        (object(), FAIR, {}, "P: not all are numbers"),
        ("softmax(1, 2)", FAIR, {}, 'with as_="logits", or for one side p_as= or q_as='),
        (3, ["a"], {"as_": "samples"}, "P: int is not iterable"),
        (
            pd.Series([0.5, 0.5], index=["a", "a"]),
            {"a": 1},
            {},
            "P: value 2: 'a': duplicate label, first seen at value 1",
        ),
        ("nope.csv", FAIR, {}, "nope.csv: no such file"),
        (FAIR, FAIR, {"base": 1}, "the base of the logarithm is 1"),
        (FAIR, FAIR, {"as_": "x"}, "no kind is called 'x'"),
        (FAIR, FAIR, {"smooth": "x"}, "no smoothing is called 'x'"),
        (FAIR, FAIR, {"missing": "x"}, "is called 'x'"),
        (FAIR, FAIR, {"measures": ["x"]}, "no measure is called 'x'"),
    ],
)
def test_what_is_wrong_raises_a_value_error_that_says_so(p, q, settings, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        klcli.compare(p, q, **settings)
    assert isinstance(caught.value, klcli.UsageError if settings and p is FAIR else klcli.InputError)


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (lambda stats: stats.norm, "scipy.norm()"),
        (lambda stats: stats.gamma(2, scale=3), "scipy.gamma(2, scale=3)"),
        (lambda stats: stats.poisson(3), "scipy.poisson(3)"),
        (lambda stats: stats.multivariate_normal([1, 2], [[2, 0], [0, 3]]), "mvnormal(mean=[1,2], cov=[[2,0],[0,3]])"),
        (lambda stats: stats.dirichlet([1, 2.5, 3]), "dirichlet([1,2.5,3])"),
        (lambda stats: stats.multinomial(5, [0.25, 0.75]), "multinomial(5, [0.25,0.75])"),
        (lambda stats: stats.wishart(3, [[2, 0], [0, 1]]), "wishart(3, [[2,0],[0,1]])"),
    ],
)
def test_a_distribution_of_scipy_is_answered_with_the_word_for_it(made, word):
    found = made(pytest.importorskip("scipy.stats"))
    with pytest.raises(klcli.InputError, match=re.escape(f"hint: pass its name, as in {word!r}")):
        klcli.compare(found, FAIR)
    assert klcli.compare(word, word).forward_kl == 0


@pytest.mark.parametrize(
    "made",
    [
        lambda stats: stats.norm(float("nan"), 1),
        lambda stats: stats.norm([0, 1], 1),
        lambda stats: stats.gaussian_kde([1.0, 2, 4]),
        lambda stats: stats.rv_histogram(([1, 3], [0, 1, 2])),
        lambda stats: stats.rv_discrete(values=([1, 2], [0.5, 0.5])),
        lambda stats: stats.dirichlet,
        lambda stats: stats.multivariate_t([0, 0]),
    ],
)
def test_a_distribution_of_scipy_without_a_word_is_not_given_that_of_another(made):
    with pytest.raises(klcli.InputError) as error:
        klcli.compare(made(pytest.importorskip("scipy.stats")), FAIR)
    assert (
        error.value.hint
        == "no word of klcli describes it; klcli.estimate compares draws from both, as p.rvs(size=10_000)"
    )


def test_the_arguments_are_left_as_they_are():
    p, q = np.array([3.0, 1.0]), np.array([2.0, 2.0])
    klcli.compare(p, q, smooth="add:1", measures=["forward_kl", "jeffreys"])
    assert p.flags.writeable
    assert (list(p), list(q)) == ([3, 1], [2, 2])


def test_a_result_does_not_change():
    result = klcli.compare(FAIR, BIASED)
    with pytest.raises(AttributeError):
        result.base = 2
    with pytest.raises(ValueError, match="read-only"):
        result.p.mass[0] = 1


def run(script):
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_importing_it_imports_no_numpy_and_no_click():
    loaded = run("import sys, klcli; klcli.__version__; klcli.KlError; print(*sys.modules)").split()
    assert {"numpy", "click", "rich", "pandas"}.isdisjoint(loaded)


def test_comparing_imports_no_pandas_click_or_rich():
    loaded = run("import sys, klcli; klcli.kl_divergence([.5, .5], [.9, .1]); print(*sys.modules)").split()
    assert {"click", "rich", "pandas", "scipy"}.isdisjoint(loaded)


def test_every_public_name_is_listed_and_there():
    for name in klcli.__all__:
        assert name in dir(klcli)
        assert getattr(klcli, name).__name__ == name


def test_a_name_that_is_none_raises_attribute_error():
    with pytest.raises(AttributeError, match="module 'klcli' has no attribute 'comapre'"):
        klcli.comapre  # noqa: B018


def test_pairwise_gives_what_compare_gives_of_each_pair():
    x = [[0.5, 0.25, 0.25], [0.1, 0.2, 0.7], [1.0, 0.0, 0.0]]
    found = klcli.pairwise(x, measure="jeffreys", base=2)
    expected = [[klcli.compare(p, q, base=2).jeffreys for q in x] for p in x]
    assert found == pytest.approx(np.array(expected), rel=8e-15, abs=0)
    assert klcli.pairwise(x, x[:1], measure="jeffreys", base=2).tolist() == [[row[0]] for row in found.tolist()]


def test_pairwise_joins_the_columns_of_tables_by_label():
    x = pd.DataFrame({"a": [0.5, 0.1], "b": [0.5, 0.9]})
    y = pd.DataFrame({"b": [1.0, 0.5], "c": [0.0, 0.5]})
    expected = [[0.5, 0.5], [0.1, 0.5]]
    assert klcli.pairwise(x, y, measure="total_variation") == pytest.approx(np.array(expected), rel=1e-14)
    with pytest.raises(klcli.InputError, match="x lacks c; y lacks a"):
        klcli.pairwise(x, y, missing="error")
    with pytest.raises(klcli.InputError, match="has labels"):
        klcli.pairwise(x, y.to_numpy())


def test_pairwise_takes_logits_counts_and_files(tmp_path):
    scores = np.array([[1.0, 2.0], [3.0, 1.0]], dtype=np.float32)
    assert klcli.pairwise(scores, as_="logits")[0, 1] == pytest.approx(
        klcli.kl_divergence(scores[0], scores[1], as_="logits"), rel=8e-15
    )
    np.save(tmp_path / "x.npy", np.array([[1, 3], [2, 2]]))
    assert (
        klcli.pairwise(tmp_path / "x.npy", smooth="add:1")[0, 1]
        == klcli.compare([1, 3], [2, 2], smooth="add:1").forward_kl
    )


@pytest.mark.parametrize(
    "rows", [[[1, 2], [3]], [1, 2], np.array([[{}]]), [[-1.0, 2.0]], [[0.0, 0.0]], np.empty((2, 0)), "nowhere.csv"]
)
def test_pairwise_refuses_what_is_no_table_of_distributions(rows):
    with pytest.raises(klcli.InputError):
        klcli.pairwise(rows)


def test_pairwise_refuses_names_that_are_none():
    for settings in ({"measure": "klx"}, {"base": 1}, {"as_": "masses"}, {"smooth": "x:1"}, {"missing": "x"}):
        with pytest.raises(klcli.UsageError):
            klcli.pairwise([[1, 2], [2, 1]], **settings)
