"""Evaluates pairs in worker processes. Results keep the order of the tasks, and no task is lost if a process dies.

A worker receives tasks in shares, the next share before it has finished the last, and counts in shared memory the tasks
it has begun. If it is killed, for example for lack of memory, the task it was working on becomes an error, its other
tasks are queued again, and a new worker replaces it. Each death costs one task, so every run ends.

Tasks and results are sent as plain tuples, because pickling named tuples takes four times as long.

At most _HELD tasks per worker are in progress or wait for an earlier result, so memory does not grow with their number.
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

from klcli.runs.batch_results import Case
from klcli.runs.pair import Task, evaluate, failed
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.bytes.files import STREAM_CACHE

__all__ = ["evaluate_in_processes", "start_method"]

_HELD = 1024
_LARGEST_SHARE = 256  # tasks sent to a worker at a time
_SHARE_SECONDS = 0.04  # duration of a share: long compared with sending it, short compared with a run
_ENOUGH, _ENOUGH_SECONDS = 384, 0.06  # tasks, and their duration, below which a worker is sent the next share
_KEPT_SECONDS = 0.05  # for which a worker may hold results back, so that a long task does not delay them


def evaluate_in_processes(tasks: Iterator[Task], count: int, method: str | None = None) -> Iterator[Case]:
    """Yields the case of each task, in their order, from `count` worker processes.

    Args:
        method: how processes are started; None for `start_method()` at each start.
    """
    pool = _Pool(tasks, count, method)
    try:
        yield from pool.reports()
    finally:
        pool.stop()


def start_method() -> str:
    """Returns the fastest start method that is safe now.

    A fork takes 10 ms; a fork server takes 400 ms to import everything again. Forking is safe while the only threads
    are those of OpenBLAS, which stops them before a fork and restarts them after it. pyarrow and pandas may have other
    threads, and so may system libraries on macOS.
    """
    if sys.platform == "linux" and not sys.modules.keys() & {"pandas", "pyarrow"}:
        return "fork"
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return "spawn"
    multiprocessing.set_forkserver_preload([__name__])
    return "forkserver"


class _Worker:
    """A worker process and the tasks it was given."""

    def __init__(self, others: list["_Worker"], method: str) -> None:
        context: Any = multiprocessing.get_context(method)
        self.connection, its = context.Pipe()
        self._begun = context.Value("q", 0, lock=False)
        is_forked = context.get_start_method() == "fork"
        ours = [worker.connection for worker in (*others, self)] if is_forked else []
        self.process = context.Process(target=_work, args=(its, self._begun, ours, dict(STREAM_CACHE)), daemon=True)
        # Python 3.12 and later warn of any thread; see start_method
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning), _without_interrupts():
            self.process.start()
        its.close()
        self.tasks: deque[tuple[int, Task]] = deque()
        self._received = 0

    def give(self, share: list[tuple[int, Task]]) -> None:
        self.tasks.extend(share)
        with suppress(OSError):  # it has died, which reading from its connection will show
            self.connection.send([(*entry, plan) for _, (entry, plan) in share])

    def receive(self) -> tuple[float, list[tuple[int, Case]]]:
        """Returns results and the seconds they took.

        Raises:
            OSError, EOFError: The process has died.
        """
        seconds, reports = self.connection.recv()
        self._received += len(reports)
        return seconds, [(self.tasks.popleft()[0], Case._make(report)) for report in reports]

    def reap(self) -> tuple[int, Task] | None:
        """Reaps a dead process; removes and returns the task that it was working on, or None."""
        self.connection.close()
        self.process.join()
        begun = int(self._begun.value) - self._received
        if not self.tasks or (begun == 0 and self._received):  # it died between tasks
            return None
        at = max(0, begun - 1)
        found = self.tasks[at]
        del self.tasks[at]
        return found


class _Pool:
    def __init__(self, tasks: Iterator[Task], count: int, method: str | None) -> None:
        self._tasks, self._method = enumerate(tasks), method
        self._again: deque[tuple[int, Task]] = deque()
        self._done: dict[int, Case] = {}
        self._next = 0
        self._size = self._enough = 1
        self._count = count
        self._workers: list[_Worker] = []

    def reports(self) -> Iterator[Case]:
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
        """Sends a share to every worker that has few tasks left, as far as _HELD allows."""
        for worker in self._workers:
            while len(worker.tasks) < self._enough and (share := self._share()):
                worker.give(share)
        while len(self._workers) < self._count and (share := self._share()):
            worker = _Worker(self._workers, self._method or start_method())
            self._workers.append(worker)
            worker.give(share)

    def _share(self) -> list[tuple[int, Task]]:
        share = [self._again.popleft() for _ in range(min(self._size, len(self._again)))]
        held = len(share) + len(self._again) + len(self._done) + sum(len(worker.tasks) for worker in self._workers)
        room = min(self._size - len(share), _HELD * self._count - held)
        return share + list(islice(self._tasks, max(0, room)))

    def _collect(self, worker: _Worker) -> None:
        """Collects the results of a worker or, if it died, queues its tasks again."""
        try:
            seconds, reports = worker.receive()
        except (EOFError, OSError):
            self._workers.remove(worker)
            fatal = worker.reap()
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
    """Evaluates tasks until the sender closes the connection.

    Args:
        inherited: Connections of the parent that a fork has copied, to be closed here.
        kept: Contents of streams that the parent has read.
    """
    _ignore_interrupts()
    STREAM_CACHE.update(kept)
    for end in inherited:
        end.close()
    inbox: SimpleQueue[list[tuple[Any, ...]] | None] = SimpleQueue()
    # receive in a thread: otherwise both sides could block on writing, each waiting for the other to read
    Thread(target=_receive, args=(connection, inbox), daemon=True).start()
    reports: list[Case] = []
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
    """Ignores Ctrl-C, which the terminal sends to every process; the parent handles it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # which is as Ctrl-C for the process that waits for it


class _without_interrupts:  # noqa: N801
    """Blocks Ctrl-C while a process starts, which inherits the mask."""

    def __enter__(self) -> None:
        self._mask: Callable[..., Any] | None = getattr(signal, "pthread_sigmask", None)
        if self._mask:
            self._before = self._mask(signal.SIG_BLOCK, [signal.SIGINT])

    def __exit__(self, *_: object) -> None:
        if self._mask:
            self._mask(signal.SIG_SETMASK, self._before)
