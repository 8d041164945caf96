"""Queries for counts of a table, the same for every engine that speaks SQL; those for facts are in `facts`.

Rules that make engines agree: NaN is its own count and never compared; -0.0 is 0.0; a constant is cast from text, since
a bare decimal has other types elsewhere; values are compared with cuts in their own type; a float is never grouped as
text; texts are compared by bytes. An estimate of distinct values decides nothing.
"""

from collections.abc import Callable, Mapping, Sequence

from klcli.engines.sql.dialect import Dialect
from klcli.engines.sql.values import cell_of, constant, cut_condition, label_of, value_of
from klcli.tables.column import Column, Read, Reading
from klcli.tables.cuts import Cut
from klcli.tables.joint import Axis

__all__ = ["Queries", "chosen"]


def chosen(relation: str, where: str) -> str:
    """Returns what follows FROM for the rows of a relation that a condition chooses; of all without one."""
    # the condition may end in a comment; Spark takes "t WHERE (a)" for a name of t and of its columns
    return f"(SELECT * FROM {relation} WHERE 1 = 1 AND (\n{where}\n)) AS w" if where else relation


class Queries:
    """The queries of one table, as texts.

    Args:
        relation: What follows FROM. is_plain: Returns True for a column of which every text spells a plain number.
    """

    def __init__(self, dialect: Dialect, relation: str, is_plain: Callable[[Column], bool]) -> None:
        self._sql, self._relation, self._is_plain = dialect, relation, is_plain

    def values(self, reads: Sequence[Read]) -> str:
        """Returns what follows FROM for the values v0, v1, … of columns."""
        values = ", ".join(f"{self._value(read)} AS v{at}" for at, read in enumerate(reads))
        return f"(SELECT {values} FROM {self._relation}) AS t"

    def quantiles(self, value: str, ranks: Sequence[int], count: int) -> str:
        """Returns the term for values at ranks among `count` values."""
        # halfway between ranks, so that no rounding of rank/count can choose another
        fractions = [f"CAST('{(rank - 0.5) / count!r}' AS {self._sql.double})" for rank in ranks]
        return self._sql.quantiles(value, fractions)

    def on_the_left(self, value: str, cut: Cut, read: Read) -> str:
        """Returns the term for the number of values on the left of a cut."""
        return f"count(CASE WHEN {cut_condition(self._sql, value, cut, read)} THEN 1 END)"

    def at_ranks(self, ranks: Mapping[Read, Sequence[int]]) -> str:
        """Returns a query for rows (number of the column, rank, value); it sorts different values, not rows."""
        wanted = ", ".join(f"({at}, {rank})" for at, each in enumerate(ranks.values()) for rank in each)
        return (
            "SELECT s.k, r.r, s.v FROM (SELECT k, v, n, sum(n) OVER (PARTITION BY k ORDER BY v) AS m "
            f"FROM ({self._counted(list(ranks))}) AS c) AS s JOIN (VALUES {wanted}) AS r(k, r) "
            "ON s.k = r.k AND s.m - s.n < r.r AND r.r <= s.m"
        )

    def most_frequent(self, reads: Sequence[Read], most: int) -> str:
        """Returns a query for rows (number of the column, label, rows, labels in it), with one row for the rest."""
        return f"""WITH counted AS ({self._counted(reads)}),
                ranked AS (SELECT k, v, n, row_number() OVER (PARTITION BY k ORDER BY n DESC, v ASC) AS r FROM counted)
                SELECT k, CASE WHEN r <= {most} THEN v END AS v, sum(n) AS n, count(*) AS labels
                FROM ranked GROUP BY k, CASE WHEN r <= {most} THEN v END"""

    def counts_of(self, read: Read, values: Sequence[object]) -> str:
        """Returns a query for rows (value, count) of given values."""
        wanted = ", ".join(constant(self._sql, value) for value in values)
        return f"SELECT v, n FROM ({self._counted([read])}) AS c WHERE v IN ({wanted})"

    def pairs(self, first: Axis, second: Axis, most: int) -> str:
        """Returns a query for at most `most` + 1 rows (cell of the first axis, cell of the second, count)."""
        cells = ", ".join(f"{self._cell(axis)} AS v{at}" for at, axis in enumerate((first, second)))
        return (
            f"SELECT v0, v1, count(*) AS n FROM (SELECT {cells} FROM {self._relation}) AS t "
            f"WHERE v0 IS NOT NULL AND v1 IS NOT NULL GROUP BY v0, v1 LIMIT {most + 1}"
        )

    def doubles(self, read: Read) -> str:
        """Returns a query for the values of a column, without those that are missing."""
        value = self._value(read)
        return (
            f"SELECT CAST(v AS {self._sql.double}) AS v FROM (SELECT {value} AS v FROM {self._relation}) AS t "
            "WHERE v IS NOT NULL"
        )

    def in_rows(self, read: Read) -> str:
        """Returns a query for the value in each row: a label or NULL, or a double, which is NaN where it is missing."""
        value = label_of(self._sql, read, self._is_plain(read.column))
        if read.reading is Reading.LABEL:
            return f"SELECT {value} AS v FROM {self._relation}"
        double = self._sql.double
        return (
            f"SELECT COALESCE(CAST(v AS {double}), CAST('NaN' AS {double})) AS v "
            f"FROM (SELECT {value} AS v FROM {self._relation}) AS t"
        )

    def first_row(self, column: Column, reading_fails: Read) -> str:
        """Returns a query for the number and the cell of the first row that has a cell and no value as read."""
        cell = cell_of(self._sql, column)
        value = value_of(self._sql, reading_fails, is_plain=False)
        return (
            f"SELECT r, x FROM (SELECT row_number() OVER () AS r, {cell} AS x, {value} AS v FROM {self._relation}) "
            "AS t WHERE x IS NOT NULL AND v IS NULL ORDER BY r LIMIT 1"
        )

    def _value(self, read: Read) -> str:
        return value_of(self._sql, read, is_plain=self._is_plain(read.column))

    def _cell(self, axis: Axis) -> str:
        """Returns the expression of the label, or of the number of the bin, on an axis."""
        value = label_of(self._sql, axis.read, self._is_plain(axis.read.column))
        if axis.cuts is None:
            return value
        tests = [
            f"WHEN {cut_condition(self._sql, value, cut, axis.read)} THEN {at}" for at, cut in enumerate(axis.cuts)
        ]
        return f"CASE WHEN {value} IS NULL THEN NULL {' '.join(tests)} ELSE {len(axis.cuts)} END"

    def _counted(self, reads: Sequence[Read]) -> str:
        """Returns a query for the number of rows n of each value v of the column number k."""
        values = [(at, label_of(self._sql, read, self._is_plain(read.column))) for at, read in enumerate(reads)]
        unpivoted = self._sql.unpivot(self._relation, values)
        return f"SELECT k, v, count(*) AS n FROM ({unpivoted}) AS u WHERE v IS NOT NULL GROUP BY k, v"
