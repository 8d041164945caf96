from math import inf

import pytest

from klcli.reports.format import Style
from klcli.reports.parts import Column, Table
from klcli.reports.renderers import FORMATS
from klcli.reports.rendering import render
from klcli.reports.report import Report

TEXTS = ["table", "json", "jsonl", "csv", "tsv", "markdown", "latex", "value"]

every_format = pytest.mark.parametrize("name", TEXTS)


def test_the_formats_are_those_of_the_contract():
    assert FORMATS.names() == [*TEXTS, "junit", "github", "step_summary", "npy", "html", "svg", "png", "pdf"]


@every_format
@pytest.mark.parametrize("rows", [(), (("x", 0.5),), (("x", 0.5), ("y", inf))])
def test_every_format_ends_in_one_line_feed_unless_it_is_empty(name, rows):
    table = Table((Column("outcome", "outcome"), Column("value", "value", is_number=True, is_measure=True)), rows)
    text = render(Report("answers", (table,), lambda: {"rows": rows}), name, Style())
    assert (text == "" and not rows) or (text.endswith("\n") and not text.endswith("\n\n"))


@every_format
@pytest.mark.parametrize("words", [("compute", "a=1,b=1", "a=1,b=3"), ("explain", "a=1,b=1", "a=1,b=3"),
                                   ("examples", "zeros")])  # fmt: skip
def test_every_format_prints_every_answer_that_has_numbers(kl, name, words):
    result = kl(*words, "-f", name)
    assert result.code == 0
    assert result.out
    assert "nan" not in result.out.lower().replace("or nan", "").replace("makes nan", "")
