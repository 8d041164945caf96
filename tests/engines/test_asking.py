"""A query that nobody waits for any more: of an engine that does not end it, too."""

import subprocess
import sys
import time
from threading import Event

import pytest

from klcli.engines.asking import Asking
from klcli.engines.sql.dialect import Dialect
from klcli.errors import Unreadable


class Deaf:
    """An engine whose queries go on when they are cancelled, and that waits for them when it is closed."""

    name, dialect, has_exact_quantiles = "deaf", Dialect(), True

    def __init__(self):
        self.cancels, self.end = 0, Event()

    def rows(self, sql):
        self.end.wait(60)
        return [(1,)]

    def cancel(self):
        self.cancels += 1

    def close(self):
        self.end.wait(60)


def test_a_time_limit_holds_where_the_engine_does_not_cancel():
    engine = Deaf()
    asking = Asking(engine, "t", timeout=0.1)
    started = time.monotonic()
    with pytest.raises(Unreadable, match=r"t: a query was cancelled after 0\.1 s"):
        asking.rows("SELECT 1")
    asking.close()
    assert time.monotonic() - started < 5
    assert engine.cancels > 1
    engine.end.set()


INTERRUPTED = """
import _thread, threading
from test_asking import Asking, Deaf

threading.Timer(0.2, _thread.interrupt_main).start()
asking = Asking(Deaf(), "t")
try:
    asking.rows("SELECT 1")
except KeyboardInterrupt:
    print("interrupted")
finally:
    asking.close()
"""


def test_an_interrupt_ends_the_process_where_the_engine_does_not_cancel():
    command = [sys.executable, "-c", INTERRUPTED]
    ended = subprocess.run(command, cwd=__file__.rpartition("test_asking")[0], capture_output=True, timeout=30)
    assert (ended.stdout, ended.stderr, ended.returncode) == (b"interrupted\n", b"", 130)
