"""Files and streams as the operating system sees them: whether a path can be read, and all of its bytes."""

import errno
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from shlex import quote

from klcli.errors import Unreadable
from klcli.support.registry import nearest
from klcli.support.sentence import Command, Option, Sentence

__all__ = [
    "STREAM_CACHE",
    "Path",
    "cache_stream",
    "is_stream",
    "kept_stream",
    "missing_file",
    "read_stream",
    "read_whole",
    "reason",
    "refuse_unreadable",
    "shown_name",
    "split_table",
    "status_of",
]

Path = str | os.PathLike[str]

# the bytes of streams that several processes or pairs need, by word: a stream can be read only once
STREAM_CACHE: dict[str, bytes] = {}

_substitutions: dict[str, int] = {}  # paths of process substitutions, in the order of their first use

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # Windows would translate line ends
_PIECE = 1 << 16  # bytes requested at a time from a source of unknown size
_PATTERN = re.compile(r"[*?]|\[.*\]")  # of the shell
_SUBSTITUTION = re.compile(r"/dev/fd/\d+|/proc/(?:self|\d+)/fd/\d+")
_URL = re.compile(r"([a-z][a-z0-9+.]+)://\S+")
_FETCHED_BY = {"s3": "aws s3 cp {} -", "gs": "gcloud storage cat {}"}
# as other tools write a part of a file: d.db:t, x.xlsx!Sheet, x.npz[p], d.db.t
_INSIDE = re.compile(r"(.+?\.\w+)(?:(?:::?|[!@/.])([^/:]+)|\[(.+)\])")
_OF_TABLES = (".db", ".db3", ".sqlite", ".sqlite3", ".duckdb", ".ddb", ".xlsx", ".xlsm")
_DESCRIPTORS = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")  # a file redirected here has no suffix of its own


def status_of(path: Path) -> os.stat_result | None:
    """Returns the status of a path, or of the file in "x.db#table"; None if nothing exists there."""
    try:
        return os.stat(path)
    except (OSError, ValueError):  # a name that is too long, or holds NUL, cannot exist
        file, _ = split_table(path)
        return None if file == path else os.stat(file)


def split_table(path: Path) -> tuple[Path, str]:
    """Returns the file and the table of "x.db#table"; the path, and an empty name, if a file has the whole name."""
    word = os.fspath(path)
    if "#" not in word or os.path.exists(path):
        return path, ""
    at = next((found.start() for found in re.finditer("#", word) if os.path.isfile(word[: found.start()])), None)
    return (path, "") if at is None else (word[:at], word[at + 1 :])


def shown_name(path: Path) -> str:
    """Returns what a path is called in messages; process substitution as the shell writes it, numbered from the second.

    A shell passes <(…) as the path of a pipe, such as /dev/fd/63, which nobody wrote.
    """
    name = os.fspath(path)
    if _SUBSTITUTION.fullmatch(name) is None or not is_stream(path) or stat.S_ISREG(os.stat(path).st_mode):
        return name
    number = _substitutions.setdefault(name, len(_substitutions) + 1)
    return "<(…)" if number == 1 else f"<(…) {number}"


def is_stream(path: Path, status: os.stat_result | None = None) -> bool:
    """Returns True for a pipe, a terminal or a redirection: it has no suffix, and can be read only once."""
    status = status or status_of(path)
    return status is not None and (not stat.S_ISREG(status.st_mode) or os.fspath(path).startswith(_DESCRIPTORS))


def refuse_unreadable(path: Path, status: os.stat_result | None = None) -> os.stat_result:
    """Returns the status of a regular file, or of a stream that ends.

    Raises:
        Unreadable: the path does not exist, or is a directory or a device.
    """
    name = os.fspath(path)
    try:
        status = status or os.stat(path)
        mode = status.st_mode
        if stat.S_ISREG(mode):
            return status
        if stat.S_ISDIR(mode):
            hint = Sentence(
                Command("batch"), " compares the files of two directories: ", Command("batch", "REF_DIR", "CAND_DIR")
            )
            raise Unreadable("a directory, not a file", place=name, hint=hint)
        if stat.S_ISBLK(mode) or stat.S_ISSOCK(mode) or (stat.S_ISCHR(mode) and not _is_harmless(path)):
            raise Unreadable("a device, not a file", place=name)
    except OSError as error:
        raise Unreadable(f"{reason(error)}", place=name) from None
    return status


def missing_file(path: Path, found: str, hint: str, *, command: str = "compute") -> Unreadable:
    """Returns the error for a word that names no file; a similar file name, if there is one, replaces the hint.

    Args:
        command: the command of `kl` that reads the word.
    """
    url = _URL.fullmatch(os.fspath(path))
    if url is not None:
        fetched = _FETCHED_BY.get(url[1], "curl -s {}").format(quote(os.fspath(path)))
        return Unreadable("a URL, which kl does not fetch", place=path, hint=f"{fetched} | kl {command} - …")
    file, hash_, table = os.fspath(path).partition("#")
    if hash_ and table and "." in file and not os.path.exists(file):
        return missing_file(file, found, hint, command=command)
    try:
        os.stat(path)
    except FileNotFoundError:
        if os.path.islink(path):
            return Unreadable(f"a link to {os.readlink(path)}, which does not exist", place=path)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.ELOOP):  # for a folder above it, or for a link
            return Unreadable(f"{reason(error)}", place=path)
    except ValueError:  # the path holds NUL
        pass
    inside = _INSIDE.fullmatch(os.fspath(path))
    if inside is not None and os.path.isfile(inside[1]):
        return Unreadable("no such file", place=path, hint=_hint_inside(inside[1], inside[2] or inside[3]))
    folder, name = os.path.split(path)
    if _PATTERN.search(name):
        return Unreadable(
            "no such file",
            place=path,
            hint="only the shell expands a pattern: leave out the quotes, and check that files match it",
        )
    try:
        near = nearest(name, os.listdir(folder or "."))
    except (OSError, ValueError):
        near = []
    if near:
        return Unreadable("no such file", place=path, hint=f"did you mean {os.path.join(folder, near[0])}?")
    return Unreadable(found, place=path or repr(path), hint=hint)  # quotes make an empty word visible


def _hint_inside(file: str, name: str) -> str:
    """Returns how the table, the sheet, the array or the column of a file is written."""
    if file.lower().endswith(_OF_TABLES):
        return f"write {quote(file)}#{quote(name)}"
    return Sentence(
        f"{file} is a file: a column or an array in it is named by ",
        Option("--column"),
        ", or ",
        Option("--p"),
        " and ",
        Option("--q"),
        ", as in ",
        Option("--column", name),
    )


def read_whole(path: Path, size: int = 0) -> bytes:
    """Returns all bytes of a file of about this size, or of a pipe, whose size is 0.

    Uses system calls directly: small files are opened by the thousand, and a file object takes twice as long.

    Raises:
        Unreadable: the file cannot be read to its end.
    """
    try:
        descriptor = os.open(path, _READ)
        try:
            first = os.read(descriptor, (size or _PIECE) + 1)
            if len(first) == size:
                return first
            return b"".join([first, *iter(partial(os.read, descriptor, (size or _PIECE) + 1), b"")])
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unreadable(f"{reason(error)}", place=path) from None


def read_stream(word: Path) -> bytes:
    """Returns all bytes of a stream, "-" for standard input, or those in STREAM_CACHE.

    Raises:
        Unreadable: it cannot be read.
    """
    name = os.fspath(word)
    if name in STREAM_CACHE:
        return STREAM_CACHE[name]
    if name != "-":
        return read_whole(word)
    try:
        return sys.stdin.buffer.read()
    except OSError as error:  # it may be open for writing only
        raise Unreadable(f"stdin: {reason(error)}") from None


def cache_stream(word: str) -> None:
    """Reads a stream into STREAM_CACHE; does nothing for a file, or a stream that cannot be read."""
    with suppress(Unreadable):
        if word == "-" or (is_stream(word) and refuse_unreadable(word)):  # a device may have no end
            STREAM_CACHE[word] = read_stream(word)


@contextmanager
def kept_stream(word: str) -> Iterator[None]:
    """Keeps the bytes of a stream in STREAM_CACHE inside the block, so that it can be read several times there."""
    is_kept = word in STREAM_CACHE
    if not is_kept:
        cache_stream(word)
    try:
        yield
    finally:
        if not is_kept:
            STREAM_CACHE.pop(word, None)


def reason(error: OSError) -> str:
    """Returns in words why a file cannot be read."""
    match error:
        case FileNotFoundError():
            return "no such file"
        case PermissionError():
            return "may not be read (permission denied)"
        case _:
            return (error.strerror or str(error)).lower()


def _is_harmless(path: Path) -> bool:
    """Returns True for a device whose data end: /dev/null, or a terminal."""
    if os.path.samefile(path, os.devnull):
        return True
    with open(path, "rb") as stream:
        return stream.isatty()
