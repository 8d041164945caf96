"""The `kl` fixture: the command line, in this process or as a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from klcli.cli import main

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def kl(capfd, monkeypatch):
    """Runs `kl` in this process, in the folder of the project."""
    monkeypatch.chdir(ROOT)
    for name in ("NO_COLOR", "FORCE_COLOR", "KL_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)

    def run(*argv):
        code = main([str(word) for word in argv])
        captured = capfd.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def kl_process():
    """Runs `kl` as a process; keyword arguments go to subprocess.run."""

    def run(*argv, env=None, **settings):
        settings = {"cwd": ROOT, "capture_output": True, "timeout": 60} | settings
        done = subprocess.run(
            [sys.executable, "-m", "klcli", *map(str, argv)], env=os.environ | (env or {}), check=False, **settings
        )
        out, err = (
            (stream or b"") if isinstance(stream, bytes | None) else stream.encode()
            for stream in (done.stdout, done.stderr)
        )
        return Result(done.returncode, out.decode(), err.decode())

    return run
