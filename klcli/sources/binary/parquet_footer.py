"""Numbers of values in the columns of a Parquet file, read from its footer.

A list may hold any number of repeated values in a few bytes, so their number must be known before they are decoded.
pyarrow has it in `group.column(…)`, which ends the process where the statistics of a column are damaged; hence this
reader of Thrift's compact protocol, in which Parquet writes its footer:
https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

import struct
from collections.abc import Callable
from typing import Any

from klcli.sources.bytes.byte_source import ByteSource

__all__ = ["values_in_columns"]

_TAIL = struct.Struct("<I4s")  # the length of the footer, and the mark of the format
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_ROW_GROUPS, _COLUMNS, _META_DATA, _PATH, _NUM_VALUES = 4, 1, 3, 3, 5  # fields, by the link above


def values_in_columns(source: ByteSource) -> dict[str, int]:
    """Returns how many values each column holds, counting each value of a list, by the name of the column.

    Raises:
        Unreadable: the footer is damaged.
    """
    found: dict[str, int] = {}
    try:
        for group in _Compact(_footer(source)).struct()[_ROW_GROUPS]:
            for chunk in group[_COLUMNS]:
                column = chunk[_META_DATA]
                name = column[_PATH][0].decode()
                found[name] = found.get(name, 0) + max(int(column[_NUM_VALUES]), 0)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, struct.error):
        raise source.unreadable("not a whole Parquet file") from None
    return found


def _footer(source: ByteSource) -> bytes:
    if source.path is None:
        return _before_tail(source.data)
    with open(source.path, "rb") as file:
        file.seek(-_TAIL.size, 2)
        length, _ = _TAIL.unpack(file.read())
        file.seek(-_TAIL.size - length, 2)
        return file.read(length)


def _before_tail(data: bytes) -> bytes:
    length, _ = _TAIL.unpack(data[-_TAIL.size :])
    return bytes(data[-_TAIL.size - length : -_TAIL.size])


class _Compact:
    """A reader of values in Thrift's compact protocol; damage raises IndexError or ValueError."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def struct(self) -> dict[int, Any]:
        """Returns the fields of a structure, by their numbers."""
        found: dict[int, Any] = {}
        number = 0
        while (head := self._byte()) != 0:
            number = number + (head >> 4) if head >> 4 else self._integer()
            kind = head & 15
            found[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind)
        return found

    def _value(self, kind: int) -> Any:
        readers: dict[int, Callable[[], Any]] = {
            _TRUE: self._byte, _FALSE: self._byte, _BYTE: self._byte, _DOUBLE: lambda: self._bytes(8),
            _BINARY: lambda: self._bytes(self._varint()), _LIST: self._list, _SET: self._list, _MAP: self._map,
            _STRUCT: self.struct,
        }  # fmt: skip
        return readers.get(kind, self._integer)()

    def _list(self) -> list[Any]:
        head = self._byte()
        count = head >> 4
        return [self._value(head & 15) for _ in range(self._varint() if count == 15 else count)]

    def _map(self) -> list[Any]:
        count = self._varint()
        kinds = self._byte() if count else 0
        return [(self._value(kinds >> 4), self._value(kinds & 15)) for _ in range(count)]

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _bytes(self, count: int) -> bytes:
        if count > len(self._data) - self._at:
            raise IndexError("beyond the end")
        self._at += count
        return self._data[self._at - count : self._at]

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self._byte()
            found |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return found
            if shift > 63:
                raise ValueError("a number of more than 64 bits")

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
