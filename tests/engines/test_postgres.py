"""PostgreSQL: what is read, what is never written, and what is said where something is missing, late or lost."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal

import pytest

from klcli.engines.address import Access
from klcli.engines.postgres.engine import Postgres
from klcli.errors import Unreadable
from klcli.sources.tables.open_table import open_table
from klcli.sources.tables.options import TableOptions
from klcli.tables.column import Read, Reading, Storage

LINES = '''sales."Order's ""lines"""'''
SLOW = "SELECT pg_sleep(60), 1 AS x"


@pytest.fixture(scope="module")
def server(postgres):
    with postgres.connect() as connection:
        connection.execute(f"""
            CREATE SCHEMA sales; CREATE ROLE stranger LOGIN;
            CREATE TABLE {LINES} AS SELECT g AS id, g % 3 AS kind, g / 7.0 AS share,
                CASE WHEN g % 4 = 0 THEN 'free' ELSE 'paid' END AS plan FROM generate_series(1, 2000) AS g;
            CREATE TABLE counts (plan TEXT, n BIGINT, note TEXT);
            INSERT INTO counts VALUES ('free', 70, 'x'), ('pro', 25, 'y'), ('team', 5, NULL);
            CREATE TABLE odd (free NUMERIC, huge NUMERIC, many NUMERIC(12, 3), at TIMESTAMP, mood TEXT, blob BYTEA);
            INSERT INTO odd VALUES (1.25, 'Infinity', 'NaN', 'infinity', '1e400', NULL),
                (0.0625, 1, 2, '-infinity', '1e-400', NULL),
                ('NaN', 2, 3, '2024-01-31', '-7', NULL)""")  # fmt: skip
    return postgres


def activity(server, marker):
    """Returns the texts of the queries that run and contain a marker."""
    with server.connect() as connection:
        asked = (
            "SELECT query FROM pg_stat_activity WHERE state = 'active' AND query LIKE %s AND pid <> pg_backend_pid()"
        )
        return [query for (query,) in connection.execute(asked, [f"%{marker}%"])]


def until(condition):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_counts_of_a_table_are_a_distribution(server, kl, tmp_path):
    (tmp_path / "q.csv").write_text("plan,n\nfree,70\npro,25\nteam,5\n")
    words = (server.address("public.counts"), str(tmp_path / "q.csv"), "--label", "plan", "--p", "n", "-f", "json")
    found = json.loads(kl("compute", *words).out)
    assert found["p"]["total"] == 100
    assert found["measures"]["forward_kl"] == 0


def test_a_query_stands_in_the_place_of_a_table(server, kl):
    query = f"SELECT plan, count(*) AS n FROM {LINES} GROUP BY plan -- note"
    found = json.loads(kl("compute", server.address(query), "free=500,paid=1500", "-f", "json").out)
    assert found["measures"]["forward_kl"] == 0


def test_drift_of_two_conditions_on_a_table(server, kl):
    word = server.address(LINES)
    found = json.loads(kl("drift", word, word, "--p-where", "id <= 1000", "--q-where", "id > 1000", "-f", "json").out)
    assert [found[side]["rows"] for side in ("p", "q")] == [1000, 1000]
    assert {each["name"]: each["status"] for each in found["columns"]}["share"] == "exceeded"


def test_a_profile_of_a_table_is_that_of_its_file(server, kl, tmp_path):
    with server.connect() as connection:
        rows = connection.execute(f"SELECT plan, id, kind FROM {LINES} ORDER BY id").fetchall()
    import pyarrow as pa
    import pyarrow.parquet as pq

    plan, id_, kind = zip(*rows, strict=True)
    pq.write_table(pa.table({"plan": plan, "id": id_, "kind": pa.array(kind, pa.int32())}), tmp_path / "t.parquet")
    query = f"SELECT plan, id, kind FROM {LINES}"
    at_engine, in_file = (
        json.loads(kl("profile", word).out)["columns"] for word in (server.address(query), str(tmp_path / "t.parquet"))
    )
    for mine, other in zip(at_engine, in_file, strict=True):
        assert {**mine, "declared": ""} == {**other, "declared": ""}


def test_a_number_of_any_digits_keeps_them_and_what_is_infinite_is_seen(server):
    table = open_table(server.address("odd"))
    facts = table.facts(table.columns)
    table.close()
    by_name = {column.name: column for column in table.columns}
    assert by_name["free"].scale == 4
    assert (facts["free"].nan, facts["many"].nan) == (1, 1)
    assert (facts["huge"].infinite, facts["huge"].whole) == (1, 2)
    assert (facts["at"].lowest, facts["at"].highest) == (-(2**63), 2**63 - 1)
    assert (facts["mood"].lowest, facts["mood"].highest) == (-7.0, float("inf"))
    assert facts["blob"].null == 3


def test_every_column_is_counted_or_skipped_with_its_type(server, document):
    counted = {
        "a": "'3.50'::money", "b": "'x'::\"char\"", "c": "'10.0.0.1'::inet", "d": "B'101'", "e": "'a'::name",
        "f": "'00000000-0000-0000-0000-000000000001'::uuid", "g": "'NaN'::numeric", "h": "'infinity'::date",
        "i": "1200::numeric(6, -2)", "j": "'08:00:2b:01:02:03'::macaddr", "select": "1",
    }  # fmt: skip
    skipped = {
        "k": "'\\x00'::bytea", "l": "'{}'::jsonb", "m": "ARRAY[1]", "n": "'1 day'::interval", "o": "'12:00'::time",
        "p": "ROW(1)", "q": "int4range(1, 2)", "r": "'<a/>'::xml",
    }  # fmt: skip
    terms = ", ".join(f'{value} AS "{name}"' for name, value in (counted | skipped).items())
    word = server.address(f"SELECT {terms} FROM generate_series(1, 9)")
    columns = {each["name"]: each for each in document("drift", word, word, "--min-rows", "1")["columns"]}
    reasons = {name: columns[name]["why"] for name in skipped}
    assert all(reason.endswith("cannot be counted") for reason in reasons.values())
    assert reasons["l"] == "jsonb cannot be counted"
    assert {name for name, each in columns.items() if "cannot be counted" in each["why"]} == set(skipped)


def test_money_is_a_number(server):
    table = open_table(server.address("SELECT unnest(ARRAY['-1.25', '3.50']::money[]) AS paid"))
    facts = table.facts(table.columns)["paid"]
    table.close()
    assert (table.columns[0].storage, table.columns[0].scale) == (Storage.DECIMAL, 2)
    assert (facts.lowest, facts.highest, facts.whole) == (Decimal("-1.25"), Decimal("3.50"), 0)


def test_a_profile_of_many_numbers_takes_more_than_one_query(server, kl):
    terms = ", ".join(f"g * {prime} % 997 AS c{prime}" for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23))
    answer = kl("profile", server.address(f"SELECT {terms} FROM generate_series(1, 1994) AS g"))
    assert answer.code == 0, answer.err
    columns = json.loads(answer.out)["columns"]
    assert [each["at_most"][-1] for each in columns] == [1994] * 9
    assert len({tuple(each["cuts"]) for each in columns}) == 1  # each is 0 to 996 in another order, twice


def test_tables_are_listed_as_an_address_spells_them(server):
    with server.connect() as connection:
        connection.execute('CREATE SCHEMA "A b"; CREATE MATERIALIZED VIEW "A b"."c.d" AS SELECT 1 AS x')
    with pytest.raises(Unreadable, match="no table is named") as refused:
        open_table(server.address(""))
    assert '"A b"."c.d"' in str(refused.value)
    open_table(server.address('"A b"."c.d"')).close()


def test_a_table_that_grows_meanwhile_is_counted_as_it_was(server):
    with server.connect() as connection:
        connection.execute("CREATE TABLE growing AS SELECT 1 AS x")
        table = open_table(server.address("growing"))
        connection.execute("INSERT INTO growing VALUES (2)")
        assert table.facts(table.columns)["x"].present == 1
        table.close()


def test_a_table_that_is_renamed_before_it_is_asked_for_is_named_and_nothing_is_written(
    server, kl, monkeypatch, tmp_path
):
    first_query = Postgres.rows

    def renaming(engine, sql):  # the second connection is opened once the first has counted its rows
        with server.connect() as connection:
            connection.execute("ALTER TABLE IF EXISTS old_name RENAME TO new_name")
        return first_query(engine, sql)

    with server.connect() as connection:
        connection.execute("CREATE TABLE old_name AS SELECT 1 AS x")
    monkeypatch.setattr(Postgres, "rows", renaming)
    words = (server.address("counts"), server.address("old_name"))
    answer = kl("drift", *words, "-o", tmp_path / "drift.json", "--report", f"junit={tmp_path / 'drift.xml'}")
    assert (answer.code, answer.out) == (3, "")
    assert f'{words[1]}: relation "old_name" does not exist' in answer.err
    assert not list(tmp_path.iterdir())


def test_a_table_that_is_counted_is_not_renamed_before_the_end(server):
    from psycopg.errors import LockNotAvailable

    with server.connect() as connection:
        connection.execute("CREATE TABLE busy AS SELECT 1 AS x; SET lock_timeout = '20ms'")
        table = open_table(server.address("busy"))
        with pytest.raises(LockNotAvailable):
            connection.execute("ALTER TABLE busy RENAME TO idle")
        assert table.facts(table.columns)["x"].present == 1
        table.close()
        connection.execute("SET lock_timeout = '20s'; ALTER TABLE busy RENAME TO idle")


def test_nothing_is_ever_written(server, kl):
    with server.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS x")
        for word in (
            "WITH gone AS (DELETE FROM kept RETURNING x) SELECT * FROM gone",
            "SELECT 1 AS x) AS q; COMMIT; DROP TABLE kept; SELECT * FROM (SELECT 1",
            "SELECT * INTO copied FROM kept",
        ):
            assert kl("drift", server.address(word, "owner"), "x.csv").code == 3
        word = server.address("kept", "owner")
        assert kl("drift", word, word, "--where", "true)) AS w; COMMIT; DROP TABLE kept --").code == 3
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1,)
        assert connection.execute("SELECT to_regclass('copied')").fetchone() == (None,)


@pytest.mark.parametrize(
    ("table", "role", "found"),
    [
        ("nowhere", "reader", 'relation "nowhere" does not exist'),
        ("counts", "stranger", "permission denied for table counts"),
        ("", "reader", "no table is named; there are .*public.counts"),
        ("a..b", "reader", "'a..b' is not the name of a table"),
        ("SELECT nix FROM counts", "reader", 'column "nix" does not exist'),
        ("SELECT 1 AS x, 2 AS x", "reader", "two columns have the same name, 'x'"),
        ("counts", "nobody-at-all", "no connection"),
    ],
)
def test_what_is_missing_is_named(server, table, role, found):
    with pytest.raises(Unreadable, match=found):
        open_table(server.address(table, role))


def test_a_condition_on_a_missing_column_names_it(server):
    with pytest.raises(Unreadable, match='column "amout" does not exist') as refused:
        open_table(server.address("counts"), TableOptions(where="amout > 1"))
    assert refused.value.hint == "in 'amout > 1'"


def test_a_condition_that_is_not_closed_is_said_to_be_open(server):
    with pytest.raises(Unreadable, match="syntax error") as refused:
        open_table(server.address("counts"), TableOptions(where="(n > 1"))
    assert "is a bracket not closed?" in refused.value.hint


def test_masses_without_labels_have_no_order_in_a_table(server, kl):
    answer = kl("compute", server.address("SELECT n FROM counts ORDER BY n"), "1,2,3", "--as", "counts")
    assert answer.code == 0
    with server.connect() as connection:
        connection.execute("CREATE TABLE bare AS SELECT n FROM counts")
    answer = kl("compute", server.address("bare"), "1,2,3", "--as", "counts")
    assert answer.code == 3
    assert "have no order" in answer.err


@pytest.mark.parametrize("word", ["postgresql://me:hunter2@h/db#t", "postgres://h/db?user=me&password=hunter2#t"])
@pytest.mark.parametrize("command", ["compute", "drift", "profile", "estimate", "explain"])
def test_a_password_is_refused_and_not_repeated(kl, word, command):
    answer = kl(command, word) if command == "profile" else kl(command, word, word)
    assert answer.code == 2
    assert "hunter2" not in answer.out + answer.err
    assert "PGPASSWORD" in answer.err


def test_a_query_beyond_the_time_limit_is_cancelled(server):
    started = time.monotonic()
    with pytest.raises(Unreadable, match=r"cancelled after 0\.3 s"):
        open_table(server.address(SLOW), TableOptions(access=Access(timeout=0.3)))
    assert time.monotonic() - started < 10
    assert not activity(server, "pg_sleep")


@pytest.mark.parametrize("command", ["compute", "explain", "estimate", "batch", "profile"])
def test_every_command_has_a_time_limit(server, kl, tmp_path, command):
    slow = server.address("SELECT 1 AS x FROM pg_sleep(60)")
    words = [slow] if command == "profile" else [slow, "1,2"]
    if command == "batch":
        (tmp_path / "pairs.csv").write_text(f'p,q\n"{slow}","1,2"\n')
        words = [str(tmp_path / "pairs.csv")]
    answer = kl(command, *words, "--timeout", "0.3")
    assert answer.code == 3
    assert "a query was cancelled after 0.3 s" in answer.out + answer.err


def test_a_lost_connection_is_no_answer(server):
    table = open_table(server.address("counts"))
    read = [Read(column, Reading.LABEL) for column in table.columns]

    def kill():
        with server.connect() as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'")

    thread = threading.Thread(target=kill)
    thread.start()
    thread.join()
    with pytest.raises(Unreadable) as caught:
        table.labels(read, 10)
    assert "nothing was written" in caught.value.hint
    table.close()


def test_an_interrupt_cancels_the_query_at_the_server(server):
    words = [sys.executable, "-m", "klcli", "profile", server.address(SLOW)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert until(lambda: activity(server, "pg_sleep"))
        (query,) = activity(server, "pg_sleep")
        assert f"/* kl {process.pid}@{os.uname().nodename} */" in query
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in err
    assert until(lambda: not activity(server, "pg_sleep"))
