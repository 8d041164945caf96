"""Small and large tables: the fast readers find what the csv module finds, and refuse what it refuses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klcli.core.distributions.kinds import KINDS
from klcli.errors import KlError
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.query import Query
from klcli.sources.text import delimited
from klcli.sources.text.dialect import find_delimiter
from klcli.sources.text.plain_table import small_table

PLAIN = Query()


def read(text, query=PLAIN):
    """The distributions in a text or its bytes, called t.csv."""
    data = text if isinstance(text, bytes) else text.encode()
    return delimited.read_delimited(ByteSource.from_bytes("t.csv", data), query)


def large(monkeypatch):
    monkeypatch.setattr(delimited, "LARGE", 0)


CELLS = [
    *["a", "b", "001", "NA", " x ", "é", "0.5", "1/4", "-1", "nan", "inf", "1e400", "1_0", ""],
    *['"q"', '"a,b;c"', '"q""q"', '""', '"two\nlines"', 'a"b', '"a"b', '"two\r\nlines"', '"two\rlines"', '"\r\n"'],
    *["label", "count", "NULL", '"1,5"', "5%"],
]
ENDS = ["\n", "\n", "\r\n", "\r\n", "\r"]


@st.composite
def tables(draw):
    """Text with what delimited text may hold, sound and unsound."""
    cell = st.sampled_from(CELLS)
    rows = draw(st.lists(st.lists(cell, min_size=1, max_size=3), min_size=1, max_size=8))
    if draw(st.booleans()):
        rows = [(row * 3)[: len(rows[0])] for row in rows]
    delimiter = draw(st.sampled_from(",;\t"))
    lines = [delimiter.join(row) for row in rows]
    for extra in draw(st.lists(st.sampled_from(["", "# note", "   ", '"open', "a,b\r"]), max_size=2)):
        lines.insert(draw(st.integers(0, len(lines))), extra)
    end = draw(st.sampled_from(ENDS))
    text = end.join(lines) + draw(st.sampled_from(["", end, end + end]))
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()


def outcome(data, query):
    """The result of reading a table: labels, masses and places, or the error."""
    try:
        return [
            (
                each.labels and tuple(each.labels),
                each.values.tolist(),
                [each.where(index) for index in range(len(each.values))],
                each.notes,
                each.heading,
            )
            for each in read(data, query)
        ]
    except KlError as error:
        return error.message, error.hint


QUERIES = [
    *[Query(), Query(), Query((None, None), (False, False)), Query(samples=(True,)), Query(header=True)],
    *[Query(header=False), Query(every=True), Query(label="1,2"), Query(("count",)), Query(label=("2", "label"))],
]


@settings(max_examples=2500)
@given(data=tables(), query=st.sampled_from(QUERIES))
def test_a_table_is_read_and_refused_as_the_csv_module_reads_it_small_and_large(data, query):
    small = outcome(data, query)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "small_table", lambda *_: None)
        careful = outcome(data, query)
        large(patch)
        fast = outcome(data, query)
    assert repr(small) == repr(fast) == repr(careful)  # by repr, as NaN is not equal to itself


@pytest.mark.parametrize("text", ["a,1\nb,2,3\n4\n", "a,b,1\n2\n", "a,1\n\nb,2\n", "1\n\n2\n", "\n"])
def test_rows_of_other_widths_do_not_make_up_for_each_other(text):
    assert small_table(text.encode(), find_delimiter) is None


LETTER = 'x, "y"\r\nz'  # what a label may hold


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("rows", [3, 5_000])
def test_a_quoted_line_end_is_kept_to_the_letter_whatever_the_size_of_the_file(end, rows):
    for label in ("one\r\ntwo", "one\ntwo", "one\rtwo", "\r\n", LETTER):
        quoted = label.replace('"', '""')
        data = "".join(f'"{quoted}{row} {"x" * 30}",1{end}' for row in range(rows))
        assert (len(data) > delimited.LARGE) == (rows > 3)
        assert tuple(read(data)[0].labels) == tuple(f"{label}{row} {'x' * 30}" for row in range(rows))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "end"])
@pytest.mark.parametrize(
    ("odd", "found"),
    [
        ("odd,-1", "'odd': a negative mass"),
        ("odd,nan", "'odd': NaN"),
        ("odd,half", "'odd': 'half' is not a number"),
        ("twice,1", "'twice': duplicate label, first seen at line {}"),
    ],
)
@pytest.mark.parametrize("inner", ["\n", "\r\n", "\r", "\n\n", ""])
def test_places_after_a_quoted_line_end_are_those_of_an_editor_in_a_large_file_too(end, last, odd, found, inner):
    rows = [f'"two{inner}lines",1', "twice,1", *(f"label {row} {'x' * 30},1" for row in range(3_000)), odd]
    text = "# note" + end + end.join(rows) + (end if last else "")
    first = 3 + len(inner.replace("\r\n", "\n"))
    assert text.splitlines()[first - 1] == "twice,1"
    with pytest.raises(KlError) as caught:
        KINDS.lookup("weights").read(read(text)[0])
    assert caught.value.message.startswith(f"t.csv: line {first + 3_001}: {found.format(first)}")


def test_a_large_plain_table_does_not_pass_through_the_csv_module(monkeypatch):
    large(monkeypatch)
    assert delimited.plain_table(b"label,p\nNA,0.25\n001,0.75\n", ",") is not None
    (found,) = read("# note\nlabel,p\nNA,0.25\n001,0.75\n")
    assert tuple(found.labels) == ("NA", "001")
    assert found.values.tolist() == [0.25, 0.75]
    assert str(found.where(1)) == "t.csv: line 4: '001'"
