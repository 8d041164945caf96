"""Spark: classic, or Connect where KL_SPARK is connect. One session for all tests; see .ci/spark."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from edge_table import arrow_table, assert_equal_at_once, edge_cells

import klcli
from klcli.engines.address import Access
from klcli.engines.arrays.array_table import ArrayTable
from klcli.engines.arrays.arrow_columns import arrow_columns
from klcli.engines.asking import Asking
from klcli.engines.spark.engine import Spark
from klcli.errors import Unreadable
from klcli.sources.tables.open_table import open_table
from klcli.sources.tables.options import TableOptions
from klcli.tables.column import Read, Reading

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.memory": "1g",
    "spark.sql.codegen.wholeStage": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@pytest.fixture(scope="module")
def session():
    sql = pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None:
        pytest.skip("there is no Java here")
    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost", "PYSPARK_PYTHON": sys.executable}
    builder = sql.SparkSession.builder
    builder = builder.remote("local[2]") if os.environ.get("KL_SPARK") == "connect" else builder.master("local[2]")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def edge(session, tmp_path_factory):
    path = tmp_path_factory.mktemp("spark") / "edge.parquet"
    table = arrow_table(edge_cells())
    pq.write_table(table, path)
    return path, ArrayTable("t", arrow_columns(table))


def test_spark_counts_the_edge_table_as_numpy_does(edge):
    path, expected = edge
    ours = open_table(f"spark:{path}")
    assert_equal_at_once(ours, expected)
    ours.close()


def test_drift_is_the_same_document_as_of_files(edge, document):
    path, _ = edge
    words = ("--p-where", "boolean", "--q-where", "NOT boolean", "--min-rows", "10", "-q")
    at_spark, in_files = (
        document("drift", f"{scheme}{path}", f"{scheme}{path}", *words)["columns"] for scheme in ("spark:", "")
    )
    drop = ("type_p", "type_q", "why", "reason", "notes")  # which name the types of each engine
    assert [{key: each[key] for key in each if key not in drop} for each in at_spark] == [
        {key: each[key] for key in each if key not in drop} for each in in_files
    ]


def test_texts_are_told_apart_by_their_bytes_whatever_their_collation(session):
    word = "spark:SELECT x COLLATE UTF8_LCASE AS x FROM VALUES ('a'), ('A'), ('b'), ('a') AS t(x)"
    table = open_table(word)
    read = Read(table.columns[0], Reading.LABEL)
    table.facts(table.columns)
    assert dict(table.labels([read], 10)["x"].counts) == {"a": 2, "A": 1, "b": 1}
    assert table.counts_of(read, ["A"]) == {"A": 1}
    table.close()


def test_two_engines_are_compared(edge, postgres, document):
    path, _ = edge
    with postgres.connect() as connection:
        connection.execute("CREATE TABLE twin (boolean BOOLEAN)")
        connection.execute(
            "INSERT INTO twin SELECT CASE WHEN g % 3 > 0 THEN g % 3 = 1 END FROM generate_series(1, 300) AS g"
        )
    found = document("drift", f"spark:{path}", postgres.address("twin"), "--columns", "boolean")
    assert found["columns"][0]["status"] in ("ok", "changed")
    assert [found[side]["engine"].partition(" ")[0] for side in "pq"] == ["Spark", "PostgreSQL"]


def test_the_session_and_its_zone_stay_as_they_were(edge, session):
    path, _ = edge
    session.conf.set("spark.sql.session.timeZone", "Asia/Kolkata")
    open_table(f"spark:{path}").close()
    assert session.conf.get("spark.sql.session.timeZone") == "Asia/Kolkata"
    assert session.sql("SELECT 1").collect()[0][0] == 1


def test_counts_of_a_query_are_a_distribution(session, document):
    query = "spark:SELECT 'it''s' AS plan, 3 AS n UNION ALL SELECT 'b', 1".replace("''", "\\'")
    found = document("compute", query, '{"it\'s": 3, "b": 1}', "--label", "plan", "--p", "n", "--as", "counts")
    assert found["measures"]["forward_kl"] == 0


@pytest.mark.parametrize(
    ("word", "where", "found"),
    [
        ("spark:nowhere", "", "nowhere"),
        ("spark:/nowhere.parquet", "", "nowhere"),
        ("spark:", "", "no table is named"),
        ("spark:SELECT 1 AS x", "y > 1", "`y`"),
        ("spark:SELECT 1 AS x, 2 AS x", "", "the same name, 'x'"),
    ],
)
def test_what_is_missing_is_named(session, word, where, found):
    with pytest.raises(Unreadable, match=found):
        open_table(word, TableOptions(where=where))


def test_the_recipe_for_rows_gives_what_one_machine_gives(session):
    page = Path(__file__).parents[2] / "docs" / "how-to" / "rows-at-scale.md"
    (recipe,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    p, q = np.random.default_rng(5).normal(0, 2, (2, 300, 40))
    frame = pa.table({"id": range(300), "p": p.tolist(), "q": q.tolist()}).to_pandas()
    scope = {"logits": session.createDataFrame(frame).repartition(2)}
    exec(recipe, scope)
    values = scope["values"].sort_values("id").forward_kl
    assert (values.to_numpy() == klcli.compare_rows(p, q, as_="logits").forward_kl).all()


def test_a_server_that_does_not_listen_is_named_at_once():
    pytest.importorskip("pyspark.sql")
    words = [sys.executable, "-m", "klcli", "profile", "spark:t", "--engine", "sc://localhost:1"]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 3
    assert "localhost:1 does not answer" in ended.stderr


SLOW = "spark:SELECT count(*) AS x FROM range(0, 100000000000, 1, 100000) WHERE hash(id) = 7"


def test_a_query_beyond_the_time_limit_is_cancelled(session):
    started = time.monotonic()
    with pytest.raises(Unreadable, match=r"cancelled after 3 s"):
        open_table(SLOW, TableOptions(access=Access(timeout=3)))
    assert time.monotonic() - started < 30


def test_values_of_more_than_a_million_rows_do_not_leave(session):
    engine = Asking(Spark(None), "t")
    assert len(engine.rows("SELECT id FROM range(5)")) == 5
    with pytest.raises(Unreadable, match="more than 1,000,000 rows would leave the engine"):
        engine.rows("SELECT id FROM range(1000001)")


def test_an_interrupt_ends_a_run_of_its_own_session(session, tmp_path):
    if os.environ.get("KL_SPARK") == "connect":
        pytest.skip("a server of its own would be needed")
    events = tmp_path / "events"
    events.mkdir()
    logged = {"enabled": "true", "dir": f"file://{events}", "compress": "false"}
    settings = "".join(f"spark.eventLog.{key} {value}\n" for key, value in logged.items())
    (tmp_path / "spark-defaults.conf").write_text(settings)
    words = [sys.executable, "-m", "klcli", "profile", SLOW, "--engine", "local[1]"]
    environment = os.environ | {"SPARK_CONF_DIR": str(tmp_path)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        until(lambda: process.poll() is not None or has_begun_a_job(events))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted" in err


def has_begun_a_job(events):
    return any("SparkListenerJobStart" in file.read_text() for file in events.rglob("events_*"))


def until(condition, seconds=180):
    """Waits for a state, which takes a loaded machine long."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)
