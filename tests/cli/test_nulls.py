"""A text of --null that is no cell is noted, whatever reads the cells; one that is a cell is not."""

import json
import sqlite3

import pytest

from klcli.api.tables import drift

ROWS = [("a", 1.5), ("b", -99.0), ("NA", 2.5), (None, 3.5), ("a", 1.25)] * 12
NAMES = ("plan", "size")


def as_text(path, times=1):
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in ROWS * times]
    path.write_text("\n".join([",".join(NAMES), *lines]) + "\n")


def as_json(path):
    path.write_text("".join(json.dumps(dict(zip(NAMES, row, strict=True))) + "\n" for row in ROWS))


def as_parquet(path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table(dict(zip(NAMES, map(list, zip(*ROWS, strict=True)), strict=True))), path)


def as_sqlite(path):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (plan TEXT, size REAL)")
        database.executemany("INSERT INTO t VALUES (?, ?)", ROWS)
    database.close()


WRITERS = {
    "t.csv": as_text,
    "large.csv": lambda path: as_text(path, 3_000),  # which duckdb counts
    "t.jsonl": as_json,
    "t.parquet": as_parquet,
    "t.db": as_sqlite,
}


@pytest.mark.parametrize("name", WRITERS)
def test_drift_and_profile_note_a_text_that_is_no_cell(kl, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    WRITERS[name](tmp_path / name)
    for words in (("drift", name, name), ("profile", name, "-o", "out.kl.json")):
        for text in ("NA", "-99", "-99.00"):
            assert "no cell" not in kl(*words, "--null", text).err, text
        for text in ("N/A", "99"):
            assert (
                f"kl: note: --null: no cell of {name} is '{text}'\n" in kl(*words, "--null", "NA", "--null", text).err
            )
    assert "no cell" not in kl("drift", name, name, "--null", "").err


def test_a_text_of_one_table_is_noted_of_that_alone(kl, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    as_text(tmp_path / "p.csv")
    (tmp_path / "q.csv").write_text((tmp_path / "p.csv").read_text().replace("NA", "c"))
    assert "no cell" not in kl("drift", "p.csv", "q.csv", "--null", "NA").err
    assert "kl: note: --q-null: no cell of q.csv is 'NA'\n" in kl("drift", "p.csv", "q.csv", "--q-null", "NA").err
    (tmp_path / "kl.toml").write_text('[drift]\nnull = ["N/A"]\n')  # for tables that are to come, too
    assert "no cell" not in kl("drift", "p.csv", "q.csv").err


def test_the_same_is_noted_in_python():
    frame = dict(zip(NAMES, map(list, zip(*ROWS, strict=True)), strict=True))
    codes = {text: [note.code for note in drift(frame, frame, null=[text]).result.notes] for text in ("NA", "N/A")}
    assert codes["N/A"] == [*codes["NA"], "null_absent"]


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        (["compute", "p.csv", "q.csv", "--as", "counts"], "p.csv and q.csv"),
        (["compute", "p.json", "q.csv", "--as", "counts"], "p.json and q.csv"),
        (["matrix", "p.csv", "q.csv", "--as", "counts"], "p.csv and q.csv"),
        (["matrix", "r.csv", "--columns", "--as", "weights"], "r.csv"),
        (["estimate", "x.csv", "y.csv", "--missing", "drop"], "x.csv and y.csv"),
    ],
)
def test_a_text_that_no_operand_holds_is_noted(kl, tmp_path, monkeypatch, words, subject):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "p.csv": "a,4\nb,6\n", "q.csv": "a,4\nb,6\nc,NA\n", "p.json": '{"a": 4, "b": 6}',
        "r.csv": "l,x,y\na,1,2\nb,NA,1\n",
        "x.csv": "v\n" + "a\nb\n" * 20, "y.csv": "v\n" + "a\nb\nNA\n" * 20,
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text)
    found = kl(*words, "--null", "NA")
    assert (found.code, "no cell" in found.err) == (0, False)
    for name in ("q.csv", "r.csv", "y.csv"):
        path = tmp_path / name
        path.write_text(path.read_text().replace("NA", "a" if name == "y.csv" else "3"))
    found = kl(*words, "--null", "NA")
    assert found.code == 0
    assert f"kl: note: --null: no cell of {subject} is 'NA'\n" in found.err


def test_a_file_that_is_called_as_the_option_says_nothing_of_its_cells(kl, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a --null.csv").write_text("pet,n\ncat,3\ndog,5\n")
    found = kl("compute", "a --null.csv", "a --null.csv", "--null", "NA").err
    assert "kl: note: --null: no cell of a --null.csv is 'NA'\n" in found
