"""The standard streams, which the caller may have closed, and writing to them.

A stream that fails is redirected to the null device: flushing its buffer again at exit would fail too and change the
exit code to 120.
"""

import os
import sys
from io import TextIOWrapper
from typing import TextIO

from klcli.errors import OutputError
from klcli.support.text.plain_text import FULL, Encoding, register_spelling
from klcli.support.text.safe_text import visible

__all__ = [
    "answer_for_people",
    "prepare",
    "say",
    "stdout_encoding",
    "tell_escapes",
    "write_stderr",
    "write_stdout",
]


class _Streams:
    """How this run writes: whether messages are coloured, whether the answer is text for people, the encodings."""

    color = False
    is_for_people = True
    stdout = FULL
    stderr = FULL


def prepare(*, color: bool = False) -> None:
    """Replaces a closed standard input by an empty one, and spells signs that an encoding of the output lacks.

    Args:
        color: Colour the first word of each message on standard error.
    """
    _Streams.color, _Streams.is_for_people = color, True
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115
    _Streams.stdout, _Streams.stderr = map(_encoding_of, (sys.stdout, sys.stderr))


def _encoding_of(stream: TextIO | None) -> Encoding:
    """Returns the encoding of a stream, which from now on spells signs of ours that it lacks."""
    is_dumb = os.environ.get("TERM") == "dumb" and stream is not None and stream.isatty()
    encoding = Encoding("ascii" if is_dumb else getattr(stream, "encoding", None) or "utf-8")
    if isinstance(stream, TextIOWrapper):
        # lone surrogates are no character of any encoding
        stream.reconfigure(errors="backslashreplace" if encoding.is_full else register_spelling())
    return encoding


def stdout_encoding() -> Encoding:
    """Returns the encoding of standard output."""
    return _Streams.stdout


def tell_escapes() -> None:
    """Says so, once, if a character of the data was written as an escape on standard output."""
    if _Streams.stdout.has_escaped:
        _Streams.stdout.has_escaped = False
        say(f"note: {_Streams.stdout.name}, the encoding of standard output, lacks characters of the data, which are "
            "written as \\u escapes; PYTHONUTF8=1 writes them as they are")  # fmt: skip


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
    write_stderr(f"kl: {_colored(_Streams.stderr.words(visible(text)))}\n")


def _write(text: str) -> None:
    if _Streams.is_for_people or _Streams.stdout.is_full or text.isascii():
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))


def _colored(text: str) -> str:
    word, colon, rest = text.partition(": ")
    code = _CODES.get(word) if _Streams.color and colon else None
    return text if code is None else f"\x1b[{code}m{word}:\x1b[0m {rest}"


_CODES = {"error": "1;31", "limit exceeded": "1;31", "unclear": "33", "hint": "36", "note": "2"}


def _silence(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
