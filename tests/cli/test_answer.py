"""What the commands have in common: names that are nearly right, kinds, smoothing, notes, and the way out."""

import csv
import io
import json
import os
import stat
from itertools import product

import pytest

from klcli.cli.commands import COMMANDS

COIN = ("sample_data/coin_fair.csv", "sample_data/coin_biased.csv")
ZERO = ("a=5,b=4,c=1", "a=6,b=4,c=0")


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (("compute", *COIN, "-m", "forward_lk"), "no measure is called 'forward_lk'", "did you mean forward_kl"),
        (("compute", *COIN, "-m", "jefreys"), "no measure is called 'jefreys'", "did you mean jeffreys"),
        (("compute", *COIN, "-f", "jsn"), "no format is called 'jsn'", "did you mean json"),
        (("compute", *COIN, "--as", "count"), "no kind is called 'count'", "did you mean counts"),
        (("compute", *COIN, "--q-as", "logit"), "no kind is called 'logit'", "did you mean logits"),
        (("compute", *COIN, "--input-format", "jsn"), "no format is called 'jsn'", "did you mean json"),
        (("compute", *COIN, "--smooth", "flor:0.1"), "no smoothing is called 'flor'", "did you mean floor?"),
        (("compute", *COIN, "--fail-above", "jefreys=1"), "no measure is called 'jefreys'", "did you mean jeffreys"),
        (("explain", *COIN, "-f", "markdwon"), "no format is called 'markdwon'", "did you mean markdown?"),
        (("comptue", *COIN), "no command is called 'comptue'", "did you mean kl compute?"),
        (("0.5,0.5", "0.9,0.1"), "no command is called '0.5,0.5'", "kl compute 0.5,0.5 0.9,0.1"),
        ((COIN[0], COIN[1]), f"no command is called '{COIN[0]}'", f"kl compute {COIN[0]} {COIN[1]}"),
        (
            ("frobnicate",),
            "no command is called 'frobnicate'",
            f"the commands are {', '.join(COMMANDS)}",
        ),
    ],
)
def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(kl, words, error, hint):
    result = kl(*words)
    assert (result.code, result.out) == (2, "")
    first, second = result.err.splitlines()
    assert first.startswith("kl: error: ")
    assert second.startswith("kl: hint: ")
    assert error in first.replace("no input format", "no format")
    assert hint in second


def test_an_option_that_is_nearly_right_is_answered_with_the_right_one(kl):
    result = kl("compute", *COIN, "--smoth", "add:1")
    assert (result.code, result.out) == (2, "")
    assert "--smoth" in result.err
    assert "--smooth" in result.err


@pytest.mark.parametrize(
    "words",
    [
        ("compute",),
        ("compute", "1,1", "1,1", "1,1"),
        ("compute", *COIN, "--digits", "0"),
        ("compute", *COIN, "--digits", "18"),
        ("compute", *COIN, "--color", "blue"),
        ("compute", *COIN, "--missing", "never"),
        ("explain", *COIN, "--top", "x"),
        ("list", "measures", "formats"),
        ("--nope",),
    ],
)
def test_a_wrong_command_line_exits_with_2_and_points_to_the_help(kl, words):
    result = kl(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("kl: error: ")
    assert "--help" in result.err


@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv", "tsv", "markdown"])
def test_every_output_states_the_smoothing(kl, format_):
    assert "add:1" in kl("compute", *ZERO, "--smooth", "add:1", "-f", format_).out


@pytest.mark.parametrize("command", ["compute", "explain"])
@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv", "tsv", "markdown", "value"])
def test_a_note_says_what_the_smoothing_did(kl, command, format_):
    err = kl(command, *ZERO, "--smooth", "floor:0.01", "-f", format_).err
    assert "kl: note: probabilities below 0.01 were raised to it in P and in Q" in err


@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown"])
def test_nothing_is_said_of_smoothing_that_was_not_asked_for(kl, format_):
    out = kl("compute", *ZERO, "-f", format_, "-m", "jensen_shannon").out
    assert ("add:" in out, "raised" in out) == (False, False)


@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv", "tsv", "markdown"])
def test_every_output_names_p_and_q_and_the_unit(kl, format_):
    out = kl("compute", *COIN, "-f", format_, "--bits").out.replace("\\", "")
    assert all(text in out for text in (*COIN, "bits"))


@pytest.mark.parametrize("words", [("compute", *ZERO), ("explain", *ZERO), ("compute", "0.503,0.5", "0.5,0.5")])
def test_quiet_silences_the_notes_and_changes_nothing_else(kl, words):
    loud, quiet = kl(*words), kl(*words, "-q")
    assert loud.err.startswith("kl: note: ")
    assert (quiet.err, quiet.out, quiet.code) == ("", loud.out, loud.code)


def test_quiet_does_not_silence_an_exceeded_limit(kl):
    result = kl("compute", *COIN, "-q", "--fail-above", "0.1")
    assert result.code == 1
    assert result.err.startswith("kl: limit exceeded: forward_kl = 1.61446")


def test_notes_are_in_the_document_also_where_they_are_not_printed(document):
    notes = document("compute", *ZERO, "-q")["notes"]
    assert [note["code"] for note in notes] == ["infinite", "sampled"]


@pytest.mark.parametrize(
    ("values", "as_", "kind"),
    [
        ("0.5,0.5", "auto", "probabilities"),
        ("3,1", "auto", "counts"),
        ("0.5,0.5", "probs", "probabilities"),
        ("3,1", "counts", "counts"),
        ("0.3,4", "weights", "weights"),
        ("0.3,-4", "logits", "logits"),
        ("-0.6931471805599453,-0.6931471805599453", "logprobs", "log-probabilities"),
        ("cat,dog,cat", "samples", "samples"),
    ],
)
def test_a_kind_is_named_in_the_answer(document, values, as_, kind):
    found = document("compute", values, values, "--as", as_)
    assert (found["p"]["kind"], found["q"]["kind"]) == (kind, kind)
    assert found["measures"]["forward_kl"] == 0


@pytest.mark.parametrize(
    ("p", "as_"),
    [("0.5,0.6", "auto"), ("0.5,0.6", "probs"), ("0.5,1", "counts"), ("-1,2", "weights"), ("0,0", "weights"),
     ("nan,1", "logits"), ("inf,1", "weights"), ("0,0", "logprobs"), ("a,b", "auto"), ("", "auto")],
)  # fmt: skip
def test_data_that_are_no_distribution_exit_with_3(kl, p, as_):
    result = kl("compute", p, "0.5,0.5", "--as", as_, "--q-as", "probs")
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith("kl: error: ")


def test_data_on_one_side_labelled_and_on_the_other_not_exit_with_3(kl):
    result = kl("compute", "a=0.5,b=0.5", "0.5,0.5")
    assert (result.code, result.out) == (3, "")
    assert "kl: hint: give both labels, or neither" in result.err


def test_two_lengths_that_differ_are_both_given(kl):
    result = kl("compute", "0.5,0.5", "0.25,0.25,0.5")
    assert (result.code, result.out) == (3, "")
    assert "2 outcomes" in result.err
    assert "has 3" in result.err


@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv", "tsv", "markdown", "value"])
def test_a_file_holds_what_standard_output_would(kl, tmp_path, format_):
    path = tmp_path / "answer"
    printed = kl("compute", *COIN, "-f", format_)
    result = kl("compute", *COIN, "-f", format_, "-o", path)
    assert (result.code, result.out) == (0, "")
    assert path.read_bytes() == printed.out.encode()
    assert os.listdir(tmp_path) == ["answer"]


def test_a_new_file_has_the_mode_of_the_umask(kl, tmp_path):
    path = tmp_path / "answer"
    before = os.umask(0o027)
    try:
        kl("compute", *COIN, "-o", path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_file_that_exists_keeps_its_mode(kl, tmp_path):
    path = tmp_path / "answer"
    path.write_text("old")
    path.chmod(0o604)
    assert kl("compute", *COIN, "-o", path).code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert "forward KL" in path.read_text()


def test_a_link_is_followed(kl, tmp_path):
    path, link = tmp_path / "answer", tmp_path / "link"
    path.write_text("old")
    link.symlink_to(path)
    assert kl("compute", *COIN, "-o", link).code == 0
    assert link.is_symlink()
    assert "forward KL" in path.read_text()


@pytest.mark.parametrize("words", [("nope.csv", "0.5,0.5"), ("0.5,0.6", "0.5,0.5"), ("1,1", "1,1", "-m", "x")])
def test_an_old_file_survives_an_error(kl, tmp_path, words):
    path = tmp_path / "answer"
    path.write_text("old")
    assert kl("compute", *words, "-o", path).code in (2, 3)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["answer"]


def test_an_exceeded_limit_still_writes_the_file(kl, tmp_path):
    path = tmp_path / "answer.json"
    assert kl("compute", *COIN, "--fail-above", "0.1", "-f", "json", "-o", path).code == 1
    assert json.loads(path.read_text())["verdicts"][0]["passed"] is False


def test_notes_go_to_standard_error_where_the_answer_goes_to_a_file(kl, tmp_path):
    result = kl("compute", *ZERO, "-o", tmp_path / "answer")
    assert result.err.startswith("kl: note: ")


@pytest.mark.parametrize("command", ["compute", "explain"])
def test_csv_has_a_header_and_rows_of_its_width(kl, command):
    header, *rows = csv.reader(io.StringIO(kl(command, *ZERO, "-f", "csv").out))
    assert rows
    assert {len(row) for row in rows} == {len(header)}


@pytest.mark.parametrize("limit", ["-1", "0.25", "1e-7", "-1e300", "0.12345678901", "0"])
@pytest.mark.parametrize("format_", ["table", "markdown"])
def test_a_limit_is_written_alike_on_both_streams_and_as_it_was_given(kl, limit, format_):
    result = kl("compute", "0.5,0.5", "0.9,0.1", "--fail-above", limit, "-f", format_)
    assert result.code == 1
    shown = limit.replace("e300", "e+300")
    assert result.err.endswith(f" > {shown} nats\n")
    assert f"{' > ' if format_ == 'table' else 'limit '}{shown} nats" in result.out


@pytest.mark.parametrize("command", ["compute", "batch"])
def test_a_limit_on_an_infinite_measure_is_explained_though_it_was_not_asked_for(kl, command, tmp_path):
    words = ["a=1,b=0", "a=0.5,b=0.5"]
    if command == "batch":
        (tmp_path / "pairs.csv").write_text('p,q\n"a=1,b=0","a=0.5,b=0.5"\n')
        words = [tmp_path / "pairs.csv", "-j", "1"]
    result = kl(
        command, *words, "-m", "forward_kl", "--fail-above", "reverse_kl=1", "--fail-above", "jeffreys=1", "-f", "json"
    )
    assert result.code == 1
    found = json.loads(result.out)
    notes = (found if command == "compute" else found["pairs"][0])["notes"]
    assert [note["code"] for note in notes] == ["infinite"]
    assert notes[0]["text"] == (
        "reverse_kl, jeffreys are infinite: P has no mass on 1 outcome of Q: b (0.5 of Q's mass)"
    )
    assert notes[0]["text"] in result.err


def test_a_limit_on_an_infinite_measure_of_families_is_explained(kl):
    result = kl("compute", "normal(0, 1)", "cauchy(0, 1)", "-m", "forward_kl", "--fail-above", "reverse_kl=1")
    assert result.code == 1
    assert "kl: note: reverse_kl is infinite: " in result.err
    assert kl("compute", "normal(0, 1)", "cauchy(0, 1)", "-m", "forward_kl").err == ""


def test_a_limit_that_no_rows_show_is_explained_where_it_is_infinite(kl, tmp_path):
    for name, text in (("p", "a,b\n1,0\n1,1\n"), ("q", "a,b\n1,1\n1,1\n")):
        (tmp_path / f"{name}.csv").write_text(text)
    result = kl("rows", tmp_path / "p.csv", tmp_path / "q.csv", "-m", "forward_kl", "--fail-above", "reverse_kl=1")
    assert result.code == 1
    assert "kl: note: reverse_kl is infinite in 1 row: 1" in result.err


def test_decimals_within_1_percent_are_normalised_and_it_is_said(kl):
    result = kl("compute", "0.1,0.2,0.7", "0.25,0.25,0.49", "-m", "forward_kl", "-f", "value")
    assert result.code == 0
    assert result.err == "kl: note: 0.25,0.25,0.49 sums to 0.99, not 1; it was divided by its sum\n"
    refused = kl("compute", "0.1,0.2,0.7", "0.25,0.25,0.48")
    assert refused.code == 3
    assert "sum to 0.98: neither probabilities (1 within 0.01) nor counts" in refused.err


WITH_LIMITS = ("github", "junit")
WITH_LABELS = ("table", "json", "jsonl", "csv", "markdown", "latex", "html", "svg")


@pytest.mark.parametrize(
    ("command", "name"),
    [*product(("compute", "explain"), WITH_LABELS), *product(("compute",), WITH_LIMITS)],
)
def test_a_lone_surrogate_in_a_label_is_written_as_an_escape(kl, tmp_path, command, name):
    if name in ("html", "svg"):
        pytest.importorskip("matplotlib")
    path = tmp_path / "p.json"
    path.write_bytes(b'{"a\\udce9": 1, "b": 2}')
    limit = ("--fail-above", "0") if name in WITH_LIMITS else ()
    result = kl(command, path, "b=1", "-f", name, *limit, "-o", tmp_path / "out")
    assert result.code in (0, 1), result.err
    assert "\\udce9" in result.err
    assert (tmp_path / "out").read_bytes().decode()  # strict, so no surrogate is in it


def test_a_list_in_a_pipe_fits_the_columns_that_are_asked_for(kl, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert max(map(len, kl("list", "measures").out.splitlines())) <= 40


@pytest.mark.parametrize("pair", [("normal(0,1)", "normal(1,2)"), ("gamma(2,3)", "lognormal(-0.7,0.8)")])
def test_an_explanation_of_families_in_a_pipe_fits_80_columns(kl, pair):
    assert max(map(len, kl("explain", *pair).out.splitlines())) <= 80
