"""The rows of an operand: its source, its format, and what is wanted from it."""

from collections.abc import Sequence

from klcli.engines.address import is_address
from klcli.errors import Unreadable
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.sources.bytes.files import missing_file, status_of
from klcli.sources.formats.input_format import format_of_rows
from klcli.sources.formats.query import RowQuery
from klcli.sources.formats.row_source import RowSource
from klcli.sources.formats.text_dialect import PLAIN, TextDialect

__all__ = ["open_rows", "row_bytes"]


def open_rows(
    word: str, *, array: str | None = None, side: str = "", id_column: str | None = None, others: Sequence[str] = (),
    finds_id: bool = False, input_format: str | None = None, header: bool | None = None,
    dialect: TextDialect = PLAIN, max_expand: str = MAX_EXPAND, is_transposed: bool = False,
) -> RowSource:  # fmt: skip
    """Returns the rows of a file, or of standard input if the word is "-".

    Args:
        array, side, id_column, others, finds_id, header, dialect, is_transposed: see RowQuery.
        input_format: the name of the format; None where suffix and first bytes decide.
        max_expand: what a compressed file may expand to, such as "100x,4GiB".

    Raises:
        InputError: the source cannot be opened, or its head is not that of the format.
        UsageError: no format has this name, or the format holds no rows.
    """
    source = row_bytes(word, max_expand)
    query = RowQuery(array, side, id_column, tuple(others), finds_id, header, dialect, is_transposed)
    return format_of_rows(source, input_format).rows(source, query)


def row_bytes(word: str, max_expand: str = MAX_EXPAND) -> ByteSource:
    """Returns the bytes of an operand of rows.

    Raises:
        Unreadable: there is no such file, or it is a directory, a device or a table at an engine.
    """
    if is_address(word):
        raise Unreadable(
            "rows of distributions are read from files, as the rows of a table at an engine have no order",
            place=word,
            hint="write them to Parquet, ordered by an identifier",
        )
    status = None if word == "-" else status_of(word)
    if status is None and word != "-":
        raise missing_file(
            word, "no such file", "an operand is a file of many rows, or - for standard input", command="rows"
        )
    return ByteSource(word, status, parse_expansion(max_expand))
