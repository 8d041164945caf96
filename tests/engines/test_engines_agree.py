"""Every engine returns the same integers, on the cells where engines differ by themselves."""

from contextlib import closing

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from edge_table import AWKWARD_TEXTS, COLUMNS, CUTS, arrow_table, assert_equal_counts, edge_cells, reads
from hypothesis import given, settings
from hypothesis import strategies as st

from klcli.engines.arrays.array_table import ArrayTable
from klcli.engines.arrays.arrow_columns import arrow_columns
from klcli.engines.duckdb.engine import DuckDB
from klcli.engines.duckdb.parquet_files import parquet_table
from klcli.engines.duckdb.text_files import text_table
from klcli.engines.postgres.engine import Postgres
from klcli.engines.sql import scanned_numbers
from klcli.engines.sql.dialect import Dialect
from klcli.errors import Unreadable
from klcli.sources.tables import text_files
from klcli.sources.tables.open_table import open_table
from klcli.sources.tables.options import TableOptions
from klcli.tables.column import Read, Reading, Storage
from klcli.tables.table_profile import LABELS


@settings(max_examples=4, deadline=None)
@given(COLUMNS)
def test_duckdb_counts_parquet_as_numpy_does(tmp_path_factory, columns):
    table = arrow_table(columns)
    path = tmp_path_factory.mktemp("parquet") / "t.parquet"
    pq.write_table(table, path)
    ours = parquet_table("t", [str(path)])
    assert_equal_counts(ours, ArrayTable("t", arrow_columns(table)))
    ours.close()


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(AWKWARD_TEXTS), st.floats(), st.integers()), min_size=1, max_size=50))
def test_duckdb_counts_delimited_text_as_numpy_does(tmp_path_factory, rows):
    import csv

    path = tmp_path_factory.mktemp("text") / "t.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["text", "float", "integer"])
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    ours = text_table("t", str(path), ["text", "float", "integer"], ",", skipped=1)
    assert ours is not None
    assert_equal_counts(ours, open_table(str(path), TableOptions()))
    ours.close()


@pytest.mark.parametrize("size", [1, 5])
def test_a_quantile_is_an_order_statistic(tmp_path, size):
    pq.write_table(pa.table({"x": pa.array([float(i) for i in range(size)])}), tmp_path / "t.parquet")
    table = parquet_table("t", [str(tmp_path / "t.parquet")])
    read = Read(table.columns[0], Reading.NUMBER)
    table.facts(table.columns)
    assert table.order_statistics({read: range(1, size + 1)}) == {"x": tuple(map(float, range(size)))}


def test_a_table_that_changes_between_two_queries_is_refused(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"word": ["a", "b", "c"]}), path)
    table = parquet_table("t", [str(path)])
    with closing(table):
        pq.write_table(pa.table({"word": ["a", "b", "c", "d"]}), path)
        with pytest.raises(Unreadable, match="t: the table changed while it was counted: it had 3 rows, and then 4"):
            table.facts(table.columns)


def test_a_plan_changes_no_count_and_saves_scans(tmp_path, monkeypatch):
    monkeypatch.setattr(scanned_numbers, "_KEPT", 0)  # as of a table too large to be kept
    scans = []
    arrays = DuckDB.arrays
    monkeypatch.setattr(DuckDB, "arrays", lambda engine, sql: scans.append(sql) or arrays(engine, sql))
    table = arrow_table(edge_cells())
    pq.write_table(table, tmp_path / "t.parquet")
    numpy = ArrayTable("t", arrow_columns(table))
    with closing(parquet_table("t", [str(tmp_path / "t.parquet")])) as ours:
        plan = {
            read: CUTS if read.reading is Reading.NUMBER else () for read in reads(ours) if read.storage is not
            Storage.INSTANT and (read.column.storage is Storage.TEXT) == (read.reading is Reading.LABEL)
        }  # fmt: skip
        by_name = {column.name: column for column in numpy.columns}
        theirs = {read: Read(by_name[read.column.name], read.reading) for read in plan}
        found, facts = ours.facts([read.column for read in plan], plan), numpy.facts(numpy.columns)
        for name, each in found.items():
            same = facts[name]
            assert (each.rows, each.null, each.nan, each.distinct) == (same.rows, same.null, same.nan, same.distinct)
            assert (each.lowest, each.highest, each.infinite) == (same.lowest, same.highest, same.infinite)
        before = len(scans)
        for read in plan:
            if plan[read]:
                assert ours.cumulative({read: CUTS}) == numpy.cumulative({theirs[read]: CUTS})
            assert ours.labels([read], LABELS) == numpy.labels([theirs[read]], LABELS)
        assert scans[before:] == []
        assert_equal_counts(ours, numpy)  # all facts, where no plan leaves any out


def test_a_table_that_changes_while_its_labels_are_counted_is_refused(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"word": ["a", None, "c"]}), path)
    with closing(parquet_table("t", [str(path)])) as table:
        pq.write_table(pa.table({"word": ["a", "b", "c", None]}), path)
        with pytest.raises(Unreadable, match="t: the table changed while it was counted"):
            table.facts(table.columns, {Read(table.columns[0], Reading.LABEL): ()})


POSTGRES_TYPES = {
    "float": "double precision", "single": "real", "integer": "bigint", "unsigned": "numeric(20)",
    "decimal": "numeric(18, 6)", "boolean": "boolean", "text": "text", "instant": "timestamp", "zoned": "timestamptz",
    "date": "date", "empty": "double precision",
}  # fmt: skip


def stored_in_postgres(server, name, table):
    columns = [(each, table.column(each).to_pylist()) for each in table.column_names]
    types = ", ".join(f'"{each}" {POSTGRES_TYPES[each]}' for each in table.column_names)
    with server.connect() as connection:
        connection.execute(f"DROP TABLE IF EXISTS {name}; CREATE TABLE {name} ({types})")
        with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            for row in zip(*(cells for _, cells in columns), strict=True):
                copy.write_row(row)
    return open_table(server.address(name))


def test_postgres_counts_the_edge_table_as_numpy_does(postgres):
    table = arrow_table(edge_cells())
    ours = stored_in_postgres(postgres, "t", table)
    try:
        assert_equal_counts(ours, ArrayTable("t", arrow_columns(table)))
    finally:
        ours.close()


NUMBERS = [
    "1.7976931348623158e308", "-1.797693134862315807e308", "1.797693134862315808e308", "-1e400", "1e99999", "0e99999",
    "2.4703282292062327e-324", "-2.4703282292062328e-324", "1e-400", "-0", "+.5", "5.", "007", "-Inf", "infinity",
    "1" + 250 * "0" + "e99", "0." + 250 * "0" + "1e-99", "1" + 299 * "0", "1" + 309 * "0", " 1.5\t",
]  # fmt: skip


def assert_number_of_each_text(engine):
    dialect = engine.dialect
    listed = ", ".join(f"({at}, {dialect.literal(text)})" for at, text in enumerate(NUMBERS))
    number = dialect.number(f"CAST(x AS {dialect.text})")
    with closing(engine):
        found = engine.column(f"SELECT {number} AS v FROM (VALUES {listed}) AS t(k, x) ORDER BY k")
    assert dict(zip(NUMBERS, found, strict=True)) == {text: float(text) for text in NUMBERS}


def test_duckdb_reads_the_double_that_python_reads():
    assert_number_of_each_text(DuckDB())


def test_postgres_reads_the_double_that_python_reads(postgres):
    assert_number_of_each_text(Postgres(postgres.address("").rstrip("#")))


ODD = ["007", " 1", "1 ", "\t1", "nan", "-nan", "+1", "x", "-00", "1e400", "", "inf", "0", "-0.5", "'"]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("wild", [[], ["1_0", '"1"', '"1\n2"']])
def test_texts_of_numbers_are_counted_as_numpy_does_whatever_else_a_cell_holds(
    tmp_path, monkeypatch, ending, is_whole, wild
):
    odd = [*ODD, *wild] * 2
    rows = ["plain,empty,odd,far", *(f"{at}.5,{at if at % 3 else ''},{cell},{at}" for at, cell in enumerate(odd))]
    rows += [f"{at},{at},{at % 50},{'x' if at == 1500 else at % 50}" for at in range(2000)]
    path = tmp_path / "t.csv"
    path.write_bytes(ending.join([*rows, ""] if is_whole else rows).encode())
    with closing(open_table(str(path), TableOptions())) as ours:
        monkeypatch.setattr(text_files, "LARGE", 1)
        monkeypatch.setattr(text_files, "FEW_LINES", 0)
        with closing(open_table(str(path), TableOptions())) as theirs:
            assert (ours.engine, theirs.engine) == ("numpy", "duckdb")
            assert_equal_counts(theirs, ours)


def test_bits_are_labels(postgres, tmp_path):
    file = tmp_path / "x.duckdb"
    duckdb.connect(file).close()
    query = "SELECT CAST(x AS BIT(3)) AS x FROM (VALUES ('010'), ('011'), ('010')) AS t(x)"
    for word in (f"duckdb:{file}#{query.replace('(3)', '')}", postgres.address(query)):
        table = open_table(word)
        table.facts(table.columns)
        counts = table.labels([Read(table.columns[0], Reading.LABEL)], 9)["x"].counts
        table.close()
        assert counts == (("010", 2), ("011", 1))


def test_an_estimate_of_different_values_is_never_above_their_number(tmp_path, monkeypatch):
    monkeypatch.setattr(Dialect, "distinct", lambda _, value: f"2 * count({value})")
    cells = {"text": [*"ab" * 1000, None], "number": [*map(float, range(2000)), None]}
    pq.write_table(pa.table(cells), tmp_path / "t.parquet")
    with closing(parquet_table("t", [str(tmp_path / "t.parquet")])) as table:
        facts = table.facts(table.columns)
    assert max(facts["text"].distinct, facts["number"].distinct) <= 2000
