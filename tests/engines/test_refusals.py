"""What is said where a condition or a query is wrong."""

import duckdb
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
