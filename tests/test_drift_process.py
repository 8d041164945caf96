"""`kl drift` as a process: Ctrl-C ends a query at once."""

import signal
import subprocess
import sys
from time import monotonic, sleep

import duckdb


def test_an_interrupt_stops_the_engine_within_a_second_and_exits_with_130(tmp_path):
    path = tmp_path / "x.duckdb"
    duckdb.connect(str(path)).close()
    endless = f"duckdb:{path}#SELECT a.range AS x FROM range(1000000000) AS a, range(1000000000) AS b"
    command = [sys.executable, "-m", "klcli", "drift", endless, endless]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        sleep(5)  # longer than the start takes on a busy machine
        assert process.poll() is None
        sent = monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        took = monotonic() - sent
    assert (process.returncode, out, err.strip()) == (130, b"", b"kl: interrupted")
    assert took < 5  # a second, and what else the machine does
