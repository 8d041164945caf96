import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt  # comes with rich

from klcli.core.limits import Verdict
from klcli.reports.format import Style
from klcli.reports.layout.markup import escaped, escaped_texts
from klcli.reports.parts import Column, Facts, Prose, Table, Verdicts
from klcli.reports.rendering import render
from klcli.reports.report import Report

COLUMNS = (Column("outcome", "outcome"), Column("value", "value", is_number=True, is_measure=True))
MARKUP = ["a|b", "`code`", "*bold*", "_it_", "[text](https://example.org)", "<b>x</b>", "<!-- x -->", "![i](x.png)",
          "~~no~~", "# title", "&amp;", "back\\slash", "\\|", "a\\|b", "__init__", "$x$", "> quote"]  # fmt: skip


def report(*rows, before=(), after=()):
    return Report("answers", (*before, Table(COLUMNS, rows), *after), dict)


def render_markdown(report, style):
    return render(report, "markdown", style)


def shown(text, element):
    """What a reader sees in each element of this name, by a parser of another house."""
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
    return [unescape(inner) for inner in re.findall(f"<{element}.*?>(.*?)</{element}>", page, re.DOTALL)]


@pytest.mark.parametrize("label", MARKUP)
def test_a_label_is_never_markup(label):
    assert shown(render_markdown(report((label, 0.5)), Style()), "td") == [label, "0.5"]


@pytest.mark.parametrize("label", MARKUP)
def test_a_name_is_never_markup_in_facts_and_prose(label):
    text = render_markdown(
        report(before=[Facts((("P", label),))], after=[Prose((f"Most comes from {label}.",))]), Style()
    )
    assert shown(text, "li") == [f"<strong>P</strong>: {label}"]
    assert shown(text, "p") == [f"Most comes from {label}."]


@pytest.mark.parametrize(("label", "text"), [("$x$", r"\$x\$"), ("https://example.org", r"https\://example.org")])
def test_what_only_github_reads_as_markup_is_escaped_too(label, text):
    assert f"| {text} |" in render_markdown(report((label, 0.5)), Style())


@pytest.mark.parametrize("label", ["forward_kl", "renyi:2", "a-b", "(x)", "p > 0", "50 %", "a, b and c", "猫"])
def test_what_is_no_markup_is_not_escaped(label):
    assert f"| {label} |" in render_markdown(report((label, 0.5)), Style())


@given(st.lists(st.text("_a :/*\n\x1b日", max_size=4) | st.text(max_size=4)))
def test_texts_beside_others_are_escaped_as_one_alone(texts):
    assert list(escaped_texts(texts)) == [escaped(text) for text in texts]


@pytest.mark.parametrize("label", ["two\nlines", "\x1b[31mred", "a\u202eb", "a\rb", "a\x85b", "a\u2028b"])
def test_a_control_character_is_shown_as_its_escape(label):
    text = render_markdown(report((label, 0.5)), Style())
    assert len(text.splitlines()) == 3
    assert shown(text, "td")[0] == ascii(label)[1:-1]


def test_is_a_table_of_github(kl):
    out = kl("compute", "0.5,0.5", "0.9,0.1", "-m", "forward_kl", "-m", "total_variation", "-f", "markdown").out
    assert out.splitlines() == [
        "- **P**: 0.5,0.5, probabilities, 2 outcomes",
        "- **Q**: 0.9,0.1, probabilities, 2 outcomes",
        "",
        "| measure |  | value | unit |",
        "| --- | --- | ---: | --- |",
        "| forward KL | KL(P‖Q) | 0.510826 | nats |",  # ½ log(½/0.9) + ½ log(½/0.1)
        "| total variation | TV(P, Q) | 0.4 |  |",
    ]


def test_every_row_has_as_many_cells_as_the_header(kl):
    lines = [line for line in kl("list", "measures", "-f", "markdown").out.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {7}


@pytest.mark.parametrize(("digits", "text"), [("1", "0.5"), ("3", "0.511"), ("10", "0.5108256238")])
def test_digits_round_it(kl, digits, text):
    out = kl("compute", "0.5,0.5", "0.9,0.1", "-m", "forward_kl", "-f", "markdown", "--digits", digits).out
    assert f"| {text} |" in out


def test_says_which_limits_were_kept():
    text = render_markdown(
        report(after=[Verdicts((Verdict("jeffreys", 1.0, 0.5, "nats"), Verdict("x_y", 0.1, 0.5, "")))]), Style()
    )
    assert text.splitlines()[-2:] == ["- kept: jeffreys = 0.5, limit 1 nats", "- **exceeded**: x_y = 0.5, limit 0.1"]


def test_commands_stand_in_a_block(kl):
    out = kl("examples", "coin", "-f", "markdown").out
    assert "\n```sh\nkl compute heads=0.5,tails=0.5 heads=0.99,tails=0.01 -m forward_kl\n" in out
    assert out.endswith("```\n")
