"""Parts of a comparison of rows as files: Arrow, with one row for each row, and the rest in the metadata as JSON."""

import json
from enum import Enum
from typing import Any

import numpy as np

from klcli.errors import Unreadable
from klcli.notes import Note, Use, is_note
from klcli.runs.rows.notes import RowNotes
from klcli.runs.rows.parts import RowPart
from klcli.runs.rows.results import RowColumn, RowSide
from klcli.sources.rows.many_files import Shard, files_of
from klcli.support.optional_package import need

__all__ = ["part_bytes", "read_parts"]

_KEY, _VERSION = b"klcli.rows", 1
_VALUE, _QUANTITY, _ID, _CLUSTER = "value:", "quantity:", "id", "cluster"


def part_bytes(part: RowPart) -> bytes:
    """Returns a part as the bytes of a file."""
    arrow = need("pyarrow", extra="parquet", purpose="a file of a share of rows")
    columns = {f"{_VALUE}{name}": values for name, values in part.values.items()}
    columns |= {f"{_QUANTITY}{name}": values for name, values in part.quantities.items()}
    for name, cells in ((_ID, part.ids), (_CLUSTER, part.clusters)):
        if cells is not None:
            columns[name] = arrow.array(list(cells), arrow.string())
    meta = {
        "version": _VERSION, "shard": list(part.shard), "settings": part.settings, "first": part.first,
        "sides": part.sides, "columns": part.columns, "notes": part.notes.state(), "source_notes": part.source_notes,
    }  # fmt: skip
    columns = {name: _without_pandas(arrow, each) for name, each in columns.items()}
    table = arrow.table(columns).replace_schema_metadata({_KEY: json.dumps(_plain(meta)).encode()})
    sink = arrow.BufferOutputStream()
    with need("pyarrow.ipc", extra="parquet", purpose="a file of a share of rows").new_file(
        sink, table.schema
    ) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _without_pandas(arrow: Any, values: Any) -> Any:
    """Returns an array of Arrow; of numpy's, arrow.array() would import pandas, as long a start as all others."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "iuf":
        return values
    stored = np.ascontiguousarray(values)
    return arrow.Array.from_buffers(arrow.from_numpy_dtype(stored.dtype), len(stored), [None, arrow.py_buffer(stored)])


def read_parts(word: str) -> list[RowPart]:
    """Returns the parts in a folder, or in the files of a pattern.

    Raises:
        Unreadable: No file matches, or a file is not a part.
    """
    return [_read(path) for path in files_of(word)]


def _read(path: str) -> RowPart:
    arrow = need("pyarrow", extra="parquet", purpose=f"{path}: a file of a share of rows")
    ipc = need("pyarrow.ipc", extra="parquet", purpose=f"{path}: a file of a share of rows")
    try:
        with open(path, "rb") as file:
            table = ipc.open_file(file).read_all()
        meta = _restored(json.loads((table.schema.metadata or {})[_KEY]))
        if meta["version"] != _VERSION:
            raise Unreadable(f"{path}: a part of version {meta['version']}, and this kl reads {_VERSION}")
        cells = {name: table.column(name) for name in table.column_names}
        values, stored = (
            {name.removeprefix(kind): each.to_numpy() for name, each in cells.items() if name.startswith(kind)}
            for kind in (_VALUE, _QUANTITY)
        )
        ids, clusters = (cells[name].to_pylist() if name in cells else None for name in (_ID, _CLUSTER))
        p, q = (RowSide(*each) for each in meta["sides"])
        return RowPart(
            path, Shard(*meta["shard"]), meta["settings"], (p, q), tuple(RowColumn(*each) for each in meta["columns"]),
            meta["first"], values, stored, ids, clusters, RowNotes.of_state(meta["notes"]), tuple(meta["source_notes"]),
        )  # fmt: skip
    except (arrow.ArrowException, KeyError, TypeError, ValueError, OSError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(
            f"{path}: not a part of a comparison of rows", hint="it is written by kl rows --shard 1/16 -o PART.arrow"
        ) from None


def _plain(value: Any) -> Any:
    """Returns a value for JSON; notes and their enumerations as marked objects."""
    match value:
        case Note():
            return {"note": value.kind, "values": _plain(list(value.values)), "alike": value.alike}
        case Enum():
            return {"use": value.value}
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return value


def _restored(value: Any) -> Any:
    match value:
        case {"note": kind, "values": values, "alike": alike}:
            if not is_note(kind):
                raise ValueError(kind)
            return Note(kind, tuple(_frozen(each) for each in _restored(values)), alike)
        case {"use": name}:
            return Use(name)
        case dict():
            return {key: _restored(each) for key, each in value.items()}
        case list():
            return [_restored(each) for each in value]
        case _:
            return value


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
