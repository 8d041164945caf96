import csv
import io
from math import inf, log

import pytest

from klcli.errors import UsageError
from klcli.reports.format import Style
from klcli.reports.parts import Column, Table
from klcli.reports.rendering import render
from klcli.reports.report import Report

COLUMNS = (Column("outcome", "outcome"), Column("value", "value", is_number=True, is_measure=True))
LABELS = ["001", "NA", "null", " space ", "a,b", 'say "x"', "tab\tbed", "two\nlines", "[red]x[/red]", "\x1b[31mred",
          "a\u202eb", "a|b", "猫", "", "=1+1"]  # fmt: skip


def report(*rows, footers=0):
    return Report("answers", (Table(COLUMNS, rows, footers),), dict)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_label_in_a_pipe_is_kept_to_the_letter(name, delimiter, label):
    text = render(report((label, 0.5), ("last", 1.0)), name, Style())
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) == [
        ["outcome", "value"], [label, "0.5"], ["last", "1.0"]
    ]  # fmt: skip


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_a_label_on_a_terminal_cannot_control_it(name, label):
    text = render(report((label, 0.5), ("last", 1.0)), name, Style(is_terminal=True))
    assert len(text.splitlines()) == 3
    assert not set("\x1b\u202e\x85").intersection(text)


def test_tabs_separate_on_a_terminal_too(kl_terminal):
    result = kl_terminal("compute", "0.5,0.5", "0.5,0.5", "-m", "forward_kl", "-f", "tsv")
    assert result.out.splitlines()[0] == "measure\tvalue\tunit\tp\tq\tsmoothing"


def test_the_columns_of_compute_are_a_promise(kl):
    rows = list(csv.DictReader(io.StringIO(kl("compute", "0.5,0.5", "1,0", "--bits", "-f", "csv").out)))
    assert rows[0] == {
        "measure": "forward_kl", "value": "Infinity", "unit": "bits", "p": "0.5,0.5", "q": "1,0", "smoothing": "none"
    }  # fmt: skip
    assert rows[1] == rows[0] | {"measure": "reverse_kl", "value": "1.0"}


def test_the_columns_of_explain_are_a_promise(kl):
    assert (
        kl("explain", "1,1", "1,1", "-f", "csv").out.splitlines()[0]
        == "outcome,p,q,log_ratio,contribution,share,unit,smoothing,measure"
    )


@pytest.mark.parametrize("value", [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, 0.1 + 0.2])
@pytest.mark.parametrize("name", ["csv", "tsv", "value"])
def test_a_number_survives_the_way_there_and_back(name, value):
    cell = render(report(("x", value)), name, Style(digits=1)).splitlines()[-1].replace("\t", ",").split(",")[-1]
    assert float(cell) == value


@pytest.mark.parametrize("name", ["csv", "tsv", "value"])
def test_infinity_is_written_as_in_json(name):
    text = render(report(("x", inf), ("y", -inf)), name, Style())
    assert [line[-9:].lstrip(",\t") for line in text.splitlines()[-2:]] == ["Infinity", "-Infinity"]


def test_what_is_not_there_is_an_empty_cell():
    assert render(report(("x", None)), "csv", Style()) == "outcome,value\nx,\n"


@pytest.mark.parametrize("name", ["csv", "tsv", "value"])
def test_totals_are_for_people(name):
    assert "total" not in render(report(("x", 1.0), ("total", 1.0), footers=1), name, Style())
    assert render(report(("x", 1.0), ("total", 1.0), footers=1), "value", Style()) == "1.0\n"


def test_values_come_in_the_order_asked_for(kl):
    out = kl("compute", "1,0", "0.25,0.75", "-m", "total_variation", "-m", "forward_kl", "-f", "value").out
    assert [float(line) for line in out.splitlines()] == [0.75, pytest.approx(log(4), rel=1e-15)]


def test_a_table_without_numbers_has_no_values():
    with pytest.raises(UsageError, match="have no bare value form"):
        render(Report("answers", (Table(COLUMNS[:1], (("x",),)),), dict), "value", Style())
