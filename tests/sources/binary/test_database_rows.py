"""Rows of tables in databases, held against the same rows as CSV."""

import sqlite3
from contextlib import closing
from math import log

import pytest

from klcli.errors import NotADistribution
from klcli.sources.rows.open_rows import open_rows
from klcli.sources.rows.read_tables import read_table

ROWS = [("a", 0.5, 0.25, 0.25), ("b", 0.125, 0.375, 0.5), ("c", 1.0, 0.0, 0.0)]


def sqlite(path, rows):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE words (name TEXT, cat REAL, dog REAL, owl REAL)")
        connection.executemany("INSERT INTO words VALUES (?, ?, ?, ?)", rows)
        connection.commit()
    return str(path)


def duckdb(path, rows):
    with pytest.importorskip("duckdb").connect(str(path)) as connection:
        connection.execute("CREATE TABLE words (name TEXT, cat DOUBLE, dog DECIMAL(9, 3), owl DOUBLE)")
        connection.executemany("INSERT INTO words VALUES (?, ?, ?, ?)", rows)
    return str(path)


@pytest.mark.parametrize(("write", "name"), [(sqlite, "p.db"), (duckdb, "p.duckdb"), (duckdb, "p.db")])
@pytest.mark.parametrize("size", [1, 2, 100])
def test_rows_of_a_database_are_those_of_csv(tmp_path, write, name, size):
    source = open_rows(f"{write(tmp_path / name, ROWS)}#words", id_column="name")
    assert (source.labels, source.count) == (("cat", "dog", "owl"), 3)
    blocks = list(source.blocks(size))
    assert [row for block in blocks for row in block.values.tolist()] == [list(numbers) for _, *numbers in ROWS]
    assert [each for block in blocks for each in block.ids] == ["a", "b", "c"]
    assert [str(block.place(0)) for block in blocks] == [f"row {first}" for first in range(1, 4, size)]


def test_two_databases_are_compared_row_by_row(tmp_path, kl):
    uniform = [(name, 1 / 3, 1 / 3, 1 / 3) for name, *_ in ROWS]
    p, q = sqlite(tmp_path / "p.db", ROWS), sqlite(tmp_path / "q.db", uniform)
    result = kl("rows", p, q, "--id", "name", "-f", "csv", "--digits", "6")
    found = [line.split(",")[1:3] for line in result.out.splitlines()[1:]]
    assert [name for name, _ in found] == ["a", "b", "c"]
    expected = [sum(each * log(3 * each) for each in row if each) for _, *row in ROWS]  # log 3 - H(P)
    assert [float(value) for _, value in found] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("row", "id_column", "message"),
    [
        (("d", None, 0.5, 0.5), "name", "row 4: 'cat': there is no number"),
        (("d", "x", 0.5, 0.5), "name", "row 4: 'cat': 'x' is not a number"),
        (("d", 1, 0, 0), None, "row 1: 'name': 'a' is not a number"),
    ],
)
def test_a_cell_without_a_number_is_refused_with_its_place(tmp_path, row, id_column, message):
    path = sqlite(tmp_path / "p.db", [*ROWS, row])
    with pytest.raises(NotADistribution, match=message):
        list(open_rows(path, id_column=id_column).blocks(2))


def test_a_text_beside_the_names_of_rows_gets_the_cure_of_delimited_text(tmp_path):
    rows = [(name, word, 0.5, 0.5) for name, word in (("a", "x"), ("b", "y"))]
    with pytest.raises(NotADistribution) as error:
        list(open_rows(sqlite(tmp_path / "p.db", rows), id_column="name").blocks(2))
    assert error.value.hint == "if 'cat' is not an outcome, name the column with --id, --target or --cluster"


@pytest.mark.parametrize("names", [(None, "b"), ("a", None)])
def test_a_row_without_a_name_is_nameless_wherever_it_stands(tmp_path, names):
    rows = [(name, 0.5, 0.25, 0.25) for name in names]
    source = open_rows(sqlite(tmp_path / "p.db", rows), finds_id=True)
    assert [list(block.ids) for block in source.blocks(9)] == [[name or "" for name in names]]


@pytest.mark.parametrize(("name", "is_noted"), [("id", True), ("doc_id", True), ("name", True), ("idle", False)])
def test_names_of_rows_that_are_numbers_are_said_to_be_read_as_an_outcome(tmp_path, name, is_noted):
    with closing(sqlite3.connect(tmp_path / "p.db")) as connection:
        connection.execute(f"CREATE TABLE words ({name} TEXT, cat REAL, dog REAL)")
        connection.executemany("INSERT INTO words VALUES (?, 1, 3)", [("001",), ("002",)])
        connection.commit()
    found = read_table(str(tmp_path / "p.db"))
    assert found.labels == (name, "cat", "dog")
    assert [note.text.partition(": ")[2] for note in found.notes] == is_noted * [
        f"{name!r} was read as an outcome; if it names the rows, pass --id {name}"
    ]
    assert not read_table(str(tmp_path / "p.db"), id_column=name).notes
