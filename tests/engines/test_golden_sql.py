"""The text of every query, for each dialect."""

import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("golden_sql", Path(__file__).parent / "golden_sql.py")
golden_sql = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(golden_sql)


@pytest.mark.parametrize("name", golden_sql.DIALECTS)
def test_the_queries_are_those_that_were_reviewed(name):
    kept = (golden_sql.FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    assert golden_sql.text(golden_sql.DIALECTS[name]) == kept, "python tests/engines/golden_sql.py writes them anew"


def test_every_query_of_the_duckdb_dialect_is_sql():
    import duckdb

    connection = duckdb.connect()
    for query in golden_sql.queries(golden_sql.DIALECTS["duckdb"]):
        assert len(duckdb.extract_statements(query)) == 1
        connection.execute("SELECT json_serialize_sql(?)", [query]).fetchone()
