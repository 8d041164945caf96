"""Processes whose queries take for ever: Ctrl-C ends them at once, whatever asks."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PAIRS = "range(1000000000) AS a, range(1000000000) AS b"
ENDLESS = f"(SELECT count(*) FROM {PAIRS} WHERE hash(a.range + b.range) = 7) = 0"
NUMBERS = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT i AS p, i AS q FROM r WHERE i < 0"


@pytest.fixture
def files(tmp_path):
    """Paths by suffix: tables, and databases with a view v of which no row ever comes."""
    paths = {suffix: str(tmp_path / f"t.{suffix}") for suffix in ("parquet", "csv", "duckdb", "sqlite")}
    pq.write_table(pa.table({"x": range(100)}), paths["parquet"])
    (tmp_path / "t.csv").write_text("x\n1\n2\n")
    with closing(duckdb.connect(paths["duckdb"])) as connection:
        connection.execute(f"CREATE VIEW v AS SELECT a.range AS p, b.range AS q FROM {PAIRS} WHERE {ENDLESS}")
    with closing(sqlite3.connect(paths["sqlite"])) as connection:
        connection.execute(f"CREATE VIEW v AS {NUMBERS}")
    return paths


def wait_until_it_computes(process):
    """Waits until a process has used more processor time than its start takes, however busy the machine is."""
    stat = Path(f"/proc/{process.pid}/stat")
    if not stat.exists():  # on macOS
        sleep(2)
        return
    end = monotonic() + 60
    while monotonic() < end and process.poll() is None:
        times = stat.read_text().rpartition(")")[2].split()[11:13]
        if sum(map(int, times)) > 2 * os.sysconf("SC_CLK_TCK"):
            return
        sleep(0.05)


@pytest.mark.parametrize(
    "command",
    [
        "estimate duckdb:{duckdb}#v duckdb:{duckdb}#v --columns p",
        "drift {parquet} {parquet} --where",
        "profile {csv} --where",
        "rows {duckdb}#v {csv}",
        "compute {sqlite}#v",
    ],
)
def test_an_interrupt_ends_a_query_without_end_at_once(files, command):
    words = [*command.format(**files).split(), *[ENDLESS] * command.endswith("--where")]
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-m", "klcli", *words], stdout=pipe, stderr=pipe) as process:
        wait_until_it_computes(process)
        assert process.poll() is None
        sent = monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        took = monotonic() - sent
    assert (process.returncode, out, err.strip()) == (130, b"", b"kl: interrupted")
    assert took < 5  # a second, and what else the machine does
