"""Workbooks: what a sheet may hold besides texts and numbers."""

import pytest

from klcli.errors import NotADistribution
from klcli.sources.binary.excel import read_excel
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.query import Query

openpyxl = pytest.importorskip("openpyxl")


@pytest.fixture
def sheet(tmp_path):
    """Returns a function that writes rows to a workbook and reads it."""

    def read(*rows, at=None, formats=None, **query):
        book = openpyxl.Workbook()
        for row, cells in enumerate(rows, at[0] if at else 1):
            for column, cell in enumerate(cells, at[1] if at else 1):
                book.active.cell(row, column, cell)
        for cell, form in (formats or {}).items():
            book.active[cell].number_format = form
        book.save(tmp_path / "x.xlsx")
        (found,) = read_excel(ByteSource(str(tmp_path / "x.xlsx")), Query(**query))
        return dict(zip(found.labels, found.values.tolist(), strict=True)), [note.text for note in found.notes]

    return read


def test_a_formula_without_a_saved_value_is_no_empty_cell(sheet):
    rows = (["k", "n"], ["a", 3], ["b", "=B2+1"])
    with pytest.raises(NotADistribution, match=r"row 3: 'b': '=B2\+1' is not a number") as error:
        sheet(*rows)
    cure = "it is a formula without a saved value: open the file in a spreadsheet and save it"
    assert error.value.hint == cure
    found, notes = sheet(*rows, columns=("n",), samples=(True,))
    assert found == {"3": 1, "=B2+1": 1}
    assert notes[0].endswith(
        "x.xlsx: without a saved value, 1 formula such as =B2+1 was read as text; open the file in a spreadsheet and "
        "save it"
    )
    with pytest.raises(NotADistribution, match="row 3: 'b': there is no number"):
        sheet(["k", "n"], ["a", 3], ["b", None])


@pytest.mark.parametrize("at", [(1, 1), (1, 2), (3, 1), (4, 5)])
def test_a_table_may_stand_anywhere_on_a_sheet(sheet, at):
    found, notes = sheet(["k", "n"], ["a", 3], ["b", 4], at=at)
    assert found == {"a": 3, "b": 4}
    assert [note.rpartition("line ")[2] for note in notes] == [
        f"{at[0]} was read as a header (labels in k, masses in n); see --header"
    ]


def test_a_percent_format_is_the_number_that_it_shows(sheet):
    assert sheet(["k", "p"], ["a", 0.25], ["b", 0.75], formats={"B2": "0%", "B3": "0%"})[0] == {"a": 0.25, "b": 0.75}
    assert sheet(["k", "p"], ["a", "25%"], ["b", "75%"])[0] == {"a": 0.25, "b": 0.75}
