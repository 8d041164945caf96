"""Words and options of a comparison of rows, as plain values: sent to other processes, and kept in parts."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from klcli.core.distributions.smoothing import parse_smoothing
from klcli.core.distributions.units import Base
from klcli.core.measures.selection import select
from klcli.errors import UsageError
from klcli.runs.rows.options import RowOptions
from klcli.runs.rows.parts import RowPart, part_of_run
from klcli.runs.rows.run import RowRun
from klcli.sources.formats.row_pairs import RowPairs
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.sources.rows.many_files import Shard, are_many, files_of, open_many
from klcli.sources.rows.pairs import open_pairs
from klcli.sources.rows.side_columns import SideColumn

__all__ = ["RowSetup", "compare_share"]


class RowSetup(NamedTuple):
    """The words and options of a comparison of rows.

    Attributes:
        words: P and Q, or one that holds both. measures: Names of what is computed; the first `shown` are shown.
        kinds, arrays, formats: For P and for Q. id, target, cluster: Names of columns, or files, or None.
        smooth: Such as add:1, or None. The others are as in RowOptions.
    """

    words: tuple[str, ...]
    measures: tuple[str, ...]
    shown: int
    kinds: tuple[str, str] = ("auto", "auto")
    arrays: tuple[str | None, str | None] = (None, None)
    formats: tuple[str | None, str | None] = (None, None)
    base: Base = "e"
    temperature: float = 1.0
    smooth: str | None = None
    missing: str = "zero"
    floor: float | None = None
    id: str | None = None
    target: str | None = None
    cluster: str | None = None
    header: bool | None = None
    max_expand: str = ""
    dialect: TextDialect = PLAIN

    def run(self, shard: Shard | None = None) -> RowRun:
        """Returns the comparison of all rows, or of a share of them; errors as of `open_many`."""
        if (shard is not None or any(map(are_many, self.words))) and "-" in self.words:
            raise UsageError("standard input is one file, which is not cut into shares")
        if shard is None and not any(map(are_many, self.words)):
            pairs = self._open(self.words)
        else:
            pairs = open_many(self.words, self._open, shard)
            if shard is not None and pairs.p.count is None and (given := self._file_of_all(pairs)) is not None:
                raise UsageError(
                    "a file for all rows, and where a share of them begins is not known",
                    place=given,
                    hint="put it into a column of P or Q",
                )
        columns = (*pairs.p.columns, *pairs.q.columns)
        target, cluster = (
            None if word is None else SideColumn(word, columns, option)
            for word, option in ((self.target, "--target"), (self.cluster, "--cluster"))
        )
        return RowRun(pairs, RowOptions(
            tuple(map(select, self.measures)), self.shown, self.kinds, self.base, self.temperature,
            parse_smoothing(self.smooth), self.missing, self.floor, target, cluster, self.id,
        ))  # fmt: skip

    @property
    def most_shares(self) -> int:
        """The number of shares that the rows can be cut into: as many as rows, or as files if rows are not counted."""
        if "-" in self.words:
            return 1
        pairs = open_many(self.words, self._open)
        if pairs.p.count is not None:
            return pairs.p.count or 1
        return 1 if self._file_of_all(pairs) else len(files_of(self.words[0]))

    @property
    def settings(self) -> Mapping[str, Any]:
        """Values that all parts of one comparison agree in."""
        found = self._asdict()
        return {key: list(each) if isinstance(each, tuple) else each for key, each in found.items() if key != "dialect"}

    def _open(self, files: Sequence[str]) -> RowPairs:
        return open_pairs(
            files, arrays=self.arrays, id_column=self.id,
            others=[name for name in (self.target, self.cluster) if name is not None], formats=self.formats,
            header=self.header, dialect=self.dialect, max_expand=self.max_expand,
        )  # fmt: skip

    def _file_of_all(self, pairs: RowPairs) -> str | None:
        """Returns the option, and its file, that gives a value for each row of all files; None if no option does."""
        columns = (*pairs.p.columns, *pairs.q.columns)
        both = ((self.target, "--target"), (self.cluster, "--cluster"))
        return next((f"{option} {word}" for word, option in both if word is not None and word not in columns), None)


def compare_share(setup: RowSetup, shard: Shard) -> RowPart:
    """Returns the part that a share of the rows comes to; errors as of `RowSetup.run`."""
    return part_of_run(setup.run(shard), shard, setup.settings)
