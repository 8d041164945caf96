"""Destinations of an answer: a file replaced atomically, a file appended to, or a standard stream."""

import os
import re
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from shlex import quote
from time import monotonic
from typing import IO, Any, Protocol

from klcli.errors import OutputError
from klcli.support.optional_package import need

__all__ = ["STEP_SUMMARY", "AppendedFile", "Destination", "ReplacedFile", "StandardStream"]

# variable of GitHub Actions that names a file in which every command of a step adds its part
STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
_FLUSHED = 0.1  # seconds between two writes to a standard stream, so that many short texts cost little
# opening one of these again would truncate the file behind it
_OWN = re.compile(r"/dev/std(?:out|err)|/(?:dev|proc/self)/fd/([0-9]{1,9})")
_BUFFERED = 1 << 16  # characters, the most that are buffered


class Destination(Protocol):
    """Accepts text; raises OutputError when it cannot be written.

    Attributes:
        stands: Path or stream of the text that `discard` cannot take back; empty as long as all can be.
    """

    stands: str

    def write(self, text: str | bytes) -> None:
        """Writes text, or bytes."""
        ...

    def finish(self) -> None:
        """Reserves what `commit` needs, so that it fails here where that can be known before."""
        ...

    def commit(self) -> None:
        """Makes everything written so far permanent."""
        ...

    def discard(self) -> None:
        """Drops what is not permanent yet."""
        ...


class ReplacedFile:
    """A file that is replaced at `commit` and left unchanged by `discard`.

    A device, a pipe, or a descriptor of this process, such as /dev/stdout, cannot be replaced, so text is written to it
    directly. A reader that closes the pipe early is not an error. The file that $GITHUB_STEP_SUMMARY names is added to.

    Attributes:
        bytes_before: Bytes that stand in the file and stay there.

    Raises:
        OutputError: The path cannot be written, now or later; a file is left unchanged.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._stream: IO[bytes]
        self.file: Path | None = None
        self.stands = ""
        self.bytes_before = 0
        self._is_closed = False
        try:
            if own := _OWN.fullmatch(str(path)):
                number = int(own[1] or str(path).endswith("err") + 1)
                self._stream = os.fdopen(os.dup(number), "wb")
                return
            status = _status(self._path)
            if status is not None and not stat.S_ISREG(status.st_mode):
                self._stream = self._path.open("wb")
                return
            self.file = Path(os.path.realpath(self._path))
            self._grows = str(self.file) == os.path.realpath(os.environ.get(STEP_SUMMARY, ""))
            self.bytes_before = status.st_size if self._grows and status is not None else 0
            self._mode = stat.S_IMODE(status.st_mode) if status is not None else 0o666 & ~_umask()
            tempfile = need("tempfile", purpose="writing a file")
            self._stream = tempfile.NamedTemporaryFile(
                dir=self.file.parent, prefix=f".{self.file.name[:50]}.", delete=False
            )
        except OSError as error:
            raise self._failed(error) from None

    def write(self, text: str | bytes) -> None:
        """Writes text or bytes."""
        if self._is_closed or not text:
            return
        try:
            self._stream.write(text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace"))
            if self.file is None:
                self._stream.flush()
                self.stands = str(self._path)
        except BrokenPipeError:
            self._is_closed = True
        except OSError as error:
            self.discard()
            raise self._failed(error) from None

    def finish(self) -> None:
        """Writes what is buffered, so that a full disk is detected before any file is replaced."""
        try:
            with suppress(BrokenPipeError):
                self._stream.close()
            if self.file is not None:
                os.chmod(self._stream.name, self._mode)
        except OSError as error:
            self.discard()
            raise self._failed(error) from None

    def commit(self) -> None:
        """Replaces the file by what was written, or adds it to a summary."""
        self.finish()
        try:
            if self.file is not None:
                if self._grows:
                    with open(self.file, "ab") as stream:
                        stream.write(Path(self._stream.name).read_bytes())
                    os.unlink(self._stream.name)
                else:
                    os.replace(self._stream.name, self.file)
                self.stands = str(self._path)
        except OSError as error:
            self.discard()
            raise self._failed(error) from None

    def discard(self) -> None:
        """Leaves the path unchanged."""
        self._is_closed = True
        with suppress(OSError):
            self._stream.close()
        if self.file is not None:
            with suppress(OSError):
                os.unlink(self._stream.name)

    def _failed(self, error: OSError) -> OutputError:
        reason = (error.strerror or str(error)).lower()
        hint = None if self.stands else "nothing was written"
        if isinstance(error, FileNotFoundError) and not self._path.parent.exists():
            hint = f"make the folder first: mkdir -p {quote(str(self._path.parent))}"
        return OutputError(f"cannot be written: {reason}", place=self._path, hint=hint)


class AppendedFile:
    """A file that text is appended to, all at once at `commit`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._texts: list[str | bytes] = []
        self.stands = ""

    def write(self, text: str | bytes) -> None:
        """Buffers text."""
        self._texts.append(text)

    def finish(self) -> None:
        """Does nothing, because the file is opened at `commit`."""

    def commit(self) -> None:
        """Appends the buffered text.

        Raises:
            OutputError: The file cannot be written.
        """
        try:
            with open(self._path, "ab") as stream:
                stream.write(_encoded(self._texts))
            self.stands = str(self._path)
        except OSError as error:
            raise OutputError(
                f"cannot be written: {(error.strerror or str(error)).lower()}", place=self._path
            ) from None

    def discard(self) -> None:
        """Drops the buffered text."""
        self._texts.clear()


class StandardStream:
    """Standard output or standard error, written to at most every 0.1 s, so many short texts cost little.

    Args:
        write: Writes text to the stream, and bytes if it gets any.
        before: Called before each write, to clear a progress bar from the terminal.
        name: Name of the stream in an error, if it carries an answer; empty for messages.
    """

    def __init__(self, write: Callable[[Any], object], before: Callable[[], None], name: str = "") -> None:
        self.stands = ""
        self._name = name
        self._write = write
        self._before = before
        self._texts: list[str | bytes] = []
        self._size = 0
        self._flushed = monotonic()

    def write(self, text: str | bytes) -> None:
        """Buffers text, and writes the buffer when it is old or large."""
        if text:
            self._texts.append(text)
            self._size += len(text)
            if self._size > _BUFFERED or monotonic() - self._flushed > _FLUSHED:
                self.commit()

    def finish(self) -> None:
        """Does nothing, because a stream is written to all along."""

    def commit(self) -> None:
        """Writes the buffer."""
        if self._texts:
            self._before()
            texts = list(self._texts)
            self._texts.clear()
            self._size = 0
            is_text = all(isinstance(text, str) for text in texts)
            self._write("".join(map(str, texts)) if is_text else _encoded(texts))
            self.stands = self._name
        self._flushed = monotonic()

    def discard(self) -> None:
        """Drops the buffer."""
        self._texts.clear()


def _encoded(texts: Sequence[str | bytes]) -> bytes:
    return b"".join(text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace") for text in texts)


def _status(path: Path) -> os.stat_result | None:
    """Returns the status of a path, links followed, or None if it does not exist; a loop of links is an OSError."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
