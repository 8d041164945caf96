import re
from math import inf
from unicodedata import east_asian_width

import pytest

from klcli.core.limits import Verdict
from klcli.reports.format import Style
from klcli.reports.parts import Column, Commands, Facts, Prose, Table, Verdicts
from klcli.reports.rendering import render
from klcli.reports.report import Report

COLUMNS = (Column("outcome", "outcome"), Column("value", "value", is_number=True, is_measure=True))
MARKUP = ["[red]x[/red]", "[link=https://example.org]x[/link]", "[/]", "[bold", ":smile:", "[[x]]",
          "https://example.org/", "'quoted' 12 True None"]  # fmt: skip
CONTROLS = ["\x1b[31mred", "\x1b]0;title\x07", "a\u202eb", "a\x9b31mb", "a\nb", "a\rb", "a\tb", "a\x08b", "a\u2066b",
            "\ud800"]  # fmt: skip
COIN = ("compute", "0.5,0.5", "0.9,0.1")


def report(*rows, footers=0, columns=COLUMNS, facts=(), prose=(), commands=(), verdicts=()):
    parts = (Facts(facts), Table(columns, rows, footers), Prose(prose), Commands(commands), Verdicts(verdicts))
    return Report("answers", tuple(part for part in parts if part[0]), dict)


def render_table(report, style):
    return render(report, "table", style)


def lines(*rows, style=Style(), **rest):  # noqa: B008
    return render_table(report(*rows, **rest), style).splitlines()


def cells_wide(text):
    """Columns of a terminal, by Unicode's East Asian Width."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def plain(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("length", [1, 80, 300, 5000])
def test_a_label_is_never_wrapped_or_cut(length):
    label = "x" * length
    found = lines((label, 0.5), ("y", 0.25))
    assert len(found) == 4
    assert found[2].startswith(f"{label} ")
    assert found[2].endswith("0.5")


def test_many_long_columns_are_never_wrapped_or_cut():
    columns = tuple(Column(f"{number}", f"column {number}") for number in range(40))
    row = tuple("y" * 300 for _ in columns)
    found = lines(row, columns=columns)
    assert len(found) == 3
    assert found[2].split() == list(row)


@pytest.mark.parametrize("columns", [1, 20, 200])
def test_no_width_changes_what_a_pipe_gets(kl, kl_process, columns):
    label = "long " * 60 + "label"
    words = ("explain", f"{label}=0.5,b=0.5", f"{label}=0.9,b=0.1")
    expected = kl(*words).out
    assert label in expected
    assert kl_process(*words, env={"COLUMNS": str(columns), "LINES": "1"}).out == expected


def test_points_stand_below_each_other():
    found = lines(("a", 1.5), ("b", 100.25), ("c", 3.0), ("d", 0.001))
    assert [line.find(".") for line in found if "." in line] == [found[2].index(".")] * 3
    assert found[4].index("3") == found[2].index(".") - 1


@pytest.mark.parametrize("label", ["猫猫猫", "ネコ", "고양이", "ｗｉｄｅ", "é", "plain"])
def test_numbers_align_after_wide_characters(label):
    found = lines((label, 0.5), ("a much longer label", 0.5))
    assert cells_wide(found[2]) == cells_wide(found[3])
    assert label in found[2]


@pytest.mark.parametrize("label", MARKUP)
@pytest.mark.parametrize("color", [True, False])
def test_a_label_is_never_markup(label, color):
    text = render_table(report((label, 0.5), facts=(("P", label, label),), prose=(label,)), Style(color=color))
    assert plain(text).count(label) == 4
    assert "\x1b]8" not in text
    assert not re.search(r"\x1b\[[0-9;]*(31|32|34|36)", text)  # no colour from the label, and none from guessing


@pytest.mark.parametrize("label", CONTROLS)
@pytest.mark.parametrize("color", [True, False])
def test_a_control_character_is_shown_as_its_escape(label, color):
    text = render_table(
        report((label, 0.5), facts=(("P", label),), prose=(label,), commands=(label,)), Style(color=color)
    )
    assert text.count(ascii(label)[1:-1]) == 4
    assert not re.search("[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202e\u2066\ud800]", text)
    assert "\x1b" not in plain(text)


@pytest.mark.parametrize("words", [COIN, ("explain", "0.5,0.5", "0.9,0.1"), ("examples", "coin"), ("list", "measures")])
def test_there_is_no_colour_without_a_terminal(kl, words):
    assert "\x1b" not in kl(*words).out


@pytest.mark.parametrize(
    ("env", "options", "is_colored"),
    [
        ({}, (), True),
        ({"NO_COLOR": "1"}, (), False),
        ({"NO_COLOR": ""}, (), True),  # no-color.org: when present and not an empty string
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, (), False),
        ({"TERM": "dumb"}, (), False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, (), True),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"TERM": "dumb"}, ("--color", "always"), True),
        ({}, ("--color", "never"), False),
        ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
        ({}, ("--color", "auto"), True),
    ],
)
def test_colour_on_a_terminal_is_as_asked(kl_terminal, env, options, is_colored):
    result = kl_terminal(*COIN, *options, env=env)
    assert result.code == 0
    assert ("\x1b[" in result.out) is is_colored


@pytest.mark.parametrize(
    ("env", "options", "is_colored"),
    [
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({}, ("--color", "always"), True),
        ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
    ],
)
def test_colour_in_a_pipe_is_as_asked(kl, monkeypatch, env, options, is_colored):
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in kl(*COIN, *options).out) is is_colored


@pytest.mark.parametrize("words", [COIN, ("explain", "0.5,0.5", "0.9,0.1"), ("examples", "coin")])
def test_colour_changes_no_text(kl, words):
    colored = [line.rstrip() for line in plain(kl(*words, "--color", "always").out).splitlines()]
    assert colored == kl(*words).out.splitlines()


@pytest.mark.parametrize("format_", ["json", "csv", "markdown", "value"])
def test_only_a_table_has_colour(kl, format_):
    assert "\x1b" not in kl(*COIN, "--color", "always", "-f", format_).out


@pytest.mark.parametrize(("digits", "text"), [("1", "0.5"), ("3", "0.511"), ("10", "0.5108256238")])
def test_digits_round_it(kl, digits, text):
    assert kl(*COIN, "-m", "forward_kl", "--digits", digits).out.splitlines()[-1].split()[-2] == text


def test_spells_out_the_direction_the_names_and_the_unit(kl):
    out = kl("compute", "sample_data/coin_fair.csv", "sample_data/coin_biased.csv", "--bits").out
    assert re.search(r"^P  sample_data/coin_fair\.csv +probabilities, 2 outcomes$", out, re.MULTILINE)
    assert re.search(r"^Q  sample_data/coin_biased\.csv +probabilities, 2 outcomes$", out, re.MULTILINE)
    assert re.search(r"^forward KL +KL\(P‖Q\) +2\.32918 +bits$", out, re.MULTILINE)  # 1.6144631 / log 2
    assert re.search(r"^reverse KL +KL\(Q‖P\) ", out, re.MULTILINE)


def test_bars_beside_each_other_have_one_scale():
    columns = (Column("p", "p", is_share=True), Column("q", "q", is_share=True))
    bars = [re.findall("%( █*|$)", line) for line in lines((0.25, 1.0), (0.5, 0.0), (0.25, 0.0), columns=columns)[2:]]
    assert [[bar.count("█") for bar in row] for row in bars] == [[3, 12], [6, 0], [3, 0]]


def test_bars_are_as_long_as_the_shares():
    columns = (Column("outcome", "outcome"), Column("share", "share", is_share=True))
    bars = [
        re.search("[█░]*$", line).group()
        for line in lines(("a", 0.75), ("b", -0.375), ("c", 0.25), columns=columns)[2:]
    ]
    assert bars == ["█" * 12, "░" * 6, "█" * 4]


@pytest.mark.parametrize(("width", "length"), [(0, 12), (42, 12), (40, 11), (24, 3)])
def test_bars_are_shorter_where_a_terminal_is_narrow(width, length):
    columns = (Column("outcome", "outcome"), Column("share", "share", is_share=True))
    text = render_table(report(("a long label of data", 0.5), ("b", 0.25), columns=columns), Style(width=width))
    assert "█" * length in text
    assert "█" * (length + 1) not in text
    assert text.count("█") == length + round(length / 2)
    assert all(word in text for word in ("a", "long", "label", "of", "data", "50.0 %"))


def test_totals_stand_apart_and_have_no_bar():
    columns = (Column("outcome", "outcome"), Column("share", "share", is_share=True))
    found = lines(("a", 0.5), ("total", 1.0), columns=columns, footers=1)
    assert [bool(line) for line in found[-3:]] == [True, False, True]
    assert found[-1].endswith("100.0 %")


def test_says_which_limits_were_kept():
    verdicts = (
        Verdict("jeffreys", 1.0, 0.5, "nats"),
        Verdict("hellinger", 0.25, 0.5, ""),
        Verdict("x", 1.0, inf, "bits"),
    )
    assert lines(verdicts=verdicts)[-3:] == [
        "limit kept  jeffreys = 0.5 ≤ 1 nats",
        "limit EXCEEDED  hellinger = 0.5 > 0.25",
        "limit EXCEEDED  x = inf > 1 bits",
    ]


@pytest.mark.parametrize("words", [("explain", "0.5,0.5", "0.9,0.1"), ("examples", "zeros"), ("examples", "loss")])
def test_prose_fits_into_80_columns(kl, words):
    prose = [line for line in kl(*words).out.splitlines() if line.count(" ") > 5 and "  " not in line]
    assert len(prose) > 1
    assert max(map(len, prose)) <= 80


def test_lines_have_no_trailing_space(kl):
    assert not re.search(r"[ \t]+$", kl("explain", "0.1,0.9", "0.9,0.1").out, re.MULTILINE)


def test_a_terminal_shows_the_densities_of_two_families_and_a_pipe_does_not(kl, kl_terminal):
    words = ("explain", "normal(0,1)", "laplace(0,2)", "-q", "--color", "never")
    piped, shown = kl(*words).out, kl_terminal(*words)
    assert "P, the reference" not in piped
    assert "· P, the reference    o Q, compared with it" in shown.out
    plain = kl_terminal(*words, env={"TERM": "dumb"}).out
    assert ". P, the reference    o Q, compared with it" in plain
    assert "·" not in plain[plain.index("  ----") - 600 : plain.index("  ----")].split("nats")[-1]
    assert "P, the reference" not in kl_terminal(*words, columns=50).out


def test_the_densities_of_a_terminal_are_highest_where_the_density_is():
    import klcli
    from klcli.reports.drawing.plot import panel_lines
    from klcli.reports.pictures.densities import density_views

    (view,) = density_views(klcli.compare("normal(0,1)", "normal(3,1)", measures=["forward_kl"]))
    *rows, _, _, _ = panel_lines(view.body, 80, is_ascii=False)
    top = next(row for row in rows if row.strip())
    low, high = -2.63, 5.63  # quantiles at 0.005 and 0.995, and 2 % of their distance beyond
    where = [low + (column - 2) / 63 * (high - low) for column, mark in enumerate(top) if mark != " "]
    assert min(abs(each) for each in where) < 0.3
    assert min(abs(each - 3) for each in where) < 0.3
