"""The rows of P and Q, in memory or in files, whose names and outcomes must be in one order."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from klcli.api.arguments import kept, refuse_other_dimensions, table_array
from klcli.core.arithmetic.real_numbers import BFLOAT16
from klcli.core.distributions.alignment import refuse_one_sided
from klcli.core.distributions.row_alignment import RowAlignment
from klcli.errors import NotComparable, Unreadable, UsageError
from klcli.notes import Note, ranges_differ, total_counted
from klcli.support.foreign_arrays import bfloat16_bits
from klcli.support.named_axes import column_names, is_default_index, row_index, starts_of_ranges
from klcli.support.python_terms import names_option_of_files, without_options_of_files
from klcli.support.sentence import Term

if TYPE_CHECKING:
    from klcli.sources.formats.row_source import RowBlock

__all__ = ["GivenRows", "rows_in_one_order"]

_ROWS = 1 << 16  # rows of a file that are read at a time


class GivenRows(NamedTuple):
    """The rows of P or of Q, shape (n, k), and of a file its rows as they were read, and the axes they were along."""

    name: str
    values: Any
    labels: Sequence[str] | None
    block: "RowBlock | None" = None
    notes: tuple[Note, ...] = ()
    axes: tuple[int, ...] = ()


def rows_in_one_order(p: Any, q: Any, id_column: str | None) -> tuple[GivenRows, GivenRows, RowAlignment]:
    """Returns the rows of P and of Q, arrays or paths, and how their outcomes are joined; P has notes on both.

    Raises:
        NotComparable: names tell that row i or outcome i of P is not that of Q.
        Unreadable: a file has no rows. UsageError: neither is a file with the column `id_column`.
    """
    refuse_other_dimensions(p, q)
    given = _given(p, "P", id_column), _given(q, "Q", id_column)
    if id_column is not None and all(each.block is None or each.block.ids is None for each in given):
        raise UsageError(f"neither p nor q is a file with the column {id_column!r}", hint="leave id_column out")
    from klcli.sources.formats.row_source import refuse_other_axes

    names, labels = (given[0].name, given[1].name), (given[0].labels, given[1].labels)
    refuse_other_axes(names, given[0].axes, given[1].axes)
    are_joined = None not in labels and any(each.block is not None for each in given)
    if not are_joined:
        _refuse_other_labels(p, q, given)
    _refuse_other_index(p, q)
    _refuse_labels_of_one(*given)
    alignment = RowAlignment(names, *(labels if are_joined else (None, None)))
    joining = tuple(note._replace(in_python=True) for note in alignment.notes)
    notes = (*given[0].notes, *_notes_on_names(*given), *joining, *_notes_on_ranges(p, q))
    return given[0]._replace(notes=notes), given[1], alignment


def _given(source: Any, name: str, id_column: str | None) -> GivenRows:
    """Returns the rows of an argument; errors as in `open_rows`."""
    if isinstance(source, (str, os.PathLike)):
        return _file_of(os.fspath(source), id_column)
    bits = bfloat16_bits(source)
    array = table_array(source, name) if bits is None else bits.view(BFLOAT16)
    labels = column_names(source)
    kept_array = kept(array) if isinstance(array, np.ndarray) else array
    return GivenRows(name, kept_array, labels, None, _notes_on_total(name, labels, kept_array))


def _notes_on_total(name: str, labels: Sequence[str] | None, array: Any) -> tuple[Note, ...]:
    """Returns a note on an outcome of a frame that is the total of the others, as of a file."""
    from klcli.sources.columns.totals import total_among

    if labels is None or not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype.kind not in "fiu":
        return ()
    total = total_among(labels, array)
    return () if total is None else (total_counted((name,), total),)


def _file_of(path: str, id_column: str | None) -> GivenRows:
    """Returns all rows of a file."""
    from klcli.sources.formats.row_source import RowBlock, numbered
    from klcli.sources.rows.open_rows import open_rows
    from klcli.sources.rows.row_names import notes_on_outcomes

    with without_options_of_files():
        source = open_rows(path, id_column=id_column)
        blocks = list(source.blocks(_ROWS))
    found = [block for block in blocks if isinstance(block, RowBlock)]
    if not blocks:
        raise Unreadable("there are no rows", place=path)
    forms = {(tuple(block.labels or ()), block.values.shape[1]) for block in found}
    if len(found) < len(blocks) or len(forms) > 1:
        raise NotComparable(
            "the rows have outcomes of their own",
            place=path,
            hint="the command `" + Term("kl rows") + "` compares them",
        )
    ids = [name for block in found for name in block.ids or ()]
    everywhere = set.intersection(*(set(block.columns) for block in found))
    columns = {name: [cell for block in found for cell in block.columns[name]] for name in everywhere}
    values = np.concatenate([block.values for block in found])
    whole = RowBlock(values, 0, numbered(0), found[0].labels, ids or None, columns)
    said = [note for note in source.notes if not names_option_of_files(note.words)]  # which have no cure here
    notes = tuple(note._replace(in_python=True) for note in (*said, *notes_on_outcomes(path, whole)))
    return GivenRows(path, whole.values, whole.labels, whole, notes, source.axes)


def _refuse_other_labels(p: Any, q: Any, given: tuple[GivenRows, GivenRows]) -> None:
    are_frames = all(hasattr(side, "iloc") for side in (p, q))
    if not _have_one_order(given[0].labels, given[1].labels, are_frames=are_frames):
        raise NotComparable(
            "the columns of P and Q differ", hint=f"give both in one order, as {_reordered(q, 'q[p.columns]')}"
        )


def _have_one_order(p: Sequence[str] | None, q: Sequence[str] | None, *, are_frames: bool) -> bool:
    """Returns False if two sides name their columns otherwise; of frames, one without names counts them."""
    if p is not None and q is not None:
        return list(p) == list(q)
    names = p or q
    if names is None or not are_frames:
        return True
    counted = [str(number) for number in range(len(names))]
    return list(names) == counted or sorted(names) != sorted(counted)


def _refuse_other_index(p: Any, q: Any) -> None:
    """Refuses frames whose index tells that row i of one is not row i of the other."""
    rows = [row_index(side) for side in (p, q)]
    if not all(hasattr(each, "equals") for each in rows) or all(map(is_default_index, rows)):
        return
    if not rows[0].equals(rows[1]):
        raise NotComparable(
            "the index of the rows of P and Q differs, and row i is compared with row i",
            hint=f"give both in one order, as {_reordered(q, 'q.loc[p.index]')}, or pass .to_numpy()",
        )


def _reordered(q: Any, of_pandas: str) -> str:
    return of_pandas if hasattr(q, "iloc") or not hasattr(q, "dims") else "q.reindex_like(p)"


def _notes_on_names(p: GivenRows, q: GivenRows) -> tuple[Note, ...]:
    """Returns a note if names that nobody asked for differ between two files; those in another order are refused."""
    from klcli.sources.rows.row_names import names_in_common, names_of_both

    if p.block is None or q.block is None:
        return ()
    sources = p.name, q.name
    names_of_both(p.block, q.block, sources)
    note = names_in_common(p.block, q.block, sources)
    return () if note is None else (note._replace(in_python=True),)


def _notes_on_ranges(p: Any, q: Any) -> Iterator[Note]:
    """Yields notes if the columns or the rows of two frames merely count, from other numbers."""
    for axis, what in (("columns", "columns"), ("index", "rows")):
        starts = starts_of_ranges(getattr(p, axis, None), getattr(q, axis, None))
        if starts is not None:
            yield ranges_differ(what, starts)


def _refuse_labels_of_one(p: GivenRows, q: GivenRows) -> None:
    """Refuses names of columns on one side alone, unless they merely count from 0."""
    named = q if p.labels is None else p
    if any(label != str(number) for number, label in enumerate(named.labels or ())):
        bare = "" if named.block else f", as with {named.name.lower()}.to_numpy()"
        refuse_one_sided((p.name, q.name), p.labels, q.labels, hint=f"give both labels, or neither{bare}")
