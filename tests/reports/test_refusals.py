"""A format that can show nothing of an answer is refused in one sentence; with limits there is a verdict to show."""

import json

import pytest

PAIR = ("sample_data/coin_fair.csv", "sample_data/coin_biased.csv")
LETTERS = ("sample_data/letters.csv", "--columns", "--as", "weights", "-m", "jensen_shannon")
ROWS = ("sample_data/next_token.jsonl",)
VERDICTS = {"junit": "JUnit", "github": "GitHub", "step_summary": "step summary"}


@pytest.mark.parametrize("name", VERDICTS)
@pytest.mark.parametrize(
    ("words", "noun"),
    [
        (("compute", *PAIR), "comparisons without --fail-above"),
        (("explain", *PAIR), "explanations"),
        (("examples", "coin"), "examples"),
        (("list", "kinds"), "lists"),
        (("matrix", *LETTERS), "matrices without --fail-above"),
        (("rows", *ROWS), "rows without --fail-above"),
        (("rows", *ROWS, "--summary"), "rows without --fail-above"),
        (("batch", "sample_data/pairs.csv", "--show-config"), "settings"),
    ],
)
def test_what_has_no_verdict_has_no_form_for_ci(kl, words, noun, name):
    result = kl(*words, "-f", name)
    assert (result.code, result.out) == (2, "")
    assert f"kl: error: {noun} have no {VERDICTS[name]} form\n" in result.err
    assert "the formats for them are table, json, jsonl" in result.err


@pytest.mark.parametrize(
    "words",
    [
        ("compute", *PAIR, "--fail-above", "0.1"),
        ("matrix", *LETTERS, "--fail-above", "0.01"),
        ("rows", *ROWS, "--fail-above", "1e-9"),
        ("rows", *ROWS, "--summary", "--fail-above", "1e-9"),
    ],
)
def test_an_exceeded_limit_fails_in_every_form_for_ci(kl, words):
    junit, github, summary = (kl(*words, "-f", name) for name in VERDICTS)
    assert {result.code for result in (junit, github, summary)} == {1}
    assert 'tests="1" failures="1" errors="0"' in junit.out
    assert github.out.startswith("::error ")
    assert "title=kl%3A exceeded%3A " in github.out
    assert "**exceeded**" in summary.out


def test_a_limit_that_is_kept_passes_in_every_form_for_ci(kl):
    junit, github, summary = (kl("compute", *PAIR, "--fail-above", "9", "-f", name) for name in VERDICTS)
    assert 'tests="1" failures="0" errors="0"' in junit.out
    assert github.out == ""
    assert "- kept: forward\\_kl = 1.61446, limit 9 nats" in summary.out.replace("forward_kl", "forward\\_kl")


def test_an_array_is_of_a_matrix_alone(kl):
    result = kl("compute", *PAIR, "-f", "npy")
    assert (result.code, result.out) == (2, "")
    assert "comparisons have no .npy form" in result.err
    assert kl("batch", "sample_data/pairs.csv", "-f", "npy").code == 2


def test_a_report_that_is_refused_leaves_no_file(kl, tmp_path):
    path = tmp_path / "report"
    assert kl("batch", "sample_data/pairs.csv", "--report", f"npy={path}").code == 2
    assert list(tmp_path.iterdir()) == []


def test_every_verdict_stands_in_the_document_too(kl):
    found = json.loads(kl("compute", *PAIR, "--fail-above", "0.1", "-f", "json").out)
    assert [verdict["passed"] for verdict in found["verdicts"]] == [False]
