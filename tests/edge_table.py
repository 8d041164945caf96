"""Cells that engines read, sort or group each in its own way, and the check that two tables of them count alike."""

from datetime import UTC, date, datetime
from decimal import Decimal
from math import inf, nan

import pyarrow as pa
from hypothesis import strategies as st

from klcli.tables.binning import quantile_ranks
from klcli.tables.column import Read, Reading, Storage
from klcli.tables.cuts import Cut

__all__ = [
    "AWKWARD_TEXTS", "COLUMNS", "CUTS", "arrow_table", "assert_equal_at_once", "assert_equal_counts", "edge_cells",
    "reads",
]  # fmt: skip

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


def assert_equal_at_once(ours, theirs):
    """Checks what `assert_equal_counts` does, by few queries: for engines whose queries take a second each."""
    ours_facts, theirs_facts = ours.facts(ours.columns), theirs.facts(theirs.columns)
    for name, facts in ours_facts.items():
        assert facts._replace(is_exact=True) == theirs_facts[name]._replace(is_exact=True), name
    for reading in Reading:
        mine, other = ([each for each in reads(table) if each.reading is reading] for table in (ours, theirs))
        assert ours.value_counts(mine) == theirs.value_counts(other)
        assert ours.labels(mine, 5) == theirs.labels(other, 5)
        if reading is Reading.LABEL:
            continue
        assert ours.cumulative(dict.fromkeys(mine, CUTS)) == theirs.cumulative(dict.fromkeys(other, CUTS))
        counts = theirs.value_counts(other)
        ranks = [{read: quantile_ranks(counts[read.column.name], 7) for read in each} for each in (mine, other)]
        assert ours.order_statistics(ranks[0]) == theirs.order_statistics(ranks[1])
