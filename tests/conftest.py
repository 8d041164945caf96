"""The `kl` fixtures: the command line in this process, as a process of its own, and with a terminal."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import terminals
from hypothesis import settings

from klcli.cli.main import main

# on a busy machine a test may wait its turn for seconds, so there is no deadline
settings.register_profile("gate", deadline=None, derandomize=True)  # the same inputs every time
settings.register_profile("random", deadline=None, print_blob=True)  # pytest --hypothesis-profile=random, for a hunt
settings.load_profile("gate")

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes would each compile klcli anew

# what a shell runs in the background ignores SIGINT, and so would the processes that tests interrupt
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent
OURS = (
    "NO_COLOR",
    "FORCE_COLOR",
    "KL_TRACEBACK",
    "COLUMNS",
    "LINES",
    "PYTHONUNBUFFERED",
)  # unbuffered streams fail at once, not at exit
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in OURS}
NUMERICS = {ROOT / "tests" / "core", ROOT / "tests" / "families"}


def pytest_collection_modifyitems(items):
    for item in items:
        if not NUMERICS.isdisjoint(item.path.parents):
            item.add_marker("numerics")


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def kl(capfd, monkeypatch):
    """Runs `kl` in this process, in the folder of the project."""
    monkeypatch.chdir(ROOT)
    for name in OURS:
        monkeypatch.delenv(name, raising=False)

    def run(*argv):
        code = main([str(word) for word in argv])
        captured = capfd.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture
def written(tmp_path):
    """Writes rows, each a text or numbers, into a file and returns its path."""

    def write(name, rows):
        lines = (row if isinstance(row, str) else ",".join(map(str, np.atleast_1d(row))) for row in rows)
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def document(kl):
    """Runs `kl … -f json` in this process and returns the document, which must be strict JSON."""

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    def run(*argv):
        result = kl(*argv, "-f", "json")
        assert result.out, result.err
        return json.loads(result.out, parse_constant=refuse)

    return run


@pytest.fixture(scope="session")
def kl_process():
    """Runs `kl` as a process; keyword arguments go to subprocess.run."""

    def run(*argv, env=None, **settings):
        settings = {"cwd": ROOT, "capture_output": True, "timeout": 60} | settings
        done = subprocess.run(
            [sys.executable, "-m", "klcli", *map(str, argv)], env=ENVIRONMENT | (env or {}), check=False, **settings
        )
        out, err = (
            (stream or b"") if isinstance(stream, bytes | None) else stream.encode()
            for stream in (done.stdout, done.stderr)
        )
        return Result(done.returncode, out.decode(), err.decode())

    return run


@pytest.fixture
def kl_terminal(capfd, monkeypatch):
    """Runs `kl` in this process, in the folder of the project, with a terminal as standard output."""
    monkeypatch.chdir(ROOT)

    def run(*argv, env=None, columns=80):
        ours, its = terminals.opened(columns)
        with (
            monkeypatch.context() as patch,
            ThreadPoolExecutor(1) as reader,
            open(its, "w", encoding="utf-8") as screen,
        ):
            for name in OURS:
                patch.delenv(name, raising=False)
            for name, value in ({"TERM": "xterm"} | (env or {})).items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdout", screen)
            patch.setattr(sys, "__stdout__", screen)  # whose width is asked for
            shown = reader.submit(terminals.shown_on, ours)
            code = main([str(word) for word in argv])
            screen.close()
            out = shown.result()
        return Result(code, out.decode().replace("\r\n", "\n"), capfd.readouterr().err)

    return run


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server, the same for all tests of a process."""
    import postgres_server

    pytest.importorskip("psycopg")
    if postgres_server.binaries() is None:
        pytest.skip("no PostgreSQL server is installed here")
    with postgres_server.running() as server:
        yield server
