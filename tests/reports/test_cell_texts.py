from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.reports.cell_texts import machine_texts, person_texts
from klcli.reports.format import Style
from klcli.reports.parts import Column

NUMBER, SHARE = Column("x", "x", is_number=True), Column("x", "x", is_share=True)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (0.1, "0.1"),
        (1 / 3, "0.333333"),
        (123456789.0, "1.23457e+8"),
        (1e-300, "1e-300"),
        (1.5e-7, "1.5e-7"),
        (0.0, "0"),
        (1.0, "1"),
        (inf, "inf"),
        (12, "12"),
        (None, ""),
        ("x\x1b[31m", "x\\x1b[31m"),
        ("e+05", "e+05"),
    ],
)
def test_a_cell_is_written_for_a_person(cell, text):
    assert person_texts([cell], NUMBER, Style()) == [text]


@pytest.mark.parametrize(("cell", "text"), [(0.5, "50.0 %"), (1.0, "100.0 %"), (-0.25, "-25.0 %"), (None, "")])
def test_a_share_is_a_percentage(cell, text):
    assert person_texts([cell], SHARE, Style()) == [text]


@pytest.mark.parametrize(("digits", "text"), [(1, "0.7"), (6, "0.666667"), (17, "0.66666666666666663")])
def test_digits_are_significant(digits, text):
    assert person_texts([2 / 3], NUMBER, Style(digits)) == [text]


@given(cells=st.lists(st.floats() | st.integers(-5, 5)), digits=st.integers(1, 17))
def test_cells_together_are_written_as_each_alone(cells, digits):
    style = Style(digits)
    assert person_texts(cells, NUMBER, style) == [person_texts([cell], NUMBER, style)[0] for cell in cells]


def test_cells_for_machines_keep_all_digits_and_spell_infinity():
    assert machine_texts([0.1, inf, -inf, 1e-300, 3, None, "inf", 1 / 3]) == [
        "0.1", "Infinity", "-Infinity", "1e-300", "3", "", "inf", "0.3333333333333333",
    ]  # fmt: skip
