"""`kl matrix`: what it reads, what it prints, and what it refuses."""

import csv
import io
import json
import re
import subprocess
import sys
from itertools import pairwise
from math import inf, log

import duckdb
import numpy as np
import pandas as pd
import pytest

import klcli
from klcli.core.measures.measure import MEASURES

LETTERS = ("matrix", "sample_data/letters.csv", "--columns", "--as", "weights")
NAMES = ["english", "french", "german", "spanish", "italian"]
TABLE = "name,a,b,c\nx,1,2,1\ny,2,1,1\nz,0,2,2\n"


def of_pair(kl, p, q, measure="forward_kl"):
    """The number that `kl compute` prints for two of the languages."""
    words = ("compute", "sample_data/letters.csv", "--p", p, "--q", q, "--as", "weights", "-m", measure, "-f", "value")
    return float(kl(*words, "-q").out.replace("Infinity", "inf"))


def number(cell):
    return inf if cell == "Infinity" else float(cell)


@pytest.fixture
def written(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("measure", ["forward_kl", "jensen_shannon", "cross_entropy", "entropy_q", "renyi:2"])
def test_every_entry_is_what_compute_prints_of_the_pair(kl, document, measure):
    found = document(*LETTERS, "-m", measure)
    assert found["rows"] == found["columns"] == NAMES
    for p, row in zip(NAMES, found["values"], strict=True):
        for q, value in zip(NAMES, row, strict=True):
            assert number(value) == pytest.approx(of_pair(kl, p, q, measure), rel=8e-15, abs=0)


def test_the_direction_and_the_unit_stand_in_every_format(kl):
    for format_ in ("table", "json", "csv", "tsv", "markdown", "jsonl"):
        out = kl(*LETTERS, "-f", format_, "--bits").out
        assert "KL(row‖column)" in out
        assert "bits" in out
    assert "KL(column‖row)" in kl(*LETTERS, "-m", "reverse_kl").out
    assert "JS(row, column)" in kl(*LETTERS, "-m", "js").out


def test_delimited_text_has_a_row_for_each_row(kl, document):
    rows = list(csv.reader(io.StringIO(kl(*LETTERS, "-f", "csv").out)))
    assert rows[0] == ["KL(row‖column) [nats]", *NAMES]
    assert [row[0] for row in rows[1:]] == NAMES
    assert [row[1:] for row in rows[1:]] == [list(map(str, row)) for row in document(*LETTERS)["values"]]


def test_bare_values_go_row_by_row(kl, document):
    values = [value for row in document(*LETTERS)["values"] for value in row]
    assert kl(*LETTERS, "-f", "value", "-q").out.split() == list(map(str, values))


def test_long_form_has_a_line_for_each_pair(kl, document):
    values = document(*LETTERS, "-m", "hellinger")["values"]
    rows = list(csv.DictReader(io.StringIO(kl(*LETTERS, "--long", "-f", "csv", "-m", "hellinger").out)))
    assert [(row["row"], row["column"]) for row in rows] == [(p, q) for p in NAMES for q in NAMES]
    assert [float(row["value"]) for row in rows] == [value for row in values for value in row]
    lines = [json.loads(line) for line in kl(*LETTERS, "-f", "jsonl", "-m", "hellinger").out.splitlines()]
    assert [line["value"] for line in lines] == [float(row["value"]) for row in rows]


@pytest.mark.parametrize("words", [("-o", "{}.npy"), ("-f", "npy", "-o", "{}.bin")])
def test_an_array_holds_the_values(kl, document, tmp_path, words):
    target = [word.format(tmp_path / "m") for word in words]
    assert kl(*LETTERS, *target, "--bits").out == ""
    expected = [[number(value) for value in row] for row in document(*LETTERS, "--bits")["values"]]
    assert np.load(target[-1]).tolist() == expected


def test_an_array_may_go_into_a_pipe_but_not_to_a_terminal(kl_terminal, kl_process):
    piped = kl_process("matrix", "1,1", "1,3", "-f", "npy", "-q", "-o", "/dev/null")
    assert (piped.code, piped.err) == (0, "")
    shown = kl_terminal("matrix", "1,1", "1,3", "-f", "npy")
    assert (shown.code, shown.out) == (2, "")
    assert "-o FILE.npy" in shown.err


def test_rows_of_a_table_are_named_by_its_first_texts(kl, written, document):
    path = written("t.csv", TABLE)
    found = document("matrix", path)
    assert (found["rows"], found["kind"], found["outcomes"]) == (["x", "y", "z"], "counts", 3)
    assert found["values"][2][0] == pytest.approx(klcli.kl_divergence([0, 2, 2], [1, 2, 1]), rel=4e-15)
    assert found["values"][0][2] == "Infinity"
    assert (
        kl("matrix", written("bare.csv", TABLE.partition("\n")[2]), "-f", "csv", "-q").out.splitlines()[1][:2] == "x,"
    )


def test_rows_are_named_by_the_column_that_is_asked_for(written, document):
    path = written("t.csv", "a,b,year\n1,2,1999\n2,1,2000\n")
    assert document("matrix", path, "--id", "year")["rows"] == ["1999", "2000"]
    assert document("matrix", path)["rows"] == ["1", "2"]


def test_a_matrix_file_has_a_distribution_in_each_row(kl, tmp_path, document):
    x = np.random.default_rng(0).dirichlet(np.ones(5), 40)
    np.save(tmp_path / "x.npy", x)
    found = document("matrix", tmp_path / "x.npy", "-m", "jensen_shannon")
    assert found["values"] == klcli.pairwise(x, measure="jensen_shannon").tolist()
    np.save(tmp_path / "t.npy", np.asfortranarray(x.T.astype(">f8")))
    assert document("matrix", tmp_path / "t.npy", "--columns", "-m", "jensen_shannon")["values"] == found["values"]


def test_the_array_or_field_of_the_rows_is_named(kl, tmp_path, document, written):
    np.savez(tmp_path / "x.npz", one=np.array([[1, 2], [3, 1]]), two=np.array([[1, 1]]))
    assert "--array" in kl("matrix", tmp_path / "x.npz").err
    assert document("matrix", tmp_path / "x.npz", "--array", "one")["rows"] == ["1", "2"]
    assert document("matrix", tmp_path / "x.npz", "--array", "one", "--columns")["outcomes"] == 2
    lines = written("x.jsonl", '{"id": "x", "p": [1, 2, 3]}\n{"id": "y", "p": [3, 2, 1]}\n')
    assert document("matrix", lines, "--id", "id", "--array", "p")["rows"] == ["x", "y"]


def test_parquet_has_names_of_rows(tmp_path, document):
    pytest.importorskip("pyarrow")
    pd.DataFrame({"topic": ["s", "t"], "a": [0.2, 0.8], "b": [0.8, 0.2]}).to_parquet(tmp_path / "t.parquet")
    found = document("matrix", tmp_path / "t.parquet")
    assert (found["rows"], found["outcomes"]) == (["s", "t"], 2)


def test_operands_are_joined_by_label_and_called_by_what_parts_them(kl, document, written):
    one, two = written("one.csv", "a,1\nb,1\n"), written("two.csv", "b,3\nc,1\n")
    found = document("matrix", one, two, "-m", "total_variation")
    assert (found["rows"], found["outcomes"]) == (["one", "two"], 3)
    assert found["values"][0][1] == 0.5
    assert "2 of 2 lack labels" in found["notes"][0]["text"]
    refused = kl("matrix", one, two, "--missing", "error")
    assert (refused.code, refused.out) == (3, "")


def test_the_nearest_are_the_smallest_of_each_row(document):
    values = document(*LETTERS, "-m", "jeffreys")["values"]
    found = document(*LETTERS, "-m", "jeffreys", "--nearest", "2")["nearest"]
    for place, name in enumerate(NAMES):
        own = [line for line in found if line["row"] == name]
        order = sorted((number(value), column) for column, value in enumerate(values[place]) if column != place)
        assert [(number(line["value"]), line["column"]) for line in own] == [
            (value, NAMES[at]) for value, at in order[:2]
        ]
        assert [line["rank"] for line in own] == [1, 2]


def test_against_one_of_the_rows_leaves_it_out_and_begins_with_the_closest(kl, document):
    found = document(*LETTERS, "--against", "english")["values"]
    assert [line["row"] for line in found] == ["german", "spanish", "italian", "french"]
    for line in found:
        assert line["value"] == pytest.approx(of_pair(kl, line["row"], "english"), rel=8e-15, abs=0)
    assert all(line["notation"] == "KL(row‖english)" for line in found)
    nearest = document(*LETTERS, "--against", "english", "--nearest", "1")["values"]
    assert nearest == found[:1]


@pytest.mark.parametrize(
    ("word", "hint"), [("englsh", "did you mean the row english?"), ("zz", "the rows are english, ")]
)
def test_a_reference_that_is_neither_a_row_nor_a_file_is_answered_with_the_rows(kl, word, hint):
    result = kl(*LETTERS, "--against", word)
    assert (result.code, result.out) == (3, "")
    assert f"hint: {hint}" in result.err


def test_against_an_operand_of_another_kind(kl, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"e\nn\ne\nr\n")))
    words = ("--against", "-", "--against-as", "samples", "-m", "reverse_kl", "-f", "csv", "-q")
    rows = list(csv.DictReader(io.StringIO(kl(*LETTERS, *words).out)))
    assert rows[0]["row"] == "german"
    assert rows[0]["notation"] == "KL(stdin‖row)"


def test_clusters_stand_together(document, tmp_path):
    random = np.random.default_rng(0)
    centres = random.dirichlet(np.ones(6), 3)
    x = centres[[0, 1, 2, 0, 1, 2, 0, 1, 2]] * random.uniform(0.95, 1.05, (9, 6))
    np.save(tmp_path / "x.npy", x / x.sum(axis=1, keepdims=True))
    found = document("matrix", tmp_path / "x.npy", "--cluster")
    groups = [int(name) % 3 for name in found["rows"]]
    assert sum(a != b for a, b in pairwise(groups)) == 2
    assert found["order"] == "average linkage of the mean of both directions"
    plain = document("matrix", tmp_path / "x.npy")["values"]
    places = [int(name) - 1 for name in found["rows"]]
    assert found["values"] == np.array(plain)[np.ix_(places, places)].tolist()


def test_clusters_of_infinite_and_of_two_rows_have_an_order_too(document):
    assert sorted(document("matrix", "1,0,0", "0,1,0", "0,0,1", "--cluster")["rows"]) == ["0,0,1", "0,1,0", "1,0,0"]
    assert document("matrix", "1,0", "0,1", "--cluster")["rows"] == ["1,0", "0,1"]


def test_infinite_entries_are_counted_and_named(kl):
    result = kl("matrix", "1,1", "1,0", "2,1")
    assert (
        "2 entries are infinite: the column has no mass on an outcome of the row: 1,1 vs 1,0, 2,1 vs 1,0" in result.err
    )
    assert kl("matrix", "1,1", "1,0", "-q").err == ""


def test_an_entry_that_is_too_large_for_a_double_is_not_said_to_lack_mass(kl):
    result = kl("matrix", "1,1e-300", "1e-300,1", "-m", "tsallis:3", "--as", "weights")
    assert "2 entries are infinite: above 1.8e308" in result.err


@pytest.mark.parametrize(("limit", "code"), [("0.14", 1), ("0.15", 0), ("forward_kl=0.14", 1)])
def test_a_limit_holds_for_all_but_the_rows_with_themselves(kl, limit, code):
    result = kl("matrix", "1,1", "1,3", "1,2", "--fail-above", limit, "-f", "value")
    assert result.code == code
    assert ("limit exceeded" in result.err) is (code == 1)
    assert kl("matrix", "1,1", "1,1", "-m", "cross_entropy", "--fail-above", "0.7").code == 0


@pytest.mark.parametrize(
    ("words", "place"),
    [((), "c vs a"), (("--nearest", "2"), "c vs a"), (("--against", "a"), "row c"), (("--long",), "c vs a"),
     (("--nearest", "1"), "c vs a"), (("--against", "a", "--nearest", "1"), "row c")],
)  # fmt: skip
def test_a_limit_that_is_exceeded_names_the_entry(kl, document, written, words, place):
    table = written("t.csv", "name,x,y\na,99,1\nb,5,5\nc,1,9\n")  # KL(c‖a) is 3.8, KL(a‖c) 2.2, the others less
    result = kl("matrix", table, "--fail-above", "1", *words)
    assert f" > 1 nats ({place})\n" in result.err
    assert document("matrix", table, "--fail-above", "1", *words)["verdicts"][0]["place"] == place


def test_a_column_of_texts_in_a_matrix_is_to_be_cut_out(kl, written):
    table = written("t.csv", "name,kind,x,y\na,k,9,1\nb,k,5,5\n")
    assert "kl: hint: if 'kind' is not an outcome, remove it" in kl("matrix", table).err


def test_smoothing_is_of_every_row_and_stated(kl, document):
    found = document("matrix", "1,0", "0,1", "--smooth", "add:1")
    assert found["values"][0][1] == pytest.approx(np.log(2) / 3, rel=4e-15)
    assert (found["smoothing"], found["notes"][0]["code"]) == ("add:1", "smoothing")


@pytest.mark.parametrize("name", MEASURES.names())
def test_identical_rows_are_0_apart_or_their_entropy(document, name):
    measure = f"{name}:0.5" if MEASURES.lookup(name).orders else name
    values = document("matrix", "1,2,3", "2,4,6", "-m", measure)["values"]
    if MEASURES.lookup(name).zero_when_equal:
        assert values == [[0, 0], [0, 0]]
    else:
        assert np.ptp(values) == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("nowhere.csv",), 3, "no such file"),
        (("sample_data/letters.csv", "--as", "probs"), 3, "line 7: the masses sum to 46.583"),
        (("1,2", "1,2,3"), 3, "without labels they must be equal"),
        (("a=1,b=2", "1,2"), 3, "cannot be matched"),
        (("1,2", "-1,2"), 3, "a negative mass"),
        (("1,2", "1,nan"), 3, "NaN is not a valid mass"),
        (("1,2", "3,4", "--id", "x"), 2, "--id is for one table"),
        (("1,2", "3,4", "--columns"), 2, "--columns is for one table"),
        (("sample_data/letters.csv", "--columns", "--id", "letter"), 2, "--id names rows"),
        (("1,2", "3,4", "--nearest", "1", "--cluster"), 2, "--cluster is for all pairs"),
        (("1,2", "3,4", "--against", "1,2", "--long"), 2, "--long is for all pairs"),
        (("1,2", "3,4", "--nearest", "1", "-f", "npy"), 2, "-f npy is for all pairs"),
        (("1,2", "3,4", "--nearest", "0"), 2, "0 is not in the range"),
        (("1,2", "3,4", "-m", "forwardkl"), 2, "no measure is called"),
        (("1,2", "3,4", "-m", "renyi"), 2, "needs an order"),
        (("1,2", "3,4", "-m", "jeffreys", "-m", "forward_kl"), 2, "a matrix is of one measure"),
        (("1,2", "3,4", "-m", "all"), 2, "a matrix is of one measure"),
        (("1,2", "3,4", "--fail-above", "js=1"), 2, "a limit on jensen_shannon"),
        (("1,2", "3,4", "--against", "nowhere.csv"), 3, "no such file"),
        (("1,2", "1,2", "--against", "1,2"), 2, "2 rows are called"),
        (("-", "--against", "-"), 2, "standard input can be one operand"),
        (("1,2", "3,4", "-f", "parquet"), 2, "no format is called"),
        (("normal(0, 1)", "1,2"), 2, "a family, where masses are wanted"),
        ((), 2, "missing argument"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_one_message(kl, words, code, message):
    result = kl("matrix", *words)
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("text", ["a,b\n1,2\n3\n", "a,b\n1,2\n3,x\n", "", '{"p": [1, 2]}\n{"p": [1, 2, 3]}\n'])
def test_a_ragged_or_broken_table_is_refused_with_its_place(kl, written, text):
    result = kl("matrix", written("t.csv", text))
    assert (result.code, result.out) == (3, "")
    assert "t.csv" in result.err


def test_objects_are_never_unpickled(kl, tmp_path):
    np.save(tmp_path / "o.npy", np.array([[{}, 1]], dtype=object), allow_pickle=True)
    result = kl("matrix", tmp_path / "o.npy")
    assert (result.code, result.out) == (3, "")
    assert "never unpickled" in result.err


def test_heat_is_for_terminals(kl, kl_terminal):
    words = ("matrix", "1,1", "1,3", "1,0", "-q")
    assert "\x1b" not in kl(*words).out
    shown = kl_terminal(*words).out
    assert "48;5;" in shown
    assert "\x1b" not in kl_terminal(*words, "--color", "never").out
    assert kl_terminal(*words, "--color", "never").out == kl(*words).out


def test_a_matrix_wider_than_the_terminal_is_printed_in_blocks_of_columns(kl, kl_terminal):
    words = ("matrix", "sample_data/letters.csv", "--columns", "--as", "weights", "-q", "--color", "never")
    whole, narrow = kl(*words).out, kl_terminal(*words, columns=40).out
    widths = [max(len(line) for line in text.splitlines() if "sample_data" not in line) for text in (narrow, whole)]
    assert widths[0] <= 40 < widths[1]
    assert sorted(re.findall(r"\d\.\d+", narrow)) == sorted(re.findall(r"\d\.\d+", whole))


@pytest.mark.parametrize(("format_", "is_noted"), [("json", True), ("npy", True), ("jsonl", False), ("csv", False)])
def test_long_is_noted_where_the_format_has_no_lines(kl, tmp_path, format_, is_noted):
    found = kl("matrix", "1,2", "3,4", "--long", "-o", tmp_path / f"x.{format_}")
    assert (found.code, f"--long has no effect on the format {format_}" in found.err) == (0, is_noted)


@pytest.mark.parametrize("options", [(), ("--long",), ("--nearest", "1"), ("--against", "b")])
def test_values_that_masks_make_are_noted_however_they_are_listed(kl, written, options):
    source = written("x.csv", "id,u,v\na,1,2\nb,1,-3.4e38\n")
    found = kl("matrix", source, "--as", "logits", "--id", "id", *options)
    assert "is a mask" in found.err
    assert "a vs b" in found.err or options[:1] == ("--against",)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of a process is read from /proc")
def test_the_nearest_hold_no_matrix(tmp_path):
    peaks = []
    for count in (1_500, 3_500):
        np.save(tmp_path / "x.npy", np.random.default_rng(0).dirichlet(np.ones(10), count))
        words = ["matrix", str(tmp_path / "x.npy"), "--nearest", "3", "-f", "csv", "-o", str(tmp_path / "out.csv")]
        script = f"from klcli.cli.main import main; main({words}); print(open('/proc/self/status').read())"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        peaks.append(1024 * int(re.search(r"VmHWM:\s*(\d+)", done.stdout)[1]))
        assert (tmp_path / "out.csv").read_text().count("\n") == 1 + 3 * count
    assert peaks[1] - peaks[0] < 0.6 * 8 * 3_500**2


@pytest.mark.parametrize("count", [5_793, 83_000])
def test_a_matrix_out_of_proportion_to_its_rows_is_refused(kl, tmp_path, count):
    np.save(tmp_path / "x.npy", np.ones((count, 1)))
    done = kl("matrix", tmp_path / "x.npy", "--as", "weights", "-f", "csv")
    assert (done.code, done.out) == (3, "")
    assert f"x.npy, rows: {count:,} × {count:,} values take" in done.err
    assert "--nearest 5" in done.err


def test_a_wall_of_numbers_is_shown_on_a_terminal_only_if_asked_for(kl_terminal, kl, tmp_path):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).dirichlet(np.ones(3), 201))
    refused = kl_terminal("matrix", tmp_path / "x.npy")
    assert (refused.code, refused.out) == (2, "")
    assert "--nearest 5" in refused.err
    assert (
        kl_terminal("matrix", tmp_path / "x.npy", "-f", "csv").out == kl("matrix", tmp_path / "x.npy", "-f", "csv").out
    )


def test_a_name_cannot_control_the_terminal(kl, written):
    path = written("t.csv", "name,a,b\n\x1b[31mred,1,2\nb,2,1\n")
    assert "\x1b" not in kl("matrix", path).out


@pytest.mark.parametrize("words", [(), ("--label", "name"), ("--label", "1")])
@pytest.mark.parametrize("text", ["name\na\nb\n", "name\na\n", "a\nb\nc\n"])
def test_one_column_of_texts_is_refused_as_it_holds_no_masses(kl, tmp_path, words, text):
    if words[1:] == ("name",) and "name" not in text:
        pytest.skip("there is no such column")
    (tmp_path / "x.csv").write_text(text)
    result = kl("matrix", tmp_path / "x.csv", "--columns", *words)
    assert (result.code, result.out) == (3, "")
    assert "holds the labels, and none holds masses" in result.err


def test_columns_of_observations_have_no_labels(document, tmp_path):
    (tmp_path / "x.csv").write_text("one,two\ncat,dog\ncat,cat\n")
    found = document("matrix", tmp_path / "x.csv", "--columns", "--as", "samples", "--header", "-m", "total_variation")
    assert found["rows"] == ["one", "two"]
    assert found["values"] == [[0, 0.5], [0.5, 0]]


def test_missing_labels_are_refused_with_those_of_every_operand(kl):
    result = kl("matrix", "a=1,b=1", "b=1,c=1", "--missing", "error")
    assert result.code == 3
    assert "a=1,b=1 lacks c; b=1,c=1 lacks a" in result.err


@pytest.mark.parametrize("text", ["{}\n{}\n", "{}\n"])
def test_records_without_fields_are_refused(kl, tmp_path, text):
    (tmp_path / "x.jsonl").write_text(text)
    result = kl("matrix", tmp_path / "x.jsonl", "--columns")
    assert (result.code, result.out) == (3, "")


def test_a_label_is_refused_where_each_row_is_a_distribution(kl, written):
    found = kl("matrix", written("t.csv", TABLE), "--label", "name")
    assert found.code == 2
    assert "--label is for a column of labels" in found.err
    assert "--id" in found.err


def test_a_row_that_is_alone_has_no_nearest(kl, written):
    found = kl("matrix", written("one.csv", "a,b\n1,2\n"), "--nearest", "1")
    assert found.code == 2
    assert "there is one row" in found.err


@pytest.mark.parametrize(
    ("words", "is_cured"), [((), True), (("--against", "a"), True), (("--id", "label"), True), (("--columns",), None)]
)
def test_a_table_of_one_outcome_a_row_is_noted_with_the_option_that_reads_columns(kl, written, words, is_cured):
    err = kl("matrix", written("k.csv", "label,n\na,1\nb,2\n"), *words).err
    assert ("one outcome, so all are alike" in err) is (is_cured is not None)
    assert ("; --columns reads a distribution from each column" in err) is bool(is_cured)


def test_operands_of_one_outcome_are_noted_without_a_cure(kl):
    err = kl("matrix", "a=1", "a=2").err
    assert "kl: note: 2 operands: each distribution has one outcome, so all are alike\n" in err


def test_a_matrix_beyond_the_memory_is_refused_before_it_is_computed(kl, tmp_path):
    np.save(tmp_path / "rows.npy", np.ones((10**6, 1)))  # 8e12 bytes of entries: 7,450.6 GiB
    found = kl("matrix", tmp_path / "rows.npy", "-f", "json")
    assert found.code == 3
    assert "7,450.6 GiB" in found.err
    assert "--nearest" in found.err


def test_a_first_row_that_may_number_the_outcomes_is_noted(kl, written):
    path = written("docs.csv", "doc,1,5,6\na,1,2,1\nb,2,1,1\n")
    assert "line 1 was read as the row 'doc'; if it names the outcomes, pass --header" in kl("matrix", path).err
    for words in (("--header",), ("--no-header",)):
        assert "read as" not in kl("matrix", path, *words).err


def test_tables_of_a_database_are_read_with_the_options_of_compute(kl, document, tmp_path):
    file = tmp_path / "x.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE t AS SELECT * FROM VALUES ('x', 3, 1), ('y', 1, 1) AS t(label, p, q)")
    queries = [f"duckdb:{file}#SELECT label, {side} FROM t" for side in "pq"]
    found = document("matrix", *queries, "--timeout", "60")["values"]
    assert found == document("matrix", f"duckdb:{file}#t", "--columns", "--timeout", "60")["values"]
    assert found[0][1] == pytest.approx(0.75 * log(1.5) + 0.25 * log(0.5), rel=1e-14)
    endless = f"duckdb:{file}#SELECT label, count(*) FROM t, range(10000000) a, range(10000000) b GROUP BY label"
    for words in ((queries[0], endless), ("sample_data/letters.csv", "--columns", "--against", endless)):
        answer = kl("matrix", *words, "--as", "weights", "--timeout", "0.1")
        assert (answer.code, "was cancelled after 0.1 s" in answer.err) == (3, True)
    assert "--engine elsewhere" in kl("matrix", "spark:t", "spark:u", "--engine", "elsewhere").err


@pytest.mark.parametrize("cell", ["NA", "", "1o"])
@pytest.mark.parametrize("options", [(), ("--null", "NA"), ("--null", "")])
def test_a_missing_or_damaged_number_does_not_turn_its_outcome_into_names(kl, tmp_path, cell, options):
    path = tmp_path / "p.csv"
    path.write_text(f"a,b,c\n1,2,{cell}\n1,2,3\n4,1,0\n")
    found = kl("matrix", path, "--as", "logits", *options)
    assert found.code == 3
    assert "line 2: 'c': " in found.err


def test_the_first_column_names_the_rows_where_most_of_its_cells_are_text(kl, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("age,a,b\n18,1,2\nunder 18,2,2\n65 or more,3,1\n")
    found = kl("matrix", path, "-f", "csv")
    assert found.code == 0
    assert found.out.splitlines()[0].endswith(",18,under 18,65 or more")


def test_an_unclear_column_of_several_sources_is_named_by_an_option_that_there_is(kl, tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("id,v,w,x\na,1,2,3\nb,2,3,4\n")
    sources = (tmp_path / "a.csv", tmp_path / "b.csv")
    assert "kl: hint: name it with --column;" in kl("matrix", *sources, "--as", "logits").err
    assert kl("matrix", *sources, "--as", "logits", "--column", "v").code == 0


NAMED = {
    "lists": '{"p": [0.5, 0.5], "q": [0.1, 0.9], "r": [1, 0]}',
    "objects": '{"p": {"a": 0.5, "b": 0.5}, "q": {"a": 0.1, "b": 0.9}, "r": {"b": 0, "a": 1}}',
    "records": '{"name":"p","a":0.5,"b":0.5}\n{"name":"q","a":0.1,"b":0.9}\n{"name":"r","a":1,"b":0}\n',
}


@pytest.mark.parametrize("options", [(), ("--columns",)])
@pytest.mark.parametrize("form", ["lists", "objects"])
def test_an_object_of_distributions_is_a_row_for_each_key(kl, tmp_path, form, options):
    found = {}
    for name, text in NAMED.items():
        (tmp_path / f"{name}.json").write_text(text)
        answer = kl("matrix", tmp_path / f"{name}.json", *(options if name == form else ()), "-f", "json", "-q")
        found[name] = json.loads(answer.out)
    assert (found[form]["rows"], found[form]["values"]) == (found["records"]["rows"], found["records"]["values"])
    assert found[form]["values"][2][0] == pytest.approx(log(2), rel=1e-15)


@pytest.mark.parametrize("rest", [', "q": 1', "", ', "q": ["a", "b"]', ', "q": []'])
def test_an_object_that_holds_something_else_is_refused(kl, tmp_path, rest):
    (tmp_path / "p.json").write_text(f'{{"p": [0.5, 0.5]{rest}}}')
    assert kl("matrix", tmp_path / "p.json").code == 3
