"""Operands: what a word on the command line stands for, and the distributions it yields."""

import os
import re
from collections.abc import Sequence
from functools import lru_cache

from klcli.core.distributions.distribution import KINDS, Distribution, Kind
from klcli.core.distributions.raw_numbers import Observed
from klcli.errors import Unreadable, UsageError
from klcli.sources.bytes.content import (
    COMPRESSIONS,
    Content,
    Path,
    is_stream,
    missing_file,
    read_file,
    read_regular_file,
    read_stdin,
    status_of,
)
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.sources.missing_labels import settled
from klcli.sources.reader import READERS, Query, Reader
from klcli.sources.text.inline import is_inline, read_inline

__all__ = ["is_family", "load", "load_columns", "load_pair", "reader_for"]

_FAMILY = re.compile(r"\s*[A-Za-z_][\w.]*\s*\(")
_expansion = lru_cache(16)(parse_expansion)
_JSON = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*[\[{]")  # in UTF-16, a NUL stands beside each letter


def load(
    word: str,
    *,
    as_: str = "auto",
    column: str | None = None,
    label: str | tuple[str, ...] | None = None,
    input_format: str | None = None,
    header: bool | None = None,
    missing_label: str = "error",
    status: os.stat_result | None = None,
    max_expand: str = MAX_EXPAND,
) -> Distribution:
    """Returns the distribution that an operand names: "-", a file, or an inline distribution.

    Args:
        as_: the kind of its numbers. column, label: names or numbers of columns, where the rules do not find them.
        input_format: instead of what the suffix says. header: whether the first row of a text names the columns; None
            where the row tells. missing_label: one of MISSING_LABELS. status: of the file, where that is known.
        max_expand: what a compressed file may expand to, such as "100x,4GiB".

    Raises:
        InputError: it cannot be read as a distribution. UsageError: a name is none.
    """
    kind, query = _wanted(as_, column, label, header)
    (observed,) = _read(word, query, input_format, status, max_expand)
    return kind.read(settled(observed, missing_label))


@lru_cache(64)  # of many files, most are read alike
def _wanted(
    as_: str, column: str | None, label: str | tuple[str, ...] | None, header: bool | None
) -> tuple[Kind, Query]:
    kind = KINDS.lookup(as_)
    return kind, Query((column,), (kind.name == "samples",), label, header=header)


def is_family(word: str) -> bool:
    """Whether a word is meant as a family of distributions, such as normal(0, 1); a file of that name goes first."""
    return _FAMILY.match(word) is not None and status_of(word) is None


def load_pair(
    word: str,
    *,
    as_: Sequence[str] = ("auto", "auto"),
    columns: Sequence[str | None] = (None, None),
    label: str | tuple[str, ...] | None = None,
    input_format: str | None = None,
    header: bool | None = None,
    missing_label: str = "error",
    max_expand: str = MAX_EXPAND,
) -> tuple[Distribution, Distribution]:
    """Returns P and Q from one operand that holds both; arguments and errors as in `load`."""
    kinds = [KINDS.lookup(name) for name in as_]
    query = Query(tuple(columns), tuple(kind.name == "samples" for kind in kinds), label, header=header)
    both = zip(kinds, _read(word, query, input_format, max_expand=max_expand), strict=True)
    p, q = (kind.read(settled(observed, missing_label)) for kind, observed in both)
    return p, q


def load_columns(
    word: str, *, as_: str = "auto", label: str | tuple[str, ...] | None = None, input_format: str | None = None,
    header: bool | None = None, missing_label: str = "error", max_expand: str = MAX_EXPAND,
) -> tuple[Distribution, ...]:  # fmt: skip
    """Returns the distributions that the columns of a table are, each called "p.csv:column"; errors as in `load`."""
    kind = KINDS.lookup(as_)
    query = Query((None,), (kind.name == "samples",), label, every=True, header=header)
    found = _read(word, query, input_format, max_expand=max_expand)
    return tuple(kind.read(settled(observed, missing_label)) for observed in found)


def _read(
    word: str, query: Query, input_format: str | None, status: os.stat_result | None = None,
    max_expand: str = MAX_EXPAND,
) -> tuple[Observed, ...]:  # fmt: skip
    limit = _expansion(max_expand)
    chosen = None if input_format is None else READERS.lookup(input_format)
    if word == "-":
        content = read_stdin(limit)
        return (chosen or _sniffed(content)).read(content, query)
    status = status or status_of(word)
    if status is None:
        if is_family(word) and not query.samples[0]:
            raise UsageError(
                f"{word}: a family, where masses are wanted", hint="give its masses, or compare two families"
            )
        if (is_inline(word) or ("," in word and query.samples[0])) and reader_for(word) is None:
            return read_inline(word, query)
        hint = "an operand is a file, - for standard input, or as 0.5,0.5 or heads=0.5,tails=0.5"
        raise missing_file(word, "no such file, and no inline distribution", hint)
    if is_stream(word, status):
        content = read_file(word, status, limit)
        return (chosen or _sniffed(content)).read(content, query)
    found = chosen or reader_for(word)
    if found is None:
        suffixes = " ".join(suffix for reader in READERS for suffix in reader.suffixes)
        raise Unreadable(
            f"{word}: the suffix {os.path.splitext(word)[1]!r} says nothing about its format",
            hint=f"known are {suffixes}; or pass --input-format {'|'.join(READERS.names())}",
        )
    return found.read(read_regular_file(word, status, limit), query)


def reader_for(path: Path) -> Reader | None:
    """Returns the reader that the suffix of a path names; None where it names none."""
    stem, suffix = os.path.splitext(path)
    if suffix.lower() in COMPRESSIONS:
        suffix = os.path.splitext(stem)[1]
    return _reader_of(suffix.lower())


@lru_cache(64)
def _reader_of(suffix: str) -> Reader | None:
    if not suffix[1:].isalpha():  # as in the inline 0.5,0.25
        return None
    if suffix[1:] in READERS.names():  # the usual case, for which no other reader is imported
        return READERS.lookup(suffix[1:])
    return next((reader for reader in READERS if suffix in reader.suffixes), None)


def _sniffed(content: Content) -> Reader:
    return READERS.lookup("json" if _JSON.match(content.data) else "csv")
