import json
from math import inf

import pytest

from klcli.reports.format import Style
from klcli.reports.parts import Table
from klcli.reports.rendering import render
from klcli.reports.report import Report

# label, and how the document must write it; every JSON reader gives the label back
UNSAFE = {"\x1b[31mred": r"\u001b[31mred", "a\x9bb": r"a\u009bb", "a\u202eb": r"a\u202eb", "\ud800": r"\ud800",
          "a\u2028b": r"a\u2028b", "a\u0085b": r"a\u0085b", "\x7f": r"\u007f"}  # fmt: skip


def report(**document):
    return Report("answers", (Table((), ()),), lambda: document)


def render_json(report, style):
    return render(report, "json", style)


def render_json_lines(report, style):
    return render(report, "jsonl", style)


def test_the_document_has_the_keys_of_the_contract_in_their_order(document):
    found = document("compute", "0.5,0.5", "1,0", "--fail-above", "0.1")
    assert list(found) == [
        "schema", "p", "q", "outcomes", "base", "unit", "smoothing", "measures", "notes", "verdicts",
    ]  # fmt: skip
    assert found["schema"] == 1
    assert found["p"] == {"name": "0.5,0.5", "kind": "probabilities", "outcomes": 2, "total": 1.0}
    assert list(found["q"]) == list(found["p"])
    assert (found["outcomes"], found["base"], found["unit"], found["smoothing"]) == (2, "e", "nats", "none")
    assert [list(note) for note in found["notes"]] == [["code", "text"]]
    assert [list(verdict) for verdict in found["verdicts"]] == [["measure", "limit", "value", "passed"]]


@pytest.mark.parametrize("words", [("compute", "1,1", "1,1"), ("explain", "1,1", "1,1"), ("examples",), ("list",),
                                   ("examples", "zeros"), ("list", "measures")])  # fmt: skip
def test_every_document_states_its_schema(document, words):
    assert document(*words)["schema"] == 1


def test_infinity_is_a_string_and_never_a_constant(kl, document):
    measures = document("compute", "0.5,0.5,0", "1,0,0", "-m", "all", "-m", "renyi:inf")["measures"]
    assert measures["forward_kl"] == "Infinity"
    assert measures["renyi:inf"] == "Infinity"
    assert all(type(value) in (float, str) for value in measures.values())
    assert {value for value in measures.values() if isinstance(value, str)} == {"Infinity"}


def test_infinities_of_either_sign_are_strings():
    assert json.loads(render_json(report(up=inf, down=-inf, inside=[{"deep": (inf,)}]), Style())) == {
        "up": "Infinity", "down": "-Infinity", "inside": [{"deep": ["Infinity"]}]
    }  # fmt: skip


def test_nan_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        render_json(report(value=float("nan")), Style())


@pytest.mark.parametrize("value", [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, 1e22, 123456789.12345678, 0.1 + 0.2])
def test_a_number_survives_the_way_there_and_back(value):
    assert json.loads(render_json(report(value=value), Style(digits=1)))["value"] == value


def test_json_is_one_document_and_jsonl_one_line(kl):
    words = ("compute", "0.5,0.5", "0.9,0.1", "-f")
    out, line = kl(*words, "json").out, kl(*words, "jsonl").out
    assert (line.count("\n"), line[-1], out[-1]) == (1, "\n", "\n")
    assert json.loads(out) == json.loads(line)


def test_jsonl_has_a_line_for_each_row(kl):
    rows = [json.loads(line) for line in kl("list", "kinds", "-f", "jsonl").out.splitlines()]
    assert [row["name"] for row in rows][:2] == ["auto", "probs"]


@pytest.mark.parametrize("label", UNSAFE)
@pytest.mark.parametrize("render", [render_json, render_json_lines])
def test_what_could_control_a_terminal_is_escaped_and_comes_back(render, label):
    text = render(report(label=label), Style(is_terminal=True))
    assert UNSAFE[label] in text
    assert json.loads(text) == {"label": label}


@pytest.mark.parametrize("label", ["猫", "é", "🙂", "[red]x[/red]", 'a "quote"', "back\\slash", "λ‖Σ"])
def test_what_cannot_is_kept_to_the_letter(label):
    text = render_json(report(label=label), Style())
    assert json.loads(text) == {"label": label}
    assert "\\u" not in text


@pytest.mark.parametrize("digits", ["1", "17"])
def test_digits_do_not_round_it(document, digits):
    found = document("compute", "1,0", "1/3,2/3", "-m", "forward_kl", "--digits", digits)
    assert found["measures"]["forward_kl"] == pytest.approx(1.0986122886681098, rel=1e-15)  # log 3, OEIS A002391
