"""Cells that texts say are missing: a cell by itself and in its column alike."""

from decimal import Decimal
from math import inf

import numpy as np
import pytest

from klcli.tables.column import Storage
from klcli.tables.missing_cells import MissingCells

COLUMNS = [
    (Storage.TEXT, np.array(["7", "7.0", "007", "Na", ""], dtype=object), [True, True, False, True, False]),
    (Storage.INTEGER, np.array([7, 8, 2**63 - 1, 2**63 - 2]), [True, False, True, False]),
    (Storage.FLOAT, np.array([7.0, 1e300, inf, np.float32(0.1), 0.1]), [True, True, False, True, True]),
    (Storage.DECIMAL, np.array([Decimal(7), Decimal("0.1"), Decimal("0.11")]), [True, True, False]),
    (Storage.BOOLEAN, np.array([True, False]), [False, True]),
]


@pytest.mark.parametrize(("storage", "values", "expected"), COLUMNS)
def test_a_cell_is_missing_by_itself_as_in_its_column(storage, values, expected):
    missing = MissingCells(("7", "1e300", "0.1", "false", str(2**63 - 1)), ("na",))
    assert missing.mask(storage, values).tolist() == expected
    assert [missing.holds(each) for each in values] == expected
    assert [missing.holds(each) for each in values.tolist()] == expected


def test_the_empty_text_stands_for_none():
    assert [MissingCells(("",)).holds(cell) for cell in (None, "", 0, False)] == [True, True, False, False]
    assert not MissingCells(("x",)).holds(None)
