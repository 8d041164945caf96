"""Operands: which words stand for families, and the distributions that all other words stand for."""

import os
import re
import shlex
from collections.abc import Sequence
from functools import lru_cache, partial

import numpy as np

from klcli.core.distributions.both_sides import read_both
from klcli.core.distributions.distribution import Distribution, read_as
from klcli.core.distributions.kinds import KINDS, Kind
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.engines.address import Access, is_address
from klcli.errors import Unreadable, UsageError
from klcli.notes import Note, first_row_counted, line_may_be_values
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.sources.bytes.files import missing_file, status_of
from klcli.sources.columns.header import NO_HEADER, is_name
from klcli.sources.columns.missing_labels import with_missing_labels
from klcli.sources.columns.totals import with_totals, without_totals
from klcli.sources.columns.written_numbers import is_written
from klcli.sources.formats.input_format import INPUT_FORMATS, format_of_distributions, format_of_suffix
from klcli.sources.formats.query import Query
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.sources.text.inline import as_family, is_inline, read_inline
from klcli.support.text.safe_text import shorten

__all__ = ["is_family", "load", "load_columns", "load_pair", "read_raw"]

_expansion = lru_cache(16)(parse_expansion)
_LOGARITHMS = ("logits", "logprobs")  # whose sum is no total
_FAMILY = re.compile(r"\s*[A-Za-z_][\w.]*\s*\(")
_WEIGHTED_FAMILY = re.compile(r"\s*[\d./]+\s*\*\s*[A-Za-z_][\w.]*\s*\(")


def is_family(operand: object, kind: str = "auto") -> bool:
    """Returns True if an operand is a family of distributions: a Family, or a word such as normal(0, 1).

    A file of that name takes precedence. With the kind "samples" a word must begin with the name of a known family, as
    any text may be an observation. Families are not imported unless the word has their form.
    """
    if not isinstance(operand, str):
        return not isinstance(operand, np.ndarray) and getattr(operand, "is_family", False) is True
    if "(" not in operand or _FAMILY.match(operand) is None or status_of(operand) is not None:
        return False
    return kind != "samples" or _begins_with_family(operand)


def load(
    word: str,
    *,
    as_: str = "auto",
    column: str | None = None,
    label: str | tuple[str, ...] | None = None,
    input_format: str | None = None,
    header: bool | None = None,
    dialect: TextDialect = PLAIN,
    missing_label: str = "error",
    status: os.stat_result | None = None,
    max_expand: str = MAX_EXPAND,
    access: Access = Access(),  # noqa: B008, a tuple
    keeps_totals: bool = False,
) -> Distribution:
    """Returns the distribution that an operand names: "-", a file, or an inline distribution.

    Args:
        as_: the kind of its numbers. column, label: names or numbers of columns; None where the rules find them.
        input_format: the name of the format; None where the suffix decides. header: True if the first row of a text
            names the columns; None where the row decides. dialect: how a text writes cells and numbers.
        missing_label: a key of MISSING_LABELS.
        status: of the file, if known. max_expand: what a compressed file may expand to, such as "100x,4GiB".
        access: how an engine is reached. keeps_totals: True if a total of the others is an outcome.

    Raises:
        InputError: the operand cannot be read as a distribution. UsageError: a name is unknown.
    """
    kind, query = _kind_and_query(as_, column, label, header, dialect, access)
    totals = None if kind.name in _LOGARITHMS else keeps_totals
    (observed,) = read_raw(word, query, input_format, max_expand, status, keeps_totals=totals)
    return read_as(kind, with_missing_labels(observed, missing_label))


def load_pair(
    word: str,
    *,
    as_: Sequence[str] = ("auto", "auto"),
    columns: Sequence[str | None] = (None, None),
    label: str | tuple[str, ...] | None = None,
    input_format: str | None = None,
    header: bool | None = None,
    dialect: TextDialect = PLAIN,
    missing_label: str = "error",
    max_expand: str = MAX_EXPAND,
    access: Access = Access(),  # noqa: B008, a tuple
) -> tuple[Distribution, Distribution]:
    """Returns P and Q from one operand that holds both; arguments and errors as in `load`."""
    kinds = [KINDS.lookup(name) for name in as_]
    query = Query(
        tuple(columns), tuple(kind.name == "samples" for kind in kinds), label, header=header, dialect=dialect,
        access=access,
    )  # fmt: skip
    are_logarithms = any(kind.name in _LOGARITHMS for kind in kinds)
    observed = read_raw(word, query, input_format, max_expand, keeps_totals=None if are_logarithms else False)

    def read(side: int) -> Distribution:
        return read_as(kinds[side], with_missing_labels(observed[side], missing_label))

    return read_both(as_, (partial(read, 0), partial(read, 1)))


def load_columns(
    word: str, *, as_: str = "auto", label: str | tuple[str, ...] | None = None, input_format: str | None = None,
    header: bool | None = None, dialect: TextDialect = PLAIN, missing_label: str = "error",
    max_expand: str = MAX_EXPAND, access: Access = Access(),  # noqa: B008, a tuple
) -> tuple[Distribution, ...]:  # fmt: skip
    """Returns the distribution in each column of a table, each called "p.csv:column"; errors as in `load`."""
    kind = KINDS.lookup(as_)
    query = Query((None,), (kind.name == "samples",), label, every=True, header=header, dialect=dialect, access=access)
    found = read_raw(word, query, input_format, max_expand, keeps_totals=None if kind.name in _LOGARITHMS else False)
    return tuple(read_as(kind, with_missing_labels(observed, missing_label)) for observed in found)


@lru_cache(64)  # most of many files are read with the same options
def _kind_and_query(
    as_: str, column: str | None, label: str | tuple[str, ...] | None, header: bool | None, dialect: TextDialect,
    access: Access,
) -> tuple[Kind, Query]:  # fmt: skip
    kind = KINDS.lookup(as_)
    return kind, Query((column,), (kind.name == "samples",), label, header=header, dialect=dialect, access=access)


def read_raw(
    word: str,
    query: Query,
    input_format: str | None,
    max_expand: str,
    status: os.stat_result | None = None,
    *,
    keeps_totals: bool | None = False,
) -> tuple[RawNumbers, ...]:
    """Returns the numbers, without their total, or the observations that an operand holds; errors as in `load`.

    Args:
        keeps_totals: True if a total is an outcome, which a note says; None for numbers that have none.
    """
    found = _read(word, query, input_format, max_expand, status)
    if not any(query.samples):
        return found if keeps_totals is None else with_totals(found) if keeps_totals else without_totals(found)
    for raw in found:
        raw.notes = (*raw.notes, *_notes_on_line(raw, query.dialect), *_notes_on_first_row(raw, query))
    return found


def _notes_on_first_row(raw: RawNumbers, query: Query) -> tuple[Note, ...]:
    """Returns a note if the column was chosen by its number, and what was counted first may be its name."""
    labels = raw.labels or ()
    if query.header is not None or NO_HEADER not in raw.heading or not str(query.columns[0] or "").isdigit():
        return ()
    may_be_name = len(labels) > 1 and is_name(labels[0]) and labels[0] not in labels[1:]
    return (first_row_counted(raw.name, shorten(labels[0])),) if may_be_name else ()


def _notes_on_line(raw: RawNumbers, dialect: TextDialect) -> tuple[Note, ...]:
    """Returns a note if the only observation is several numbers between blanks; none otherwise."""
    line = raw.labels[0] if raw.labels is not None and len(raw.labels) == 1 else ""
    pieces = line.split()
    is_several = len(pieces) > 1 and all(is_written(each, dialect) for each in pieces)
    return (line_may_be_values(raw.name, shorten(line)),) if is_several else ()


def _read(
    word: str, query: Query, input_format: str | None, max_expand: str, status: os.stat_result | None
) -> tuple[RawNumbers, ...]:
    if input_format is not None:
        INPUT_FORMATS.lookup(input_format)  # an unknown name is refused before anything is read
    if word != "-":
        if is_address(word):
            from klcli.sources.operands.engine_rows import read_engine

            return read_engine(word, query)
        status = status or status_of(word)
        if status is None:
            return _read_inline(word, query)
    source = ByteSource(word, status, _expansion(max_expand))
    return format_of_distributions(source, input_format).distributions(source, query)


def _read_inline(word: str, query: Query) -> tuple[RawNumbers, ...]:
    if not query.samples[0] and is_family(word):
        raise UsageError(
            "a family, where masses are wanted", place=word, hint="give its masses, or compare two families"
        )
    if "://" not in word and (is_inline(word) or ("," in word and query.samples[0])) and format_of_suffix(word) is None:
        return read_inline(word, query)
    if _WEIGHTED_FAMILY.match(word):
        hint = f"weighted families are a mixture: {shlex.quote(f'mixture({word.strip()})')}"
        raise Unreadable("no such file, and no inline distribution", place=word, hint=hint)
    hint = "an operand is a file, - for standard input, or as 0.5,0.5 or heads=0.5,tails=0.5"
    plain = _as_inline(word)
    if "," in plain and plain != word and all(is_inline(piece) for piece in plain.split(",")):
        hint = f"write {shlex.quote(plain)}"
    hint = as_family(word) or hint
    raise missing_file(word, "no such file, and no inline distribution", hint)


def _as_inline(word: str) -> str:
    """Returns a list with other marks, such as (0.5 0.5) or a:0.5;b:0.5, as numbers are written here."""
    inner = word.strip().strip("()<>")
    return re.sub(r"\s*[,;|]\s*|\s+", ",", re.sub(r"\s*(?::|=|->)\s*", "=", inner))


def _begins_with_family(word: str) -> bool:
    from klcli.families.catalogue import FAMILIES

    return word.partition("(")[0].strip() in FAMILIES
