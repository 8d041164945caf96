"""Pairs in processes: results in the order of the tasks, however long each takes, and none lost with a process.

A process is given a few tasks at a time, and says in shared memory which it is at. If it is killed, or runs out of
memory, that task is an error, the others of its share are done again, and another process takes its place. Each death
costs one task, so that the run comes to its end even where no process can live.

At most _WINDOW tasks are under way or waiting for an earlier one, so memory does not grow with their number.
"""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection, wait
from time import perf_counter
from typing import Any

from klcli.batch_report import PairReport
from klcli.engines.pair import Task, evaluate, failed

__all__ = ["evaluate_in_processes"]

_WINDOW = 1024
_LARGEST_SHARE = 64  # tasks that a process is given at a time
_SHARE_SECONDS = 0.02  # that a share should take: long beside what handing it over takes, short beside a run
_KEPT_SECONDS = 0.01  # for how long a process may keep what it has done, lest a long task holds it back

_Share = list[tuple[int, Task]]


def evaluate_in_processes(tasks: Iterator[Task], count: int) -> Iterator[PairReport]:
    """Yields the report of each task, in their order, from `count` processes."""
    pool = _Pool(tasks, count)
    try:
        yield from pool.reports()
    finally:
        pool.stop()


class _Worker:
    """A process, the tasks that it has, and at which of them it is."""

    def __init__(self, context: Any) -> None:
        self.connection, its = context.Pipe()
        self.at = context.Value("q", -1, lock=False)
        self.process = context.Process(target=_work, args=(its, self.at), daemon=True)
        with _without_interrupts():
            self.process.start()
        its.close()
        self.share: _Share = []
        self.received = 0
        self._given = 0

    def give(self, share: _Share) -> None:
        self.share = share
        self._given = self.received
        self.at.value = -1
        with suppress(OSError):  # it died meanwhile, which its connection will tell
            self.connection.send([task for _, task in share])

    def position(self) -> int | None:
        """Where in its share it is; None where it is not known to have begun, though it was alive before."""
        if self.at.value < 0:
            return None if self.received else 0
        return max(0, int(self.at.value) - (self.received - self._given))


class _Pool:
    def __init__(self, tasks: Iterator[Task], count: int) -> None:
        methods = multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            self._context.set_forkserver_preload(["klcli.cli", __name__])
        self._tasks = enumerate(tasks)
        self._again: deque[tuple[int, Task]] = deque()
        self._done: dict[int, PairReport] = {}
        self._next = 0
        self._size = 1.0
        self._count = count
        self._workers: list[_Worker] = []

    def reports(self) -> Iterator[PairReport]:
        while True:
            self._feed()
            busy = {worker.connection: worker for worker in self._workers if worker.share}
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
            if worker.share:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join()

    def _feed(self) -> None:
        """Gives every process that has nothing to do its share, as far as the window reaches."""
        for worker in self._workers:
            if not worker.share and (share := self._share()):
                worker.give(share)
        while len(self._workers) < self._count and (share := self._share()):
            worker = _Worker(self._context)
            self._workers.append(worker)
            worker.give(share)

    def _share(self) -> _Share:
        size = min(_LARGEST_SHARE, max(1, int(self._size)))
        share = [self._again.popleft() for _ in range(min(size, len(self._again)))]
        under_way = len(self._done) + sum(len(worker.share) for worker in self._workers) + len(self._again)
        room = min(size, _WINDOW - under_way) - len(share)
        return share + list(islice(self._tasks, max(0, room)))

    def _collect(self, worker: _Worker) -> None:
        """Takes what a process did, or what it left undone when it died."""
        try:
            seconds, reports = worker.connection.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        for (index, _), report in zip(worker.share, reports, strict=False):
            self._done[index] = report
        self._size = _SHARE_SECONDS * len(reports) / max(seconds, 1e-6)
        worker.share = worker.share[len(reports) :]
        worker.received += len(reports)

    def _bury(self, worker: _Worker) -> None:
        worker.connection.close()
        worker.process.join()
        self._workers.remove(worker)
        at = worker.position()
        if at is None:  # it died of something else than its tasks, between two shares
            self._again.extend(worker.share)
            return
        index, task = worker.share[at]
        self._done[index] = failed(task.entry, *_cause_of_death(worker.process.exitcode))
        self._again.extend(worker.share[:at] + worker.share[at + 1 :])


def _cause_of_death(code: int | None) -> tuple[str, str]:
    name = signal.Signals(-code).name if code and -code in signal.valid_signals() else f"exit code {code}"
    hint = "perhaps there is too little memory; try a smaller -j" if name == "SIGKILL" else ""
    return f"the process that evaluated it was killed ({name})", hint


def _work(connection: Connection, at: Any) -> None:
    """Evaluates what comes, until nobody sends."""
    _ignore_interrupts()
    with suppress(EOFError, OSError):
        while True:
            tasks = connection.recv()
            sent, reports = perf_counter(), []
            for number, task in enumerate(tasks):
                at.value = number
                reports.append(evaluate(task))
                now = perf_counter()
                if now - sent > _KEPT_SECONDS or number + 1 == len(tasks):
                    connection.send((now - sent, reports))
                    sent, reports = now, []


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
