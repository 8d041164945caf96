"""Pairs are evaluated as they are asked for, in their order, and no more are held than the window has room for."""

import multiprocessing
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import log
from time import sleep

import pytest

from klcli.runs import workers
from klcli.runs.batch import run
from klcli.runs.batch_results import Status
from klcli.runs.pair import Task
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.folders import Reference
from klcli.sources.batch.settings import Layer, Plan, Settings
from klcli.sources.operands.read_options import ReadOptions

PLAN = Plan(ReadOptions(), ("forward_kl",), ())


def settings(**options):
    return Settings(Layer("command line", run=options), Layer("kl.toml"))


def counted(items, count):
    for item in items:
        count.append(item)
        yield item


def test_in_one_process_an_entry_is_read_when_its_report_is_asked_for():
    count = []
    reports = run(counted((BatchEntry(f"{number}", "1,1", "1,3") for number in range(9)), count), settings(jobs=1))
    assert [next(reports).name for _ in range(3)] == ["0", "1", "2"]
    assert len(count) == 3


def test_a_setting_that_is_wrong_is_an_error_of_its_pair():
    entries = [BatchEntry("a", "1,1", "1,3", options=(("smooth", "x"),)), BatchEntry("b", "1,1", "1,3")]
    assert [report.status for report in run(entries, settings(jobs=1))] == [Status.ERROR, Status.OK]


def test_a_reference_is_read_once_in_a_run_and_anew_in_the_next(tmp_path):
    reference, files = tmp_path / "p.csv", ["x=1,y=1", "x=1,y=3"]

    def values(p):
        found = []
        reference.write_text(p)
        for report in run(Reference(str(reference), files), settings(jobs=1)):
            reference.unlink(missing_ok=True)
            found.append(report.values[0][1])
        return found

    assert values("x,1\ny,1\n") == [0, pytest.approx(log(4 / 3) / 2)]
    assert values("x,1\ny,3\n") == [pytest.approx(log(3) * 0.75 - log(2)), 0]


def test_a_reference_that_cannot_be_read_is_an_error_of_every_pair():
    reports = list(run(Reference("nope.csv", ["x=1,y=1", "x=1,y=3"]), settings(jobs=1)))
    assert [report.error for report in reports] == ["nope.csv: no such file, and no inline distribution"] * 2


@pytest.mark.parametrize("jobs", [1, 3])
def test_no_entries_are_no_reports(jobs):
    assert list(run([], settings(jobs=jobs))) == []


def test_processes_keep_the_order_and_a_window_of_what_comes_after_a_slow_pair(tmp_path):
    slow = tmp_path / "slow.csv"
    os.mkfifo(slow)
    words = [str(slow), *(["x=1,y=1"] * 3000)]
    count = []
    tasks = counted((Task(BatchEntry(f"{number}", word, "x=1,y=3"), PLAN) for number, word in enumerate(words)), count)

    def release():
        with slow.open("w") as pipe:
            sleep(1)
            before = len(count)
            pipe.write("x,1\ny,1\n")
        return before

    with ThreadPoolExecutor() as pool:
        before = pool.submit(release)
        names = [report.name for report in workers.evaluate_in_processes(tasks, 2)]
    assert names == [f"{number}" for number in range(len(words))]
    assert 100 < before.result() <= 2 * workers._HELD


def test_no_long_task_waits_behind_another_while_a_process_has_nothing_to_do(tmp_path):
    slow = [tmp_path / f"{number}.csv" for number in range(4)]
    for each in slow:
        os.mkfifo(each)
    tasks = (Task(BatchEntry(each.name, str(each), "x=1,y=3"), PLAN) for each in slow)
    left = [*slow[1:], slow[0]]  # the process that has the first of them has it to the end

    def release():
        in_order = True
        while left:
            for each in left if not in_order else left[:1]:
                if wrote(each):
                    left.remove(each)
                    break
            else:
                in_order = False
        return in_order

    with ThreadPoolExecutor() as pool:
        released = pool.submit(release)
        assert [report.status for report in workers.evaluate_in_processes(tasks, 2)] == [Status.OK] * 4
    assert released.result()


def wrote(pipe):
    """Returns True if somebody reads the pipe within a few seconds; writes to it later, so that its task is long."""
    for _ in range(500):
        with suppress(OSError):
            descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            sleep(0.2)
            os.write(descriptor, b"x,1\ny,1\n")
            os.close(descriptor)
            return True
        sleep(0.01)
    return False


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_a_process_may_be_started_in_every_way(method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"there is no {method} here")
    tasks = [Task(BatchEntry(f"{number}", "x=1,y=1", "x=1,y=3"), PLAN) for number in range(200)]
    assert [report.name for report in workers.evaluate_in_processes(iter(tasks), 2, method)] == [
        task.entry.name for task in tasks
    ]


@pytest.mark.parametrize("loaded", ["pandas", "pyarrow"])
def test_a_process_with_threads_is_not_forked(loaded, monkeypatch):
    monkeypatch.setitem(sys.modules, loaded, sys)
    assert workers.start_method() != "fork"
