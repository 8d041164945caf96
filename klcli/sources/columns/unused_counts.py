"""Columns that may hold the counts of observations, or their probabilities, where each row is read as one."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.notes import Note, counts_unused, probabilities_unused
from klcli.sources.columns.headings import is_count_name, is_mass_name
from klcli.sources.columns.numbers import Numbers
from klcli.sources.columns.told_by_cells import EXAMINED, Cells

__all__ = ["unused_counts"]

_MOST = 10_000  # rows of a column that may be one distribution
_IS_1 = 1e-6


def unused_counts(
    source: str, names: Sequence[str], columns: Sequence[Cells], used: Collection[int], numbers: Numbers
) -> Iterator[Note]:
    """Yields a note on each unused column whose heading and cells are those of counts, or of probabilities.

    Args:
        columns: the cells; an empty column was not fetched, and is judged by its heading.
        used: positions of the columns that hold the observations. numbers: as in `Table`.
    """
    for at, name in enumerate(names):
        is_count = is_count_name(name)
        if at in used or not (is_count or is_mass_name(name)):
            continue
        cells = columns[at]
        if is_count and (not len(cells) or _are_counts(*numbers(cells[:EXAMINED]))):
            yield counts_unused((source,), name)
        elif 1 < len(cells) <= _MOST and _are_probabilities(*numbers(cells)):
            yield probabilities_unused((source,), name)


def _are_counts(values: Array, are_numbers: Mask | None) -> bool:
    """Returns True for whole numbers of which one is above 1, so that they count more than the rows do."""
    if are_numbers is not None and not are_numbers.all():
        return False
    return bool(values.min() >= 0 and values.max() > 1 and (np.floor(values) == values).all())


def _are_probabilities(values: Array, are_numbers: Mask | None) -> bool:
    if are_numbers is not None and not are_numbers.all():
        return False
    return bool(values.min() >= 0 and values.max() < 1 and abs(values.sum() - 1) < _IS_1)
