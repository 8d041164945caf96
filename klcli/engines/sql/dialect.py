"""Expressions and names of types that differ between SQL engines; the structure of queries does not."""

from collections.abc import Mapping, Sequence

from klcli.tables.column import Column, Storage

__all__ = ["Dialect"]


class Dialect:
    """Standard SQL, as duckdb speaks it; an engine overrides what it says otherwise.

    Attributes:
        double, single, text, integer: Names of its types. counts_distinct: `distinct` is exact, not an estimate.
        tables: A query for the schema and the name of each table that may be read.
        types: The types of its columns, without what stands in brackets, by how they are stored.
    """

    types: Mapping[Storage, Sequence[str]] = {
        # "NULL" is a column of Parquet without any value, which duckdb below 2 calls INTEGER
        Storage.INTEGER: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", '"NULL"'),
        Storage.DECIMAL: ("DECIMAL", "UBIGINT", "HUGEINT", "UHUGEINT"),
        Storage.FLOAT: ("FLOAT", "DOUBLE"),
        Storage.BOOLEAN: ("BOOLEAN",),
        Storage.TEXT: ("VARCHAR", "UUID", "ENUM", "BIT"),
        Storage.INSTANT: (
            "DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE",
        ),
    }  # fmt: skip

    tables = (
        "SELECT table_schema, table_name FROM information_schema.tables "
        "WHERE table_schema NOT IN ('information_schema', 'pg_catalog')"
    )
    double, single, text, integer = "DOUBLE", "FLOAT", "VARCHAR", "BIGINT"
    columns_at_once = 50  # in a query: one of 5,500 aggregates takes 2.4 times as long as its parts
    counts_distinct = False

    def storage(self, declared: str) -> Storage:
        """Returns how a column of a type is stored."""
        name, _, rest = declared.partition("(")
        is_list = rest.endswith("]")  # as of DECIMAL(9, 2)[]
        found = (storage for storage, names in self.types.items() if name in names and not is_list)
        return next(found, Storage.UNSUPPORTED)

    def column(self, at: int, name: str, declared: str, scale: int = 0) -> Column:
        """Returns a column by its place, from 0, its name and its type."""
        return Column(at, name, self.storage(declared), declared, scale, width=4 if declared == self.single else 8)

    def decimal(self, scale: int) -> str:
        """Returns the SQL type of decimals with `scale` places."""
        return f"DECIMAL(38, {scale})"

    def quote(self, name: str) -> str:
        """Returns a name of a column or table."""
        return '"' + name.replace('"', '""') + '"'

    def table(self, parts: Sequence[str]) -> str:
        """Returns a table by the parts of its name, such as a schema and a name."""
        return ".".join(map(self.quote, parts))

    def literal(self, text: str) -> str:
        """Returns a constant text."""
        return "'" + text.replace("'", "''") + "'"

    def decimal_value(self, cell: str, scale: int) -> str:
        """Returns a decimal, NULL for NaN where decimals have it."""
        return f"CAST({cell} AS {self.decimal(scale)})"

    def is_nan(self, value: str) -> str:
        return f"isnan({value})"

    def micros(self, value: str) -> str:
        """Returns microseconds since 1970 of a date or timestamp."""
        return f"epoch_us(CAST({value} AS TIMESTAMPTZ))"

    def number(self, text: str) -> str:
        """Returns the double that a text spells, NULL for other texts; the text matches NUMBER."""
        return f"TRY_CAST({text} AS {self.double})"

    def time(self, text: str) -> str:
        """Returns microseconds since 1970 of an ISO 8601 text, NULL for impossible dates; the text matches TIME."""
        return f"epoch_us(TRY_CAST({text} AS TIMESTAMPTZ))"

    def matches(self, text: str, pattern: str) -> str:
        """Returns true for texts that match a whole pattern of `tables.cell_text`."""
        return f"regexp_full_match({text}, {self.literal(pattern)})"

    def is_whole(self, value: str) -> str:
        """Returns true for a double that is an integer or infinite."""
        return f"{value} = floor({value})"

    def is_whole_decimal(self, value: str) -> str:
        return f"{value} = floor({value})"

    def is_odd(self, text: str) -> str:
        """Returns true for texts that may be cast to a number though they are not written plainly, if they are tame."""
        padded = " OR ".join(f"({text} >= '{sign}00' AND {text} < '{sign}0:')" for sign in ("", "-", "+"))
        return f"({text} < '!' OR ends_with({text}, ' ') OR ends_with({text}, chr(9)) OR {padded})"

    def quantiles(self, value: str, fractions: Sequence[str]) -> str:
        """Returns a list: for each fraction f, the least value v with at least f of all values at most v."""
        return f"quantile_disc({value}, [{', '.join(fractions)}])"

    def distinct(self, value: str) -> str:
        """Returns the number of different values, which may be an estimate."""
        return f"approx_count_distinct({value})"

    def unpivot(self, relation: str, values: Sequence[tuple[int, str]]) -> str:
        """Returns a query for rows of a column's number k and a value v, from expressions of one type."""
        return " UNION ALL ".join(f"SELECT {number} AS k, {value} AS v FROM {relation}" for number, value in values)

    def binary(self, text: str) -> str:
        """Returns a text that is compared and sorted by its bytes."""
        return text
