"""Shares of the rows, compared in processes at the same time, and merged."""

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from klcli.errors import Exhausted
from klcli.runs.rows.parts import MergedRun
from klcli.runs.rows.run import RowRun
from klcli.runs.rows.setup import RowSetup, compare_share
from klcli.sources.rows.many_files import Shard

__all__ = ["compare_in_processes"]


def compare_in_processes(setup: RowSetup, count: int) -> MergedRun | RowRun:
    """Returns the comparison of all rows by `count` processes, or as many as there are shares of the rows.

    Errors as of `compare_share`.
    """
    count = min(count, setup.most_shares)
    if count == 1:
        return setup.run()
    shards = [Shard(at, count) for at in range(1, count + 1)]
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    pool = ProcessPoolExecutor(count, multiprocessing.get_context(method), _ignore_interrupts)
    try:
        parts = list(pool.map(compare_share, [setup] * count, shards))
    except BrokenProcessPool:
        raise Exhausted("a process that compared rows was killed", hint="use fewer, as with -j 1") from None
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()  # what they compute is not wanted any more
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return MergedRun(parts)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that waits for them is interrupted
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
