import re
from math import inf

from klcli.reports.format import Style
from klcli.reports.layout.heat import Heat
from klcli.reports.layout.text_table import table_text
from klcli.reports.parts import Column, Table

COLUMNS = (Column("row", "row"), *(Column(name, name, is_number=True, is_heat=True) for name in "ab"))


def test_the_larger_is_the_hotter_and_0_has_no_shade():
    heat = Heat([0.0, 0.25, 1.0, 4.0, inf, None, "x"])
    styles = [heat.code(value) for value in (0.25, 1.0, 2.0, 4.0, inf)]
    assert len(set(styles)) == 5
    assert heat.code(0.0) == heat.code("x") == heat.code(None) == ""


def test_a_table_of_zeros_or_of_infinities_has_shades():
    assert Heat([0.0, 0.0]).code(0.0) == ""
    assert Heat([inf, 0.0]).code(inf)


def test_shades_leave_the_text_as_it_is():
    table = Table(COLUMNS, (("x", 0.0, 1.5), ("y", inf, 0.25)))
    plain, shaded = ("".join(table_text(table, Style(color=color))) for color in (False, True))
    text = re.sub(r"\x1b\[[0-9;]*m", "", shaded)
    assert [line.rstrip() for line in text.splitlines()] == [line.rstrip() for line in plain.splitlines()]
    assert "\x1b[38;5;16;48;5;" in shaded
