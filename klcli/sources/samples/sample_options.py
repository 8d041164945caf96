"""Options of how samples are read."""

from collections.abc import Sequence
from typing import NamedTuple

from klcli.engines.address import Access
from klcli.errors import UsageError
from klcli.sources.bytes.expansion import MAX_EXPAND
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.support.sentence import Option, Sentence

__all__ = ["SampleOptions", "split_names"]


class SampleOptions(NamedTuple):
    """How samples are read.

    Attributes:
        columns: names or numbers of the columns of an observation; empty for the only one.
        pair: columns of P and of Q in one operand, or with `by` the groups. by: the column of the groups, or None.
        input_format, header, max_expand, dialect, access: as in `ReadOptions`. hint: how columns are named here.
        as_: a key of KINDS_OF_SAMPLES; labels may be written as masses are. beside: as in `Query`.
    """

    columns: tuple[str, ...] = ()
    pair: tuple[str | None, str | None] = (None, None)
    by: str | None = None
    input_format: str | None = None
    header: bool | None = None
    max_expand: str = MAX_EXPAND
    dialect: TextDialect = PLAIN
    access: Access = Access()
    hint: str = Sentence("name the columns that hold the observations, as with ", Option("--columns", "price", "size"))
    as_: str = "auto"
    beside: tuple[str, ...] = ()


def split_names(columns: Sequence[str]) -> list[str]:
    """Returns the names of columns, of words that each name one or several between commas.

    Raises:
        UsageError: there are words, and none of them names a column.
    """
    names = [name.strip() for each in columns for name in each.split(",") if name.strip()]
    if columns and not names:
        raise UsageError(f"{columns[0]!r} names no column", hint="as in " + Option("--columns", "price", "size"))
    return names
