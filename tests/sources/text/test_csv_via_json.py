"""The short way through small tables of labels and masses leads where the long way does, or is not taken."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from klcli.core.distributions.alignment import align
from klcli.core.distributions.distribution import read_as
from klcli.core.distributions.kinds import KINDS
from klcli.errors import KlError
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.query import Query
from klcli.sources.text import csv_via_json, delimited

orjson = pytest.importorskip("orjson")

NUMBERS = ["0.5", "1", "0", "12", "1e-05", "2.5E+3", " 0.25 ", "-1", "-0", "-0.0", "1e400", "18446744073709551616"]
OTHERS = [
    *["", " ", "true", "false", "null", "nan", "inf", "1/4", ".5", "1.", "+1", "01", "1_0", "0x1", "[1", "1]", "[]"],
    *["{}", '{"a":1}', '"1"', "1 2", "٣", "1\r", "1\t", "0;5", "\0", "\x7f", "\\u0031", "b"],
]
LABELS = ["a", "b", "c", "001", "NA", " x ", "", "é", "#tag", "-0", "true", "[", "]", "a'b", "\u2028", "\x7f"]
ODD_LABELS = ['"q"', 'a"b', "back\\slash", "#note", "semi;colon", "tab\t", "\0", "\x1b[31m", "\r"]
HEADERS = [
    "label,p",
    "x,y",
    "count,label",
    "a,NULL",
    "a,5%",
    ",p",
    "label,mass",
    "p,q",
    "a,a",
    "a",
    "a,b,c",
    "a,1",
    "1,2",
    "#,p",
    '"label",p',
    ",",
    "é,p",
]
LINES = ["", "  ", ",", "# note", "#note,1", "a", "a,1,2", "1", '"open', "a,1\r"]

row = st.tuples(st.sampled_from(LABELS), st.sampled_from(NUMBERS)).map(",".join)
odd_row = st.one_of(
    st.tuples(st.sampled_from(LABELS + ODD_LABELS), st.sampled_from(NUMBERS + OTHERS)).map(",".join),
    st.sampled_from(LINES),
)


@st.composite
def tables(draw):
    """Tables of labels and numbers, most with a line or two that are none."""
    lines = [draw(st.sampled_from(HEADERS[:2] * 9 + HEADERS)), *draw(st.lists(row, max_size=5))]
    for odd in draw(st.lists(odd_row, max_size=2)):
        lines.insert(draw(st.integers(0, len(lines))), odd)
    mark = draw(st.sampled_from(["", "", "", "\ufeff"]))
    return (mark + "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n", "\n\n", "\n ", ",", "\r\n"]))).encode()


def read(data):
    """The result of reading a table: labels, masses, smallest mass, sum and places, or the error."""
    try:
        (found,) = delimited.read_delimited(ByteSource.from_bytes("t.csv", data), Query())
    except KlError as error:
        return error.message, error.hint
    labels = found.labels and tuple(map(str, found.labels))
    values = found.values.tolist()
    return labels, values, found.min_and_sum, [found.where(index) for index in range(len(values))], found.notes


def by_both_ways(data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "orjson_loads", lambda: None)
        long = read(data)
        patch.setattr(delimited, "orjson_loads", lambda: orjson.loads)
        return read(data), long


@settings(max_examples=1500)
@given(data=tables())
@example(b"label,p\na,1\nb\n ")
@example(b"label,p\na\n \nb,1\n")
@example(b"label,p\na,0.5\nb,0.5\xff\n")
@example(b"label,p\n\xed\xa0\x80,0.5\n")
@example(b"label,p\r\na,0.5\r\nb,0.5\r\n")
@example(b"label,p\na,0.5\r \nb,0.5\n")
@example(b"label,p\na,true\nb,0.5\n")
@example(b"label,p\nback\\nslash,0.5\nb,0.5\n")
@example(b"label,p\na,0.5\nb\t,0.5\n")
@example(b"label,p\na,0.5\t\nb,0.5\n")
@example(b"1;label,p\n1;a,0.5\n1;b,0.5\n")
@example(b"label,1;p\na,1;b\n,1;c\n")
@example(b"\xef\xbb\xbflabel,p\na,0.5\n")
@example(b"label,p\n")
@example(b"label,p\n\n")
@example(b"")
def test_a_table_is_read_and_refused_as_it_is_cell_by_cell(data):
    short, long = by_both_ways(data)
    assert repr(short) == repr(long)  # by repr, as NaN is not equal to itself, and -0.0 is to 0


@settings(max_examples=500)
@given(lines=st.lists(st.tuples(st.text(max_size=3), st.one_of(st.text(max_size=3), st.sampled_from(NUMBERS)))))
def test_any_text_is_read_and_refused_as_it_is_cell_by_cell(lines):
    body = "\n".join(map(",".join, lines))
    short, long = by_both_ways(f"label,p\n{body}\n".encode())
    assert repr(short) == repr(long)


@pytest.mark.parametrize("count", [1, 128, 129, 1_000])
def test_plain_tables_are_read_via_json_and_have_the_same_numbers(count):
    rows = "".join(f"outcome {index},{1 / (index + 3)!r}\n" for index in range(count))
    data = f"label,p\n{rows}".encode()
    short, long = by_both_ways(data)
    assert repr(short) == repr(long)
    assert len(csv_via_json.read_via_json("t.csv", data, orjson.loads).values) == count


def test_equal_labels_of_two_tables_are_one_object_and_repeated_labels_are_refused(monkeypatch):
    monkeypatch.setattr(delimited, "orjson_loads", lambda: orjson.loads)

    def labels(text):
        (found,) = delimited.read_delimited(ByteSource.from_bytes("t.csv", f"label,p\n{text}".encode()), Query())
        return found.labels

    first = labels("a,1\nb,2\n")
    assert labels("a,3\nb,4\n") is first
    assert labels("b,3\na,4\n") == ("b", "a")
    assert labels("a,3\nb,4\n") is first
    assert labels("a,3\na,4\n") == ("a", "a")
    for number in range(csv_via_json.REMEMBERED):
        labels(f"{number},1\n")
    assert labels("a,3\nb,4\n") is not first
    (repeated,) = delimited.read_delimited(ByteSource.from_bytes("t.csv", b"label,p\na,0.5\na,0.5\n"), Query())
    with pytest.raises(KlError, match="line 3: 'a': duplicate label, first seen at line 2"):
        KINDS.lookup("probs").read(repeated)


@settings(max_examples=300)
@given(
    sides=st.lists(
        st.tuples(*[st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True)] * 2), min_size=2, max_size=4
    )
)
def test_familiar_labels_are_joined_as_labels_are_whatever_was_joined_before(sides):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "orjson_loads", lambda: orjson.loads)
        for labels_p, labels_q in sides:
            masses = [{label: 1.0 + index for index, label in enumerate(labels)} for labels in (labels_p, labels_q)]
            p, q = (
                read_as(
                    KINDS.lookup("weights"),
                    delimited.read_delimited(
                        ByteSource.from_bytes(
                            "t.csv", ("label,p\n" + "".join(f"{k},{v}\n" for k, v in side.items())).encode()
                        ),
                        Query(),
                    )[0],
                )
                for side in masses
            )
            aligned = align(p, q)
            union = list(dict.fromkeys([*labels_p, *labels_q]))
            assert set(aligned.labels) == set(union)
            assert aligned.p.tolist() == [masses[0].get(label, 0.0) for label in aligned.labels]
            assert aligned.q.tolist() == [masses[1].get(label, 0.0) for label in aligned.labels]


def test_a_guess_of_the_columns_under_a_header_that_was_asked_for_is_left_to_the_careful_reader():
    data = b"x,y\n1,3\n2,5\n"
    assert csv_via_json.read_via_json("p.csv", data, orjson.loads, is_asked=True) is None
    assert csv_via_json.read_via_json("p.csv", b"label,count\n1,3\n2,5\n", orjson.loads, is_asked=True) is not None
