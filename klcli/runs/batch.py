"""The running of a batch: here, or in processes where that is worth their start."""

from collections.abc import Generator, Iterable
from time import perf_counter

from klcli.core.arithmetic.parallel import processors
from klcli.errors import KlError
from klcli.runs.batch_results import PairReport
from klcli.runs.pair import Task, evaluate, forget_reference
from klcli.sources.batch.batch_entry import BatchEntry, unique
from klcli.sources.batch.settings import Settings

__all__ = ["run"]

_PATIENCE = 0.3  # seconds: about what the processes take to start


def run(entries: Iterable[BatchEntry], settings: Settings) -> Generator[PairReport, None, None]:
    """Yields the report of each pair, in the order of the entries.

    Raises:
        InputError: the entries cannot be read, or there are none.
    """
    forget_reference()
    tasks = (_task(entry, settings) for entry in unique(entries))
    jobs = settings.run.jobs
    count = processors() if jobs is None else jobs
    if count > 1 and jobs is None:
        deadline = perf_counter() + _PATIENCE
        for task in tasks:
            yield evaluate(task)
            if perf_counter() > deadline:
                break
    if count == 1:
        yield from map(evaluate, tasks)
    else:
        from klcli.runs import workers

        yield from workers.evaluate_in_processes(tasks, count)


def _task(entry: BatchEntry, settings: Settings) -> Task:
    if entry.error is not None:
        return Task(entry, None)
    try:
        return Task(entry, settings.plan(entry))
    except KlError as error:
        return Task(_with_error(entry, error), None)


def _with_error(entry: BatchEntry, error: KlError) -> BatchEntry:
    return BatchEntry(entry.name, entry.p, entry.q, place=entry.place, root=entry.root, error=error)
