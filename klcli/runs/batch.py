"""Evaluates the pairs of a batch, in this process or in several if that repays starting them."""

from collections.abc import Generator, Iterable
from time import perf_counter

from klcli.core.arithmetic.parallel import processors
from klcli.errors import KlError
from klcli.runs.batch_results import Case
from klcli.runs.pair import Task, clear_caches, evaluate
from klcli.sources.batch.batch_entry import BatchEntry, unique, unless_mostly_wrong
from klcli.sources.batch.settings import Settings

__all__ = ["run"]

_SERIAL_SECONDS = 0.3  # before other processes are started, which takes about as long


def run(entries: Iterable[BatchEntry], settings: Settings) -> Generator[Case, None, None]:
    """Yields a case for each entry, in their order.

    Raises:
        InputError: The entries cannot be read, or the list is empty.
    """
    clear_caches()
    tasks = (_task(entry, settings) for entry in unless_mostly_wrong(unique(entries)))
    jobs = settings.run.jobs
    count = processors() if jobs is None else jobs
    if count > 1 and jobs is None:
        deadline = perf_counter() + _SERIAL_SECONDS
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
        settings.matching(entry.name)  # so that a limit on this pair does not count as one that matches no pair
        return Task(entry, None)
    try:
        return Task(entry, settings.plan(entry))
    except KlError as error:
        return Task(_with_error(entry, error), None)


def _with_error(entry: BatchEntry, error: KlError) -> BatchEntry:
    return BatchEntry(entry.name, entry.p, entry.q, place=entry.place, root=entry.root, error=error)
