"""Tables on a narrow terminal: long texts fold by word, numbers never, and records stand where no table fits."""

import re

import pytest

from klcli.cli.commands.list import CATALOGUES
from klcli.reports.layout.folding import Shape, blocks, fitted, shape_of


def test_what_cannot_be_folded_is_a_number_or_the_longest_word():
    assert shape_of(["a long text", "0.25"], folds=True) == Shape(11, 4)
    assert shape_of(["a long text", "0.25"], folds=False) == Shape(11, 11)


@pytest.mark.parametrize(
    ("shapes", "width", "widths"),
    [
        ([Shape(5, 5), Shape(30, 8)], 80, [5, 30]),
        ([Shape(5, 5), Shape(30, 8)], 28, [5, 20]),
        ([Shape(20, 4), Shape(30, 8)], 35, [16, 16]),
        ([Shape(20, 20), Shape(30, 8)], 31, [20, 8]),
        ([Shape(20, 20), Shape(30, 8)], 30, None),
    ],
)
def test_the_widest_columns_are_made_narrower_first(shapes, width, widths):
    assert fitted(shapes, width) == widths


def test_blocks_repeat_the_first_column_and_hold_every_other_once():
    shapes = [Shape(4, 4), *[Shape(8, 8)] * 5]
    assert blocks(shapes, 30) == [[0, 1, 2], [0, 3, 4], [0, 5]]
    assert blocks(shapes, 5) == [[0, number] for number in range(1, 6)]


@pytest.mark.parametrize("name", CATALOGUES.names())
def test_a_list_fits_80_columns(kl, name):
    assert max(map(len, kl("list", name).out.splitlines())) <= 80


def test_a_list_loses_no_word_to_80_columns(kl):
    for name in CATALOGUES.names():
        printed = set(re.findall(r"\w+", kl("list", name).out))
        csv = set(re.findall(r"\w+", " ".join(str(cell) for cell in _cells_for_people(name))))
        assert csv <= printed, name


def _cells_for_people(name):
    catalogue = CATALOGUES.lookup(name)
    kept = [index for index, column in enumerate(catalogue.columns) if column not in catalogue.for_machines]
    return (row[index] for row in catalogue.rows() for index in kept)


OF_SCORES = ("--as", "logits", "--id", "picture", "--target", "truth")


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(
    "words",
    [
        ("compute", "sample_data/die_wolf.csv", "sample_data/die_fair.csv", "-m", "all"),
        ("compute", "gamma(2, 3)", "lognormal(-0.7, 0.8)"),
        ("examples", "coin"),
        ("list", "families"),
        ("rows", "sample_data/scores_float32.csv", "sample_data/scores_int8.csv", *OF_SCORES, "-m", "all"),
        ("rows", "sample_data/scores_float32.csv", "sample_data/scores_int8.csv", *OF_SCORES, "--summary"),
        ("batch", "sample_data/pairs.csv"),
        ("drift", "sample_data/flights_january.csv", "sample_data/flights_july.csv"),
        ("estimate", "sample_data/carriers.csv", "--p", "january", "--q", "july", "--as", "counts"),
        ("matrix", "sample_data/letters.csv", "--columns", "--as", "weights"),
        ("explain", "sample_data/die_wolf.csv", "sample_data/die_fair.csv"),
        ("explain", "gamma(2, 3)", "lognormal(-0.7, 0.8)"),
    ],
)
def test_a_table_fits_the_terminal(kl_terminal, columns, words):
    lines = kl_terminal(*words, "--color", "never", columns=columns).out.splitlines()
    # commands to copy and names of files are never cut
    assert max(len(line) for line in lines if not line.startswith("  kl ") and "sample_data" not in line) <= columns


def test_numbers_are_whole_at_40_columns(kl_terminal, kl):
    words = ("compute", "0.5,0.5", "0.9,0.1", "-m", "all", "--digits", "15")
    values = [f"{float(line):.15g}" for line in kl(*words, "-f", "value").out.splitlines()]
    narrow = kl_terminal(*words, columns=40).out
    assert all(value in narrow for value in values)


def test_a_long_name_stands_above_its_numbers_where_both_do_not_fit(kl_terminal, tmp_path):
    name = "length_of_flippers_mm"
    for side, shift in (("p", 0), ("q", 500)):
        rows = [f"{at % 7},{at + shift}.5\n" for at in range(100)]
        (tmp_path / f"{side}.csv").write_text(f"day,{name}\n{''.join(rows)}")
    words = ("drift", tmp_path / "p.csv", tmp_path / "q.csv", "--color", "never")
    for width, line in ((78, rf"EXCEEDED  {name}  numeric "), (66, rf"EXCEEDED  {name}\n +numeric ")):
        shown = kl_terminal(*words, columns=width).out
        assert re.search(line, shown)
        assert "ok        day" in shown
        table = shown[shown.index("status  ") :].splitlines()
        assert max(map(len, table)) <= width


def test_rows_and_columns_of_tables_are_records_at_40_columns(kl_terminal, kl):
    words = ("rows", "sample_data/scores_float32.csv", "sample_data/scores_int8.csv", *OF_SCORES, "-m", "all")
    narrow = kl_terminal(*words, "--color", "never", columns=40).out
    assert "row          01.png\nKL(P‖Q)      1.01095e-5\n" in narrow
    drift = ("drift", "sample_data/flights_january.csv", "sample_data/flights_july.csv")
    shown = kl_terminal(*drift, "--color", "never", columns=40).out
    assert "EXCEEDED  air_time\n    kind: numeric\n" in shown
    batch = kl_terminal("batch", "sample_data/pairs.csv", columns=40).out
    assert "\x1b[1;31mEXCEEDED\x1b[0m  coin\n    forward_kl = 1.61446 > 0.1 nats\n" in batch  # in colour, too


def test_a_pipe_gets_every_row_on_one_line(kl, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert "chi-squared (Neyman)" in kl("compute", "0.5,0.5", "0.9,0.1", "-m", "all").out
