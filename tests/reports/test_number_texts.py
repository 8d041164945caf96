"""The numbers of rows: the text of repr, whichever package writes it."""

import sys
from math import inf, nextafter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from klcli.reports.number_texts import joined_numbers, number_texts
from klcli.support.optional_package import installed

installed("orjson")
EDGES = [
    edge for power in (1e-5, 1e-4, 1e15, 1e16, 1e17) for edge in (nextafter(power, 0), power, nextafter(power, inf))
]
POWERS = [2.0**power for power in range(-1074, 1024)]


@pytest.mark.parametrize("hidden", [[], ["orjson"]], ids=["installed", "missing"])
@settings(max_examples=300)
@given(numbers=st.lists(st.floats(min_value=0, allow_nan=False) | st.floats(1e-5, 1e17)))
@example([0.0, 1.0, 5e-324, 1e22, inf, *EDGES, *POWERS])
def test_a_number_is_written_as_by_repr(hidden, numbers):
    with pytest.MonkeyPatch.context() as patch:
        for module in hidden:
            patch.setitem(sys.modules, module, None)
        assert number_texts(np.array(numbers)) == ["Infinity" if each == inf else repr(each) for each in numbers]
        assert number_texts(np.array([inf]), infinity='"Infinity"') == ['"Infinity"']
        for some in (numbers, [each for each in numbers if 1e-4 <= each < 1e16 or each in (0.0, inf)]):
            expected = ", ".join("oo" if each == inf else repr(each) for each in some)
            assert joined_numbers(np.array(some), ", ", "oo") == expected
