"""Every engine returns the same integers, on the cells where engines differ by themselves."""

from datetime import UTC, date, datetime
from decimal import Decimal
from math import inf, nan

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klcli.engines.array_table import ArrayTable
from klcli.engines.arrow_columns import arrow_columns
from klcli.engines.duckdb_engine import parquet_table, text_table
from klcli.sources.tables.open_table import open_table
from klcli.sources.tables.options import TableOptions
from klcli.tables.binning import Cut, quantile_ranks
from klcli.tables.column import Read, Reading, Storage

AWKWARD_FLOATS = [nan, None, 0.0, -0.0, inf, -inf, 5e-324, 1e300, 0.1, 2.0**53, 2.0**53 + 2, 1.0, 1.5]
AWKWARD_INTEGERS = [None, 0, 1, 2**53, 2**53 + 1, 2**53 - 1, 2**63 - 1, -(2**63), 7]
AWKWARD_TEXTS = [None, "", "007", "7", " 7", "1e5", "nan", "inf", "NA", "É", "É", "a,b", 'say "x"', "two\nlines",
                 "2024-01-31", "2024-02-30", "1_000", "true", "İ", "ß", "\t", "x" * 300]  # fmt: skip

CELLS = {
    "float": (pa.float64(), st.sampled_from(AWKWARD_FLOATS) | st.floats(width=64)),
    "single": (pa.float32(), st.none() | st.floats(width=32)),
    "integer": (pa.int64(), st.sampled_from(AWKWARD_INTEGERS) | st.integers(-50, 50)),
    "unsigned": (pa.uint64(), st.none() | st.integers(0, 2**64 - 1)),
    "decimal": (pa.decimal128(18, 6), st.none() | st.decimals(-(10**9), 10**9, places=6)),
    "boolean": (pa.bool_(), st.none() | st.booleans()),
    "text": (pa.string(), st.sampled_from(AWKWARD_TEXTS)),
    "instant": (pa.timestamp("us"), st.none() | st.datetimes(datetime(1, 1, 1), datetime(2262, 1, 1))),
    "zoned": (
        pa.timestamp("us", "Europe/Oslo"),
        st.none() | st.datetimes(datetime(1970, 1, 3), timezones=st.just(UTC)),
    ),
    "date": (pa.date32(), st.none() | st.dates(date(1, 1, 1))),
    "empty": (pa.float64(), st.none()),
}
COLUMNS = st.integers(1, 60).flatmap(
    lambda rows: st.fixed_dictionaries(
        {name: st.lists(cell, min_size=rows, max_size=rows) for name, (_, cell) in CELLS.items()}
    )
)
CUTS = [Cut(value, is_below) for value in (-inf, -1.5, 0.0, 1, 2**53, 2**53 + 1, Decimal("0.1234565"), 1e300, inf)
        for is_below in (False, True)]  # fmt: skip


TIMES = [
    None,
    datetime(1, 1, 1),
    datetime(1969, 12, 31, 23, 59, 59, 999999),
    datetime(2262, 1, 1),
    datetime(2024, 2, 29, 12),
]
DECIMALS = [None, *map(Decimal, ("0", "-0.000001", "999999999999.999999", "-999999999999.999999", "0.123456", "1"))]


def edge_cells():
    """Returns 300 rows of cells that engines read, sort or group each in its own way."""
    columns = {
        "float": AWKWARD_FLOATS,
        "single": [None, 0.1, -0.0, inf, nan, 3.0],
        "integer": AWKWARD_INTEGERS,
        "unsigned": [None, 0, 2**64 - 1, 2**53 + 1],
        "decimal": DECIMALS,
        "boolean": [None, True, False],
        "text": AWKWARD_TEXTS,
        "instant": TIMES,
        "zoned": [each and each.replace(tzinfo=UTC) for each in TIMES if each is None or each.year > 1],
        "date": [each and each.date() for each in TIMES],
        "empty": [None],
    }
    return {name: [cells[row % len(cells)] for row in range(300)] for name, cells in columns.items()}


def arrow_table(columns):
    return pa.table({name: pa.array(cells, CELLS[name][0]) for name, cells in columns.items()})


def reads(table):
    for column in table.columns:
        readings = {
            Storage.TEXT: Reading,
            Storage.BOOLEAN: (Reading.NUMBER, Reading.LABEL),
            Storage.INSTANT: (Reading.TIME,),
        }.get(column.storage, (Reading.NUMBER,))
        yield from (Read(column, each) for each in readings)


def assert_equal_counts(ours, theirs):
    ours_facts, theirs_facts = ours.facts(ours.columns), theirs.facts(theirs.columns)
    for name, facts in ours_facts.items():
        same = theirs_facts[name]
        assert facts._replace(is_exact=True) == same._replace(is_exact=True), name
    for mine, other in zip(reads(ours), reads(theirs), strict=True):
        assert ours.labels([mine], 5) == theirs.labels([other], 5), mine
        labels = [value for value, _ in ours.labels([mine], 100)[mine.column.name].counts]
        assert ours.counts_of(mine, labels) == theirs.counts_of(other, labels), mine
        if mine.reading is Reading.LABEL:
            continue
        values = ours.values(mine)
        assert sorted(values.tolist()) == sorted(theirs.values(other).tolist())
        assert ours.cumulative({mine: CUTS}) == theirs.cumulative({other: CUTS}), mine
        if len(values):
            ranks = {each: quantile_ranks(len(values), 7) for each in (mine, other)}
            assert ours.order_statistics({mine: ranks[mine]}) == theirs.order_statistics({other: ranks[other]}), mine


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
