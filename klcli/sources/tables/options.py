"""How a table is read from files: what the user says of it in place of what is found by looking."""

from typing import NamedTuple

from klcli.engines.address import Access
from klcli.sources.bytes.expansion import MAX_EXPAND
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.tables.missing_cells import MissingCells

__all__ = ["TableOptions"]

_MISSING_WORDS = ("na", "n/a", "nan", "null", "none", "<na>", "#n/a")  # with --na, in any case


class TableOptions(NamedTuple):
    """How a table is read.

    Attributes:
        has_header: The first row of a text names the columns; None means that it does, with a note if it looks like
            data. reads_na: Words such as NA and null are missing.
        input_format: csv, jsonl or parquet in place of the suffix. max_expand: Limit on compressed files.
        dialect: How a text writes cells and numbers. threads: Number of threads that count; None for all processors.
        where: SQL condition that chooses rows, or empty. access: How an engine is reached.
    """

    has_header: bool | None = None
    reads_na: bool = False
    input_format: str | None = None
    max_expand: str = MAX_EXPAND
    dialect: TextDialect = PLAIN
    threads: int | None = None
    where: str = ""
    access: Access = Access()

    @property
    def missing(self) -> MissingCells:
        """Texts that stand for a missing value."""
        return MissingCells(self.dialect.nulls, _MISSING_WORDS if self.reads_na else ())
