"""The values of rows that come block by block: how they lie, and the rows that are farthest off."""

import heapq
from math import inf

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.rows.summary import percentile
from klcli.reports.pictures.ecdf import LEVELS, Quantiles, ecdf_view
from klcli.reports.pictures.model import Lane, Mark, MarkRow, Marks, View, Words
from klcli.reports.pictures.scale import logarithmic, number
from klcli.runs.rows.results import RowAnswer, RowColumn

__all__ = ["RowValues", "quantiles_of"]

_LARGEST = 20  # rows named


def quantiles_of(name: str, unit: str, values: Array) -> Quantiles:
    """Returns the quantiles of values, shape (n,)."""
    ordered = np.sort(values)
    found = np.array([percentile(ordered, level) for level in LEVELS])
    return Quantiles(name, unit, found, int(np.isinf(values).sum()))


class RowValues:
    """Collects the values of rows, 8 bytes each."""

    def __init__(self) -> None:
        self._columns: tuple[RowColumn, ...] = ()
        self._blocks: dict[str, list[Array]] = {}
        self._largest: list[tuple[float, int, str]] = []
        self._count = 0
        self._are_chosen = False  # then how they lie says nothing of all rows

    def add(self, answer: RowAnswer) -> None:
        """Adds a block of rows."""
        self._columns, self._are_chosen = answer.columns, answer.rows is not None
        for column in answer.columns:
            self._blocks.setdefault(column.name, []).append(np.array(answer.values[column.name]))
        first = answer.values[answer.columns[0].name]
        for row in np.argsort(-first, kind="stable")[:_LARGEST].tolist():
            heapq.heappush(self._largest, (float(first[row]), -answer.numbers[row], answer.name(row)))
            if len(self._largest) > _LARGEST:
                heapq.heappop(self._largest)
        self._count += len(answer)

    def views(self) -> tuple[View, ...]:
        """Returns the pictures of the rows collected."""
        if not self._count:
            return ()
        if self._are_chosen:
            return (self._farthest(),)
        found = [
            quantiles_of(column.notation, column.unit, np.concatenate(self._blocks[column.name]))
            for column in self._columns
        ]
        lie = ecdf_view(found, self._count)
        return (*([lie] if lie else []), self._farthest())

    def _farthest(self) -> View:
        column = self._columns[0]
        rows = sorted(self._largest, key=lambda each: (-each[0], -each[1]))
        finite = [value for value, *_ in rows if 0 < value < inf]
        high = max(finite, default=1.0)
        scale = logarithmic(max(min(finite, default=0.1), high / 1e12) / 2, high, margin=0.02)
        drawn = tuple(
            MarkRow(
                name,
                (number(value), (Mark("arrow" if value == inf else "line", "bad" if value == inf else "p", 0.0,
                                      scale.at(value)),)),
            )
            for value, _, name in rows
        )  # fmt: skip
        unit = f", {column.unit}" if column.unit else ""
        left = self._count - len(rows)
        cut = f" {left:,} more are not shown; -f csv prints them all." if left else ""
        return View(
            "The rows that are farthest off",
            f"Largest {column.notation} first, on a logarithmic axis.{cut}",
            Marks("row", (Words(f"{column.notation}{unit}"), Lane("", scale.ticks)), drawn),
        )
