"""What is said where a condition or a query is wrong."""

import duckdb
import pandas
import pytest

from klcli.errors import Unreadable
from klcli.sources.tables.open_table import open_table
from klcli.sources.tables.options import TableOptions


@pytest.fixture(scope="module")
def word(tmp_path_factory):
    file = tmp_path_factory.mktemp("duckdb") / "x.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS amount")
    return f"duckdb:{file}#"


@pytest.mark.parametrize(
    ("where", "hint"),
    [
        ("amout > 1", "in 'amout > 1'; candidate bindings"),
        ("amount >>> 1", "in 'amount >>> 1'"),
        ("(amount > 1", "it ends too early: is a bracket not closed?"),
        ("amount > 1\nAND\namount 2", "in 'amount 2'"),
        ('amount = "JFK"', 'in \'amount = "JFK"\'; candidate bindings: "amount"; a text stands in single quotes'),
    ],
)
def test_the_line_of_a_condition_is_shown_and_what_may_be_meant(word, where, hint):
    with pytest.raises(Unreadable) as refused:
        open_table(f"{word}t", TableOptions(where=where))
    assert refused.value.hint.startswith(hint)


def test_the_line_of_a_query_is_shown(word):
    with pytest.raises(Unreadable) as refused:
        open_table(f"{word}SELECT amout FROM t")
    assert refused.value.hint.startswith("in 'SELECT amout FROM t'")


def test_no_line_of_sql_that_nobody_wrote_is_shown(word):
    with pytest.raises(Unreadable) as refused:
        open_table(f"{word}nowhere")
    assert "SELECT" not in (refused.value.hint or "")
    assert "pg_" not in (refused.value.hint or "")  # which duckdb proposes where nothing is near


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize(("where", "hint"), [("amout > 1", "in 'amout > 1'; candidate bindings"),
                                             ('amount = "x"', "a text stands in single quotes")])  # fmt: skip
def test_a_condition_on_a_file_is_cured_as_one_on_a_database(tmp_path, suffix, where, hint):
    file = tmp_path / f"t.{suffix}"
    frame = pandas.DataFrame({"amount": [1, 2]})
    getattr(frame, {"csv": "to_csv", "xlsx": "to_excel"}[suffix])(file, index=False)
    with pytest.raises(Unreadable) as refused:
        open_table(str(file), TableOptions(where=where))
    assert hint in refused.value.hint
    assert "CAST(age AS DOUBLE)" in refused.value.hint  # in SQL cells of a sheet are texts, too
