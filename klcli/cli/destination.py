"""Where the answer goes: the format that a file's suffix chooses, no file that is an input, files left as they were."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from stat import S_ISREG
from typing import Any

from klcli.engines.address import is_address
from klcli.errors import KlError, OutputError, Unreadable, UsageError
from klcli.notes import Note, suffix_unknown
from klcli.reports.renderers import FORMATS
from klcli.reports.rendering import format_of_path
from klcli.sources.bytes.compression import COMPRESSIONS
from klcli.sources.bytes.files import split_table

__all__ = ["Destinations", "chosen_format", "naming_what_stands", "notes_on_format", "refuse_suffix"]

_DEFAULT = "table"
_TEXT = ("", ".text", ".log", ".out")  # suffixes of files in which anybody expects a table
# suffixes of files that are no text, in which a table would be mistaken for what the suffix says
_NOT_WRITTEN = (".parquet", ".npz", ".safetensors", ".xlsx", ".xls", ".feather", ".arrow", ".db", ".sqlite")


def chosen_format(name: str | None, path: str | None) -> str:
    """Returns the format: the one asked for, else that of the suffix of the file, else a table.

    Raises:
        UsageError: Only the suffix could say the format, and nothing is written in the format that it names.
    """
    if name is not None:
        return FORMATS.lookup(name).name
    if path is None:
        return _DEFAULT
    found = format_of_path(path)
    if found is None:
        refuse_suffix(path)
    return found or _DEFAULT


def refuse_suffix(path: str, hint: str = "") -> None:
    """Refuses a file whose suffix says that it is compressed, or no text; `hint` is the cure, if it is another.

    Raises:
        UsageError: It does.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix in COMPRESSIONS:
        raise UsageError(
            "kl does not compress its output", place=path, hint=hint or "pipe it, as in -f json | gzip > FILE"
        )
    if suffix in _NOT_WRITTEN:
        raise UsageError(f"kl writes no {suffix} files", place=path, hint=hint or "pass -f NAME; see `kl list formats`")


def notes_on_format(name: str | None, path: str | None) -> tuple[Note, ...]:
    """Returns a note if the suffix of the file was to choose the format, and is that of no format and no plain text."""
    if name is not None or path is None or format_of_path(path) is not None:
        return ()
    return () if os.path.splitext(path)[1].lower() in _TEXT else (suffix_unknown(path),)


_STDIN = 0  # its descriptor, for the shell may have redirected it from a file


class Destinations:
    """Files that will be replaced, none of which may be an input.

    Args:
        paths: Of files, which need not exist; "-" and empty ones are no files.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        found = ((path, _identity(path)) for path in paths)
        self._paths = {identity: path for path, identity in found if identity is not None}

    def refuse(self, values: Iterable[Any]) -> None:
        """Refuses to replace a file that one of the values names, alone or in a list.

        Raises:
            OutputError: One of the files is named.
        """
        for word in _words(values) if self._paths else ():
            file = word.removeprefix("duckdb:") if is_address(word) else word
            identity = _identity(_STDIN if word == "-" else os.fspath(split_table(file)[0]))
            if identity in self._paths:
                path = self._paths[identity]
                raise OutputError("the answer would overwrite an input", place=path, hint="name another file")

    def refuse_all_of(self, operands: Iterable[str | None]) -> None:
        """Refuses to replace a file of a folder or of a pattern that is an operand. Errors as of `refuse`."""
        if self._paths:
            from klcli.sources.rows.many_files import are_many, files_of  # here, as most runs write no file

            for word in operands:
                with suppress(Unreadable):  # which reading it will say
                    self.refuse(files_of(word) if word is not None and are_many(word) else ())


@contextmanager
def naming_what_stands(paths: Sequence[str]) -> Iterator[None]:
    """Adds to the hint of an error the files that were to be replaced and were not.

    A report that stands there is of an earlier run, which a pipeline would collect as that of this one.
    """
    before = {path: _state(path) for path in paths}
    try:
        yield
    except OutputError:  # the file itself is what is wrong
        raise
    except KlError as error:
        from klcli.support.streams.output_files import STEP_SUMMARY  # here, as most runs write no file

        summary = os.path.realpath(os.environ.get(STEP_SUMMARY, ""))
        stands = [
            path
            for path, state in before.items()
            if state is not None and state == _state(path) and os.path.realpath(path) != summary
        ]
        if stands:
            was, them = ("was", "is") if len(stands) == 1 else ("were", "are")
            said = f"{', '.join(stands)} {was} not written, and {them} of an earlier run"
            error.hint = f"{error.hint}; {said}" if error.hint else said
        raise


def _state(path: str) -> tuple[int, int, int] | None:
    """Returns what changes where a regular file is replaced or written; None for anything else."""
    status = _regular_file(path)
    return None if status is None else (status.st_ino, status.st_size, status.st_mtime_ns)


def _words(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from _words(value)
        elif isinstance(value, (str, os.PathLike)):
            yield os.fspath(value)


def _identity(path: str | int) -> tuple[int, int] | None:
    """Returns what tells a regular file from others, whatever path leads to it; None for anything else."""
    status = _regular_file(path)
    return None if status is None else (status.st_dev, status.st_ino)


def _regular_file(path: str | int) -> os.stat_result | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status if S_ISREG(status.st_mode) else None
