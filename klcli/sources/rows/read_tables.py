"""Reads tables of distributions: several operands, the rows of a table or array, or its columns.

Operands and columns are read as `kl compute` reads them; a row is read as `kl rows` reads it.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.labels import are_equal, positions
from klcli.core.distributions.read_rows import read_rows
from klcli.core.matrix.stack import Stack
from klcli.engines.address import Access
from klcli.errors import KlError, MayBeLogarithms, NotComparable, Place, Unreadable
from klcli.notes import Note, tables_normalised
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.bytes.expansion import MAX_EXPAND
from klcli.sources.bytes.files import is_stream, status_of
from klcli.sources.columns.row_columns import absent_names
from klcli.sources.columns.totals import is_total_of_one
from klcli.sources.formats.input_format import format_of_rows
from klcli.sources.formats.row_source import ListedBlock, RowBlock, RowSource
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.sources.operands.operand import load, load_columns
from klcli.sources.rows.distribution_table import DistributionTable, joined, table_of
from klcli.sources.rows.open_rows import open_rows
from klcli.sources.rows.row_names import hinted_at_names, notes_on_outcomes
from klcli.support.sentence import Command

__all__ = ["read_columns", "read_operands", "read_table"]

_BLOCK = 2**20  # masses read at a time


def read_operands(
    words: Sequence[str], *, as_: str = "auto", label: str | tuple[str, ...] | None = None, column: str | None = None,
    input_format: str | None = None, header: bool | None = None, dialect: TextDialect = PLAIN,
    missing_label: str = "error", missing: str = "zero", max_expand: str = MAX_EXPAND,
    access: Access = Access(),  # noqa: B008, a tuple
) -> DistributionTable:  # fmt: skip
    """Returns a distribution for each word, as `kl compute` reads it; arguments as in `operand.load`.

    Raises:
        InputError: an operand cannot be read, or their outcomes cannot be matched. UsageError: a name is unknown.
    """

    def read(word: str, *, keeps_totals: bool = False) -> Distribution:
        return load(
            word, as_=as_, column=column, label=label, input_format=input_format, header=header, dialect=dialect,
            missing_label=missing_label, max_expand=max_expand, access=access, keeps_totals=keeps_totals,
        )  # fmt: skip

    loaded = [_of_one_kind(word, words, read) for word in words]
    if is_total_of_one(loaded):
        if any(word == "-" or is_stream(word) for word in words):
            raise NotComparable("a total of the others in one source is an outcome of another",
                                hint="save what is piped to a file: all are then read with it")  # fmt: skip
        loaded = [read(word, keeps_totals=True) for word in words]
    source = loaded[0].name if len(words) == 1 else f"{len(words)} operands"
    return _together([_one(each) for each in loaded], _short_names(words), source, missing)


def _of_one_kind(word: str, words: Sequence[str], read: Callable[[str], Distribution]) -> Distribution:
    """Returns the distribution of one of several words; an error names no kind that is not that of the others."""
    try:
        return read(word)
    except MayBeLogarithms as error:
        other = next(filter(None, (_readable(each, read) for each in words if each not in (word, "-"))), None)
        if other is not None:
            error.hint = f"all sources are read as one kind, and {other.name} holds {other.kind}: give {other.kind}"
        raise


def _readable(word: str, read: Callable[[str], Distribution]) -> Distribution | None:
    try:
        return read(word)
    except KlError:
        return None


def read_columns(
    word: str, *, as_: str = "auto", label: str | tuple[str, ...] | None = None, array: str | None = None,
    input_format: str | None = None, header: bool | None = None, dialect: TextDialect = PLAIN,
    missing_label: str = "error", max_expand: str = MAX_EXPAND,
    access: Access = Access(),  # noqa: B008, a tuple
) -> DistributionTable:  # fmt: skip
    """Returns the distribution in each column of an array, or of a table without its labels; errors as above.

    Args:
        array: the name of the array, in a file of several.
    """
    if array is not None or _holds_arrays(word, input_format):
        source = open_rows(word, array=array, input_format=input_format, max_expand=max_expand, is_transposed=True)
        return _stacked(source, as_, is_transposed=True)
    columns = load_columns(
        word, as_=as_, label=label, input_format=input_format, header=header, dialect=dialect,
        missing_label=missing_label, max_expand=max_expand, access=access,
    )  # fmt: skip
    name, _, _ = columns[0].name.rpartition(":")
    names = tuple(each.name.rpartition(":")[2] for each in columns)
    return _together([_one(each) for each in columns], names, f"{name or word}, columns")


def read_table(
    word: str, *, as_: str = "auto", id_column: str | None = None, array: str | None = None,
    input_format: str | None = None, header: bool | None = None, dialect: TextDialect = PLAIN,
    max_expand: str = MAX_EXPAND,
) -> DistributionTable:  # fmt: skip
    """Returns the distribution in each row of a table or array; errors as above, with the place of the row.

    Args:
        id_column: the column of the names of the rows; None for the first column of text, else rows are numbered.
        array: the name of the array, tensor or field that holds them.
    """
    source = open_rows(
        word, array=array, id_column=id_column, finds_id=True, input_format=input_format, header=header,
        dialect=dialect, max_expand=max_expand,
    )  # fmt: skip
    return _stacked(source, as_, id_column=id_column)


def _one(distribution: Distribution) -> DistributionTable:
    log_mass = distribution.log_mass
    return DistributionTable(
        Stack(distribution.mass[np.newaxis], None if log_mass is None else log_mass[np.newaxis]), (distribution.name,),
        distribution.labels, distribution.name, distribution.kind, distribution.notes,
    )  # fmt: skip


def _together(
    stacks: Sequence[DistributionTable], names: tuple[str, ...], source: str, missing: str = "zero"
) -> DistributionTable:
    """Returns the rows of all tables in one."""
    found, missing_notes = joined(stacks, missing)
    notes = _summed_up([note for each in found for note in each.notes], len(found))
    logs = [each.stack.log_mass for each in found if each.stack.log_mass is not None]
    return DistributionTable(
        Stack(np.concatenate([each.stack.mass for each in found]), np.concatenate(logs) if logs else None),
        names, found[0].labels, source, " or ".join(dict.fromkeys(each.kind for each in found)),
        (*notes, *missing_notes),
    )  # fmt: skip


def _summed_up(notes: Sequence[Note], count: int) -> tuple[Note, ...]:
    """Returns one note for each code; it quotes the first of several that name a file."""
    by_code: dict[str, list[Note]] = {}
    for note in notes:
        by_code.setdefault(note.code, []).append(note)
    found = []
    for code, same in by_code.items():
        first, more = same[0], len(same) - 1
        if more and code == "normalised":
            first = tables_normalised(len(same), count)
        elif more:
            first = first._replace(alike=more)
        found.append(first)
    return tuple(found)


def _stacked(
    source: RowSource, as_: str, *, is_transposed: bool = False, id_column: str | None = None
) -> DistributionTable:
    """Returns all rows of a source, or all columns."""
    parts: list[NDArray[Any]] = []
    names: list[str] = []
    places: list[Place] = []
    labels: Sequence[str] | None = None
    for block in source.blocks(max(1, _BLOCK // (source.outcomes or 1))):
        here = block.place(0)
        if isinstance(block, ListedBlock):
            raise NotComparable(
                "a list of the most probable outcomes, where a whole distribution is wanted",
                place=Place(source.name).then(here),
                hint=Command("rows") + " bounds the KL of such lists",
            )
        values = _in_order(block, labels) if parts else block.values
        if values is None or (parts and values.shape[1] != parts[0].shape[1]):
            raise NotComparable(f"its outcomes differ from those of {places[0]}", place=Place(source.name).then(here))
        labels = labels if parts else block.labels
        parts.append(values)
        names += block.ids or []
        places += [block.place(row) for row in range(len(block.values))]
    if not parts:
        raise Unreadable("there are no rows", place=source.name)
    if id_column is not None and not names:
        raise absent_names(id_column, labels).at(source.name)
    values = parts[0] if len(parts) == 1 else np.concatenate(parts)
    del parts
    if is_transposed:
        values, labels = np.ascontiguousarray(values.T), source.labels
        places = [Place.nth("column", column) for column in range(len(values))]
    kind = source.kind or as_ if as_ == "auto" else as_
    whole = RowBlock(values, 0, places.__getitem__, labels, names or None)
    with hinted_at_names(whole):
        rows = read_rows(values, kind, name=source.name, place=whole.place, labels=labels)
    named = table_of(rows, f"{source.name}, {'columns' if is_transposed else 'rows'}", labels, names)
    return replace(named, notes=(*source.notes, *notes_on_outcomes(source.name, whole), *named.notes))


def _in_order(block: RowBlock, labels: Sequence[str] | None) -> NDArray[Any] | None:
    """Returns the values of a block in the order of the labels of another; None if the labels differ."""
    if block.labels is None or labels is None:
        return block.values if block.labels is labels else None
    if are_equal(block.labels, labels):
        return block.values
    if len(block.labels) != len(labels) or set(block.labels) != set(labels):
        return None
    return np.asarray(block.values[:, positions(labels, among=block.labels)])


def _holds_arrays(word: str, input_format: str | None) -> bool:
    """Returns True if a file holds arrays; a stream cannot be looked at before it is read."""
    status = status_of(word)
    if word == "-" or status is None or is_stream(word, status):
        return False
    return format_of_rows(ByteSource(word, status), input_format).holds_arrays


def _short_names(words: Sequence[str]) -> tuple[str, ...]:
    """Returns the words without the folder and suffix that all share, if the rest still tells them apart."""
    paths = [Path(word) for word in words]
    if len(words) < 2 or not all(path.is_file() for path in paths):
        return tuple(words)
    folder = os.path.commonpath([path.parent for path in paths])
    names = [str(path.relative_to(folder)) if folder else str(path) for path in paths]
    suffixes = {"".join(path.suffixes) for path in paths}
    if len(suffixes) == 1:
        names = [name.removesuffix(*suffixes) for name in names]
    return tuple(names) if len(set(names)) == len(names) else tuple(words)
