"""Columns of Arrow tables and of pandas data frames as arrays."""

from decimal import Decimal
from math import inf
from typing import Any

import numpy as np

from klcli.engines.arrays.array_table import ArrayColumn
from klcli.support.optional_package import need
from klcli.tables.column import Column, Storage

__all__ = ["arrow_columns", "column_of_values", "pandas_columns"]

_LARGEST = 2**63


def arrow_columns(table: Any) -> list[ArrayColumn]:
    """Returns the columns of a pyarrow Table."""
    return [_arrow_column(at, name, table.column(at)) for at, name in enumerate(table.column_names)]


def _arrow_column(index: int, name: str, cells: Any) -> ArrayColumn:
    arrow = need("pyarrow", extra="parquet", purpose="reading Arrow tables")
    compute = need("pyarrow.compute", extra="parquet", purpose="reading Arrow tables")
    types = arrow.types
    if types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    kind = cells.type
    is_null = np.asarray(cells.is_null().to_numpy())
    declared = str(kind)

    def filled(target: Any, empty: Any) -> Any:
        return compute.fill_null(cells.cast(target), empty).to_numpy()

    if types.is_boolean(kind):
        return ArrayColumn(Column(index, name, Storage.BOOLEAN, declared), filled(arrow.bool_(), False), is_null)
    if types.is_integer(kind) and kind != arrow.uint64():
        return ArrayColumn(Column(index, name, Storage.INTEGER, declared), filled(arrow.int64(), 0), is_null)
    if types.is_floating(kind):
        column = Column(index, name, Storage.FLOAT, declared, width=kind.bit_width // 8)
        return ArrayColumn(column, filled(arrow.float64(), 0.0), is_null)
    if types.is_decimal(kind) or kind == arrow.uint64():
        scale = kind.scale if types.is_decimal(kind) else 0
        values = _objects([None if each is None else Decimal(each) for each in cells.to_pylist()])
        return ArrayColumn(Column(index, name, Storage.DECIMAL, declared, scale), values, is_null)
    if types.is_timestamp(kind) or types.is_date(kind):
        micros = cells.cast(arrow.timestamp("us", getattr(kind, "tz", None)), safe=False).cast(arrow.int64())
        values = compute.fill_null(micros, 0).to_numpy()
        return ArrayColumn(Column(index, name, Storage.INSTANT, declared), values, is_null)
    if types.is_string(kind) or types.is_large_string(kind) or declared == "string_view":
        return ArrayColumn(Column(index, name, Storage.TEXT, declared), _objects(cells.to_pylist()), is_null)
    if types.is_null(kind):
        return ArrayColumn(Column(index, name, Storage.TEXT, declared), _objects(cells.to_pylist()), is_null)
    return ArrayColumn(Column(index, name, Storage.UNSUPPORTED, declared), _objects([None] * len(cells)), is_null)


def pandas_columns(frame: Any) -> list[ArrayColumn]:
    """Returns the columns of a pandas DataFrame, without its index."""
    return [_pandas_column(at, str(name), frame.iloc[:, at]) for at, name in enumerate(frame.columns)]


def _pandas_column(index: int, name: str, series: Any) -> ArrayColumn:
    declared, values = str(series.dtype), series
    is_null = np.asarray(series.isna())
    if declared == "category":
        values = series.astype(object)
    elif series.dtype.kind == "f" and isinstance(series.dtype, np.dtype):
        column = Column(index, name, Storage.FLOAT, declared, width=min(8, series.dtype.itemsize))
        return ArrayColumn(column, series.to_numpy(np.float64))
    elif series.dtype.kind in "iu" and declared.lower() != "uint64":
        found = series.to_numpy(np.int64, na_value=0) if is_null.any() else series.to_numpy(np.int64)
        return ArrayColumn(Column(index, name, Storage.INTEGER, declared), found, is_null)
    elif series.dtype.kind == "M":
        utc = series.dt.tz_convert(None) if getattr(series.dt, "tz", None) is not None else series
        micros = utc.to_numpy().astype("datetime64[us]").astype(np.int64)
        return ArrayColumn(Column(index, name, Storage.INSTANT, declared), micros, is_null)
    cells = [None if missing else each for each, missing in zip(values.tolist(), is_null.tolist(), strict=True)]
    return column_of_values(index, name, cells, declared)


def column_of_values(index: int, name: str, cells: list[Any], declared: str = "") -> ArrayColumn:
    """Returns a column of Python values, None for null: of one type, or as texts if types differ."""
    is_null = np.array([each is None for each in cells], dtype=bool)
    found = {type(each) for each in cells if each is not None}
    storage, values, scale = _stored(cells, found)
    if storage is Storage.UNSUPPORTED:
        declared = " or ".join(sorted(kind.__name__ for kind in found))
    return ArrayColumn(Column(index, name, storage, declared or storage.value, scale), values, is_null)


def _double(value: Any) -> float:
    """Returns a number as a double; an integer beyond the doubles is infinite, as 1e400 is."""
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def _stored(cells: list[Any], found: set[type]) -> tuple[Storage, Any, int]:
    if found == {bool}:
        return Storage.BOOLEAN, np.array([bool(each) for each in cells]), 0
    if found == {int} and all(each is None or -_LARGEST <= each < _LARGEST for each in cells):
        return Storage.INTEGER, np.array([each or 0 for each in cells], dtype=np.int64), 0
    if found and found <= {int, float}:
        return Storage.FLOAT, np.array([np.nan if each is None else _double(each) for each in cells]), 0
    if found and found <= {int, Decimal}:
        decimals = [None if each is None else Decimal(each) for each in cells]
        scale = max(-int(each.as_tuple().exponent) for each in decimals if each is not None)
        return Storage.DECIMAL, _objects(decimals), max(0, scale)
    if any(hasattr(kind, "__len__") and not issubclass(kind, str) for kind in found):  # lists, bytes, arrays
        return Storage.UNSUPPORTED, _objects([None] * len(cells)), 0
    return Storage.TEXT, _objects([None if each is None else str(each) for each in cells]), 0


def _objects(cells: list[Any]) -> Any:
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    return values
