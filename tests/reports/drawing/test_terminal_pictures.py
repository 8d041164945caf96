"""Bars and sparklines: on a terminal alone, at every width, never by colour alone, in ASCII where it is asked for."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
import terminals
from conftest import ENVIRONMENT, ROOT

from klcli.reports.drawing.bars import axis_line, bar_lines
from klcli.reports.drawing.sparklines import sparkline, spread_of
from klcli.reports.format import Style
from klcli.reports.pictures.model import Curve, Lane, Mark, MarkRow, Marks, Tick, Words
from klcli.support.text.plain_text import Encoding

LANE = Lane("", (Tick(0.5, "1×"),), (Mark("rule", "ink", 0.5),))
DRIFT = ("drift", "sample_data/flights_january.csv", "sample_data/flights_july.csv")
WORDS = {
    "explain": ("explain", "sample_data/letters.csv", "--p", "german", "--q", "english", "--as", "weights"),
    "densities": ("explain", "normal(0,1)", "laplace(0,2)"), "drift": DRIFT,
    "batch": ("batch", "sample_data/pairs.csv"), "rows": ("rows", "sample_data/next_token.jsonl", "--summary"),
}  # fmt: skip
DRAWN = "▁▂▃▄▅▆▇▒●▶"


def on_a_terminal(words, *, columns=80, **environment):
    """What a command writes to a terminal of so many columns."""
    ours, its = terminals.opened(columns)
    settings = {**ENVIRONMENT, "TERM": "xterm", "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8", **environment}
    settings = {name: value for name, value in settings.items() if name not in ("COLUMNS", "NO_COLOR") or environment}
    command = [sys.executable, "-m", "klcli", *words]
    with subprocess.Popen(command, cwd=ROOT, env=settings, stdout=its, stderr=subprocess.PIPE) as process:
        os.close(its)
        shown = terminals.shown_on(ours)
        process.stderr.read()
    return shown.decode().replace("\r\n", "\n")


def uncoloured(text):
    return re.sub(r" *$", "", re.sub(r"\x1b\[[0-9;]*m", "", text), flags=re.MULTILINE)


@pytest.mark.parametrize("name", WORDS)
def test_a_terminal_shows_bars_and_a_pipe_gets_none(kl, name):
    shown = uncoloured(on_a_terminal(WORDS[name]))
    piped = kl(*WORDS[name]).out
    assert any(each in shown for each in (DRAWN if name != "explain" else "█░"))
    assert not any(each in piped for each in DRAWN)
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("name", ["explain", "rows"])
def test_a_dumb_terminal_shows_them_in_ascii(name):
    shown = on_a_terminal(WORDS[name], TERM="dumb")
    assert not any(each in shown for each in DRAWN + "█░▲")
    assert re.search("@|##", shown)


def test_a_terminal_without_utf_8_gets_ascii():
    shown = on_a_terminal(DRIFT, LC_ALL="C", PYTHONIOENCODING="ascii")
    assert shown.isascii()
    assert "! air_time" in shown
    assert "####@" in shown


def test_without_colour_the_picture_is_the_same():
    coloured = on_a_terminal(DRIFT)
    assert re.search("\x1b\\[1;31m *│?█+●", coloured)
    assert uncoloured(coloured) == on_a_terminal(DRIFT, NO_COLOR="1")


@pytest.mark.parametrize(("columns", "is_drawn"), [(59, False), (60, True), (200, True)])
def test_nothing_is_drawn_below_60_columns_and_a_bar_is_cut_before_a_number(columns, is_drawn):
    rows = tuple(
        MarkRow(f"a rather long name {number}", (f"{number}.25 ×", (Mark("line", "bad", 0.5, number / 30),)))
        for number in range(15, 31)
    )  # fmt: skip
    lines = bar_lines(Marks("", (Words("value ÷ limit"), LANE), rows, has_status=True), Style(width=columns))
    assert bool(lines) is is_drawn
    assert all(len(line) <= columns for line in lines)
    assert all(row.cells[0] in line for row, line in zip(rows, lines[1:], strict=False))


def test_a_bar_lies_to_the_side_of_the_value_and_has_its_length():
    cells = [
        (Mark("line", "ok", 0.25, 0.5), Mark("dot", "ok", 0.25)),
        (Mark("line", "bad", 0.5, 1), Mark("dot", "bad", 1)),
    ]
    rows = tuple(MarkRow("x", ("1", cell)) for cell in cells)
    _, low, high = bar_lines(Marks("", (Words("n"), LANE), rows), Style(width=100))
    lane = [line[line.index("1") + 3 :] for line in (low, high)]
    assert lane[0] == " " * 10 + "●" + "▒" * 9 + "│" + " " * 19
    assert lane[1] == " " * 20 + "│" + "█" * 18 + "●"


def test_what_is_infinite_is_an_arrow_and_what_is_unknown_is_dotted():
    cells = [(Mark("arrow", "bad", 0.5, 1.0),), (Mark("unknown", "bad", 0.0, 1.0),)]
    rows = tuple(MarkRow("x", ("", cell), "error") for cell in cells)
    _, first, second = bar_lines(Marks("", (Words("n"), LANE), rows), Style(width=100, encoding=Encoding("ascii")))
    assert first.endswith("#>")
    assert ". . . ." in second


def test_twenty_rows_are_drawn_and_the_others_are_counted():
    rows = tuple(MarkRow(str(number), ("1", ())) for number in range(50))
    lines = bar_lines(Marks("", (Words("n"), LANE), rows), Style(width=80))
    assert len(lines) == 22
    assert lines[-1] == "30 more are not drawn"


@pytest.mark.parametrize(("is_ascii", "text"), [(False, " ▁▃█"), (True, " .-@")])
def test_a_sparkline_has_the_height_of_each_number(is_ascii, text):
    assert sparkline([0.0, 1e-9, 1 / 3, 1.0], 1.0, is_ascii=is_ascii) == text
    assert sparkline([0.0, 0.0], 0.0, is_ascii=is_ascii) == "  "


def test_a_sparkline_of_rows_is_where_they_lie():
    half = Curve("line", "p", "KL", np.array([0.0, 0.5, 0.51, 1.0]), np.array([0.0, 0.0, 1.0, 1.0]))
    assert spread_of(half, 10, is_ascii=False) == "     █    "


def test_texts_below_an_axis_never_meet():
    ticks = [Tick(at / 20, f"{at}×") for at in range(21)]
    line = axis_line(ticks, 30)
    assert len(line) <= 30
    assert set(line.split()) <= {tick.text for tick in ticks}
