"""SQL as PostgreSQL speaks it."""

from collections.abc import Mapping, Sequence

from klcli.engines.sql.dialect import Dialect
from klcli.engines.sql.iso_times import iso_micros
from klcli.tables.column import Storage

__all__ = ["PostgresDialect"]

# 2¹⁰²⁴ − 2⁹⁷⁰, from which doubles are infinite, and 2⁻¹⁰⁷⁵, up to which they are 0
_INFINITE, _ZERO = "1.79769313486231580793728971405303415e308", "2.4703282292062327208828439643411069e-324"
_LAST, _FIRST = 2**63 - 1, -(2**63)


class PostgresDialect(Dialect):
    """Casts fail where others return NULL, and floats out of range too; texts are sorted by a collation."""

    double, single, text, integer = "DOUBLE PRECISION", "real", "TEXT", "BIGINT"
    counts_distinct = True
    types: Mapping[Storage, Sequence[str]] = {
        Storage.INTEGER: ("smallint", "integer", "bigint"),
        Storage.FLOAT: ("real", "double precision"),
        Storage.DECIMAL: ("numeric", "money"),
        Storage.BOOLEAN: ("boolean",),
        Storage.TEXT: (
            "text", "character varying", "character", '"char"', "citext", "uuid", "name", "inet", "cidr", "macaddr",
            "macaddr8", "bit", "bit varying",
        ),
        Storage.INSTANT: ("date", "timestamp without time zone", "timestamp with time zone"),
    }  # fmt: skip
    tables = (  # information_schema has no materialised views
        "SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition "
        "AND n.nspname !~ '^(pg_|information_schema$)' "
        "AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"
    )

    def decimal(self, scale: int) -> str:
        return "NUMERIC"  # of any number of digits

    def decimal_value(self, cell: str, scale: int) -> str:
        return f"NULLIF(CAST({cell} AS NUMERIC), 'NaN')"  # of money, too

    def is_nan(self, value: str) -> str:
        return f"({value} = 'NaN')"

    def micros(self, value: str) -> str:
        instant = f"CAST({value} AS TIMESTAMPTZ)"
        return (
            f"CASE {instant} WHEN 'infinity' THEN {_LAST} WHEN '-infinity' THEN '{_FIRST}'::BIGINT "
            f"ELSE CAST(extract(epoch FROM {instant}) * 1000000 AS BIGINT) END"
        )

    def number(self, text: str) -> str:
        exact = f"CAST({text} AS NUMERIC)"
        sign = f"CASE WHEN position('-' IN split_part(lower({text}), 'e', 1)) > 0 THEN -1 ELSE 1 END"
        is_zero = f"split_part(lower({text}), 'e', 1) !~ '[1-9i]'"
        return f"""(CASE WHEN {text} !~ '[eE][+-]?[0-9]{{3}}' AND length({text}) < 200 THEN CAST({text} AS DOUBLE PRECISION)
            WHEN {is_zero} OR {text} ~ '[eE]-0*[1-9][0-9]{{4}}' THEN 0
            WHEN {text} ~ '[eE][+]?0*[1-9][0-9]{{4}}' THEN {sign} * CAST('Infinity' AS DOUBLE PRECISION)
            WHEN abs({exact}) >= {_INFINITE} THEN {sign} * CAST('Infinity' AS DOUBLE PRECISION)
            WHEN abs({exact}) < {_ZERO} THEN 0 ELSE CAST({exact} AS DOUBLE PRECISION) END)"""  # noqa: E501

    def time(self, text: str) -> str:
        return iso_micros(text, "(make_date({year}, {month}, {day}) - DATE '1970-01-01')")

    def matches(self, text: str, pattern: str) -> str:
        return f"{text} ~ {self.literal(f'^(?:{pattern})$')}"

    def quantiles(self, value: str, fractions: Sequence[str]) -> str:
        return f"percentile_disc(ARRAY[{', '.join(fractions)}]) WITHIN GROUP (ORDER BY {value})"

    def distinct(self, value: str) -> str:
        return f"count(DISTINCT {value})"

    def unpivot(self, relation: str, values: Sequence[tuple[int, str]]) -> str:
        cells = ", ".join(f"({number}, {value})" for number, value in values)
        return f"SELECT u.k, u.v FROM {relation} CROSS JOIN LATERAL (VALUES {cells}) AS u(k, v)"

    def binary(self, text: str) -> str:
        return f'({text}) COLLATE "C"'
