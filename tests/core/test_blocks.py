"""Two functions at the same time, and the order of what comes of them."""

import subprocess
import sys
import time

import pytest

from klcli.core.blocks import side_by_side

INTERRUPTED = """
import time
from klcli.core.blocks import side_by_side

def first():
    raise KeyboardInterrupt

try:
    side_by_side(first, lambda: time.sleep(30))
except KeyboardInterrupt:
    print("interrupted")
"""


def failing(words, after=0.0):
    def fail():
        time.sleep(after)
        raise ValueError(words)

    return fail


def test_both_results_come_in_order():
    assert side_by_side(lambda: time.sleep(0.05) or "first", lambda: "second") == ("first", "second")


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (failing("first", after=0.05), failing("second"), "first"),
        (failing("first"), failing("second", after=0.05), "first"),
        (lambda: 1, failing("second"), "second"),
        (failing("first"), lambda: 2, "first"),
    ],
)
def test_the_error_of_the_first_goes_first(first, second, words):
    with pytest.raises(ValueError, match=words):
        side_by_side(first, second)


def test_an_interruption_waits_for_nobody():
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, timeout=20, check=False, text=True)
    assert (done.returncode, done.stdout) == (130, "interrupted\n")
