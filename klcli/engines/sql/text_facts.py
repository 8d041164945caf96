"""Facts about columns of text by SQL: what their cells spell, from the first ones, then from all."""

from collections.abc import Sequence
from typing import NamedTuple

from klcli.engines.sorted_values import with_values
from klcli.engines.sql.aggregates import Aggregates, listed
from klcli.engines.sql.scanned_numbers import ScannedNumbers
from klcli.engines.sql.values import cell_of, value_of
from klcli.tables.cell_text import NUMBER, PADDED, PLAIN_NUMBER
from klcli.tables.column import Column, Read, Reading, Storage
from klcli.tables.facts import Facts
from klcli.tables.text_head import HEAD

__all__ = ["TextFacts"]


class _Head(NamedTuple):
    """Counts in the first rows: texts, those that spell a number, a time."""

    present: int
    numbers: int
    times: int

    @property
    def may_be_numbers(self) -> bool:
        return not self.present or self.numbers > 0

    @property
    def may_be_times(self) -> bool:
        return 0 < self.present == self.times


class TextFacts:
    """Queries for the facts of columns of text.

    Args:
        numbers: Columns that are sorted in memory, None if the engine does not scan. are_tame: As of SqlTable.
    """

    def __init__(self, table: Aggregates, numbers: ScannedNumbers | None, *, are_tame: bool) -> None:
        self._table, self._sql, self._numbers, self._are_tame = table, table.sql, numbers, are_tame

    def ask(self, columns: Sequence[Column]) -> dict[str, Facts]:
        """Returns the facts of columns of text; of those that are plain numbers, what they hold."""
        self.found: dict[str, Facts] = {}
        if not columns:
            return {}
        heads = self._heads(columns)
        if self._numbers is not None:
            self._scan_plain([column for column, head in zip(columns, heads, strict=True) if head.numbers])
            left = [
                (column, head) for column, head in zip(columns, heads, strict=True) if column.name not in self.found
            ]
            columns, heads = [column for column, _ in left], [head for _, head in left]
        self._count_texts(columns, heads)
        return self.found

    def _scan_plain(self, columns: Sequence[Column]) -> None:
        """Finds the facts of texts of which every cell is a plain number, by one scan: NaN stands for any other."""
        assert self._numbers is not None
        reads = [read for read in (Read(column, Reading.NUMBER) for column in columns) if self._numbers.takes(read)]
        nan = f"CAST('NaN' AS {self._sql.double})"
        wanted = []
        for read in reads:
            cell = cell_of(self._sql, read.column)
            other = self._sql.is_odd(cell) if self._are_tame else f"NOT {self._sql.matches(cell, PLAIN_NUMBER)}"
            number = f"COALESCE({self._sql.number(cell)}, {nan})"
            wanted.append((read, f"CASE WHEN {other} THEN {nan} WHEN {cell} IS NOT NULL THEN {number} END"))
        for read, (values, null, others) in self._numbers.sorted(wanted, self._table.relation):
            self._table.refuse_other_rows(len(values) + null + others)
            if others or not len(values):
                self._numbers.forget(read)
            else:
                facts = Facts(self._table.rows, null, numbers=len(values), plain=len(values))
                self.found[read.column.name] = with_values(facts, values)

    def _count_texts(self, columns: Sequence[Column], heads: Sequence[_Head]) -> None:
        if not columns:
            return
        terms = []
        for column, head in zip(columns, heads, strict=True):
            cell = cell_of(self._sql, column)
            terms += [f"count({cell})", f"sum(length({cell}))"]
            plain = self._sql.matches(cell, PLAIN_NUMBER) if head.may_be_numbers else "1 = 0"
            times = value_of(self._sql, Read(column, Reading.TIME), is_plain=False) if head.may_be_times else "NULL"
            terms += [f"count(CASE WHEN {plain} THEN 1 END)", f"count({times})"]
        row = iter(self._table.of(terms))
        doubtful = []
        for column, head in zip(columns, heads, strict=True):
            present, length, plains, instants = (int(next(row) or 0) for _ in range(4))
            facts = Facts(
                self._table.rows,
                self._table.rows - present,
                numbers=plains,
                plain=plains,
                times=instants,
                length=length,
            )
            self.found[column.name] = facts
            if plains < present and head.may_be_numbers:
                doubtful.append(column)
        self._ask_spellings(doubtful)

    def _ask_spellings(self, columns: Sequence[Column]) -> None:
        """Counts texts that are numbers, though not plain ones."""
        if not columns:
            return
        terms = []
        for column in columns:
            cell = cell_of(self._sql, column)
            terms += [f"count(CASE WHEN {self._sql.matches(cell, each)} THEN 1 END)" for each in (NUMBER, PADDED)]
        row = iter(self._table.of(terms))
        for column in columns:
            numbers, padded = int(next(row)), int(next(row))
            self.found[column.name] = self.found[column.name]._replace(numbers=numbers, padded=padded)

    def _heads(self, columns: Sequence[Column]) -> list[_Head]:
        """Returns what the first cells may be, counted at the engine, as a cell may be a secret."""
        cells = ", ".join(f"{cell_of(self._sql, column)} AS c{at}" for at, column in enumerate(columns))
        terms = []
        for at in range(len(columns)):
            text = Column(at, f"c{at}", Storage.TEXT)
            terms += [f"count(c{at})", f"count(CASE WHEN {self._sql.matches(f'c{at}', NUMBER)} THEN 1 END)",
                      f"count({value_of(self._sql, Read(text, Reading.TIME), is_plain=False)})"]  # fmt: skip
        row = self._table.engine.rows(
            f"SELECT {listed(terms)} FROM (SELECT {cells} FROM {self._table.relation} LIMIT {HEAD}) AS t"
        )[0]
        counts = map(int, row)
        return [_Head(present, next(counts), next(counts)) for present in counts]
