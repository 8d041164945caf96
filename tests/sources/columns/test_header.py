"""A first row is a header where it holds names: never where it holds a number, or what is left of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.core.distributions.kinds import KINDS
from klcli.errors import InputError, NotADistribution
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.header import is_name
from klcli.sources.formats.query import Query
from klcli.sources.text import csv_via_json, delimited
from klcli.sources.text.delimited import read_delimited

DAMAGED = [
    *[
        "NULL",
        "null",
        "NA",
        "N/A",
        "n.a.",
        "None",
        "nil",
        "<NA>",
        "#N/A",
        "#DIV/0!",
        "\\N",
        "-",
        "--",
        "—",
        ".",
        "?",
        "",
    ],
    *[
        "  ",
        "1,234",
        "1.234,5",
        "12.5%",
        "0,25",
        "1_000",
        "0x1F",
        "5 kg",
        "$5",
        "€ 5",
        "(5)",
        "<1",
        "~3",
        "'5",
        "1e",
        "1/0",
    ],
    *["٠.٥", ".5.", "+-1", "−5", "2019-01-01", "3+", "½", "∞"],
]
NAMES = [
    "p",
    "mass",
    "Anteil",
    "日本",
    "é",
    "%",
    "p (%)",
    "_p",
    "n1",
    "x,y",
    "P(X=1)",
    "true",
    "Δ",
    "[red]",
    "a/b",
    "e5",
]


def read(text, query):
    return read_delimited(ByteSource.from_bytes("p.csv", text.encode()), query)


@pytest.mark.parametrize("cell", NAMES)
def test_a_name_heads_a_column(cell):
    assert is_name(cell)
    (found,) = read(f'label,"{cell}"\na,1\n', Query())
    assert (tuple(found.labels), found.values.tolist()) == (("a",), [1.0])


@pytest.mark.parametrize("cell", DAMAGED)
def test_a_damaged_or_missing_number_is_refused_on_line_1_as_on_line_2(cell):
    assert not is_name(cell)
    with pytest.raises(NotADistribution) as second:
        read(f'a,0.5\nb,"{cell}"\n', Query())
    with pytest.raises(NotADistribution) as first:
        read(f'b,"{cell}"\na,0.5\n', Query())
    assert first.value.message == second.value.message.replace("line 2", "line 1")
    assert first.value.hint == second.value.hint or first.value.hint == "pass --header if line 1 names the columns"


@given(st.floats(allow_nan=True).map(repr) | st.integers().map(str))
def test_a_number_is_never_a_name(cell):
    assert not is_name(cell)


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("k,2023,2024\nA,3,4\nB,5,4\n", True),
        ("k,2023\nA,3\nB,5\n", True),
        ("k,2023\nA,2024\nB,5\n", False),
        ("1,2023\n2,3\n", False),
        ("k,2203\nA,3\n", False),
        ("k,2023.5\nA,3\n", False),
    ],
)
def test_years_in_a_first_row_that_is_data_are_said(text, is_said):
    columns = (None, None) if text.count(",") > text.count("\n") else (None,)
    found = read(text, Query(columns=columns, samples=(False,) * len(columns)))
    said = any("was read as data; if years name the columns, pass --header" in note.text for note in found[0].notes)
    assert said == is_said


@pytest.mark.parametrize("cell", ["p", "0.5", "NULL"])
def test_the_option_header_decides(cell):
    text = f"label,{cell}\na,1\n"
    (found,) = read(text, Query(header=True))
    assert (tuple(found.labels), found.notes) == (("a",), ())
    if cell == "0.5":
        (found,) = read(text, Query(header=False))
        assert tuple(found.labels) == ("label", "a")
    else:
        with pytest.raises(InputError, match=r"line 1: 'label': '.*' is not a number") as caught:
            read(text, Query(header=False))
        assert caught.value.hint == (
            "if it stands for a missing number, pass --null NULL, which leaves such rows out"
            if cell == "NULL"
            else None
        )


@pytest.mark.parametrize(
    ("text", "query", "note"),
    [
        ("label,p\na,1\n", Query(), "p.csv: line 1 was read as a header (labels in label, masses in p); see --header"),
        ("# x\n\np\n1\n", Query(), "p.csv: line 3 was read as a header (masses in p); see --header"),
        ("x,p,q\na,1,1\n", Query((None, None), (False, False)),
         "p.csv: line 1 was read as a header (labels in x, P in p, Q in q); see --header"),
        ("size\n1\n2\n", Query(samples=(True,)),
         "p.csv: line 1 was read as a header (observations in size); see --header"),
        ("letter,x,y\na,1,1\n", Query(every=True),
         "p.csv: line 1 was read as a header (labels in letter, masses in x, y); see --header"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("limit", [0, 10**9])
def test_a_header_recognised_without_being_asked_for_is_noted_once(monkeypatch, text, query, note, limit):
    monkeypatch.setattr(delimited, "LARGE", limit)
    found = read(text, query)
    assert [each.text for observed in found for each in observed.notes] == [note]
    kind = KINDS.lookup("samples" if query.samples[0] else "counts")
    assert [each.code for each in kind.read(found[0]).notes] == ["header"]


@pytest.mark.parametrize("query", [Query(("p",)), Query(label="label"), Query(header=True), Query(header=False)])
def test_a_header_that_was_asked_for_is_not_noted(query):
    text = "1,2\n3,4\n" if query.header is False else "label,p\na,1\n"
    assert [note.code for note in read(text, query)[0].notes] == (["columns"] if query.header is False else [])


def test_columns_that_no_heading_tells_apart_are_noted_by_every_way_of_reading():
    orjson = pytest.importorskip("orjson")
    assert csv_via_json.read_via_json("p.csv", b"x,y\n1,3\n2,5\n", orjson.loads, is_asked=True) is None
    assert csv_via_json.read_via_json("p.csv", b"x,y\na,3\nb,5\n", orjson.loads, is_asked=True).notes == ()
    assert csv_via_json.read_via_json("p.csv", b"label,y\n1,3\n2,5\n", orjson.loads, is_asked=True).notes == ()


def test_a_familiar_header_is_noted_for_each_file(monkeypatch):
    orjson = pytest.importorskip("orjson")
    for name in ("p.csv", "q.csv"):
        found = csv_via_json.read_via_json(name, b"label,p\na,1\n", orjson.loads)
        assert [note.subjects for note in found.notes] == [(name,)]
    assert csv_via_json.read_via_json("p.csv", b"label,p\na,1\n", orjson.loads, is_asked=True).notes == ()
    assert csv_via_json.read_via_json("p.csv", b"count,label\n3,1\n", orjson.loads) is None
    assert csv_via_json.read_via_json("p.csv", b"label,NULL\na,1\n", orjson.loads) is None


@pytest.mark.parametrize("option", [{"columns": ("plna",)}, {"label": "plna"}])
def test_a_misspelt_column_of_observations_is_answered_with_the_names_in_the_first_row(option):
    source = ByteSource.from_bytes("p.csv", b"plan,city\nfree,x\npro,y\n")
    with pytest.raises(InputError, match="no column 'plna'; the columns are plan, city") as error:
        read_delimited(source, Query(samples=(True,), **option))
    assert error.value.hint == "did you mean plan?"
    with pytest.raises(InputError, match="no column 'plna'; the columns are 1, 2"):
        read_delimited(ByteSource.from_bytes("p.csv", b"free,3\npro,4\n"), Query(samples=(True,), **option))


def entropy_of(text):
    (found,) = read_delimited(ByteSource.from_bytes("p.csv", text.encode()), Query())
    return dict(zip(found.labels, found.values.tolist(), strict=True)), [note.text for note in found.notes]


HEADED = "p.csv: line 1 was read as a header (labels in label, masses in n); see --header"


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("label,n,\na,3,\nb,4,\n", [HEADED]),
        ("label,n,,\na,3,,\nb,4,,\n", [HEADED]),
        (",label,n\n,a,3\n,b,4\n", [HEADED]),
        (",,label,n, \n,,a,3,\n,,b,4,\n", [HEADED]),
        ("a,3,\nb,4,\n", []),
        (",a,3\n,b,4\n", []),
        ("label,n,\na,3,\nb,4,a remark\n", [HEADED, "p.csv: column 3 was not used; see --label, --p and --q"]),
        ("label,n,,\na,3,one,\nb,4,,two\n",
         [HEADED, "p.csv: column 3, column 4 were not used; see --label, --p and --q"]),
    ],
)  # fmt: skip
def test_a_column_without_a_name_and_a_value_is_nothing_and_one_without_a_name_is_not_used(text, notes):
    assert entropy_of(text) == ({"a": 3, "b": 4}, notes)


@pytest.mark.parametrize("blank", ["", ",\n"])
def test_a_title_above_the_names_is_refused_with_the_line_that_names_the_columns(blank):
    text = f"Report 2025,\n{blank}label,n\na,3\nb,4\n"
    line = text.split("\n").index("label,n") + 1
    with pytest.raises(NotADistribution) as error:
        entropy_of(text)
    cure = f"if line {line} names the columns, remove what stands above the names; of a text, tail -n +{line} leaves"
    assert error.value.hint.startswith(cure)
    assert entropy_of("".join(text.splitlines(keepends=True)[line - 1 :])) == ({"a": 3, "b": 4}, [HEADED])
    with pytest.raises(InputError) as error:
        entropy_of(text.replace("Report 2025,", "Report 2025"))
    assert error.value.hint.startswith(cure)
