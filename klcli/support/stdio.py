"""The standard streams, which the caller may have closed, and writing to them.

A stream that fails is redirected to the null device: flushing its buffer again at exit would fail too and change the
exit code to 120.
"""

import os
import sys
from io import TextIOWrapper
from typing import TextIO

from klcli.errors import OutputError
from klcli.support.safe_text import plain, visible

__all__ = ["answer_for_people", "prepare", "say", "write_stderr", "write_stdout"]


class _Streams:
    """How this run writes: whether messages are coloured, and whether the answer is text for people."""

    color = False
    is_for_people = True


def prepare(*, color: bool = False) -> None:
    """Replaces a closed standard input by an empty one, and escapes characters that the output encoding lacks.

    Args:
        color: Colour the first word of each message on standard error.
    """
    _Streams.color, _Streams.is_for_people = color, True
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def answer_for_people(value: bool) -> None:
    """States whether the answer is text for people, or for machines, which is UTF-8 whatever the locale."""
    _Streams.is_for_people = value


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
            _write(text)
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
    write_stderr(f"kl: {_colored(visible(text))}\n")


def _write(text: str) -> None:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if text.isascii() or encoding.lower().replace("-", "") == "utf8":
        sys.stdout.write(text)
    elif _Streams.is_for_people:
        sys.stdout.write(plain(text, encoding))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))


def _colored(text: str) -> str:
    word, colon, rest = text.partition(": ")
    code = _CODES.get(word) if _Streams.color and colon else None
    return text if code is None else f"\x1b[{code}m{word}:\x1b[0m {rest}"


_CODES = {"error": "1;31", "limit exceeded": "1;31", "hint": "36", "note": "2"}


def _silence(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
