"""Where an answer goes: a file, whole or not at all; the end of a file; a standard stream, as it comes."""

import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import IO, Protocol

from klcli.errors import OutputError
from klcli.support.optional_package import need

__all__ = ["Addition", "Destination", "Draft", "Standard"]

_FLUSHED = 0.1  # seconds between two writes to a standard stream, so that many short texts cost little
# to open one of these anew would truncate the file that it stands for
_OWN = re.compile(r"/dev/std(?:out|err)|/(?:dev|proc/self)/fd/([0-9]{1,9})")
_BUFFERED = 1 << 16  # characters that are kept at most


class Destination(Protocol):
    """What takes text; OutputError is raised where it cannot.

    Attributes:
        stands: where text stands that `discard` cannot take back; empty as long as there is none.
    """

    stands: str

    def write(self, text: str) -> None:
        """Adds text."""
        ...

    def finish(self) -> None:
        """Makes sure that `commit` has room for all of it, where that can be known before."""
        ...

    def commit(self) -> None:
        """Makes all of it stand."""
        ...

    def discard(self) -> None:
        """Gives up what does not stand yet."""
        ...


class Draft:
    """What is written to a path: a file is replaced at `commit`, and as it was after `discard`.

    A device, a pipe, or a descriptor of this process, such as /dev/stdout, cannot be replaced: it takes the text as it
    comes, after what stands there. A reader that closed the pipe has what it wanted.

    Raises:
        OutputError: the path cannot be written, now or later; a file is as it was.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._stream: IO[bytes]
        self.file: Path | None = None
        self.stands = ""
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
            self._mode = stat.S_IMODE(status.st_mode) if status is not None else 0o666 & ~_umask()
            tempfile = need("tempfile", purpose="writing a file")
            self._stream = tempfile.NamedTemporaryFile(
                dir=self.file.parent, prefix=f".{self.file.name[:50]}.", delete=False
            )
        except OSError as error:
            raise self._failed(error) from None

    def write(self, text: str | bytes) -> None:
        """Adds text, or bytes."""
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
        """Writes what is buffered, so that a full disk is known of before anything is replaced."""
        try:
            with suppress(BrokenPipeError):
                self._stream.close()
            if self.file is not None:
                os.chmod(self._stream.name, self._mode)
        except OSError as error:
            self.discard()
            raise self._failed(error) from None

    def commit(self) -> None:
        """Puts the file in its place."""
        self.finish()
        try:
            if self.file is not None:
                os.replace(self._stream.name, self.file)
                self.stands = str(self._path)
        except OSError as error:
            self.discard()
            raise self._failed(error) from None

    def discard(self) -> None:
        """Leaves the path as it was."""
        self._is_closed = True
        with suppress(OSError):
            self._stream.close()
        if self.file is not None:
            with suppress(OSError):
                os.unlink(self._stream.name)

    def _failed(self, error: OSError) -> OutputError:
        reason = (error.strerror or str(error)).lower()
        hint = None if self.stands else "nothing was written"
        return OutputError(f"{self._path}: cannot be written: {reason}", hint=hint)


class Addition:
    """Text that is added to the end of a file, all at once at `commit`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._texts: list[str] = []
        self.stands = ""

    def write(self, text: str) -> None:
        """Keeps text."""
        self._texts.append(text)

    def finish(self) -> None:
        """Does nothing: the file is opened when it is added to."""

    def commit(self) -> None:
        """Adds what was kept.

        Raises:
            OutputError: the file cannot be written.
        """
        try:
            with open(self._path, "ab") as stream:
                stream.write("".join(self._texts).encode("utf-8", "backslashreplace"))
            self.stands = str(self._path)
        except OSError as error:
            raise OutputError(f"{self._path}: cannot be written: {(error.strerror or str(error)).lower()}") from None

    def discard(self) -> None:
        """Forgets what was kept."""
        self._texts.clear()


class Standard:
    """Standard output or standard error, by the function that writes to it; text is kept for a moment.

    `before` is called before each writing, to clear the line of a terminal. `name` is what an error calls the answer
    that stands there already; a stream of messages has none.
    """

    def __init__(self, write: Callable[[str], object], before: Callable[[], None], name: str = "") -> None:
        self.stands = ""
        self._name = name
        self._write = write
        self._before = before
        self._texts: list[str] = []
        self._size = 0
        self._flushed = monotonic()

    def write(self, text: str) -> None:
        """Writes text, soon."""
        if text:
            self._texts.append(text)
            self._size += len(text)
            if self._size > _BUFFERED or monotonic() - self._flushed > _FLUSHED:
                self.commit()

    def finish(self) -> None:
        """Does nothing: a stream takes text as it comes."""

    def commit(self) -> None:
        """Writes what is kept."""
        if self._texts:
            self._before()
            text = "".join(self._texts)
            self._texts.clear()
            self._size = 0
            self._write(text)
            self.stands = self._name
        self._flushed = monotonic()

    def discard(self) -> None:
        """Forgets what is kept."""
        self._texts.clear()


def _status(path: Path) -> os.stat_result | None:
    """What stands at a path, links followed; None where nothing does. OSError for a loop of links."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
