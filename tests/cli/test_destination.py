"""Where the answer goes: the suffix of a file chooses the format, and no input is overwritten."""

import os
from math import log

import numpy as np
import pytest

from klcli.reports.renderers import FORMATS
from klcli.reports.rendering import format_of_path

COIN = ("0.5,0.5", "0.9,0.1")


@pytest.mark.parametrize(
    ("suffix", "format_"),
    [
        ("json", "json"), ("jsonl", "jsonl"), ("ndjson", "jsonl"), ("csv", "csv"), ("tsv", "tsv"),
        ("md", "markdown"), ("tex", "latex"), ("txt", "table"), ("log", "table"), ("JSON", "json"),
    ],
)  # fmt: skip
def test_the_suffix_of_a_file_chooses_the_format(kl, tmp_path, suffix, format_):
    file = tmp_path / f"answer.{suffix}"
    assert kl("compute", *COIN, "-o", file).code == 0
    assert file.read_text() == kl("compute", *COIN, "-f", format_).out


@pytest.mark.parametrize("name", FORMATS.names())
def test_every_format_has_its_name_as_a_suffix(name):
    assert format_of_path(f"answer.{name}") == name


def test_the_suffix_of_a_page_gives_a_page(kl, tmp_path):
    pytest.importorskip("jinja2")
    assert kl("compute", *COIN, "-o", tmp_path / "answer.html").err == ""
    assert (tmp_path / "answer.html").read_text().startswith("<!doctype html>")


def test_a_format_that_is_asked_for_overrules_the_suffix(kl, tmp_path):
    file = tmp_path / "answer.csv"
    kl("compute", *COIN, "-o", file, "-f", "value", "-m", "forward_kl")
    assert float(file.read_text()) == pytest.approx(log(5 / 3), rel=4e-15)


def test_a_file_without_a_suffix_holds_a_table(kl, tmp_path):
    kl("compute", *COIN, "-o", tmp_path / "answer")
    assert (tmp_path / "answer").read_text() == kl("compute", *COIN).out


@pytest.mark.parametrize(
    ("name", "error", "hint"),
    [
        ("x.parquet", "kl writes no .parquet files", "pass -f NAME"),
        ("x.xlsx", "kl writes no .xlsx files", "pass -f NAME"),
        ("x.json.gz", "kl does not compress its output", "pipe it, as in -f json | gzip > FILE"),
    ],
)
def test_a_suffix_of_a_format_that_is_not_written_is_refused(kl, tmp_path, name, error, hint):
    result = kl("compute", *COIN, "-o", tmp_path / name)
    assert (result.code, result.out, list(tmp_path.iterdir())) == (2, "", [])
    assert error in result.err
    assert hint in result.err


@pytest.fixture
def files(tmp_path):
    (tmp_path / "p.csv").write_text("a,b\n0.5,0.5\n")
    (tmp_path / "q.csv").write_text("a,b\n0.9,0.1\n")
    (tmp_path / "x.csv").write_text("p,q\n0.5,0.9\n0.5,0.1\n")
    (tmp_path / "t.csv").write_text("0\n")
    (tmp_path / "pairs.csv").write_text("p\nx.csv\n")
    return tmp_path


NOTE = "kl: note: {}: its suffix is that of no format, so it is a table; -f chooses another"


@pytest.mark.parametrize("name", ["x.foo", "x.svgz", "x.v2", "x.txt", "x.log", "x.out", "x", "x.csv"])
def test_a_suffix_that_says_nothing_is_noted_unless_the_format_is_asked_for(kl, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    notes = [NOTE.format(name)] if name in ("x.foo", "x.svgz", "x.v2") else []
    assert kl("compute", *COIN, "-o", name).err.splitlines() == notes
    assert kl("compute", *COIN, "-o", name, "-f", "table").err == ""
    assert kl("compute", *COIN, "-o", name, "-q").err == ""


@pytest.mark.parametrize(
    "words",
    [
        ("compute", "x.csv"), ("explain", "x.csv"), ("rows", "p.csv", "q.csv"), ("rows", "p.csv", "q.csv", "--summary"),
        ("matrix", "p.csv"), ("batch", "pairs.csv"), ("list", "measures"), ("examples", "coin"),
        ("drift", "x.csv", "x.csv"), ("estimate", "a=3,b=5", "a=5,b=3", "--as", "counts"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_command_notes_a_suffix_that_says_nothing(kl, files, monkeypatch, words):
    monkeypatch.chdir(files)
    assert NOTE.format("y.foo") in kl(*words, "-o", "y.foo").err.splitlines()
    assert (files / "y.foo").read_text() == kl(*words, "-f", "table").out


def test_settings_and_profiles_are_not_tables_whatever_their_suffix(kl, files):
    assert kl("drift", files / "x.csv", "--init", "-o", files / "kl.toml").err == ""
    assert kl("profile", files / "x.csv", "-o", files / "x.kl.json").err == ""
    shown = kl("profile", "show", files / "x.kl.json", "-o", files / "x.foo")
    assert shown.err.splitlines() == [NOTE.format(files / "x.foo")]


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (("compute", "x.csv"), "x.csv"),
        (("explain", "x.csv"), "x.csv"),
        (("rows", "p.csv", "q.csv"), "q.csv"),
        (("rows", "p.csv", "q.csv", "--target", "t.csv"), "t.csv"),
        (("matrix", "p.csv"), "p.csv"),
        (("matrix", "p.csv", "--against", "q.csv"), "q.csv"),
        (("batch", "pairs.csv"), "pairs.csv"),
        (("batch", "pairs.csv"), "x.csv"),
        (("batch", "pairs.csv", "--report", "csv=x.csv"), "new.csv"),
    ],
)
def test_an_answer_never_overwrites_an_input(kl, files, words, output):
    before = {file.name: file.read_bytes() for file in files.iterdir()}
    given = [files / word if (files / word).exists() else word.replace("csv=", f"csv={files}/") for word in words]
    result = kl(*given, "-o", files / output)
    assert (result.code, result.out) == (2, "")
    assert "the answer would overwrite an input" in result.err
    assert {file.name: file.read_bytes() for file in files.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (("rows", "folder", "folder"), "folder/p-0.npy"),
        (("rows", "--merge", "folder"), "folder/p-1.npy"),
        (("drift", "folder/*.csv", "folder/a.csv"), "folder/b.csv"),
        (("profile", "folder/*.csv"), "folder/a.csv"),
        (("sample", "folder/a.csv"), "folder/a.csv"),
        (("batch", "folder", "folder", "--glob", "*.csv"), "kl.toml"),
        (("drift", "folder/a.csv", "folder/b.csv"), "kl.toml"),
        (("profile", "folder/a.csv"), "kl.toml"),
    ],
)
def test_no_file_of_a_folder_a_pattern_or_the_settings_is_overwritten(kl, tmp_path, monkeypatch, words, output):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "kl.toml").write_text("base = 2\n")
    for name in "ab":
        (tmp_path / "folder" / f"{name}.csv").write_text("x,0.5\ny,0.5\n")
    for at in range(2):
        np.save(tmp_path / "folder" / f"p-{at}.npy", np.full((2, 2), 0.5))
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.*")}
    result = kl(*words, "-o", output)
    assert (result.code, result.out) == (2, "")
    assert f"{output}: " in result.err
    assert {file: file.read_bytes() for file in tmp_path.rglob("*.*")} == before


def test_an_input_is_known_by_any_path_that_leads_to_it(kl, files):
    os.link(files / "x.csv", files / "same.csv")
    (files / "link.csv").symlink_to("x.csv")
    for name in ("same.csv", "link.csv"):
        assert kl("compute", files / "x.csv", "-o", files / name).code == 2


@pytest.mark.parametrize("word", ["duckdb:{}#t", "duckdb:{}", "{}#t", "{}#SELECT '#' AS l, 1 AS n", "{}"])
def test_the_file_of_a_database_is_an_input(kl, tmp_path, word):
    path = tmp_path / "x#1.duckdb" if word == "{}" else tmp_path / "x.duckdb"
    with pytest.importorskip("duckdb").connect(str(path)) as database:
        database.execute("create table t as select 'a' as label, 1 as n")
    before = path.read_bytes()
    result = kl("compute", word.format(path), "a=1", "-f", "csv", "-o", path)
    assert (result.code, path.read_bytes() == before) == (2, True)


def test_standard_input_that_a_shell_redirects_is_an_input(kl_process, files):
    before = (files / "x.csv").read_bytes()
    with open(files / "x.csv", "rb") as redirected:
        result = kl_process("compute", "-", "-o", files / "x.csv", stdin=redirected)
    assert (result.code, result.out) == (2, "")
    assert "the answer would overwrite an input" in result.err
    assert (files / "x.csv").read_bytes() == before


def test_a_device_may_be_input_and_output(kl, monkeypatch):
    assert kl("compute", *COIN, "-o", "/dev/null").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("batch", "gone.csv"),
        ("compute", "p.csv", "gone.csv"),
        ("drift", "p.csv", "gone.csv"),
        ("rows", "p.csv", "gone.csv"),
    ],
)
def test_an_error_in_the_data_names_the_reports_that_are_of_an_earlier_run(kl, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.csv").write_text("x,y\n0.5,0.5\n")
    for name in ("old.xml", "old.json", "summary.md"):
        (tmp_path / name).write_text("old")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    result = kl(*words, "--report", "markdown=summary.md", "--report", "markdown=new.md", "-f", "json")
    assert (result.code, "earlier run" in result.err) == (3, False)
    result = kl(*words, "-o", "old.json", "--report", "csv=old.xml")
    assert result.code == 3
    assert "old.json, old.xml were not written, and are of an earlier run\n" in result.err
    assert {(tmp_path / name).read_text() for name in ("old.xml", "old.json", "summary.md")} == {"old"}


def test_a_wrong_setting_names_the_reports_that_are_of_an_earlier_run_and_no_input_among_them(
    kl, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.csv").write_text("x,y\n0.5,0.5\n")
    (tmp_path / "old.xml").write_text("old")
    result = kl("drift", "p.csv", "p.csv", "--limit", "nope=1", "--report", "junit=old.xml")
    assert (result.code, "old.xml was not written, and is of an earlier run" in result.err) == (2, True)
    result = kl("drift", "p.csv", "p.csv", "--report", "csv=p.csv")
    assert (result.code, "earlier run" in result.err) == (2, False)
