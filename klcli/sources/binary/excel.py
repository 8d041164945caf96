"""Excel workbooks, with the extra `excel`: a sheet is read by the rules of delimited text, row by row."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import InputError
from klcli.notes import Note, first_sheet_read, formulas_unsaved, listing
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.input_format import OF_CELLS, input_format
from klcli.sources.formats.query import Query, RowQuery
from klcli.sources.formats.text_dialect import TextDialect
from klcli.sources.text.delimited import read_sheet
from klcli.sources.text.delimited_rows import DelimitedRows
from klcli.support.optional_package import need
from klcli.support.text.label_text import with_dates
from klcli.tables.facts import BEYOND_DOUBLES

if TYPE_CHECKING:  # kl compute starts without the modules of rows
    from klcli.sources.formats.row_source import RowSource

__all__ = ["open_excel", "read_excel", "sheet_text"]

_PARTS = (b"[Content_Types]", b"docProps/", b"_rels/", b"xl/")  # first members of a workbook
# what zipfile and openpyxl raise for bytes that are not what they claim to be
_CORRUPT = (
    *(
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        OSError,
        RuntimeError,
        SyntaxError,
        TypeError,
        ValueError,
    ),
    *(zipfile.BadZipFile, zlib.error),
)
Cells = Sequence[object]

_LISTED = 12  # sheets that an error lists


def open_excel(source: ByteSource, query: RowQuery) -> "RowSource":
    """Returns the rows of a sheet; errors as in `read_excel`."""
    query.refuse_array(source.name)
    text, notes = sheet_text(source, query.dialect)
    rows = DelimitedRows(text, _with_comma(query))
    rows.notes = (*notes, *rows.notes)
    return rows


@input_format(
    "xlsx",
    summary="Excel: the first sheet, or that of x.xlsx#SHEET (needs the extra excel)",
    suffixes=(".xlsx", ".xlsm"),
    open_rows=open_excel,
    recognises=lambda head: head.startswith(b"PK\x03\x04") and any(part in head for part in _PARTS),
    holds_tables=True,
    options=OF_CELLS,
)
def read_excel(source: ByteSource, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions of a sheet.

    Raises:
        Unreadable: it is not a workbook, has no such sheet, or its columns cannot be identified.
        NotADistribution: a cell that must hold a number does not.
    """
    text, notes = sheet_text(source, query.dialect)
    return read_sheet(text, _with_comma(query), notes)


def _with_comma(query: Any) -> Any:
    return query._replace(dialect=query.dialect._replace(delimiter=","))


def sheet_text(source: ByteSource, dialect: TextDialect) -> tuple[ByteSource, tuple[Note, ...]]:
    """Returns a sheet as CSV, with a line for each row; texts in quotes."""
    openpyxl = need("openpyxl", extra="excel", purpose=f"{source.name}: reading Excel")
    data = source.data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            source.limit.check(source.name, len(data), sum(each.file_size for each in archive.infolist()))
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        names = list(book.sheetnames)
        if source.table and source.table not in names:
            known = listing(names, most=_LISTED)
            raise source.unreadable(f"no sheet is called {source.table!r}; the sheets are {known}")
        name = source.table or names[0]
        unsaved: list[str] = []
        rows = list(book[name].iter_rows(values_only=True))
        if any(cell is None for row in rows for cell in row) and _may_hold_formulas(data):
            written = openpyxl.load_workbook(io.BytesIO(data), read_only=True)[name].iter_rows(values_only=True)
            rows, unsaved = _with_formulas(rows, written)
        lines = io.StringIO()
        writer = csv.writer(lines, quoting=csv.QUOTE_ALL, lineterminator="\n")
        columns = map(with_dates, zip_longest(*rows))
        for row in zip(*columns, strict=True):
            writer.writerow([_text(cell, dialect) for cell in row])
    except InputError:
        raise
    except _CORRUPT:
        raise source.unreadable("not a whole Excel workbook", hint="save it as .xlsx, or as CSV") from None
    notes: tuple[Note, ...] = (formulas_unsaved(source.name, len(unsaved), unsaved[0]),) if unsaved else ()
    notes += (first_sheet_read(source.name, names[0], len(names)),) if len(names) > 1 and not source.table else ()
    return ByteSource.from_bytes(source.name, lines.getvalue().encode(errors="surrogatepass"), source.limit), notes


def _may_hold_formulas(data: bytes) -> bool:
    """Returns True if some sheet of a workbook holds a formula."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(b"<f>" in (part := archive.read(each)) or b"<f " in part
                   for each in archive.namelist() if each.startswith("xl/worksheets/"))  # fmt: skip


def _with_formulas(rows: Iterable[Cells], written: Iterable[Cells]) -> tuple[list[Cells], list[str]]:
    """Returns rows with the formulas of cells whose value was not saved, and the formulas; `written` holds them all."""
    found: list[Cells] = []
    unsaved: list[str] = []
    for row, formulas in zip(rows, written, strict=True):
        is_unsaved = [
            value is None and isinstance(formula, str) and formula.startswith("=")
            for value, formula in zip(row, formulas, strict=True)
        ]
        unsaved += [str(formula) for formula, is_so in zip(formulas, is_unsaved, strict=True) if is_so]
        found.append(
            [formula if is_so else value for value, formula, is_so in zip(row, formulas, is_unsaved, strict=True)]
        )
    return found, unsaved


def _text(cell: object, dialect: TextDialect) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).upper()
        case float():
            written = str(int(cell)) if cell.is_integer() and abs(cell) < BEYOND_DOUBLES else repr(cell)
            return written.replace(".", dialect.decimal)
        case _:
            return str(cell)
