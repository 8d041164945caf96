"""The rows with the largest values, of rows that come block by block."""

from dataclasses import replace

import numpy as np

from klcli.runs.rows.results import RowAnswer

__all__ = ["Farthest"]


class Farthest:
    """Collects the rows with the largest values of the first column.

    Args:
        count: Number of rows to keep.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._kept: RowAnswer | None = None

    def add(self, answer: RowAnswer) -> None:
        """Adds a block of rows."""
        self._kept = self._largest(answer if self._kept is None else _joined(self._kept, answer))

    def answer(self) -> RowAnswer | None:
        """Returns the rows kept, the largest first, of equal ones the first; None if there were no rows."""
        return self._kept

    def _largest(self, answer: RowAnswer) -> RowAnswer:
        values = answer.values[answer.columns[0].name]
        order = np.argsort(-values, kind="stable")[: self._count]
        rows = order.tolist()
        return replace(
            answer,
            ids=None if answer.ids is None else [answer.ids[row] for row in rows],
            values={column.name: answer.values[column.name][order] for column in answer.columns},
            clusters=None, comparison=None, stored=None, rows=[answer.numbers[row] for row in rows],
        )  # fmt: skip


def _joined(kept: RowAnswer, further: RowAnswer) -> RowAnswer:
    """Returns the rows of both, those kept first, as they came first."""
    values = {each.name: np.concatenate([kept.values[each.name], further.values[each.name]]) for each in kept.columns}
    ids = None if kept.ids is None or further.ids is None else [*kept.ids, *further.ids]
    return replace(kept, ids=ids, values=values, rows=[*kept.numbers, *further.numbers])
