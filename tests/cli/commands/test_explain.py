import csv
import io
import json
import re
from math import log
from time import process_time

import numpy as np
import pytest

from klcli.core.measures.measure import MEASURES

THREE = ("a=5,b=3,c=2", "a=4,b=4,c=2")


def test_the_terms_sum_to_the_forward_kl(document):
    found = document("explain", *THREE)
    total = sum(term["contribution"] for term in found["terms"])
    assert total == pytest.approx(found["measures"]["forward_kl"], rel=1e-14)
    assert sum(term["share"] for term in found["terms"]) == pytest.approx(1, rel=1e-14)


def test_a_term_is_p_times_the_logarithm_of_p_over_q(document):
    terms = {term["outcome"]: term for term in document("explain", *THREE)["terms"]}
    assert list(terms) == ["a", "b", "c"]  # largest first: 0.112, -0.086, 0
    assert terms["a"]["log_ratio"] == pytest.approx(log(0.5 / 0.4), rel=4e-15)
    assert terms["b"]["contribution"] == pytest.approx(0.3 * log(0.3 / 0.4), rel=4e-15)
    assert terms["c"]["contribution"] == 0


@pytest.mark.parametrize("options", [(), ("--bits",), ("--base", "10")])
def test_the_cross_entropy_is_the_entropy_plus_the_divergence(document, options):
    parts = document(
        "explain", "sample_data/letters.csv", "--p", "german", "--q", "english", "--as", "weights", *options
    )
    parts = parts["decomposition"]
    assert list(parts) == ["H(P)", "KL(P‖Q)", "H(P, Q)"]
    assert parts["H(P)"] + parts["KL(P‖Q)"] == pytest.approx(parts["H(P, Q)"], rel=1e-14)


def test_gives_the_numbers_of_compute(document):
    pair = ("sample_data/coin_fair.csv", "sample_data/coin_biased.csv")
    explained, computed = document("explain", *pair)["measures"], document("compute", *pair)["measures"]
    assert explained == {name: computed[name] for name in explained}
    assert explained["forward_kl"] == pytest.approx(1.6144631, abs=5e-8)


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "table", "markdown", "value"])
def test_shows_the_largest_terms_and_sums_the_rest(kl, format_):
    words = ("explain", "0.1,0.2,0.3,0.4", "0.4,0.3,0.2,0.1", "--top", "2", "-f", format_)
    out = kl(*words).out
    contributions = [0.4 * log(4), 0.1 * log(0.25), 0.3 * log(1.5) + 0.2 * log(2 / 3)]
    match format_:
        case "json":
            rows = [(term["outcome"], term["contribution"]) for term in json.loads(out)["terms"]]
        case "jsonl":
            rows = [(term["outcome"], term["contribution"]) for term in map(json.loads, out.splitlines())]
        case "csv":
            rows = [(row.split(",")[0], float(row.split(",")[4])) for row in out.splitlines()[1:]]
        case "value":
            rows = list(zip(["[4]", "[1]", "2 more"], map(float, out.splitlines()), strict=True))
        case _:
            assert "2 more" in out
            assert f"{contributions[0]:.6g}" in out
            assert f"{contributions[2]:.6g}" in out
            assert "[2]" not in out.replace("\\", "")
            return
    assert [name for name, _ in rows] == ["[4]", "[1]", "2 more"]
    assert [value for _, value in rows] == pytest.approx(contributions, rel=1e-14)


def test_the_rest_sums_p_and_q_too(document):
    rest = document("explain", "0.1,0.2,0.3,0.4", "0.4,0.3,0.2,0.1", "--top", "2")["terms"][-1]
    assert (rest["p"], rest["q"], rest["log_ratio"]) == (pytest.approx(0.5), pytest.approx(0.5), None)


@pytest.mark.parametrize(("top", "rows"), [("0", 26), ("26", 26), ("25", 26), ("24", 25), ("99", 26), ("1", 2)])
def test_top_limits_the_rows(document, top, rows):
    found = document("explain", "sample_data/letters.csv", "--p", "german", "--q", "english", "--as", "weights",
                     "--top", top)  # fmt: skip
    assert len(found["terms"]) == rows


def test_shows_20_terms_unless_asked(document):
    found = document("explain", "sample_data/letters.csv", "--p", "german", "--q", "english", "--as", "weights")
    assert len(found["terms"]) == 21
    assert found["terms"][-1]["outcome"] == "6 more"


def test_refuses_a_negative_number_of_terms(kl):
    assert kl("explain", *THREE, "--top", "-1").code == 2


def test_names_the_outcome_that_makes_most_of_it(document):
    words = " ".join(document("explain", "heads=0.5,tails=0.5", "heads=0.99,tails=0.01")["explanation"])
    assert "tails" in words
    assert "50 times less" in words


def test_says_which_outcomes_make_it_infinite(document):
    found = document("explain", "cat=0.5,dog=0.5", "cat=1,dog=0")
    assert found["terms"][0] == {
        "outcome": "dog", "p": 0.5, "q": 0.0, "log_ratio": "Infinity", "contribution": "Infinity", "share": None
    }  # fmt: skip
    assert "infinite because of dog" in found["explanation"][0]


def test_says_that_equal_distributions_are_equal(document):
    found = document("explain", "0.5,0.5", "0.5,0.5")
    assert "the same distribution" in found["explanation"][0]
    assert [term["contribution"] for term in found["terms"]] == [0, 0]


def test_says_that_terms_cancel_where_p_nearly_is_q(document):
    found = document("explain", "0.5,0.5", "0.500000001,0.499999999")
    assert found["measures"]["forward_kl"] == pytest.approx(2e-18, rel=1e-6)  # 2·δ² to the first order
    assert any("cancel" in sentence for sentence in found["explanation"])


def test_an_outcome_that_neither_has_contributes_nothing(document):
    terms = document("explain", "a=1,b=0", "a=1,b=0")["terms"]
    assert terms[1] == {"outcome": "b", "p": 0.0, "q": 0.0, "log_ratio": 0.0, "contribution": 0.0, "share": None}


@pytest.mark.parametrize("name", ["entropy_p", "entropy_q"])
def test_people_see_only_the_side_on_which_an_entropy_depends(kl, name):
    side, other = name[-1], {"p": "q", "q": "p"}[name[-1]]
    for format_ in ("table", "markdown", "latex", "html"):
        out = kl("explain", "a=5,b=3", "a=2,b=6", "-m", name, "-f", format_).out
        assert "log(p/q)" not in out
        assert f"{other.upper()} gives it" not in out
        assert re.search(rf"{side.upper()} gives it 0\.\d+\.", out) or format_ == "html"
    head = next(line for line in kl("explain", "1,3", "2,6", "-m", name).out.splitlines() if "outcome " in line)
    assert head.split() == ["outcome", side, f"-{side}·log", side, "share"]
    assert kl("explain", "1,3", "2,6", "-m", name, "-f", "csv").out.startswith("outcome,p,q,log_ratio,contribution")


@pytest.mark.parametrize(
    ("words", "outcomes"),
    [(("0.5,0.5", "0.9,0.1", "-m", "entropy_p"), "50 % each: [1], [2]"),
     (("0.5,0.5", "0.9,0.1", "-m", "tv"), "50 % each: [1], [2]"),
     (("a=3,b=3,c=1,d=1", "a=1,b=1,c=3,d=3"), "75 % each: a, b")],
)  # fmt: skip
def test_a_tie_names_no_outcome_as_the_largest(kl, words, outcomes):
    out = " ".join(kl("explain", *words).out.split())
    assert "comes from" not in out
    assert f"The largest terms are equal, {outcomes}" in out


def test_people_see_the_logarithm_that_is_in_the_term(kl):
    lines = kl("explain", "0.5,0.5", "0.9,0.1", "--reverse").out.splitlines()
    head, _, first = lines[next(index for index, line in enumerate(lines) if line.startswith("outcome")) :][:3]
    assert head.split() == ["outcome", "p", "q", "log(q/p)", "q·log(q/p)", "share"]
    _, _, q, log_ratio, term, *_ = first.split()
    assert float(q) * float(log_ratio) == pytest.approx(float(term), rel=1e-5)
    assert float(log_ratio) == pytest.approx(log(0.9 / 0.5), rel=1e-5)
    row = kl("explain", "0.5,0.5", "0.9,0.1", "--reverse", "-f", "csv").out.splitlines()[1]
    assert float(row.split(",")[3]) == pytest.approx(log(0.5 / 0.9), rel=4e-15)  # machines: log(p/q), as the key says


SUMS = [measure for measure in MEASURES if measure.is_sum]


@pytest.mark.parametrize("measure", SUMS, ids=lambda measure: measure.name)
@pytest.mark.parametrize("base", ["e", 2])
def test_the_terms_of_every_sum_add_up_to_its_value(document, measure, base):
    found = document("explain", "a=5,b=3,c=1,d=1", "a=2,b=3,c=4,d=1", "-m", measure.name, "--base", base)
    assert found["explained"] == measure.name
    total = sum(term["contribution"] for term in found["terms"])
    assert total == pytest.approx(found["measures"][measure.name], rel=1e-14)


@pytest.mark.parametrize("name", ["hellinger", "l_infinity", "renyi:2", "perplexity_p", "bhattacharyya"])
def test_a_measure_that_is_no_sum_is_refused_with_those_that_are(kl, name):
    result = kl("explain", "1,1", "1,3", "-m", name)
    assert (result.code, result.out) == (2, "")
    assert "not a sum of terms" in result.err
    assert "the sums are forward_kl, reverse_kl, jensen_shannon" in result.err


@pytest.mark.parametrize(
    ("name", "other"),
    [("forward_kl", "reverse_kl"), ("reverse_kl", "forward_kl"), ("cross_entropy", "reverse_cross_entropy"),
     ("chi_squared", "neyman_chi_squared"), ("entropy_p", "entropy_q"), ("jeffreys", "jeffreys")],
)  # fmt: skip
def test_the_other_direction_is_the_measure_of_q_and_p(kl, name, other):
    words = ("explain", "a=5,b=3", "a=2,b=6")
    assert kl(*words, "-m", name, "--reverse").out == kl(*words, "-m", other).out != ""


def test_reverse_kl_is_decomposed_as_forward_kl_is(kl):
    assert "H(Q, P) = H(Q) + KL(Q‖P)" in kl("explain", "a=5,b=3", "a=2,b=6", "--reverse").out


def test_an_infinite_measure_names_the_outcomes_that_make_it_so(kl):
    out = kl("explain", "a=5,b=3", "a=2,c=6", "--reverse").out
    assert "It is infinite because of c: one side gives it mass, the other none." in out


def test_of_families_forward_kl_alone_is_explained(kl):
    result = kl("explain", "normal(0,1)", "normal(1,1)", "-m", "jeffreys")
    assert result.code == 2
    assert "of families, forward_kl is explained, not jeffreys" in result.err
    assert "hint: kl compute -m jeffreys prints its value" in result.err


def test_a_hundred_thousand_rows_take_seconds(kl, tmp_path):
    random = np.random.default_rng(0)
    for name in "pq":
        lines = [f"w{index},{value!r}\n" for index, value in enumerate(random.random(100_000).tolist())]
        (tmp_path / f"{name}.csv").write_text("outcome,p\n" + "".join(lines))
    started = process_time()
    result = kl("explain", tmp_path / "p.csv", tmp_path / "q.csv", "--as", "weights", "--top", "0", "-q")
    assert process_time() - started < 8  # 1.5 s on an idle processor; it was more than 10 minutes
    assert result.out.count("\nw") == 100_000


# of 0.1,0.2,0.7 and 1,2,7 the KL is that of the rounding of 0.1, 0.2 and 0.7: 1.5e-33, of terms of 1e-17
@pytest.mark.parametrize(
    ("pair", "measure", "has_shares"),
    [
        (("0.1,0.2,0.7", "1,2,7"), "forward_kl", False),
        (("0.1,0.2,0.7", "1,2,7"), "reverse_kl", False),
        (("0.1,0.2,0.7", "1,2,7"), "jeffreys", True),
        (("0.5000001,0.4999999", "1,1"), "forward_kl", False),
        (("0.51,0.49", "1,1"), "forward_kl", True),
    ],
)
def test_terms_that_cancel_have_no_share_and_the_reason_is_said(kl, document, pair, measure, has_shares):
    found = document("explain", *pair, "-m", measure)
    assert all((term["share"] is not None) is has_shares for term in found["terms"])
    text = " ".join(kl("explain", *pair, "-m", measure).out.split())
    assert ("%" in text) is has_shares
    assert ("so no term has a share; the sum is computed from q - p" in text) is not has_shares


def test_a_difference_below_the_rounding_of_the_terms_is_said_to_be(kl):
    close, near = (" ".join(kl("explain", p, "1,2,7").out.split()) for p in ("0.1,0.2,0.7", "0.1001,0.2,0.6999"))
    sentence = "P and Q differ by less than the terms resolve, which are rounded to doubles"
    assert sentence in close
    assert sentence not in near


@pytest.mark.parametrize("measure", ["forward_kl", "jensen_shannon", "total_variation"])
def test_a_line_of_text_says_what_is_explained_as_json_does(kl, measure):
    words = ("explain", "1,3", "2,6", "-m", measure)
    assert {each["measure"] for each in csv.DictReader(io.StringIO(kl(*words, "-f", "csv").out))} == {measure}
    assert {json.loads(line)["measure"] for line in kl(*words, "-f", "jsonl").out.splitlines()} == {measure}
    assert json.loads(kl(*words, "-f", "json").out)["explained"] == measure
