"""Every option on how a table is written or reached, at every kind of table: it changes the answer, or a note names it.

The data are such that an option which is used changes what is counted.
"""

import sqlite3
from contextlib import closing
from itertools import product

import pytest

import klcli

ROWS = [(1.5, "NA", "1'000")] * 60 + [(5, "a", "7")] * 60
NAMES = ("x", "c", "t")


def _text(path):
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in (NAMES, *ROWS)))


def _records(path):
    path.write_text("".join(f'{{"x": {x}, "c": "{c}", "t": "{t}"}}\n' for x, c, t in ROWS))


def _columns():
    return {name: [row[at] for row in ROWS] for at, name in enumerate(NAMES)}


def _parquet(path):
    arrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table(_columns()), path)


def _arrow(path):
    arrow = pytest.importorskip("pyarrow")
    with arrow.OSFile(str(path), "wb") as file, arrow.ipc.new_file(file, arrow.table(_columns()).schema) as writer:
        writer.write_table(arrow.table(_columns()))


def _sqlite(path):
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("create table t (x real, c text, t text)")
        database.executemany("insert into t values (?, ?, ?)", ROWS)


def _duckdb(path):
    with pytest.importorskip("duckdb").connect(str(path)) as database:
        database.execute("create table t (x double, c text, t text)")
        database.executemany("insert into t values (?, ?, ?)", ROWS)


def _workbook(path):
    book = pytest.importorskip("openpyxl").Workbook()
    for row in (NAMES, *ROWS):
        book.active.append(row)
    book.save(path)


def _profile(path):
    path.write_text(klcli.profile(_columns()))


KINDS = {
    "csv": _text, "jsonl": _records, "parquet": _parquet, "arrow": _arrow, "sqlite": _sqlite, "duckdb": _duckdb,
    "xlsx": _workbook, "kl.json": _profile,
}  # fmt: skip
OPTIONS = {
    "--delimiter": (";",), "--decimal": (",",), "--thousands": ("'",), "--null": ("5",), "--na": (),
    "--no-header": (), "--timeout": ("60",), "--engine": ("local[2]",),
}  # fmt: skip
# the sheet holds no texts, in which alone a decimal mark counts; a time limit that is not reached changes nothing
HOLDS = {("--decimal", "xlsx"), ("--timeout", "duckdb")}


def _name(option):
    return option.replace("--no-", "--")


@pytest.mark.parametrize(("option", "kind"), [each for each in product(OPTIONS, KINDS) if each not in HOLDS])
def test_an_option_changes_the_answer_or_a_note_says_that_it_has_no_effect(kl, tmp_path, option, kind):
    path = tmp_path / f"t.{kind}"
    KINDS[kind](path)
    given = (option, *OPTIONS[option])
    note = f"{_name(option)} has no effect on"
    is_noted = note in kl("drift", path, path, *given).err
    if kind == "kl.json":
        assert is_noted
        return
    with_it = kl("profile", path, *given)
    assert is_noted is (note in with_it.err) is (kl("profile", path).out == with_it.out)


@pytest.mark.parametrize(
    ("pair", "words", "noted"),
    [
        (("csv", "parquet"), ("--delimiter", ","), ""),
        (("csv", "parquet"), ("--p-delimiter", ","), ""),
        (("csv", "parquet"), ("--q-delimiter", ","), "--q-delimiter has no effect on Parquet"),
        (("kl.json", "parquet"), ("--null", "7", "--p-na"), "--p-na has no effect on a profile"),
        (("kl.json", "parquet"), ("--decimal", ",", "--header"),
         "--header, --decimal have no effect on a profile and Parquet"),
        (("duckdb", "duckdb"), ("--input-format", "csv"), "--input-format has no effect on a table at an engine"),
    ],
)  # fmt: skip
def test_an_option_is_noted_if_no_table_that_it_is_for_uses_it(kl, tmp_path, pair, words, noted):
    paths = [tmp_path / f"{at}.{kind}" for at, kind in enumerate(pair)]
    for path, kind in zip(paths, pair, strict=True):
        KINDS[kind](path)
    err = kl("drift", *paths, *words).err
    assert noted in err
    assert ("no effect" in err) is bool(noted)


def test_a_setting_of_a_call_is_noted_as_an_option_is():
    notes = klcli.drift(_columns(), _columns(), delimiter=";").to_dict()["notes"]
    assert "no effect on a table in memory" in " ".join(note["text"] for note in notes)
