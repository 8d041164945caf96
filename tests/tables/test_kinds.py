"""The kind of a column, by the first rule that applies, on the same facts that both engines find."""

from decimal import Decimal

import pytest

from klcli.engines.arrays.array_table import ArrayTable
from klcli.engines.arrays.arrow_columns import column_of_values
from klcli.tables.column import Kind
from klcli.tables.kinds import decide, needs_labels


def kind_of(cells, name="x", is_typed=True):
    column = column_of_values(0, name, list(cells))
    column.column = column.column._replace(is_typed=is_typed)
    table = ArrayTable("t", [column])
    facts = table.facts(table.columns)[name]
    labels = set(cells) - {None} if needs_labels(table.columns[0], facts) else None
    return decide(table.columns[0], facts, labels)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([None] * 3, Kind.EMPTY),
        ([True, False, None], Kind.BOOLEAN),
        (["Yes", "no", "YES"], Kind.BOOLEAN),
        (["t", "f"], Kind.BOOLEAN),
        (["yes", "false"], Kind.CATEGORY),
        (["2024-01-31", "2024-02-01T10:00:00Z"] * 9, Kind.TIME),
        (["2024-02-30"] * 9, Kind.CATEGORY),
        ([1, 2, 3] * 9, Kind.CATEGORY),
        ([1.0, 2.0, 3.0] * 9, Kind.CATEGORY),
        ([1.5, 2.0, 3.0] * 9, Kind.NUMERIC),
        (range(100), Kind.NUMERIC),
        (range(101), Kind.ID),
        ([each * 2 for each in range(200)], Kind.NUMERIC),
        ([Decimal("1.50"), Decimal("2.25")] * 30, Kind.NUMERIC),
        ([f"{each}.5" for each in range(30)], Kind.NUMERIC),
        ([f"{each}.5" for each in range(998)] + ["n/a"], Kind.ID),
        ([f"{each}.5" for each in range(999)] + ["n/a"], Kind.NUMERIC),
        (["007", "010"] * 30, Kind.CATEGORY),
        (["0", "0.5", "10"] * 30, Kind.NUMERIC),
        ([f"{each:05}" for each in range(50)], Kind.ID),
        ([f"customer {each}" for each in range(50)], Kind.ID),
        ([f"a longer sentence, number {each}" for each in range(50)], Kind.TEXT),
        (["a", "b"], Kind.CATEGORY),
    ],
)
def test_the_first_rule_decides(cells, kind):
    assert kind_of(cells).kind is kind


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([f"{each}.5" for each in range(998)] + ["n/a"], "texts, 999 of 999 distinct, of which 998 spell a number"),
        (["1.5", "2.5", "oops"] * 9, "3 distinct texts, of which 18 spell a number"),
        (["1.5", "a", "oops"] * 9, "3 distinct texts"),
    ],
)
def test_texts_among_numbers_are_the_reason_why_a_column_is_not_numeric(cells, reason):
    assert kind_of(cells).why == reason


@pytest.mark.parametrize("name", ["id", "ID", "user_id", "uuid", "key", "index", "invoice_no"])
def test_distinct_integers_with_the_name_of_a_key_are_identifiers(name):
    assert kind_of([each * each for each in range(101)], name).kind is Kind.ID
    assert kind_of([each * each for each in range(101)], "area").kind is Kind.NUMERIC


def test_numbers_in_text_are_worth_a_note_only_where_the_table_has_types():
    cells = [f"{each}.5" for each in range(30)]
    assert kind_of(cells).numbers_in_text
    assert not kind_of(cells, is_typed=False).numbers_in_text
