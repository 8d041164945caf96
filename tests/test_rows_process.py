"""`kl rows` as a process: pipes that never end, readers that go away, Ctrl-C, files larger than memory."""

import json
import os
import signal
import struct
import subprocess
import sys
from contextlib import contextmanager, suppress

import numpy as np
import pytest
from conftest import ENVIRONMENT, ROOT

KL = [sys.executable, "-m", "klcli"]
LINE = b'{"p": [0.5, 0.5], "q": [0.9, 0.1]}\n'
ANSWER = 0.5108256237659907

MIB = 2**20
LIMIT = 130 * MIB  # of memory, for files of 320 MiB


@contextmanager
def started(*words):
    process = subprocess.Popen(
        [*KL, "rows", *map(str, words)], cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, bufsize=0,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()
        process.wait()


@pytest.mark.parametrize("form", ["jsonl", "csv", "value", "table"])
def test_a_line_is_answered_before_the_next_one_comes(form):
    with started("-", "-f", form) as process:
        for number in range(1, 4):
            process.stdin.write(LINE)
            process.stdin.flush()
            line = process.stdout.readline()
            while b"0.51" not in line:  # what stands before the first row
                line = process.stdout.readline()
            if form == "jsonl":
                assert json.loads(line) == {"row": number, "forward_kl": pytest.approx(ANSWER)}
        process.stdin.close()
        assert process.wait(20) == 0


def test_a_line_that_comes_in_pieces_is_answered_when_it_is_whole():
    with started("-", "-f", "value") as process:
        for piece in (LINE[:7], LINE[7:20], LINE[20:] + LINE[:3], LINE[3:-1]):
            process.stdin.write(piece)
            process.stdin.flush()
        assert float(process.stdout.readline()) == pytest.approx(ANSWER)
        process.stdin.close()  # the last line has no end
        assert float(process.stdout.readline()) == pytest.approx(ANSWER)
        assert process.wait(20) == 0


def test_a_reader_that_goes_ends_a_pipe_that_never_ends():
    with started("-", "-f", "jsonl") as process:
        process.stdin.write(LINE)
        process.stdin.flush()
        assert process.stdout.readline()
        process.stdout.close()
        with suppress(BrokenPipeError):
            for _ in range(10_000):
                process.stdin.write(LINE)
        assert process.wait(20) == 0
        assert process.stderr.read() == b""


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_ctrl_c_gives_what_is_done_and_exits_with_130(form):
    with started("-", "-f", form, "--fail-above", "0.1") as process:
        process.stdin.write(LINE)
        process.stdin.flush()
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(20) == 130
        assert process.stderr.read() == b"kl: interrupted\n"
    found = json.loads(first + rest)
    assert (found if form == "jsonl" else found["rows"][0])["forward_kl"] == pytest.approx(ANSWER)


def test_ctrl_c_sums_up_what_is_done():
    with started("-", "--summary", "-f", "json") as process:
        process.stdin.write(LINE * 10)
        process.stdin.flush()
        while not _waits(process.pid):
            pass
        process.send_signal(signal.SIGINT)
        found = json.loads(process.stdout.read())
        assert process.wait(20) == 130
    assert found["count"] == 10


def _waits(pid):
    """Whether a process has taken all of its standard input and waits for more; it sleeps in a read of descriptor 0."""
    try:
        with open(f"/proc/{pid}/syscall") as stream:
            return stream.read().split()[:2] == ["0", "0x0"]
    except FileNotFoundError:
        pytest.skip("there is no /proc")


def test_what_came_before_a_bad_line_is_answered_and_a_file_is_not_written(tmp_path):
    with started("-", "-f", "value") as process:
        out, err = process.communicate(LINE + b"{\n")
    assert (float(out), process.returncode) == (pytest.approx(ANSWER), 3)
    assert err.startswith(b"kl: error: stdin: line 2, column 2: not JSON")
    with started("-", "-o", tmp_path / "out") as process:
        process.communicate(LINE + b"{\n")
    assert process.returncode == 3
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("rows", [20, 25, 26, 300])
def test_a_long_table_on_a_terminal_is_its_first_rows_and_its_last(kl_terminal, tmp_path, rows):
    (tmp_path / "t.jsonl").write_bytes(LINE * rows)
    result = kl_terminal("rows", tmp_path / "t.jsonl", "--color", "never")
    table = result.out.split("─\n")[1].splitlines()
    numbers = [int(line.split()[0]) for line in table if not line.startswith("…")]
    assert numbers == [*range(1, min(rows, 20) + 1), *range(max(21, rows - 4), rows + 1)]
    assert [line for line in table if line.startswith("…")] == [
        f"… {rows - 25} rows more; --summary sums them up, -f csv prints them all" for _ in range(rows > 25)
    ]
    whole = kl_terminal("rows", tmp_path / "t.jsonl", "-f", "csv")
    assert len(whole.out.splitlines()) == rows + 1


def test_an_array_comes_through_a_pipe(tmp_path):
    np.save(tmp_path / "p.npy", [[1, 1], [1, 3]])
    for order in "CF":
        np.save(tmp_path / "q.npy", np.array([[1, 1], [1, 1]], order=order))
        with started("-", tmp_path / "q.npy", "-f", "value") as process:
            out, _ = process.communicate((tmp_path / "p.npy").read_bytes())
        assert [float(line) for line in out.split()] == [0, pytest.approx(0.13081203594113694)]


def peak(words):
    """The bytes of memory that `kl rows` takes at its peak, by a small process that starts it."""
    script = """if True:
        import json, os, sys
        child = os.posix_spawn(sys.executable, json.loads(sys.argv[1]), os.environ,
                               file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
        _, status, usage = os.wait4(child, 0)
        print(os.waitstatus_to_exitcode(status), usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
    """
    command = json.dumps([*KL, "rows", *map(str, words)])
    done = subprocess.run([sys.executable, "-S", "-c", script, command], cwd=ROOT, env=ENVIRONMENT, check=True,
                          capture_output=True, text=True)  # fmt: skip
    code, memory = map(int, done.stdout.split())
    assert code == 0, done.stderr
    return memory


def sparse(path, head, size):
    """A file of zeros behind a head, which takes no room on the disk."""
    with path.open("wb") as stream:
        stream.write(head)
        stream.truncate(len(head) + size)
    return path


@pytest.mark.parametrize("order", ["C", "F"])
def test_files_larger_than_the_memory_it_takes(tmp_path, order):
    rows, outcomes = 320, 65_536  # 160 MiB each; equal scores are the uniform distribution
    text = f"{{'descr': '<f8', 'fortran_order': {order == 'F'}, 'shape': ({rows}, {outcomes}), }}"
    head = b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + text.ljust(117).encode() + b"\n"
    files = [sparse(tmp_path / f"{name}.npy", head, rows * outcomes * 8) for name in "pq"]
    # in Fortran order 64 MiB of columns are held on each side, so that a way through the file pays
    limit = LIMIT + 128 * MIB * (order == "F")
    assert sum(path.stat().st_size for path in files) > limit * 1.2
    assert peak([*files, "--as", "logits", "--summary", "-f", "json"]) < limit
