"""Two functions at the same time, the order of what comes of them, and sums in blocks."""

import subprocess
import sys
import time
from math import fsum

import numpy as np
import pytest

from klcli.core.arithmetic.parallel import added, copied, side_by_side, total

INTERRUPTED = """
import time
from klcli.core.arithmetic.parallel import side_by_side

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


LAYOUTS = {
    "in a row": lambda size: np.random.default_rng(size).random(size),
    "every third": lambda size: np.random.default_rng(size).random(3 * size)[::3],
    "backwards": lambda size: np.random.default_rng(size).random(size)[::-1],
    "all one number": lambda size: np.broadcast_to(np.array(0.1), (size,)),
}


@pytest.mark.parametrize("values_of", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize("size", [1, 128, 129, 1000, 65_536, 100_001])
def test_roundings_do_not_add_up_in_a_sum(size, values_of):
    values = values_of(size)
    assert total([added(values)]) == pytest.approx(fsum(values), rel=1e-15)


@pytest.mark.parametrize("layout", ["C", "F", "strided", "small"])
def test_a_copy_has_the_numbers_and_the_layout_of_its_array(layout):
    array = np.arange(5_000_000, dtype=np.float32).reshape(1000, 5000, order="F" if layout == "F" else "C")
    array = {"strided": array[:, ::2], "small": array[:3]}.get(layout, array)
    copy = copied(array)
    assert np.array_equal(copy, array)
    assert not np.shares_memory(copy, array)
    assert copy.flags.f_contiguous is array.flags.f_contiguous
