"""The standard streams, which the caller may have closed, and writing to them.

A stream that fails is redirected to the null device: flushing its buffer again at exit would fail too and change the
exit code to 120.
"""

import os
import sys
from io import TextIOWrapper
from typing import TextIO

from klcli.errors import OutputError
from klcli.support.safe_text import visible

__all__ = ["prepare", "say", "write_stderr", "write_stdout"]


def prepare() -> None:
    """Replaces a closed standard input by an empty one, and escapes characters that the output encoding lacks."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def write_stdout(text: str | bytes) -> bool:
    """Writes text or bytes to standard output; a reader that closed the pipe is not an error.

    Returns:
        True if there is still a reader.

    Raises:
        OutputError: Standard output is closed, or its disk is full.
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
    """Writes to standard error; ignores failures, since the exit code still tells the outcome."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def say(text: str) -> None:
    """Writes a line, prefixed with "kl: ", to standard error."""
    write_stderr(f"kl: {visible(text)}\n")


def _silence(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
