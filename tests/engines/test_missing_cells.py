"""Cells that stand for a missing value are null in columns of every type, whoever counts them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klcli.engines.address import Access, parse_address
from klcli.engines.arrays.array_table import ArrayTable
from klcli.engines.arrays.arrow_columns import arrow_columns
from klcli.engines.connecting import engine_table
from klcli.engines.duckdb.parquet_files import parquet_table
from klcli.engines.duckdb.text_files import text_table
from klcli.sources.formats.text_dialect import TextDialect
from klcli.sources.tables.condition import rows_of
from klcli.sources.tables.open_table import open_table
from klcli.sources.tables.options import TableOptions
from klcli.tables.missing_cells import MissingCells

NULLS = ("-99", "99.9", "1900-01-01", "True", "n'a", "x")
# cells of a type, of which the last are missing: their number
COLUMNS = {
    "integer": (pa.int64(), [1, 99, None, -99, -99], 3),
    "small": (pa.int8(), [1, 9, 2, 3, -99], 1),
    "double": (pa.float64(), [1.0, 99.89999389648438 + 1e-9, None, -99.0, 99.9], 3),
    "single": (pa.float32(), [1.0, 2.0, 3.0, -99.0, 99.9], 2),
    "decimal": (pa.decimal128(9, 2), [Decimal("99.91"), None, None, Decimal("99.90"), Decimal(-99)], 4),
    "boolean": (pa.bool_(), [False, False, None, None, True], 3),
    "text": (pa.string(), ["-99.0", "X", None, "-99", "n'a"], 4),
    "spelled": (pa.string(), ["-099", "-9.9e1", "-99.00", "-99.5", "0"], 2),
    "word": (pa.string(), ["no", "y", "an", " Na", "NULL "], 2),
    "day": (pa.date32(), [date(1900, 1, 2), date(2000, 1, 1), date(1999, 1, 1), None, date(1900, 1, 1)], 2),
    "instant": (pa.timestamp("us"), [datetime(1900, 1, 1, 1), None, None, None, datetime(1900, 1, 1)], 4),
    "zoned": (pa.timestamp("us", "UTC"), [None, None, None, None, datetime(1900, 1, 1, tzinfo=UTC)], 5),
}  # fmt: skip
TABLE = pa.table({name: pa.array(cells, kind) for name, (kind, cells, _) in COLUMNS.items()})
OPTIONS = TableOptions(reads_na=True, dialect=TextDialect(nulls=NULLS))


def of_numpy(tmp_path):
    return rows_of(ArrayTable("t", arrow_columns(TABLE)), OPTIONS)


def of_parquet(tmp_path):
    pq.write_table(TABLE, tmp_path / "t.parquet")
    return parquet_table("t", [str(tmp_path / "t.parquet")], missing=OPTIONS.missing)


def of_database(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    stored = TABLE  # noqa: F841, which the query names
    with duckdb.connect(str(tmp_path / "t.duckdb")) as connection:
        connection.execute("create table t as select * from stored")
    return engine_table(parse_address(f"duckdb:{tmp_path / 't.duckdb'}#t"), Access(), missing=OPTIONS.missing)


@pytest.mark.parametrize("opened", [of_numpy, of_parquet, of_database])
def test_cells_that_stand_for_a_missing_value_are_null(tmp_path, opened):
    table = opened(tmp_path)
    try:
        facts = table.facts(table.columns)
    finally:
        table.close()
    assert {name: each.null for name, each in facts.items()} == {name: null for name, (_, _, null) in COLUMNS.items()}


@pytest.mark.parametrize("is_large", [False, True])
def test_a_text_lacks_the_numbers_that_a_word_spells_however_they_are_written(tmp_path, is_large):
    rows = ["-99,a", "-99.0,b", "-9.9e1,c", "-099,d", "-99.5,e", ",f", "9007199254740992,g"]
    (tmp_path / "t.csv").write_text("x,y\n" + "\n".join(rows) + "\n")
    nulls = ("-99.00", "9007199254740993")
    if is_large:
        pytest.importorskip("duckdb")
        table = text_table("t", str(tmp_path / "t.csv"), ["x", "y"], ",", skipped=1, missing=MissingCells(nulls))
    else:
        table = open_table(str(tmp_path / "t.csv"), TableOptions(dialect=TextDialect(nulls=nulls)))
    try:
        assert table.facts(table.columns)["x"].null == 4
    finally:
        table.close()


@pytest.mark.parametrize("is_large", [False, True])
def test_a_name_of_a_column_is_not_a_cell_and_blanks_around_a_word_are_left(tmp_path, is_large):
    (tmp_path / "t.csv").write_text("NA,y\nNA,1\n na,2\nNull ,3\nx,4\n")
    options = TableOptions(reads_na=True, dialect=TextDialect(nulls=("NA", "4")))
    if is_large:
        pytest.importorskip("duckdb")
        path = str(tmp_path / "t.csv")
        table = text_table("t", path, ["NA", "y"], ",", skipped=1, missing=options.missing)
    else:
        table = open_table(str(tmp_path / "t.csv"), options)
    try:
        assert {name: each.null for name, each in table.facts(table.columns).items()} == {"NA": 3, "y": 1}
    finally:
        table.close()


def test_postgres_finds_the_same_cells(postgres):
    types = {"integer": "bigint", "double": "double precision", "single": "real", "decimal": "numeric(9, 2)",
             "boolean": "boolean", "text": "text", "spelled": "text", "word": "text", "day": "date",
             "instant": "timestamp", "zoned": "timestamptz"}  # fmt: skip
    with postgres.connect() as connection:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
        connection.execute(f"DROP TABLE IF EXISTS gaps; CREATE TABLE gaps ({columns})")
        with connection.cursor().copy("COPY gaps FROM STDIN") as copy:
            for row in zip(*(COLUMNS[name][1] for name in types), strict=True):
                copy.write_row(row)
    table = engine_table(parse_address(postgres.address("gaps")), Access(), missing=OPTIONS.missing)
    try:
        facts = table.facts(table.columns)
    finally:
        table.close()
    assert {name: each.null for name, each in facts.items()} == {name: COLUMNS[name][2] for name in types}


def test_a_table_without_such_cells_is_asked_as_it_stands(tmp_path):
    pq.write_table(TABLE, tmp_path / "t.parquet")
    table = parquet_table("t", [str(tmp_path / "t.parquet")])
    try:
        assert table.facts(table.columns)["integer"].null == 1
    finally:
        table.close()
