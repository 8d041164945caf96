"""A number that --null names is a missing cell in every format, in every command that reads observations."""

import json
import sqlite3
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from math import inf

import numpy as np
import pytest

import klcli

CELLS = [1, 2, 3, 4, 5] * 20


def _text(path, cells):
    path.write_text("x\n" + "".join(f"{cell}\n" for cell in cells))


def _lines(path, cells):
    path.write_text("".join(f'{{"x": {cell}}}\n' for cell in cells))


def _arrow(path, cells):
    arrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table({"x": cells}), path)


def _database(path, cells):
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("create table t (x integer)")
        database.executemany("insert into t values (?)", [(cell,) for cell in cells])


def _duckdb(path, cells):
    with pytest.importorskip("duckdb").connect(str(path)) as database:
        database.execute("create table t as select unnest(?) as x", [cells])


FORMS = {"csv": _text, "jsonl": _lines, "parquet": _arrow, "sqlite": _database, "duckdb": _duckdb}
ARRAYS = {
    "npy": lambda path, cells: np.save(path, np.array(cells)),
    "json": lambda path, cells: path.write_text(json.dumps(cells)),
}


def _files(folder, suffix, write):
    paths = folder / f"p.{suffix}", folder / f"q.{suffix}"
    for path, cells in zip(paths, (CELLS, [*CELLS, *[999] * 10]), strict=True):
        write(path, cells)
    return paths


@pytest.mark.parametrize("suffix", FORMS)
def test_drift_counts_it_as_missing(document, tmp_path, suffix):
    (column,) = document("drift", *_files(tmp_path, suffix, FORMS[suffix]), "--q-null", "999")["columns"]
    assert (column["null"], column["measures"]["jeffreys"]) == ([0, 10], 0)


@pytest.mark.parametrize("suffix", [*FORMS, "json"])
def test_compute_drops_it_as_a_missing_label(document, tmp_path, suffix):
    pair = _files(tmp_path, suffix, (FORMS | ARRAYS)[suffix])
    words = ("--as", "samples", "--null", "999", "--missing-label", "drop", "-m", "forward_kl")
    assert document("compute", *pair, *words)["measures"]["forward_kl"] == 0


@pytest.mark.parametrize("suffix", [*FORMS, *ARRAYS])
def test_estimate_drops_it_as_a_missing_value(kl, tmp_path, suffix):
    pair = _files(tmp_path, suffix, (FORMS | ARRAYS)[suffix])
    err = kl("estimate", *pair, "--null", "999", "--missing", "drop").err
    assert "10 of 110 rows lack a value and were left out" in err


@pytest.mark.parametrize(
    ("cells", "null"),
    [
        (["a", "?"], "?"),
        ([False, True], "true"),
        ([date(2000, 1, 1), date(9999, 12, 31)], "9999-12-31"),
        ([datetime(2000, 1, 1, 5), datetime(9999, 12, 31)], "9999-12-31"),
        ([2**63 - 2, 2**63 - 1], str(2**63 - 1)),
        ([Decimal("0.2"), Decimal("0.1")], "0.10"),
        ([0.5, inf], "inf"),
    ],
)
def test_a_cell_of_any_type_may_be_named_in_parquet(document, tmp_path, cells, null):
    arrow = pytest.importorskip("pyarrow")
    write = pytest.importorskip("pyarrow.parquet").write_table
    pair = tmp_path / "p.parquet", tmp_path / "q.parquet"
    for path, held in zip(pair, (cells[:1] * 3, cells[:1] * 3 + cells[1:]), strict=True):
        write(arrow.table({"x": held}), path)
    words = ("--as", "samples", "--missing-label", "drop", "-m", "forward_kl", "--null", null)
    found = document("compute", *pair, *words)
    assert (found["measures"]["forward_kl"], found["q"]["total"]) == (0, 3)
    assert document("drift", *pair, "--null", null)["columns"][0]["null"] == [0, 1]


def test_a_frame_has_the_cells_of_null_and_of_na():
    p, q = {"x": [1, 2] * 50, "c": ["a", "b"] * 50}, {"x": [1, 2] * 40 + [-1] * 20, "c": ["a", "b"] * 45 + ["NA"] * 10}
    found = klcli.drift(p, q, null="-1", na=True).to_dict()["columns"]
    assert {each["name"]: each["null"] for each in found} == {"x": [0, 20], "c": [0, 10]}
