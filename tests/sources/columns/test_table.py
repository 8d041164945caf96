"""Which column holds the labels and which the masses: one set of rules for every format with columns."""

from datetime import UTC, datetime

import pytest

from klcli.errors import NotADistribution, Unreadable
from klcli.sources.columns.column_choice import position_of
from klcli.sources.columns.numbers import cell_number, one_by_one, parse_number
from klcli.sources.columns.table import Table
from klcli.sources.formats.query import Query

PAIR = (None, None)


def columns_of(names, wanted=(None,), *, label=None, samples=None):
    """The names of the columns that a table takes for (label, values); cells are their column's number and row."""
    cells = [[f"{column}{row}" for row in "12"] for column in range(1, len(names) + 1)]
    table = Table("p.csv", names, cells, one_by_one(parse_number), lambda row: f"row {row + 1}")
    found = []
    for each in table.observed(Query(wanted, samples or (False,) * len(wanted), label)):
        labelled = None if each.labels is None else names[int(each.labels[0][0]) - 1]
        found.append((labelled, names[int(each.values[0]) // 10 - 1]))
    return found


@pytest.mark.parametrize(
    ("names", "options", "expected"),
    [
        (["a"], {}, [(None, "a")]),
        (["a", "b"], {}, [("a", "b")]),
        (["a", "b"], {"wanted": ("a",)}, [(None, "a")]),
        (["a", "b"], {"wanted": ("b",)}, [("a", "b")]),
        (["a", "b"], {"label": "b"}, [("b", "a")]),
        (["a", "b", "c"], {"wanted": ("c",)}, [("a", "c")]),
        (["a", "b", "c"], {"wanted": ("3",), "label": "2"}, [("b", "c")]),
        (["p", "q"], {"wanted": ("q",)}, [(None, "q")]),
        (["p", "q"], {"wanted": PAIR}, [(None, "p"), (None, "q")]),
        (["q", "p"], {"wanted": PAIR}, [(None, "p"), (None, "q")]),
        (["a", "b", "c"], {"wanted": PAIR}, [("a", "b"), ("a", "c")]),
        (["a", "q", "p"], {"wanted": PAIR}, [("a", "p"), ("a", "q")]),
        (["a", "b", "p", "q"], {"wanted": PAIR}, [("a", "p"), ("a", "q")]),
        (["p", "q", "a"], {"wanted": PAIR, "label": "a"}, [("a", "p"), ("a", "q")]),
        (["a", "b", "c"], {"wanted": PAIR, "label": "c"}, [("c", "a"), ("c", "b")]),
        (["a", "b"], {"wanted": ("a", "b")}, [(None, "a"), (None, "b")]),
        (["a", "b", "c"], {"wanted": ("c", "b")}, [("a", "c"), ("a", "b")]),
        (["2", "1"], {"wanted": ("2",)}, [(None, "2")]),
    ],
)
def test_columns_are_told_by_their_number_and_headings(names, options, expected):
    assert columns_of(names, **options) == expected


@pytest.mark.parametrize(
    ("names", "options"),
    [
        (["p", "q"], {}),
        (["a", "b", "c"], {}),
        (["a", "b"], {"wanted": PAIR}),
        (["a", "b", "c", "d"], {"wanted": PAIR}),
        (["a", "b", "c"], {"wanted": ("b", None)}),
        (["a", "b"], {"samples": (True,)}),
        (["a", "b"], {"wanted": ("c",)}),
        (["a", "b"], {"wanted": ("0",)}),
        (["a", "b"], {"wanted": ("3",)}),
        (["a", "b"], {"label": "A"}),
    ],
)
def test_columns_that_cannot_be_told_are_refused_with_their_names(names, options):
    with pytest.raises(Unreadable, match=f"^p.csv: .*; the columns are {', '.join(names)}$"):
        columns_of(names, **options)


@pytest.mark.parametrize(
    ("column", "position"),
    [("1", 0), ("3", 2), ("03", 2), ("0", None), ("4", None), ("-1", None), ("", None), ("a", None), ("²", None),
     ("٣", None), ("9" * 5000, None)],
)  # fmt: skip
def test_a_column_number_counts_from_1(column, position):
    assert position_of(column, 3) == position


def test_a_value_of_a_pair_is_named_by_source_and_column():
    table = Table(
        "p.csv", ["x", "p", "q"], [["a"], ["1"], ["2"]], one_by_one(parse_number), lambda row: f"row {row + 1}"
    )
    p, q = table.observed(Query(PAIR, (False, False)))
    assert (p.name, q.name) == ("p.csv:p", "p.csv:q")
    assert str(p.where(0)) == "p.csv:p: row 1: 'a'"


def read(names, *columns, index=(), **query):
    """Labels and values of a table with these cells."""
    table = Table("p", names, columns, one_by_one(cell_number), lambda row: f"row {row + 1}", index_columns=index)
    return [(raw.labels, raw.values.tolist()) for raw in table.observed(Query(**query))]


@pytest.mark.parametrize(
    ("names", "columns", "index", "options"),
    [
        (["m", "zz"], [[5, 15], ["x", "y"]], (), {}),
        (["n", "__index_level_0__"], [[5, 15], ["x", "y"]], (1,), {}),
        (["", "Var1", "Freq"], [[1, 2], ["x", "y"], [5, 15]], (), {}),
        (["", "Var1", "Freq"], [[1, 2], ["x", "y"], [5, 15]], (), {"columns": ("Freq",)}),
        (["", "Var1", "Freq"], [[1, 2], ["x", "y"], [5, 15]], (), {"label": ("Var1",)}),
        (["", "Var1", "Freq"], [[1, 2], ["x", "y"], [5, 15]], (), {"every": True}),
        (["s", "n", "__index_level_0__"], [["x", "y"], [5, 15], [3, 8]], (2,), {}),
        (["a", "b", "__index_level_0__"], [[1, 2], [5, 15], ["x", "y"]], (2,), {"columns": ("b",)}),
    ],
)
def test_texts_are_the_labels_and_numbers_of_rows_are_nothing(names, columns, index, options):
    assert read(names, *columns, index=index, **options) == [(("x", "y"), [5.0, 15.0])]


def test_an_index_of_numbers_has_the_labels_where_no_text_does():
    by_age = [(("20", "30"), [5.0, 15.0])]
    assert read(["n", "age"], [5, 15], [20, 30], index=(1,)) == by_age
    assert read(["n", "age"], [5, 15], [20, 30], index=(1,), every=True) == by_age


def test_numbers_of_rows_are_never_masses():
    with pytest.raises(NotADistribution, match="'x' is not a number"):
        read(["", "Var1"], [1, 2], ["x", "y"])
    assert read(["", "Var1"], [1, 2], ["x", "y"], samples=(True,)) == [(("x", "y"), [1.0, 1.0])]


def test_times_that_are_all_at_midnight_are_labelled_by_their_dates():
    days = [datetime(2024, 1, 1), datetime(2024, 1, 2)]
    assert read(["at", "n"], days, [5, 15]) == [(("2024-01-01", "2024-01-02"), [5.0, 15.0])]
    assert read(["at", "n"], [days[0], datetime(2024, 1, 1, 9)], [5, 15]) == [
        (("2024-01-01 00:00:00", "2024-01-01 09:00:00"), [5.0, 15.0])
    ]
    zoned = datetime(2024, 1, 1, tzinfo=UTC)
    assert read(["at", "n"], [zoned], [5])[0][0] == ("2024-01-01 00:00:00+00:00",)


@pytest.mark.parametrize("cell", ["1,210", "$5", "n/a", "-", "12 %x"])
def test_damaged_numbers_are_no_labels(cell):
    with pytest.raises(NotADistribution, match="is not a number"):
        read(["a", "b"], [5, 15], [cell, cell])
