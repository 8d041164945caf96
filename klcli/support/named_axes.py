"""Labels along the axes of arrays and tables of other packages, none of which is imported."""

from collections.abc import Iterable
from typing import Any

from klcli.support.text.label_text import label_texts

__all__ = [
    "column_names", "in_one_index", "is_default_index", "labels_of", "last_dimension", "row_index", "starts_of_ranges",
]  # fmt: skip


def labels_of(source: Any) -> Any:
    """Returns the labels of a Series of pandas or of a DataArray of xarray in one dimension; None if it has none."""
    index = row_index(source)
    return None if callable(index) or is_default_index(index) else index


def in_one_index(p: Any, q: Any) -> tuple[Any, Any]:
    """Returns two Series of pandas, where one merely counts and the other has other whole numbers, with labels on both.

    All else is returned as it is.
    """
    if not (hasattr(p, "set_axis") and hasattr(q, "set_axis")):
        return p, q
    counts = is_default_index(p.index), is_default_index(q.index)
    named = q if counts[0] else p
    if counts[0] == counts[1] or getattr(named.index, "inferred_type", "") != "integer":
        return p, q
    return tuple(side if side is named else side.set_axis(side.index.to_numpy()) for side in (p, q))


def row_index(source: Any) -> Any:
    """Returns the index along the first axis; None without one."""
    return source.indexes.get(source.dims[0]) if _is_of_xarray(source) else getattr(source, "index", None)


def column_names(table: Any) -> list[str] | None:
    """Returns the names of the columns of a table of pandas, polars or pyarrow; None where they are mere numbers.

    Of an array of xarray with two dimensions, they are the labels along the last; None where it has none.
    """
    names: Iterable[object] | None
    if _is_of_xarray(table):
        names = table.indexes.get(table.dims[-1]) if len(table.dims) > 1 else None
    else:
        names = getattr(table, "column_names", None) or getattr(table, "columns", None)
    return None if names is None or callable(names) or is_default_index(names) else list(label_texts(names))


def last_dimension(source: Any, least: int = 2) -> str | None:
    """Returns the name of the last dimension of an array of xarray that has `least` or more; None of all else."""
    return str(source.dims[-1]) if _is_of_xarray(source) and len(source.dims) >= least else None


def starts_of_ranges(p: Any, q: Any) -> tuple[int, int] | None:
    """Returns where two indexes of pandas begin that both merely count, from other numbers; None for all else."""
    if not (is_default_index(p) and is_default_index(q)) or p.start == q.start:
        return None
    return p.start, q.start


def is_default_index(index: object) -> bool:
    """Returns True if the labels of an index of pandas merely count upwards; a reversed one is another order."""
    return type(index).__name__ == "RangeIndex" and getattr(index, "step", 1) == 1


def _is_of_xarray(source: Any) -> bool:
    return bool(getattr(source, "dims", ())) and hasattr(source, "indexes") and hasattr(source, "coords")
