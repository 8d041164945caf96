"""duckdb reads a huge file as the csv module does: labels, masses, places, errors and notes."""

import struct
import subprocess
import sys
from decimal import Decimal
from math import inf, isfinite, nextafter
from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from klcli.errors import KlError
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.query import Query
from klcli.sources.operands.operand import load
from klcli.sources.text import delimited, duckdb_scan

pytest.importorskip("duckdb")

PAIR = Query((None, None), (False, False))
QUERIES = {
    1: [Query(), Query(), Query(("p",)), Query(samples=(True,))],
    2: [Query(), Query(), Query(("p",)), Query(("2",), label="1"), Query(("1",), label="1"), Query(("1",), label="2")],
    3: [PAIR, PAIR, Query(("q",)), Query(("p", "3"), (False, False), "1"), Query(("1", "q"), (True, False))],
}
LABELS = [
    "a",
    "b",
    "c",
    "001",
    "1",
    "NA",
    "null",
    "NULL",
    "None",
    " x ",
    "x",
    "é",
    "日本",
    "a_b",
    "#c",
    "",
    "nan",
    "TRUE",
]
NUMBERS = [
    "0.5",
    "0.25",
    "1e-3",
    " 0.5",
    "0.5 ",
    "+1",
    ".5",
    "5.",
    "2.2250738585072011e-308",
    "9007199254740993",
    "0",
    "-1",
]
ODD_NUMBERS = [
    "1/4",
    "1_0",
    "+-1",
    "nan",
    "nan(1)",
    "inf",
    "1e400",
    "",
    "half",
    "0x10",
    "1,5",
    "٣",
    "1e1_0",
    "- 1",
]
ODD_LINES = [
    "",
    "# note",
    "   ",
    "a",
    "a,0.5,",
    "a,0.5,9",
    ",",
    'a",1',
    '"a",1',
    "a,1\r",
    "a\0,1",
    "\udcff,1",
]


@st.composite
def tables(draw):
    """Labelled or bare columns of numbers with a query that fits; one in three has something odd."""
    width = draw(st.sampled_from([1, 2, 2, 3]))
    query = draw(st.sampled_from(QUERIES[width]))
    count = draw(st.integers(1, 8))
    labels = draw(st.lists(st.sampled_from(LABELS), min_size=count, max_size=count, unique=draw(st.booleans())))
    numbers = st.lists(st.sampled_from(NUMBERS), min_size=count, max_size=count)
    cells = [[draw(numbers)], [labels, draw(numbers)], [labels, draw(numbers), draw(numbers)]][width - 1]
    odd = draw(st.integers(0, 8))
    if odd == 0:
        cells[-1][draw(st.integers(0, count - 1))] = draw(st.sampled_from(ODD_NUMBERS))
    delimiter = draw(st.sampled_from(",,;\t"))
    lines = [delimiter.join(row) for row in zip(*cells, strict=True)]
    if draw(st.booleans()):
        headings = draw(st.sampled_from([["label", "p", "q"], ["x", "y", "z"], ["count", "label", "NULL"]]))
        lines.insert(0, delimiter.join(headings[:width]))
    lines[:0] = draw(st.sampled_from([[], [], ["# made by hand", "#"]]))
    if odd == 1:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(ODD_LINES)))
    text = "\n".join(lines) + ("\n\n" if odd == 2 else draw(st.sampled_from(["", "\n"])))
    return draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + text.encode(errors="surrogateescape"), query


def outcome(path, query):
    """The result of reading a file: labels, masses and places, or the error; by repr, for NaN and -0.0."""
    try:
        found = delimited.read_delimited(ByteSource(path), query)
        return repr(
            [
                (
                    each.labels and [each.labels[index] for index in range(len(each.labels))],
                    each.labels and tuple(each.labels),
                    each.values.tolist(),
                    [each.where(index) for index in range(len(each.values))],
                    each.notes,
                )
                for each in found
            ]
        )
    except KlError as error:
        return error.message, error.hint


def compared(path, query):
    """Asserts that a file is to duckdb and to whole arrays what it is to the careful way; whether duckdb read it."""
    careful = outcome(path, query)
    scanned = []
    for huge in (0, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delimited, "HUGE", huge)
            patch.setattr(delimited, "LARGE", 0)
            patch.setattr(duckdb_scan, "scan_text", watched(duckdb_scan.scan_text, scanned))
            assert outcome(path, query) == careful
    return scanned[:1] not in ([], [None])


@settings(max_examples=250)
@given(case=tables())
def test_a_huge_table_is_read_and_refused_as_a_small_one(tmp_path_factory, case):
    data, query = case
    path = tmp_path_factory.getbasetemp() / "t.csv"
    path.write_bytes(data)
    event(f"read by duckdb: {compared(path, query)}")


@pytest.mark.parametrize("odd", ODD_LINES)
@pytest.mark.parametrize("place", ["first", "amid", "last"])
def test_an_irregular_line_is_left_to_the_csv_module(tmp_path, odd, place):
    lines = ["label,p", "b,0.5", "c,0.25"]
    lines.insert({"first": 0, "amid": 2, "last": 3}[place], odd)
    path = tmp_path / "t.csv"
    path.write_bytes("\n".join([*lines, ""]).encode(errors="surrogateescape"))
    assert not compared(path, Query()) or (odd, place) in {("# note", "first")}


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_an_irregular_number_is_left_to_the_csv_module(tmp_path, number):
    path = tmp_path / "t.csv"
    path.write_text(f"label,p\nb,0.5\nc,{number}\n", encoding="utf-8")
    assert not compared(path, Query())


@pytest.mark.parametrize(
    ("label", "number"), [*((label, "1") for label in LABELS), *(("x", number) for number in NUMBERS)]
)
def test_plain_lines_are_read_by_duckdb(tmp_path, label, number):
    path = tmp_path / "t.csv"
    path.write_text(f"label,p\nother,0.5\n{label},{number}\n", encoding="utf-8")
    assert compared(path, Query()) == (bool(label) and not label.startswith("#"))


def test_labels_behind_numbers_are_left_to_the_careful_reader(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("1,cat\n2,dog\n", encoding="utf-8")
    assert not compared(path, Query(columns=("1",)))


def test_a_comment_after_a_byte_order_mark_decides_no_delimiter(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbf# a;b;c\na,1\nb,2\n")
    assert compared(path, Query())


@pytest.fixture
def pair(tmp_path):
    """Files whose labels stand in another order, some on one side only."""
    for name, first, last in (("p", 0, 990), ("q", 10, 1000)):
        rows = [f"outcome_{number * 7919 % 1000},{1 / (number + 1)!r}" for number in range(first, last)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["label,mass", *rows, ""]), encoding="utf-8")
    return [tmp_path / "p.csv", tmp_path / "q.csv"]


COMMANDS = [
    *(["compute", "-f", "json"], ["compute", "-f", "csv", "--missing", "error"], ["compute", "--smooth", "add:1"]),
    *(["explain", "-f", "csv"], ["compute", "--as", "probs"]),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_output_is_the_same_with_duckdb_and_without(kl, monkeypatch, pair, words):
    command, *options = words
    options = options if "--as" in options else [*options, "--as", "weights"]
    monkeypatch.setattr(delimited, "HUGE", 0)
    fetched = []
    monkeypatch.setattr(duckdb_scan, "fetch", watched(duckdb_scan.fetch, fetched))
    with_duckdb = kl(command, *pair, *options)
    assert all(fetched)
    assert len(fetched) == (1 if with_duckdb.code == 3 and "sum to" in with_duckdb.err else 2)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    fetched.append("the last")
    assert with_duckdb == kl(command, *pair, *options)
    assert fetched[-1] == "the last"


def watched(function, found):
    def watch(*arguments):
        found.append(function(*arguments))
        return found[-1]

    return watch


def test_rows_keep_their_order_when_threads_read_them(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "HUGE", 0)
    count = 300_000
    path = tmp_path / "t.csv"
    path.write_text("\n".join(f"a label of some length, the {row}th;{row}" for row in range(count)), encoding="utf-8")
    (found,) = delimited.read_delimited(ByteSource(path), Query())
    assert (found.values == range(count)).all()
    assert [found.labels[row] for row in (0, 1, 123_456, count - 1)] == [
        f"a label of some length, the {row}th" for row in (0, 1, 123_456, count - 1)
    ]
    assert found.where(count - 1)[:2] == (str(path), count)


def test_a_small_file_is_not_worth_the_import(tmp_path):
    code = "import sys; from klcli.cli.main import main; main(); sys.exit('duckdb' in sys.modules)"
    (tmp_path / "p.csv").write_text("a,1\nb,2\n" * 10_000, encoding="utf-8")
    words = [sys.executable, "-c", code, "compute", "p.csv", "p.csv", "--as", "counts", "-f", "json"]
    assert subprocess.run(words, cwd=tmp_path, check=False, capture_output=True).returncode == 0


def test_nothing_is_left_behind(kl_process, tmp_path):
    lines = [f"{row},1" for row in range(1_000_000)]
    (tmp_path / "p.csv").write_text("\n".join(lines), encoding="utf-8")
    assert kl_process("compute", "p.csv", "p.csv", "--as", "counts", "-f", "value", cwd=tmp_path).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]


@pytest.mark.parametrize("name", ["*.csv", "[ab].csv", "a?.csv", "key=1", "p.gz.csv", "s3:p.csv", "a'b.csv", "{a}.csv"])
def test_a_name_that_means_something_to_duckdb_is_a_name(tmp_path, name):
    path = tmp_path / name / "p.csv" if "=" in name else tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("a,1\nb,2\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text("c,1\nd,2\n", encoding="utf-8")
    compared(path, Query())


def test_numbers_are_those_of_float_to_the_last_bit(tmp_path, monkeypatch):
    scanned = []
    monkeypatch.setattr(delimited, "HUGE", 0)
    monkeypatch.setattr(duckdb_scan, "scan_text", watched(duckdb_scan.scan_text, scanned))
    random = Random(7)
    bits = [random.getrandbits(64) for _ in range(20_000)]
    doubles = [each for each in struct.unpack("20000d", struct.pack("20000Q", *bits)) if isfinite(each)]
    texts = [write(each) for each in doubles for write in (repr, "{:.17e}".format, "{:.30e}".format)]
    texts += [str((Decimal(each) + Decimal(nextafter(each, inf))) / 2) for each in doubles[:5_000] if abs(each) < 1e300]
    texts += [f"{random.getrandbits(70)}e{random.randint(-330, 280)}" for _ in range(20_000)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(texts), encoding="utf-8")
    (found,) = delimited.read_delimited(ByteSource(path), Query())
    assert scanned == [(found,)]
    assert found.values.tobytes() == struct.pack(f"{len(texts)}d", *map(float, texts))


def test_a_total_below_a_huge_table_is_left_out(tmp_path, monkeypatch):
    lines = [f"a{number},{number}" for number in range(1, 2001)]
    path = tmp_path / "p.csv"
    path.write_text("\n".join(["x,n", *lines, f"Total,{2000 * 2001 // 2}", ""]))
    monkeypatch.setattr(delimited, "HUGE", 0)
    found = load(str(path))
    assert (len(found.mass), found.mass.sum()) == (2000, 2000 * 2001 / 2)
    assert f"{path}: line 2002, the total of the others, was left out" in [note.text for note in found.notes]
