"""Sixty and more awkward pairs of tables: each has its statuses and its exit code, by every engine, and no row is lost.

A case is a name, P, Q, further words, the status of each column, and the exit code. P and Q are the bytes of a text, or
the columns of a Parquet file; statuses are written by their first letters, in any order; ! is error.
"""

import gzip
import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klcli.sources.tables import text_files

STATUSES = {each[0]: each for each in ("ok", "changed", "unclear", "exceeded", "insufficient", "skipped")} | {
    "!": "error"
}
INF, NAN = float("inf"), float("nan")
A, B = ["a"] * 60, ["b"] * 60
AB = [*A, *B]
NUMBERS = [at / 7 for at in range(120)]
LONG = "long " * 2_000  # 10,000 characters


def text(*rows, end="\n", encoding="utf-8"):
    """Returns a text of rows."""
    return "".join(f"{row}{end}" for row in rows).encode(encoding)


def column(cells, name="x", **marks):
    return text(name, *cells, **marks)


def table(**columns):
    return pa.table(columns)


# --- texts: form, headings, cells -------------------------------------------------------------------------------------
TEXTS = [
    ("identical", column(AB), column(AB), (), "o", 0),
    ("one side empty", column(AB), b"", (), None, 3),
    ("both empty", b"", b"", (), None, 3),
    ("a heading alone", column(AB), b"x\n", (), "i", 3),
    ("one row", column(AB), b"x\na\n", (), "i", 3),
    ("one row, allowed", column(AB), b"x\na\n", ("--allow-insufficient",), "i", 0),
    ("blank lines", column(AB), column(AB, end="\n\n"), (), "o", 0),
    ("comments", column(AB), b"# made by hand\n" + column(AB), (), "o", 0),
    ("a byte order mark", column(AB), b"\xef\xbb\xbf" + column(AB), (), "o", 0),
    ("UTF-16", column(AB), column(AB, encoding="utf-16"), (), "o", 0),
    ("carriage returns", column(AB), column(AB, end="\r\n"), (), "o", 0),
    ("compressed", column(AB), gzip.compress(column(AB)), ("q.csv.gz",), "o", 0),
    ("bytes of no text", column(AB), b"x\n\xff\xfe\x00\x01\n", (), None, 3),
    ("Latin-1", column(AB), "x\nné\n".encode("latin-1") * 60, (), None, 3),
    ("ragged rows", column(AB), text("x", "a", "a,b"), (), None, 3),
    ("an open quote", column(AB), b'x\n"a\n' + b"b\n" * 60, (), None, 3),
    ("quoted newlines", column(['"a\nb"'] * 60), column(['"a\nb"'] * 60), (), "o", 0),
    ("quoted heading", column(AB, '"x"'), column(AB), (), "o", 0),
    ("two columns of one name", text("x,x", *["a,b"] * 60), column(AB), (), None, 3),
    ("an empty name", text("x,", *["a,b"] * 60), text("x,", *["a,b"] * 60), (), "oo", 0),
    ("no heading", text(*AB), text(*AB), ("--no-header",), "o", 0),
    ("reordered", text("x,y", *["a,1", "b,2"] * 40), text("y,x", *["1,a", "2,b"] * 40), (), "oo", 0),
    ("renamed", text("x,y", *["a,1"] * 60), text("x,z", *["a,1"] * 60), (), "!o", 3),
    ("a heading alone, allowed", column(AB), b"x\n", ("--allow-insufficient",), "i", 3),
    ("renamed, allowed", text("x,y", *["a,1"] * 60), text("x,z", *["a,1"] * 60), ("--allow-missing", "y"), "os", 0),
    ("a new column", column(AB), text("x,n", *["a,1", "b,1"] * 60), (), "o", 0),
    ("a new column, refused", column(AB), text("x,n", *["a,1", "b,1"] * 60), ("--new-columns", "fail"), "o", 3),
    ("semicolons", text("x;y", *["a;1"] * 60), text("x;y", *["a;1"] * 60), (), "oo", 0),
    ("tabs against commas", text("x\ty", *["a\t1"] * 60), text("x,y", *["a,1"] * 60), (), "oo", 0),
    ("decimal commas", text("x;y", *[f"{at},5;a" for at in range(60)]), text("x;y", *[f"{at},5;a" for at in range(60)]),
     ("--decimal", ","), "oo", 0),
    ("many columns", text(",".join(f"c{at}" for at in range(300)), *[",".join("a" * 300)] * 50),
     text(",".join(f"c{at}" for at in range(300)), *[",".join("a" * 300)] * 50), (), "o" * 300, 0),
]  # fmt: skip

# --- categories: labels, blanks, spellings ----------------------------------------------------------------------------
LABELS = [
    ("a label of 10,000 characters", column([LONG] * 60), column([LONG] * 60), (), "o", 0),
    ("leading zeros", column(["007", "008"] * 40), column(["7", "8"] * 40), (), "!", 3),
    ("leading zeros, allowed", column(["007", "008"] * 40), column(["7", "8"] * 40), ("--allow-disjoint",), "e", 1),
    ("codes, then a letter", column(["1", "2"] * 40), column(["1", "A"] * 40), (), "!", 3),
    ("such codes as set", column(["1", "2"] * 40), column(["1", "A"] * 40), ("--type", "x=category"), "e", 1),
    ("1 and 1.0, as set", column(["1", "2"] * 40), column(["1.0", "2.0"] * 40), ("--type", "x=category"), "o", 0),
    ("1 and 1.0", column(["1", "2"] * 40), column(["1.0", "2.0"] * 40), (), "o", 0),
    ("yes and Y", column(["yes", "no"] * 40), column(["Y", "N"] * 40), (), "o", 0),
    ("yes, then on", column(["yes", "no"] * 40), column(["on", "off"] * 40), (), "!", 3),
    ("yes, then on alone", column(["yes", "no"] * 40), column(["on"] * 80), (), "!", 3),
    ("yes alone, then on", column(["yes"] * 80), column(["on", "off"] * 40), (), "!", 3),
    ("yes, then on, allowed", column(["yes", "no"] * 40), column(["on"] * 80), ("--allow-disjoint",), "e", 1),
    ("yes, then maybe too", column(["yes", "no"] * 40), column(["yes", "no", "maybe"] * 40), (), "e", 1),
    ("case", column(["Yes", "No"] * 40 + ["x"] * 9), column(["yes", "no"] * 40 + ["x"] * 9), (), "e", 1),
    ("blanks kept", column([*A, *B]), column([*[" a"] * 60, *B]), (), "e", 1),
    ("accents apart", column(["é", "e"] * 60), column(["e\u0301", "e"] * 60), (), "e", 1),
    ("NA as a label", column(["NA", "a"] * 40), column(["NA", "a"] * 40), (), "o", 0),
    ("NA as missing", column(["NA", "a"] * 40), column(["NA", "a"] * 40), ("--na", "--min-rows", "30"), "o", 0),
    ("markup and escapes", column(["[red]x", "\x1b[31m"] * 40), column(["[red]x", "\x1b[31m"] * 40), (), "o", 0),
    ("a new label", column(AB * 9), column([*AB * 9, *["c"] * 60]), (), "e", 1),
    ("a lost label", column([*AB * 9, *["c"] * 60]), column(AB * 9), (), "e", 1),
    ("nothing in common", column(AB), column(["c", "d"] * 60), (), "!", 3),
    ("all rare", column([f"r{at}" for at in range(60)] * 2), column([f"r{at}" for at in range(60)] * 2), (), "o", 0),
    ("identifiers", column([f"u{at}" for at in range(60)]), column([f"u{at}" for at in range(60)]), (), "s", 3),
    ("more labels than are kept", column([f"l{at % 1500}" for at in range(6000)]),
     column([f"l{at % 1500}" for at in range(6000)]), (), "o", 0),
]  # fmt: skip

# --- numbers and missing cells, in Parquet ----------------------------------------------------------------------------
VALUES = [
    ("all null", table(x=[None] * 60), table(x=[None] * 60), (), "s", 3),
    ("null, then values", table(x=[None] * 60), table(x=AB), (), "!", 3),
    ("values, then null", table(x=AB), table(x=pa.array([None] * 120, pa.string())), (), "e", 1),
    ("NaN only", table(x=[NAN] * 60), table(x=[NAN] * 60), (), "s", 3),
    ("NaN is missing", table(x=NUMBERS), table(x=[*NUMBERS[:60], *[NAN] * 60]), (), "e", 1),
    ("nulls refused", table(x=AB), table(x=[*AB, None]), ("--missing", "fail"), "!", 3),
    ("infinite values", table(x=[INF, -INF, *NUMBERS]), table(x=[INF, -INF, *NUMBERS]), ("-m", "ks"), "o", 0),
    ("both zeros", table(x=[0.0, 1.5] * 40), table(x=[-0.0, 1.5] * 40), (), "o", 0),
    ("constant", table(x=[3.5] * 60), table(x=[3.5] * 60), (), "o", 0),
    ("no longer constant", table(x=[3.5] * 60), table(x=[3.5] * 50 + [4.5] * 10), (), "e", 1),
    ("2^53 and above", table(x=[2**53 + at for at in range(-40, 40)]), table(x=[2**53 + at for at in range(-40, 40)]),
     ("--type", "x=numeric"), "o", 0),
    ("subnormal and huge", table(x=[5e-324, 1e308] * 40), table(x=[5e-324, 1e308] * 40), (), "o", 0),
    ("integers as floats", table(x=[1, 2, 3] * 30), table(x=[1.0, 2.0, 3.0] * 30), (), "o", 0),
    ("numbers, then texts", table(x=NUMBERS), table(x=["oops"] * 120), (), "!", 3),
    ("numbers as texts", table(x=NUMBERS), table(x=list(map(str, NUMBERS))), (), "o", 0),
    ("few integers as texts", table(x=[1, 2, 3] * 40), table(x=["1", "2", "3"] * 40), (), "o", 0),
    ("few integers, then booleans", table(x=[1, 2, 3] * 40), table(x=[True, False] * 60), (), "!", 3),
    ("numbers, then booleans", table(x=NUMBERS), table(x=[True] * 120), (), "!", 3),
    ("booleans, then 0 and 1", table(x=[True, False] * 60), table(x=[1, 0] * 60), (), "o", 0),
    ("nested", table(x=AB, l=[[1]] * 120), table(x=AB, l=[[1]] * 120), (), "os", 0),
    ("nested alone", table(l=[[1]] * 120), table(l=[[1]] * 120), (), "s", 3),
    ("consecutive identifiers", table(x=list(range(120)), y=AB), table(x=list(range(500, 620)), y=AB), (), "os", 0),
    ("no rows", table(x=pa.array([], pa.float64())), table(x=NUMBERS), (), "!", 3),
    ("no columns", pa.table({}), table(x=NUMBERS), (), None, 3),
    ("few values", table(x=NUMBERS[:20]), table(x=NUMBERS[:20]), (), "i", 3),
    ("no Parquet", table(x=NUMBERS), b"PAR1 it is not", ("q.parquet",), None, 3),
]  # fmt: skip

CASES = [*TEXTS, *LABELS, *VALUES]


def written(folder, side, content, words):
    """Returns the path of a table, and the words that are none of its name."""
    name = next((word for word in words if word.startswith("q.")), f"{side}.csv") if side == "q" else f"{side}.csv"
    path = folder / (name if isinstance(content, bytes) else f"{side}.parquet")
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        pq.write_table(content, path)
    return str(path)


@pytest.fixture(params=["duckdb", "numpy"])
def engine(request, monkeypatch):
    if request.param == "numpy":
        monkeypatch.setitem(sys.modules, "duckdb", None)
    else:
        monkeypatch.setattr(text_files, "LARGE", 1)
        monkeypatch.setattr(text_files, "FEW_LINES", 0)
    return request.param


@pytest.mark.parametrize(
    ("p", "q", "words", "statuses", "code"), [each[1:] for each in CASES], ids=[each[0] for each in CASES]
)
def test_an_awkward_pair_has_its_statuses_and_its_exit_code(kl, tmp_path, engine, p, q, words, statuses, code):
    paths = [written(tmp_path, side, content, words) for side, content in (("p", p), ("q", q))]
    found = kl("drift", *paths, *(word for word in words if not word.startswith("q.")), "-f", "json", "-q")
    assert found.code == code, found.err
    assert "Traceback" not in found.err
    if statuses is None:
        assert found.err.startswith("kl: error: ")
        return
    document = json.loads(found.out)
    by_name = {each["name"]: each for each in document["columns"]}
    names = [field.name for field in p.schema] if not isinstance(p, bytes) else None
    shown = sorted(STATUSES[each] for each in statuses)
    assert sorted(each["status"] for each in by_name.values()) == shown
    assert names is None or set(names) == set(by_name)
    for each in by_name.values():
        if "cells" in each:  # no row is lost: it is in a cell, or missing
            rows = [sum(each["cells"][side]) + each["null"][at] + each["nan"][at] for at, side in enumerate("pq")]
            assert rows == each["rows"]
        else:
            assert each["reason"]
