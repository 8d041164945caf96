"""Pairs in processes: results in the order of the tasks, however long each takes, and none lost with a process.

A process is given some tasks at a time, the next before it is done with the last, and counts in shared memory those
that it has begun. If it is killed, or runs out of memory, the task that it was at is an error, the others are done
again, and another process takes its place. Each death costs one task, so that the run comes to its end even where no
process can live.

What is sent is plain tuples: to pickle a named one takes four times as long.

At most _HELD tasks for each process are under way or waiting for an earlier one, so memory does not grow with their
number.
"""

import multiprocessing
import signal
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Any

from klcli.runs.batch_results import PairReport
from klcli.runs.pair import Task, evaluate, failed
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.bytes.files import STREAM_CACHE

__all__ = ["evaluate_in_processes"]

_HELD = 1024
_LARGEST_SHARE = 256  # tasks that a process is given at a time
_SHARE_SECONDS = 0.04  # that a share should take: long beside what handing it over takes, short beside a run
_ENOUGH, _ENOUGH_SECONDS = 384, 0.06  # tasks, and what they should take, below which a process is given the next
_KEPT_SECONDS = 0.05  # for how long a process may keep what it has done, lest a long task holds it back


def evaluate_in_processes(tasks: Iterator[Task], count: int) -> Iterator[PairReport]:
    """Yields the report of each task, in their order, from `count` processes."""
    pool = _Pool(tasks, count)
    try:
        yield from pool.reports()
    finally:
        pool.stop()


def _start_method() -> str:
    """The fastest way to start a process that is safe now.

    A fork of this process takes 10 ms where a fork server takes 400 to import everything anew. It is safe while
    there are no threads but those of OpenBLAS, which it stops before and starts after; pyarrow and pandas may have
    more. On macOS, system libraries may.
    """
    if sys.platform == "linux" and not sys.modules.keys() & {"pandas", "pyarrow"}:
        return "fork"
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return "spawn"
    multiprocessing.set_forkserver_preload([__name__])
    return "forkserver"


class _Worker:
    """A process, and the tasks that it has."""

    def __init__(self, others: list["_Worker"]) -> None:
        context: Any = multiprocessing.get_context(_start_method())
        self.connection, its = context.Pipe()
        self._begun = context.Value("q", 0, lock=False)
        is_forked = context.get_start_method() == "fork"
        ours = [worker.connection for worker in (*others, self)] if is_forked else []
        self.process = context.Process(target=_work, args=(its, self._begun, ours, dict(STREAM_CACHE)), daemon=True)
        # Python 3.12 and later warn of any thread; see _start_method
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning), _without_interrupts():
            self.process.start()
        its.close()
        self.tasks: deque[tuple[int, Task]] = deque()
        self._received = 0

    def give(self, share: list[tuple[int, Task]]) -> None:
        self.tasks.extend(share)
        with suppress(OSError):  # it died meanwhile, which its connection will tell
            self.connection.send([(*entry, plan) for _, (entry, plan) in share])

    def receive(self) -> tuple[float, list[tuple[int, PairReport]]]:
        """Returns the seconds that it took, and what it has done; raises OSError or EOFError where it died."""
        seconds, reports = self.connection.recv()
        self._received += len(reports)
        return seconds, [(self.tasks.popleft()[0], PairReport._make(report)) for report in reports]

    def bury(self) -> tuple[int, Task] | None:
        """Takes away, once it is dead, the task that it died of, if it died of one; the others are left."""
        self.connection.close()
        self.process.join()
        begun = int(self._begun.value) - self._received
        if not self.tasks or (begun == 0 and self._received):  # it died between two tasks
            return None
        at = max(0, begun - 1)
        found = self.tasks[at]
        del self.tasks[at]
        return found


class _Pool:
    def __init__(self, tasks: Iterator[Task], count: int) -> None:
        self._tasks = enumerate(tasks)
        self._again: deque[tuple[int, Task]] = deque()
        self._done: dict[int, PairReport] = {}
        self._next = 0
        self._size = self._enough = 1
        self._count = count
        self._workers: list[_Worker] = []

    def reports(self) -> Iterator[PairReport]:
        while True:
            self._feed()
            busy = {worker.connection: worker for worker in self._workers if worker.tasks}
            if not busy:
                return
            for connection in wait(list(busy)):
                self._collect(busy[connection])
            self._feed()
            while self._next in self._done:
                yield self._done.pop(self._next)
                self._next += 1

    def stop(self) -> None:
        for worker in self._workers:
            worker.connection.close()
            if worker.tasks:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join()

    def _feed(self) -> None:
        """Gives every process that has little to do its share, as far as the window reaches."""
        for worker in self._workers:
            while len(worker.tasks) < self._enough and (share := self._share()):
                worker.give(share)
        while len(self._workers) < self._count and (share := self._share()):
            worker = _Worker(self._workers)
            self._workers.append(worker)
            worker.give(share)

    def _share(self) -> list[tuple[int, Task]]:
        share = [self._again.popleft() for _ in range(min(self._size, len(self._again)))]
        held = len(share) + len(self._again) + len(self._done) + sum(len(worker.tasks) for worker in self._workers)
        room = min(self._size - len(share), _HELD * self._count - held)
        return share + list(islice(self._tasks, max(0, room)))

    def _collect(self, worker: _Worker) -> None:
        """Takes what a process did, or what it left undone when it died."""
        try:
            seconds, reports = worker.receive()
        except (EOFError, OSError):
            self._workers.remove(worker)
            fatal = worker.bury()
            if fatal:
                self._done[fatal[0]] = failed(fatal[1].entry, *_cause_of_death(worker.process.exitcode))
            self._again.extend(worker.tasks)
        else:
            self._done.update(reports)
            pace = len(reports) / max(seconds, 1e-6)
            self._size = min(_LARGEST_SHARE, max(1, int(_SHARE_SECONDS * pace)))
            self._enough = min(_ENOUGH, max(1, int(_ENOUGH_SECONDS * pace)))


def _cause_of_death(code: int | None) -> tuple[str, str]:
    name = signal.Signals(-code).name if code and -code in signal.valid_signals() else f"exit code {code}"
    hint = "perhaps there is too little memory; try a smaller -j" if name == "SIGKILL" else ""
    return f"the process that evaluated it was killed ({name})", hint


def _work(connection: Connection, begun: Any, inherited: list[Connection], kept: dict[str, bytes]) -> None:
    """Evaluates what comes, until nobody sends.

    Args:
        inherited: ends of the sender, which must be its alone. kept: what streams held that it has read.
    """
    _ignore_interrupts()
    STREAM_CACHE.update(kept)
    for end in inherited:
        end.close()
    inbox: SimpleQueue[list[tuple[Any, ...]] | None] = SimpleQueue()
    # what is sent is taken at once, or both sides might wait for each other to read
    Thread(target=_receive, args=(connection, inbox), daemon=True).start()
    reports: list[PairReport] = []
    with suppress(OSError):
        while (share := inbox.get()) is not None:
            since = perf_counter()
            for entry_and_plan in share:
                begun.value += 1
                *entry, plan = entry_and_plan
                reports.append(evaluate(Task(BatchEntry._make(entry), plan)))
                now = perf_counter()
                if now - since > _KEPT_SECONDS or entry_and_plan is share[-1]:
                    connection.send((now - since, list(map(tuple, reports))))
                    since, reports = now, []


def _receive(connection: Connection, inbox: SimpleQueue[list[tuple[Any, ...]] | None]) -> None:
    with suppress(EOFError, OSError):
        while True:
            inbox.put(connection.recv())
    inbox.put(None)


def _ignore_interrupts() -> None:
    """Leaves Ctrl-C, which reaches every process of the terminal, to the one that collects."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _without_interrupts:  # noqa: N801
    """While a process starts, Ctrl-C waits, and does not reach it: it inherits that."""

    def __enter__(self) -> None:
        self._mask: Callable[..., Any] | None = getattr(signal, "pthread_sigmask", None)
        if self._mask:
            self._before = self._mask(signal.SIG_BLOCK, [signal.SIGINT])

    def __exit__(self, *_: object) -> None:
        if self._mask:
            self._mask(signal.SIG_SETMASK, self._before)
