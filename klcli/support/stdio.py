"""The standard streams, in whatever state the caller left them, and what becomes of an answer that nobody can take.

A stream that fails is silenced, as what is left in its buffer would fail again when the interpreter exits, which makes
the exit code 120.
"""

import os
import sys
from io import TextIOWrapper
from typing import TextIO

from klcli.errors import OutputError
from klcli.support.safe_text import visible

__all__ = ["prepare", "say", "write_stderr", "write_stdout"]


def prepare() -> None:
    """Makes a closed standard input an empty one, and lets output escape what its encoding lacks."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def write_stdout(text: str | bytes) -> bool:
    """Writes text, or bytes, to standard output; a reader that closed the pipe has what it wanted.

    Returns:
        whether there is still a reader.

    Raises:
        OutputError: standard output is closed, or its disk is full.
    """
    if sys.stdout is None:
        raise OutputError("standard output: closed")
    try:
        if isinstance(text, bytes):
            sys.stdout.buffer.write(text)
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
        return False
    except OSError as error:
        _silence(sys.stdout)
        raise OutputError(f"standard output: {(error.strerror or str(error)).lower()}") from None
    return True


def write_stderr(text: str) -> None:
    """Writes to standard error; where nobody can read it, the exit code is what is left."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def say(text: str) -> None:
    """Writes one line for people to standard error."""
    write_stderr(f"kl: {visible(text)}\n")


def _silence(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
