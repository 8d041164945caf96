"""SQL as Spark speaks it."""

from collections.abc import Mapping, Sequence

from klcli.engines.sql.dialect import Dialect
from klcli.engines.sql.iso_times import iso_micros
from klcli.tables.column import Storage

__all__ = ["SparkDialect"]

_FORMATS = ("parquet", "orc", "json", "delta", "avro")
_ACCURACY = 10_000  # of quantiles: their ranks are right to 1/10,000 of the rows


class SparkDialect(Dialect):
    """Backslashes escape in texts, two texts side by side are joined, and exact quantiles do not fit an executor."""

    single, text = "float", "STRING"
    types: Mapping[Storage, Sequence[str]] = {
        Storage.INTEGER: ("tinyint", "smallint", "int", "bigint"),
        Storage.FLOAT: ("float", "double"),
        Storage.DECIMAL: ("decimal",),
        Storage.BOOLEAN: ("boolean",),
        Storage.TEXT: ("string", "varchar", "char"),
        Storage.INSTANT: ("date", "timestamp", "timestamp_ntz"),
    }

    def storage(self, declared: str) -> Storage:
        return super().storage(declared.partition(" collate ")[0])

    def quote(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def path(self, path: str) -> str:
        """Returns the files at a path as a relation; a folder without a suffix holds Parquet."""
        suffix = path.rstrip("/").rpartition(".")[2].lower()
        return f"{suffix if suffix in _FORMATS else 'parquet'}.{self.quote(path)}"

    def literal(self, text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def micros(self, value: str) -> str:
        return f"unix_micros(CAST({value} AS TIMESTAMP))"

    def time(self, text: str) -> str:
        return iso_micros(text, "unix_date(make_date({year}, {month}, {day}))")

    def matches(self, text: str, pattern: str) -> str:
        whole = rf"\A(?s:{pattern})\z"
        return f"{text} RLIKE {self.literal(whole)}"

    def is_whole(self, value: str) -> str:
        return f"{value} = rint({value})"  # floor returns an integer of 64 bits

    def is_whole_decimal(self, value: str) -> str:
        return f"{value} % 1 = 0"  # a comparison with floor() would round to a common type

    def quantiles(self, value: str, fractions: Sequence[str]) -> str:
        # percentile_disc rounds integers beyond 2⁵³, and ends executors: it keeps each distinct value in a hash map
        return f"percentile_approx({value}, array({', '.join(fractions)}), {_ACCURACY})"

    def unpivot(self, relation: str, values: Sequence[tuple[int, str]]) -> str:
        cells = ", ".join(f"{number}, {value}" for number, value in values)
        return f"SELECT stack({len(values)}, {cells}) AS (k, v) FROM {relation}"
