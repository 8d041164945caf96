"""A batch as the shell, a terminal and the system see it: signals, killed processes, streams, memory of the window."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import terminals
from conftest import ENVIRONMENT

KL = [sys.executable, "-m", "klcli", "batch"]
BEFORE, AFTER = 30, 40

needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="there is no /proc")


@pytest.fixture
def folder(tmp_path):
    """A manifest in whose middle is a pair that reads from a pipe, and so waits until someone writes."""
    (tmp_path / "a.csv").write_text("x,0.5\ny,0.5\n")
    (tmp_path / "b.csv").write_text("x,0.9\ny,0.1\n")
    os.mkfifo(tmp_path / "slow.csv")
    names = [*(f"before {number}" for number in range(BEFORE)), "slow", *(f"after {number}" for number in range(AFTER))]
    rows = [f"{name},{'slow' if name == 'slow' else 'a'}.csv,b.csv" for name in names]
    (tmp_path / "pairs.csv").write_text("\n".join(["name,p,q", *rows]) + "\n")
    return tmp_path


def listen():
    """Takes Ctrl-C as on a terminal, though a shell may have started the tests in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def running(folder, *words, **settings):
    """A batch under way, apart from the terminal of the tests, whose slow pair is being read."""
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | settings
    with subprocess.Popen(
        [*KL, "pairs.csv", *words], cwd=folder, env=ENVIRONMENT, start_new_session=True, preexec_fn=listen, **settings
    ) as process:
        with (folder / "slow.csv").open("w") as pipe:  # waits until the other side reads
            yield process, pipe
        process.wait(timeout=30)


def readers(path):
    """The processes that have a file open, but for this one."""
    found = []
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(descriptor) == str(path) and int(descriptor.parts[2]) != os.getpid():
                found.append(int(descriptor.parts[2]))
        except OSError:
            continue
    return found


@needs_proc
def test_a_process_that_is_killed_is_an_error_of_its_pair_and_the_rest_go_on(folder):
    with running(folder, "-j", "2", "-f", "csv") as (process, _):
        (worker,) = readers(folder / "slow.csv")
        assert worker != process.pid
        os.kill(worker, signal.SIGKILL)
        out, err = process.communicate(timeout=30)
    rows = list(csv.DictReader(out.decode().splitlines()))
    assert [row["name"] for row in rows] == [
        line.split(",")[0] for line in (folder / "pairs.csv").read_text().splitlines()[1:]
    ]
    assert {row["name"]: row["error"] for row in rows if row["status"] != "ok"} == {
        "slow": "the process that evaluated it was killed (SIGKILL)"
    }
    assert process.returncode == 3
    assert b"Traceback" not in err


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interruption_prints_what_is_done_writes_the_reports_and_exits_with_130(folder, jobs, sent):
    with running(folder, "-j", jobs, "--report", "json=out.json", "--report", "junit=out.xml") as (process, _):
        os.killpg(process.pid, sent)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.decode() == "kl: interrupted\n"
    document = json.loads((folder / "out.json").read_text())
    names = [pair["name"] for pair in document["pairs"]]
    assert names == [f"before {number}" for number in range(len(names))]
    assert len(names) == BEFORE if jobs == "1" else len(names) <= BEFORE
    assert document["summary"]["ending"] == "interrupted"
    assert out.decode().splitlines()[-1].endswith(f": {len(names)} ok; interrupted")
    report = (folder / "out.xml").read_text()
    assert report.count("<testcase ") == len(names) + 1  # the run itself, so that the report is not green
    assert 'errors="1"' in report
    assert sorted(os.listdir(folder)) == ["a.csv", "b.csv", "out.json", "out.xml", "pairs.csv", "slow.csv"]


@needs_proc
def test_no_process_is_left_behind(folder):
    with running(folder, "-j", "2") as (process, _):
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and (left := members(process.pid)):
        time.sleep(0.05)
    assert left == []


@needs_proc
def test_processes_end_when_the_one_that_collects_is_killed(folder):
    with running(folder, "-j", "3") as (process, _):
        assert len(members(process.pid)) >= 4
        process.kill()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and (left := members(process.pid)):
        time.sleep(0.05)
    assert left == []


def members(leader):
    """The processes that a leader and its children started, as far as they are alive."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(status.parts[2]))
    return found


def test_pairs_are_printed_while_others_are_still_evaluated(folder):
    os.mkfifo(folder / "last.csv")
    with (folder / "pairs.csv").open("a") as manifest:
        manifest.write("last,last.csv,b.csv\n")
    with running(folder, "-j", "1", "-f", "jsonl") as (process, pipe):
        time.sleep(0.3)  # longer than a standard stream keeps its text
        pipe.write("x,0.5\ny,0.5\n")
        pipe.close()
        with (folder / "last.csv").open("w") as last:
            early = [json.loads(process.stdout.readline())["name"] for _ in range(BEFORE + 1)]
            last.write("x,0.5\ny,0.5\n")
        process.communicate(timeout=30)
    assert early == [*(f"before {number}" for number in range(BEFORE)), "slow"]


def test_a_reader_that_leaves_changes_nothing_of_the_verdict(folder):
    reader, writer = os.pipe()
    os.close(reader)
    with running(folder, "-f", "jsonl", "--fail-above", "0.1", "--report", "json=out.json", stdout=writer) as (
        process,
        pipe,
    ):
        os.close(writer)
        pipe.write("x,0.5\ny,0.5\n")
        pipe.close()
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert b"Traceback" not in err
    assert b"Exception ignored" not in err
    assert json.loads((folder / "out.json").read_text())["summary"]["exceeded"] == BEFORE + 1 + AFTER


def on_terminal(folder, *words):
    """What a batch writes to a terminal of 80 columns on standard error, while its slow pair takes 1.3 s."""
    ours, its = terminals.opened()
    with running(folder, "-j", "1", *words, stderr=its) as (process, pipe):
        os.close(its)
        time.sleep(1.3)
        pipe.write("x,0.5\ny,0.5\n")
        pipe.close()
        process.communicate(timeout=30)
    return terminals.shown_on(ours).decode()


def test_a_long_run_shows_a_bar_on_a_terminal_and_takes_it_away(folder, monkeypatch):
    monkeypatch.setitem(ENVIRONMENT, "TERM", "xterm")
    text = on_terminal(folder)
    assert f" of {BEFORE + 1 + AFTER} pairs, " in text
    assert "/s, left" in text
    assert text.rstrip("\r\n").endswith(("\x1b[2K", "\x1b[?25h", "\x1b[1A\x1b[2K"))


@pytest.mark.parametrize("words", [["--no-progress"], ["--no-progress", "-f", "csv", "-o", os.devnull]])
def test_no_bar_is_shown_where_none_is_wanted(folder, words, monkeypatch):
    monkeypatch.setitem(ENVIRONMENT, "TERM", "xterm")
    assert "/s, left" not in on_terminal(folder, *words)


def test_no_bar_is_shown_on_a_pipe(folder):
    with running(folder, "-j", "1") as (process, pipe):
        time.sleep(1.3)
        pipe.write("x,0.5\ny,0.5\n")
        pipe.close()
        _, err = process.communicate(timeout=30)
    assert err == b""


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("reference", ["-", "/dev/stdin"])
def test_the_one_reference_may_come_from_a_pipe(folder, reference, jobs):
    for number in range(AFTER):
        (folder / f"{number}.csv").write_text(f"x,{number}\ny,1\n")
    files = [f"{number}.csv" for number in range(AFTER)]
    done = subprocess.run(
        [*KL, reference, *files, "-j", jobs, "-f", "value", "-m", "total_variation"], cwd=folder, env=ENVIRONMENT,
        input=b"x,1\ny,1\n", capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert list(map(float, done.stdout.split())) == pytest.approx(
        [abs(number / (number + 1) - 0.5) for number in range(AFTER)], rel=4e-15
    )


@needs_proc
def test_a_reference_from_a_pipe_outlives_the_process_that_read_it(folder):
    files = ["a.csv", "slow.csv", "b.csv"]
    with subprocess.Popen(
        [*KL, "-", *files, "-j", "2", "-f", "jsonl"], cwd=folder, env=ENVIRONMENT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        process.stdin.write(b"x,1\ny,1\n")
        process.stdin.close()
        with (folder / "slow.csv").open("w"):
            for reader in readers(folder / "slow.csv"):
                os.kill(reader, signal.SIGKILL)
            found = [json.loads(line)["status"] for line in process.stdout]
    assert found == ["ok", "error", "ok"]


@pytest.mark.parametrize("files", range(5, 24))
def test_a_lack_of_files_is_said_and_is_no_bug(folder, files):
    (folder / "two.csv").write_text("p,q\na.csv,b.csv\nb.csv,a.csv\n")
    command = f"ulimit -n {files}; exec {sys.executable} -m klcli batch two.csv -j 2 -f value --report junit=out.xml"
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=ENVIRONMENT, capture_output=True, check=False)
    if done.returncode == 0:
        assert len(done.stdout.split()) == 2
    else:
        assert done.returncode in (2, 3)
        assert b"too many open files" in done.stderr
        assert b"Traceback" not in done.stderr
