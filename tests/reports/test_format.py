from math import inf

import pytest

from klcli.reports.format import Style, person_text
from klcli.reports.parts import Column, Table
from klcli.reports.renderers import FORMATS
from klcli.reports.rendering import render
from klcli.reports.report import Report

NUMBER, SHARE = Column("x", "x", is_number=True), Column("x", "x", is_share=True)

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


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (0.1, "0.1"),
        (1 / 3, "0.333333"),
        (123456789.0, "1.23457e+8"),
        (1e-300, "1e-300"),
        (1.5e-7, "1.5e-7"),
        (0.0, "0"),
        (1.0, "1"),
        (inf, "inf"),
        (12, "12"),
        (None, ""),
        ("x\x1b[31m", "x\\x1b[31m"),
        ("e+05", "e+05"),
    ],
)
def test_a_cell_is_written_for_a_person(cell, text):
    assert person_text(cell, NUMBER, Style()) == text


@pytest.mark.parametrize(("cell", "text"), [(0.5, "50.0 %"), (1.0, "100.0 %"), (-0.25, "-25.0 %"), (None, "")])
def test_a_share_is_a_percentage(cell, text):
    assert person_text(cell, SHARE, Style()) == text


@pytest.mark.parametrize(("digits", "text"), [(1, "0.7"), (6, "0.666667"), (17, "0.66666666666666663")])
def test_digits_are_significant(digits, text):
    assert person_text(2 / 3, NUMBER, Style(digits)) == text
