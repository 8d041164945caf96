"""Tables of Excel, Feather, Arrow and SQLite, told by their first bytes and read whole."""

from collections.abc import Callable, Sequence

from klcli.engines.address import parse_address
from klcli.engines.arrays.array_table import ArrayColumn, ArrayTable
from klcli.engines.arrays.arrow_columns import arrow_columns, column_of_values
from klcli.engines.connecting import engine_table
from klcli.engines.countable import Countable, Form
from klcli.errors import Unreadable
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.tables.condition import rows_of
from klcli.sources.tables.options import TableOptions
from klcli.sources.tables.ragged import refuse_ragged
from klcli.sources.tables.text_files import text_files
from klcli.support.sentence import Command

__all__ = ["binary_table"]

_ZIP = b"PK\x03\x04"
_FROM_PYTHON = "write it as Parquet, or pass a DataFrame to klcli.drift"
# first bytes of files that are often passed and hold no table: what such a file is, and the cure
_NO_TABLES = {
    _ZIP: ("a zip archive", "unpack it; arrays of an .npz are compared by " + Command("rows")),
    b"\x93NUMPY": ("a NumPy array", Command("rows") + " compares arrays row by row"),
    **{bytes([0x80, version]): ("a pickle of Python, which is never loaded", _FROM_PYTHON) for version in (2, 3, 4, 5)},
    b"\x89HDF\r\n": ("an HDF5 file", _FROM_PYTHON),
}


def binary_table(word: str, sources: Sequence[ByteSource], options: TableOptions) -> Countable | None:
    """Returns the table in a file of one of these formats; None if it is in another.

    Raises:
        Unreadable: it is damaged, several tables are in it and none is named, or several files match a pattern.
        MissingPackage: a package that reads it is missing.
    """
    head = sources[0].head()
    for start, (what, cure) in _NO_TABLES.items():
        if head.startswith(start) and not _is_workbook(sources[0]):
            raise sources[0].unreadable(f"{what}, and no table", hint=cure)
    read = _reader(head)
    if read is not None and len(sources) > 1:
        raise Unreadable(
            f"{len(sources)} files match this pattern, and only one file of this format is read at a time",
            place=word,
            hint="write them as Parquet or CSV",
        )
    return None if read is None else read(sources[0], options)


def _is_workbook(source: ByteSource) -> bool:
    return source.head().startswith(_ZIP) and (
        source.suffix in (".xlsx", ".xlsm") or b"[Content_Types]" in source.head()
    )


def _reader(head: bytes) -> Callable[[ByteSource, TableOptions], Countable] | None:
    if head.startswith(b"SQLite format 3\0"):
        return _sqlite
    if head[8:12] == b"DUCK":
        return _duckdb
    if head.startswith((b"ARROW1", b"FEA1")):
        return _arrow
    return _excel if head.startswith(_ZIP) else None


def _excel(source: ByteSource, options: TableOptions) -> Countable:
    from klcli.sources.binary.excel import sheet_text

    text, notes = sheet_text(source, options.dialect)
    found = text_files(source.name, [text], options._replace(dialect=options.dialect._replace(delimiter=",")))
    found.notes, found.form = (*notes, *found.notes), Form.EXCEL
    return found


def _arrow(source: ByteSource, options: TableOptions) -> Countable:
    from klcli.sources.binary.arrow_files import arrow_table

    return _counted(source.name, arrow_columns(arrow_table(source)), options, Form.ARROW)


def _sqlite(source: ByteSource, options: TableOptions) -> Countable:
    from klcli.sources.binary.databases import sqlite_table

    names, rows = sqlite_table(source)
    columns = [column_of_values(at, name, [row[at] for row in rows]) for at, name in enumerate(names)]
    return _counted(source.name, columns, options, Form.SQLITE)


def _duckdb(source: ByteSource, options: TableOptions) -> Countable:
    if source.path is None:
        raise source.unreadable("a database is read from a file that is not compressed", hint="save it to a file")
    return engine_table(parse_address(f"duckdb:{source.name}"), options.access, options.where, options.missing)


def _counted(name: str, columns: Sequence[ArrayColumn], options: TableOptions, form: Form) -> Countable:
    refuse_ragged(name, columns)
    table = rows_of(ArrayTable(name, columns), options)
    table.form = form
    return table
