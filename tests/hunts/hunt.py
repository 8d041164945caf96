"""What every hunt does alike: it draws cases by a seed, runs each, and says how to run what it found again.

A case has its own random numbers, by seed and number, so that it is the same whichever cases are run beside it.
"""

import argparse
import os
import secrets
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

__all__ = ["Hang", "main", "no_longer_than"]

Case = Callable[[np.random.Generator], list[str]]
SHOWN = 400  # findings; the others are counted
OFTEN = 20.0  # seconds between two lines of progress
WAITING = 20  # times the limit of processor time: what still runs then waits for something that never comes


class Hang(BaseException):
    """A case took too long; no `except Exception` may catch it."""


@contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    """Raises Hang in what takes more processor time, or waits WAITING times as long."""

    def stop(signum: int, _: object) -> None:
        if signum == signal.SIGPROF:
            raise Hang(f"more than {seconds:g} s of processor time")
        raise Hang(f"no end after {WAITING * seconds:g} s")

    timers = {  # a busy machine slows a case without being a finding, so the processor's time counts
        signal.SIGPROF: (signal.ITIMER_PROF, seconds),
        signal.SIGALRM: (signal.ITIMER_REAL, WAITING * seconds),
    }
    before = {each: signal.signal(each, stop) for each in timers}
    for timer, limit in timers.values():
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for timer, _ in timers.values():
            signal.setitimer(timer, 0)
        for each, handler in before.items():
            signal.signal(each, handler)


def main(script: str, what: str, case: Case, count: int, seconds: float = 10) -> int:
    """Runs the cases that the command line asks for; returns 1 where one found something, else 0.

    Args:
        script: the file of the hunt. what: the plural of a case.
        case: returns what is wrong, a line each; an exception is a finding as well.
        count: how many cases there are where --count does not say.
        seconds: the processor time that one may take.
    """
    parser = argparse.ArgumentParser(description=f"Hunt through {what}.")
    parser.add_argument("--seed", type=int, default=None, help="a random one if not given")
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--only", type=int, default=None, help="the number of one case")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no case after so many")
    options = parser.parse_args()
    seed = secrets.randbits(32) if options.seed is None else options.seed
    numbers = range(options.count) if options.only is None else [options.only]
    print(f"{what}: seed {seed}", flush=True)
    found = done = 0
    start = shown = time.monotonic()
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # cases write their files here
        for number in numbers:
            lines = _findings(case, np.random.default_rng((seed, number)), seconds)
            done += 1
            if lines and found < SHOWN:
                print(f"again: python tests/hunts/{Path(script).name} --seed {seed} --only {number}")
                print(*(f"    {line}" for line in lines), sep="\n", flush=True)
            found += bool(lines)
            now = time.monotonic()
            if now - shown > OFTEN:
                shown = now
                print(f"{done} of {len(numbers)}, {found} wrong", file=sys.stderr, flush=True)
            if now - start > options.seconds:
                break
        os.chdir(here)
    print(f"{done} {what}, seed {seed}: {found} wrong", flush=True)
    return int(found > 0)


def _findings(case: Case, random: np.random.Generator, seconds: float) -> list[str]:
    try:
        with no_longer_than(seconds):
            return case(random)
    except (Exception, Hang):
        return traceback.format_exc().splitlines()[-12:]
