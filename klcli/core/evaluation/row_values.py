"""Values of many rows by the name of their measure, NaN until one of several forms has found them."""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.evaluation.evaluate import bounded
from klcli.core.measures.measure import Measure

__all__ = ["Values"]


class Values(dict[str, Array]):
    """Arrays of shape (n,), in nats."""

    @classmethod
    def none_of(cls, chosen: Iterable[Measure], rows: int) -> "Values":
        """Returns arrays for the values of `rows` rows, none of them computed yet."""
        return cls({each.name: np.full(rows, np.nan) for each in chosen})

    def lacks(self, names: Iterable[str], at: slice | Index = slice(None)) -> Mask:
        """Which of these rows have no value of one of these measures, shape (n,); there is one measure at least."""
        return reduce(np.logical_or, (np.isnan(self[name][at]) for name in names))

    def lacking(self, chosen: Iterable[Measure], at: slice | Index) -> list[Measure]:
        """Returns the measures of which one of these rows has no value."""
        return [each for each in chosen if np.isnan(self[each.name][at]).any()]

    def each_part_without(self, chosen: Iterable[Measure], put: Callable[[Index], None], size: int) -> None:
        """Calls a function, in several threads, with the rows that have no value of one of these measures, by parts."""
        names = [each.name for each in chosen]
        rows = np.flatnonzero(self.lacks(names)) if names else np.empty(0, dtype=np.intp)
        each_block(len(rows), lambda: lambda where: put(rows[where]), size=max(1, size), worth=1)

    def fill(self, at: slice | Index, values: dict[str, Any]) -> None:
        """Puts in the values of these rows that were not computed yet."""
        for name, value in values.items():
            old = self[name][at]
            self[name][at] = np.where(np.isnan(old), value, old)

    def put_known(self, values: dict[str, Any]) -> None:
        """Puts in the values of all rows, by name, NaN where unknown."""
        for name, value in values.items():
            self[name][:] = value

    def bounded(self, chosen: Iterable[Measure]) -> "Values":
        """Returns them within the bounds of their measures."""
        return Values({each.name: bounded(self[each.name], each.upper_bound) for each in chosen})
