"""The table of manners: its commands of kl end as they should, and the page holds the table."""

import pytest

from benchmarks.manners import PAGE, ROWS, TOOLS, failure, prepare, table


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("manners")
    prepare(made)
    return made


@pytest.mark.documentation
@pytest.mark.parametrize("manner", ROWS)
def test_kl_has_the_manner(manner, folder):
    assert failure(ROWS[manner][0], folder) == ""


def test_each_row_has_a_cell_for_every_tool_and_kl_has_all():
    assert all(len(cells) == len(TOOLS) and cells[0] for cells in ROWS.values())


def test_the_page_holds_the_table():
    assert table() in PAGE.read_text(encoding="utf-8")
