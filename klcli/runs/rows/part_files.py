"""Parts of a comparison of rows as files: Arrow, with one row for each row, and the rest in the metadata as JSON."""

import json
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.errors import Unreadable
from klcli.notes import Note, Use, is_note
from klcli.runs.rows.notes import RowNotes
from klcli.runs.rows.parts import RowPart
from klcli.runs.rows.results import RowColumn, RowSide
from klcli.sources.bytes.files import refuse_unreadable
from klcli.sources.rows.many_files import Shard, files_of
from klcli.support.optional_package import need
from klcli.support.sentence import Command, Option, Sentence

__all__ = ["part_bytes", "read_parts"]

_KEY, _VERSION = b"klcli.rows", 1
_VALUE, _QUANTITY, _ID, _CLUSTER = "value:", "quantity:", "id", "cluster"


def part_bytes(part: RowPart) -> bytes:
    """Returns a part as the bytes of a file."""
    arrow = need("pyarrow", extra="parquet", purpose="a file of a share of rows")
    columns = {f"{_VALUE}{name}": _number_array(arrow, values) for name, values in part.values.items()}
    columns |= {f"{_QUANTITY}{name}": _number_array(arrow, values) for name, values in part.quantities.items()}
    for name, cells in ((_ID, part.ids), (_CLUSTER, part.clusters)):
        if cells is not None:
            columns[name] = _text_array(arrow, cells)
    meta = {
        "version": _VERSION, "shard": list(part.shard), "settings": part.settings, "first": part.first,
        "sides": part.sides, "columns": part.columns, "notes": part.notes.state(), "source_notes": part.source_notes,
    }  # fmt: skip
    table = arrow.table(columns).replace_schema_metadata({_KEY: json.dumps(_plain(meta)).encode()})
    sink = arrow.BufferOutputStream()
    with need("pyarrow.ipc", extra="parquet", purpose="a file of a share of rows").new_file(
        sink, table.schema
    ) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _number_array(arrow: Any, values: Array) -> Any:
    """Returns float64 values as an array of Arrow; arrow.array() would import pandas, as long a start as all others."""
    return arrow.Array.from_buffers(arrow.float64(), len(values), [None, arrow.py_buffer(np.ascontiguousarray(values))])


def _text_array(arrow: Any, texts: Sequence[str]) -> Any:
    """Returns texts as bytes: a text of JSON may hold half a character, which is not UTF-8."""
    cells = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.cumsum([0, *map(len, cells)], dtype=np.int64)
    return arrow.Array.from_buffers(
        arrow.large_binary(), len(cells), [None, arrow.py_buffer(ends), arrow.py_buffer(b"".join(cells))]
    )


def _numbers(arrow: Any, column: Any) -> Array:
    """Returns the cells of a column of float64; to_numpy() would import pandas.

    Raises:
        TypeError: They are something else.
    """
    if column.type != arrow.float64() or column.null_count:
        raise TypeError(column.type)
    blocks = [np.frombuffer(each.buffers()[1], np.float64, len(each), 8 * each.offset) for each in column.chunks]
    return np.concatenate(blocks)


def _texts(column: Any) -> list[str]:
    """Returns what `_text_array` was given."""
    return [cell.decode("utf-8", "surrogatepass") for cell in column.to_pylist()]


def read_parts(word: str) -> list[RowPart]:
    """Returns the parts in a folder, or in the files of a pattern.

    Raises:
        Unreadable: No file matches, or a file is not a part.
    """
    return [_read(path) for path in files_of(word)]


def _read(path: str) -> RowPart:
    arrow = need("pyarrow", extra="parquet", purpose=f"{path}: a file of a share of rows")
    ipc = need("pyarrow.ipc", extra="parquet", purpose=f"{path}: a file of a share of rows")
    refuse_unreadable(Path(path))
    try:
        with open(path, "rb") as file:
            table = ipc.open_file(file).read_all()
        meta = _restored(json.loads((table.schema.metadata or {})[_KEY]))
        if meta["version"] != _VERSION:
            raise Unreadable(f"a part of version {meta['version']}, and this kl reads {_VERSION}", place=path)
        cells = {name: table.column(name) for name in table.column_names}
        values, stored = (
            {name.removeprefix(kind): _numbers(arrow, each) for name, each in cells.items() if name.startswith(kind)}
            for kind in (_VALUE, _QUANTITY)
        )
        ids, clusters = (_texts(cells[name]) if name in cells else None for name in (_ID, _CLUSTER))
        p, q = (RowSide(*each) for each in meta["sides"])
        return RowPart(
            path, Shard(*meta["shard"]), meta["settings"], (p, q), tuple(RowColumn(*each) for each in meta["columns"]),
            meta["first"], values, stored, ids, clusters, RowNotes.of_state(meta["notes"]), tuple(meta["source_notes"]),
        )  # fmt: skip
    except (arrow.ArrowException, AttributeError, KeyError, TypeError, ValueError, OSError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(
            "not a part of a comparison of rows",
            place=path,
            hint=Sentence("it is written by ", Command("rows", Option("--shard", "1/16"), Option("-o", "PART.arrow"))),
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
