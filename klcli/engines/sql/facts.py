"""Facts about the columns of a table by SQL: from aggregates, then exact counts where an estimate would decide."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from klcli.engines.sorted_values import with_values
from klcli.engines.sql.engine import Engine
from klcli.engines.sql.scanned_numbers import ScannedNumbers, Scanner, SortedColumn
from klcli.engines.sql.values import cell_of, label_of, value_of
from klcli.errors import Unreadable
from klcli.tables.cell_text import NUMBER, PADDED, PLAIN_NUMBER
from klcli.tables.column import Column, Read, Reading, Storage
from klcli.tables.facts import Facts
from klcli.tables.kinds import may_be_key, reads_as_numbers
from klcli.tables.text_head import HEAD

__all__ = ["SqlFacts"]

_SMALL = 1_000  # distinct values up to which they are counted exactly
_LIKELY_KEY = 0.9  # estimated share of distinct integers from which an identifier is possible
_NEAR_HALF = (0.25, 0.75)  # estimated shares of distinct texts that may lie on either side of a half


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


class SqlFacts:
    """The facts found so far, by name of the column.

    Attributes:
        rows: Number of rows of the table. numbers: Columns that are sorted in memory, if the engine scans.
    """

    def __init__(
        self, engine: Engine, name: str, relation: str, scanner: Scanner | None = None, *, are_tame: bool = False,
        rows: int | None = None,
    ) -> None:  # fmt: skip
        self._engine, self._sql, self._name = engine, engine.dialect, name
        self._relation, self._are_tame = relation, are_tame
        self.rows = int(engine.rows(f"SELECT count(*) FROM {relation}")[0][0]) if rows is None else rows
        self.numbers = None if scanner is None else ScannedNumbers(scanner, self.rows)
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
        yield from self.numbers.sorted(wanted, self._relation)

    def ask(self, columns: Sequence[Column]) -> None:
        """Finds the facts of a batch of columns."""
        texts = [column for column in columns if column.storage is Storage.TEXT]
        self._ask_texts(texts)
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
        self._ask_present(unsupported)
        self._ask_exactly(numbers, others)

    def _ask_texts(self, columns: Sequence[Column]) -> None:
        if not columns:
            return
        heads = self._heads(columns)
        if self.numbers is not None:
            self._scan_plain([column for column, head in zip(columns, heads, strict=True) if head.numbers])
            left = [
                (column, head) for column, head in zip(columns, heads, strict=True) if column.name not in self.found
            ]
            columns, heads = [column for column, _ in left], [head for _, head in left]
        self._count_texts(columns, heads)

    def _scan_plain(self, columns: Sequence[Column]) -> None:
        """Finds the facts of texts of which every cell is a plain number, by one scan: NaN stands for any other."""
        assert self.numbers is not None
        reads = [read for read in (Read(column, Reading.NUMBER) for column in columns) if self.numbers.takes(read)]
        nan = f"CAST('NaN' AS {self._sql.double})"
        wanted = []
        for read in reads:
            cell = cell_of(self._sql, read.column)
            other = self._sql.is_odd(cell) if self._are_tame else f"NOT {self._sql.matches(cell, PLAIN_NUMBER)}"
            number = f"COALESCE({self._sql.number(cell)}, {nan})"
            wanted.append((read, f"CASE WHEN {other} THEN {nan} WHEN {cell} IS NOT NULL THEN {number} END"))
        for read, (values, null, others) in self.numbers.sorted(wanted, self._relation):
            self._refuse_other_rows(len(values) + null + others)
            if others or not len(values):
                self.numbers.forget(read)
            else:
                facts = Facts(self.rows, null, numbers=len(values), plain=len(values))
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
        row = iter(self.aggregates(terms))
        doubtful = []
        for column, head in zip(columns, heads, strict=True):
            present, length, plains, instants = (int(next(row) or 0) for _ in range(4))
            facts = Facts(self.rows, self.rows - present, numbers=plains, plain=plains, times=instants, length=length)
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
        row = iter(self.aggregates(terms))
        for column in columns:
            numbers, padded = int(next(row)), int(next(row))
            self.found[column.name] = self.found[column.name]._replace(numbers=numbers, padded=padded)

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
        row = iter(self.aggregates(terms, f"(SELECT {', '.join(values)} FROM {self._relation}) AS t"))
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
            distinct=int(distinct),
            is_exact=self._sql.counts_distinct,
        )

    def _ask_distinct(self, reads: Sequence[Read]) -> None:
        if not reads:
            return
        row = self.aggregates([self._sql.distinct(label_of(self._sql, read, is_plain=False)) for read in reads])
        for read, distinct in zip(reads, row, strict=True):
            name = read.column.name
            is_exact = self._sql.counts_distinct
            self.found[name] = self.found[name]._replace(distinct=int(distinct), is_exact=is_exact)

    def _ask_present(self, columns: Sequence[Column]) -> None:
        if columns:
            row = self.aggregates([f"count({cell_of(self._sql, column)})" for column in columns])
            for column, present in zip(columns, row, strict=True):
                self.found[column.name] = Facts(self.rows, self.rows - int(present))

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
        for read, distinct in zip(reads, self.aggregates(terms), strict=True):
            name = read.column.name
            self.found[name] = self.found[name]._replace(distinct=int(distinct), is_exact=True)

    def _heads(self, columns: Sequence[Column]) -> list[_Head]:
        """Returns what the first cells may be, counted at the engine, as a cell may be a secret."""
        cells = ", ".join(f"{cell_of(self._sql, column)} AS c{at}" for at, column in enumerate(columns))
        terms = []
        for at in range(len(columns)):
            text = Column(at, f"c{at}", Storage.TEXT)
            terms += [f"count(c{at})", f"count(CASE WHEN {self._sql.matches(f'c{at}', NUMBER)} THEN 1 END)",
                      f"count({value_of(self._sql, Read(text, Reading.TIME), is_plain=False)})"]  # fmt: skip
        row = self._engine.rows(
            f"SELECT {_listed(terms)} FROM (SELECT {cells} FROM {self._relation} LIMIT {HEAD}) AS t"
        )[0]
        counts = map(int, row)
        return [_Head(present, next(counts), next(counts)) for present in counts]

    def aggregates(self, terms: Sequence[str], relation: str = "") -> tuple[Any, ...]:
        """Returns one row of aggregates of the table, or of a query for all of its rows.

        Raises:
            Unreadable: the table has another number of rows than before.
        """
        rows, *found = self._engine.rows(f"SELECT count(*) AS n, {_listed(terms)} FROM {relation or self._relation}")[0]
        self._refuse_other_rows(rows)
        return tuple(found)

    def _refuse_other_rows(self, rows: int) -> None:
        if rows != self.rows:
            raise Unreadable(
                f"{self._name}: the table changed while it was counted: it had {self.rows:,} rows, and then {rows:,}",
                hint="count a copy, a snapshot, or the rows before a time, as with --where",
            )


def _listed(terms: Sequence[str]) -> str:
    return ", ".join(f"{term} AS a{at}" for at, term in enumerate(terms))
