"""The options that say how text is read, in every command that reads it."""

import json

import pytest

from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.settings import Settings, command_line

HEADED = "p.csv and q.csv: line 1 was read as a header (labels in word, masses in count); see --header"


@pytest.fixture
def files(tmp_path, kl, monkeypatch):
    """Runs `kl` in a folder with two tables of words and counts, flights, and samples."""
    for name, text in (
        ("p.csv", "word,count\na,1\nb,3\n"), ("q.csv", "word,count\na,2\nb,2\n"), ("s.csv", "cat\ncat\ndog\n"),
        ("f.csv", "origin,carrier,n\nJFK,AA,3\nJFK,UA,4\nLGA,AA,1\n"), ("missing.csv", "word,count\na,1\n,2\nb,1\n"),
    ):  # fmt: skip
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return kl


def notes(result):
    """The notes, but for the one that so few counts describe samples."""
    said = [line.removeprefix("kl: note: ") for line in result.err.splitlines()]
    return [line for line in said if "kl estimate corrects" not in line]


@pytest.mark.parametrize("command", ["compute", "explain"])
def test_a_header_is_noted_unless_it_was_asked_for(files, command):
    assert notes(files(command, "p.csv", "q.csv")) == [HEADED]
    assert notes(files(command, "p.csv", "q.csv", "--header")) == []
    refused = files(command, "p.csv", "q.csv", "--no-header")
    assert (refused.code, refused.err) == (3, "kl: error: p.csv: line 1: 'word': 'count' is not a number\n")


def test_the_heading_of_samples_says_whether_there_is_a_header(files):
    assert "samples in 3, 2 outcomes, no header\n" in files("compute", "s.csv", "s.csv", "--as", "samples").out
    out = files("compute", "s.csv", "s.csv", "--as", "samples", "--header").out
    assert "samples in 2, 2 outcomes, header: cat\n" in out


@pytest.mark.parametrize("cells", [["999", "1", "2", "1"], ["1", "2", "1", "999"], ["1", "2", "1", ""]])
def test_a_missing_number_below_a_name_does_not_make_the_name_an_observation(files, tmp_path, cells):
    (tmp_path / "whole.csv").write_text("x\n1\n2\n1\n")
    (tmp_path / "gaps.csv").write_text("\n".join(["x", *(cell or '""' for cell in cells)]) + "\n")
    words = ("--as", "samples", "--null", "999", "--missing-label", "drop", "-m", "forward_kl", "-f", "value")
    for pair in (("whole.csv", "gaps.csv"), ("gaps.csv", "whole.csv")):
        result = files("compute", *pair, *words)
        assert (result.code, float(result.out)) == (0, 0)
        assert f"{pair[0]} and {pair[1]}: line 1 was read as a header" in result.err


@pytest.mark.parametrize("words", [["--label", "origin,carrier"], ["--label", "origin", "--label", "carrier"]])
def test_joint_labels_are_the_outcomes_that_are_explained(files, words):
    rows = json.loads(files("explain", "f.csv", "f.csv", *words, "--p", "n", "--q", "n", "-f", "json").out)["terms"]
    assert {row["outcome"]: row["p"] for row in rows} == {"JFK,AA": 3 / 8, "JFK,UA": 4 / 8, "LGA,AA": 1 / 8}


def test_a_row_without_a_label_is_treated_as_asked(files):
    assert files("compute", "missing.csv", "q.csv").err.startswith(
        "kl: error: missing.csv: line 3: there is no label\n"
    )
    kept = files("compute", "missing.csv", "q.csv", "--missing-label", "keep", "-f", "json")
    assert json.loads(kept.out)["p"]["total"] == 4
    dropped = files("compute", "missing.csv", "q.csv", "--missing-label", "drop", "--header", "-f", "value", "-m", "tv")
    assert (dropped.out, notes(dropped)) == ("0.0\n", ["missing.csv: 1 row without a label was left out, of 3"])


def test_a_table_against_a_family_says_what_was_taken_for_a_header(files, tmp_path):
    (tmp_path / "n.csv").write_text("x,count\n0,1\n1,3\n")
    said = notes(files("compute", "n.csv", "poisson(1)", "-m", "forward_kl"))
    assert said[0] == "n.csv: line 1 was read as a header (labels in x, masses in count); see --header"


def test_a_batch_says_once_what_was_taken_for_headers(files, tmp_path):
    (tmp_path / "pairs.csv").write_text("name,p,q\n" + "".join(f"n{row},p.csv,q.csv\n" for row in range(30)))
    said = notes(files("batch", "pairs.csv", "-j", "1"))
    assert said == [f"n0: {HEADED}; and the like 29 more times, which JSON has"]
    (tmp_path / "two.csv").write_text("name,p,q\nn0,p.csv,q.csv\nn1,p.csv,q.csv\n")
    assert notes(files("batch", "two.csv", "-j", "1")) == [f"n0: {HEADED}; and the like 1 more time, which JSON has"]
    pairs = json.loads(files("batch", "pairs.csv", "-j", "1", "-f", "json").out)["pairs"]
    assert [[note["text"] for note in pair["notes"][:-1]] for pair in pairs] == [[HEADED]] * 30
    (tmp_path / "kl.toml").write_text("header = true\n")
    assert notes(files("batch", "pairs.csv", "-j", "1")) == []


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("header", "false", 3), ("header", "true", 0), ("header", "", 0), ("header", "yes", 3), ("label", "word", 0),
     ("missing_label", "keep", 0), ("missing_label", "zero", 3)],
)  # fmt: skip
def test_a_manifest_may_say_how_a_pair_is_read(files, tmp_path, column, value, code):
    (tmp_path / "pairs.csv").write_text(f"p,q,{column}\np.csv,q.csv,{value}\n")
    assert files("batch", "pairs.csv", "-j", "1").code == code


def test_a_manifest_in_json_may_hold_lists_of_labels_and_truth(files, tmp_path):
    entry = {"p": "f.csv", "q": "f.csv", "label": ["origin", "carrier"], "p_column": "n", "q_column": "n"}
    (tmp_path / "pairs.json").write_text(json.dumps([{**entry, "header": True}]))
    assert notes(files("batch", "pairs.json", "-j", "1")) == []
    (tmp_path / "kl.toml").write_text('label = ["origin", "carrier"]\nheader = true\n')
    done = files("batch", "f.csv", "f.csv", "-j", "1", "-f", "json")
    assert json.loads(done.out)["pairs"][0]["p"]["outcomes"] == 3


def test_the_command_line_of_a_batch_says_how_pairs_are_read():
    layer = command_line({"header": "False", "missing_label": "drop", "label": "a,b"}, (), {})
    reading = Settings(layer, command_line({"header": "true"}, (), {})).plan(BatchEntry("n", "p", "q")).reading
    assert (reading.header, reading.missing_label, reading.label) == (False, "drop", "a,b")


@pytest.mark.parametrize(("words", "header"), [((), None), (("--header",), "true"), (("--no-header",), "false")])
def test_the_settings_of_a_batch_show_the_header(files, words, header):
    rows = json.loads(files("batch", "--show-config", "-f", "json", *words).out)["settings"]
    assert {row["setting"]: row["value"].lower() for row in rows}["header"] == (header or "")


def test_rows_and_matrices_take_the_option_too(files, tmp_path):
    (tmp_path / "r.csv").write_text("a,b\n1,3\n2,2\n")
    note = "r.csv: line 1 was read as a header (outcomes a, b); see --header"
    assert notes(files("rows", "r.csv", "r.csv", "-f", "csv")) == [note]
    assert notes(files("rows", "r.csv", "r.csv", "-f", "csv", "--header")) == []
    assert notes(files("matrix", "r.csv", "-f", "csv")) == [note]
    assert notes(files("matrix", "r.csv", "-f", "csv", "--header")) == []
    for command in (["rows", "r.csv", "r.csv"], ["matrix", "r.csv"]):
        assert "line 1: column 1: 'a' is not a number" in files(*command, "--no-header").err


def test_a_matrix_of_tables_sums_up_its_notes(files):
    said = notes(files("matrix", "p.csv", "q.csv", "p.csv", "-f", "csv"))
    assert said == [
        "p.csv: line 1 was read as a header (labels in word, masses in count); see --header; and the like in 2 more"
    ]


def test_columns_without_a_named_first_one_have_its_cells_for_labels(files, tmp_path):
    (tmp_path / "t.csv").write_text(",1,5\n0,0.25,0.5\n1,0.75,0.5\n")
    out = json.loads(files("matrix", "t.csv", "--columns", "-f", "json").out)
    assert (out["rows"], out["outcomes"]) == (["1", "5"], 2)
    assert notes(files("matrix", "t.csv", "--columns", "-f", "csv")) == [
        "t.csv: line 1 was read as a header (labels in column 1, masses in 1, 5); see --header"
    ]


def test_a_column_that_nothing_asked_for_is_named_by_a_note(kl, tmp_path):
    (tmp_path / "x.csv").write_text("word,p,q,note,day\ncat,3,1,a,1\ndog,5,1,b,2\n")
    err = kl("compute", tmp_path / "x.csv").err
    assert f"kl: note: {tmp_path / 'x.csv'}: note, day were not used; see --label, --p and --q\n" in err
    asked = kl("compute", tmp_path / "x.csv", "--p", "p", "--q", "q").err
    assert "not used" not in asked


@pytest.mark.parametrize(
    ("text", "is_noted"),
    [
        ("1\n3\n2\n6\n6\n4\n2\n5\n1\n", True),
        ("roll\n1\n3\n2\n6\n6\n4\n2\n5\n1\n", True),
        ("[1, 3, 2, 6, 6, 4, 2, 5, 1]", True),
        ("1,3\n2,2\n3,6\n4,6\n5,4\n6,2\n7,5\n8,1\n9,1\n", False),  # labels, counts
        ("1\n2\n7\n", False),
        ("1041\n1041\n998\n1002\n1002\n998\n1041\n1002\n", False),  # counts of many throws
    ],
)
def test_small_whole_numbers_in_one_column_may_be_observations_and_a_note_says_how_they_were_read(
    kl, tmp_path, text, is_noted
):
    path = tmp_path / ("p.json" if text.startswith("[") else "p.csv")
    path.write_text(text)
    note = f"kl: note: {path}: the 9 numbers were read as counts of as many outcomes; --as samples counts equal ones\n"
    assert (note in kl("compute", path, path).err) is is_noted
    assert "were read as counts" not in kl("compute", path, path, "--as", "counts").err


@pytest.mark.parametrize("command", ["compute", "batch", "matrix"])
def test_a_name_that_is_counted_as_an_observation_is_noted(kl, tmp_path, command):
    (tmp_path / "p.csv").write_text("plan,n\na,1\nb,2\na,3\n")
    words = (command, tmp_path / "p.csv", tmp_path / "p.csv", "--as", "samples", "--column")
    noted = "the first row, plan, was counted as an observation; if it names the column, pass --header"
    assert noted in kl(*words, "1").err
    assert noted not in kl(*words, "1", "--header").err
    assert noted not in kl(*words, "plan").err


@pytest.mark.parametrize(
    "words", [("explain", "{}", "{}", "--as", "samples", "--column"), ("sample", "{}", "--as", "samples", "--column"),
              ("estimate", "{}", "{}", "--columns")],
)  # fmt: skip
def test_the_note_on_a_name_that_is_counted_is_said_once_and_its_cure_works(kl, tmp_path, words):
    path = tmp_path / "p.csv"
    path.write_text("plan,n\na,1\nb,2\na,3\n")
    words = [word.format(path) for word in words]
    noted = "the first row, plan, was counted as an observation; if it names the column, pass --header"
    assert kl(*words, "1").err.count(noted) == 1
    assert noted not in kl(*words, "1", "--header").err
