"""Facts about the columns of a table by SQL: from aggregates, then exact counts where an estimate would decide."""

from collections.abc import Iterator, Sequence
from typing import Any

from klcli.engines.sorted_values import with_values
from klcli.engines.sql.aggregates import Aggregates
from klcli.engines.sql.engine import Engine
from klcli.engines.sql.scanned_numbers import ScannedNumbers, Scanner, SortedColumn
from klcli.engines.sql.text_facts import TextFacts
from klcli.engines.sql.values import cell_of, label_of, value_of
from klcli.tables.column import Column, Read, Reading, Storage
from klcli.tables.facts import Facts
from klcli.tables.kinds import may_be_key, reads_as_numbers

__all__ = ["SqlFacts"]

_SMALL = 1_000  # distinct values up to which they are counted exactly
_LIKELY_KEY = 0.9  # estimated share of distinct integers from which an identifier is possible
_NEAR_HALF = (0.25, 0.75)  # estimated shares of distinct texts that may lie on either side of a half


class SqlFacts:
    """The facts found so far, by name of the column.

    Attributes:
        table: What is asked. rows: Number of its rows. numbers: Columns that are sorted in memory, if the engine scans.
    """

    def __init__(
        self, engine: Engine, name: str, relation: str, scanner: Scanner | None = None, *, are_tame: bool = False,
        rows: int | None = None,
    ) -> None:  # fmt: skip
        self.table = Aggregates(engine, name, relation, rows)
        self._sql, self.rows = engine.dialect, self.table.rows
        self.numbers = None if scanner is None else ScannedNumbers(scanner, self.rows)
        self._texts = TextFacts(self.table, self.numbers, are_tame=are_tame)
        self.found: dict[str, Facts] = {}

    def is_plain(self, column: Column) -> bool:
        """Returns True if every text of a column is known to spell a plain number."""
        facts = self.found.get(column.name)
        return facts is not None and 0 < facts.present == facts.plain

    def values_in(self, read: Read) -> int | None:
        """Returns the number of values of a column as read; None for texts that are read as something else."""
        is_cell = read.reading is Reading.LABEL or read.column.storage is not Storage.TEXT
        return self.found[read.column.name].present if is_cell else None

    def sorted(self, reads: Sequence[Read]) -> Iterator[tuple[Read, SortedColumn]]:
        """Yields columns of numbers, sorted in memory."""
        assert self.numbers is not None
        wanted = [(read, self._scanned(read)) for read in reads]
        yield from self.numbers.sorted(wanted, self.table.relation)

    def ask(self, columns: Sequence[Column]) -> None:
        """Finds the facts of a batch of columns."""
        texts = [column for column in columns if column.storage is Storage.TEXT]
        self.found |= self._texts.ask(texts)
        for column in texts:
            if reads_as_numbers(self.found[column.name]):
                self.found[column.name] = self.found[column.name]._replace(length=0)
        numbers = [column for column in columns if column.storage not in (Storage.TEXT, Storage.UNSUPPORTED)]
        numbers += [column for column in texts if reads_as_numbers(self.found[column.name])]
        unknown = [
            column for column in numbers if column.name not in self.found or not self.found[column.name].distinct
        ]
        self._ask_values([Read(column, Reading.NUMBER) for column in unknown])
        others = [column for column in texts if not reads_as_numbers(self.found[column.name])]
        self._ask_distinct([Read(column, Reading.LABEL) for column in others])
        unsupported = [column for column in columns if column.storage is Storage.UNSUPPORTED]
        for column, count in zip(unsupported, self.present(unsupported) if unsupported else (), strict=True):
            self.found[column.name] = Facts(self.rows, self.rows - count)
        self._ask_exactly(numbers, others)

    def _ask_values(self, reads: Sequence[Read]) -> None:
        scanned = [read for read in reads if self.numbers is not None and self.numbers.takes(read)]
        for read, (found, null, nan) in self.sorted(scanned) if scanned else ():
            name = read.column.name
            self.found[name] = with_values(self.found.get(name) or Facts(self.rows, null, nan), found)
        reads = [read for read in reads if read not in scanned]
        if not reads:
            return
        values = []
        terms: list[str] = []
        for at, read in enumerate(reads):
            column = read.column
            values.append(f"{value_of(self._sql, read, is_plain=self.is_plain(column))} AS v{at}")
            values.append(f"{cell_of(self._sql, column)} AS x{at}")
            terms += self._terms_of(f"v{at}", f"x{at}", read)
        row = iter(self.table.of(terms, f"(SELECT {', '.join(values)} FROM {self.table.relation}) AS t"))
        for read in reads:
            self._add_values(read, row)

    def _scanned(self, read: Read) -> str:
        """Returns the expression of what is scanned: NaN is told from null here, and not by the engine."""
        if read.column.storage is Storage.FLOAT:
            return f"CAST({cell_of(self._sql, read.column)} AS {self._sql.double})"
        return value_of(self._sql, read, is_plain=self.is_plain(read.column))

    def _terms_of(self, value: str, cell: str, read: Read) -> Iterator[str]:
        yield from (f"count({cell})", f"count({value})", f"min({value})", f"max({value})", self._sql.distinct(value))
        if read.storage is Storage.FLOAT:
            infinity = f"CAST('Infinity' AS {self._sql.double})"
            yield f"count(CASE WHEN {value} = {infinity} OR {value} = -{infinity} THEN 1 END)"
            yield f"count(CASE WHEN {self._sql.is_whole(value)} AND abs({value}) < {infinity} THEN 1 END)"
        if read.storage is Storage.DECIMAL:
            yield f"count(CASE WHEN {self._sql.is_whole_decimal(value)} THEN 1 END)"

    def _add_values(self, read: Read, row: Iterator[Any]) -> None:
        cells, values, lowest, highest, distinct = (next(row) for _ in range(5))
        infinite = int(next(row)) if read.storage is Storage.FLOAT else 0
        whole = int(next(row)) if read.storage in (Storage.FLOAT, Storage.DECIMAL) else int(values)
        name = read.column.name
        before = self.found.get(name) or Facts(self.rows, self.rows - int(cells), nan=int(cells) - int(values))
        self.found[name] = before._replace(
            infinite=infinite,
            whole=whole,
            lowest=lowest,
            highest=highest,
            distinct=min(int(distinct), int(values)),  # an estimate may be larger
            is_exact=self._sql.counts_distinct,
        )

    def _ask_distinct(self, reads: Sequence[Read]) -> None:
        if not reads:
            return
        row = self.table.of([self._sql.distinct(label_of(self._sql, read, is_plain=False)) for read in reads])
        for read, distinct in zip(reads, row, strict=True):
            name = read.column.name
            found = self.found[name]
            most = min(int(distinct), found.present)
            self.found[name] = found._replace(distinct=most, is_exact=self._sql.counts_distinct)

    def present(self, columns: Sequence[Column]) -> list[int]:
        """Returns the number of cells of each column that are not null."""
        return [int(count) for count in self.table.of([f"count({cell_of(self._sql, each)})" for each in columns])]

    def _ask_exactly(self, numbers: Sequence[Column], texts: Sequence[Column]) -> None:
        """Counts distinct values where the estimate is near a number that decides."""
        if self._sql.counts_distinct:
            return
        reads = []
        for column in numbers:
            facts = self.found[column.name]
            values = facts.numbers if column.storage is Storage.TEXT else facts.present
            is_near = facts.distinct > _LIKELY_KEY * values and facts.whole == values and may_be_key(column, facts)
            if not facts.is_exact and (facts.distinct <= _SMALL or is_near):
                reads.append(Read(column, Reading.NUMBER))
        for column in texts:
            facts = self.found[column.name]
            low, high = (share * facts.present for share in _NEAR_HALF)
            if facts.distinct <= _SMALL or low < facts.distinct < high:
                reads.append(Read(column, Reading.LABEL))
        if not reads:
            return
        terms = [f"count(DISTINCT {value_of(self._sql, read, is_plain=self.is_plain(read.column))})" for read in reads]
        for read, distinct in zip(reads, self.table.of(terms), strict=True):
            name = read.column.name
            self.found[name] = self.found[name]._replace(distinct=int(distinct), is_exact=True)
