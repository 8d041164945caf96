"""A registry finds by name or alias, suggests the nearest, and imports what was declared only when it is asked for."""

import sys
from importlib import import_module

import pytest

from klcli.errors import ExitCode, UnknownName
from klcli.support.registry import Registry


@pytest.fixture
def colours():
    registry = Registry("colour", "colours")
    registry.add("dark_red", "#800", aliases=("maroon",))
    registry.add("blue", "#00f")
    return registry


@pytest.mark.parametrize("name", ["dark_red", "dark-red", "DARK_RED", "maroon", "Maroon"])
def test_an_item_is_found_by_name_and_alias(colours, name):
    assert colours.lookup(name) == "#800"
    assert name in colours


def test_names_come_in_the_order_of_registration(colours):
    assert colours.names() == ["dark_red", "blue"]
    assert list(colours) == ["#800", "#00f"]


@pytest.mark.parametrize(("name", "aliases"), [("blue", ()), ("Dark-Red", ()), ("maroon", ()), ("navy", ("blue",))])
def test_a_name_that_is_taken_is_refused(colours, name, aliases):
    with pytest.raises(ValueError, match="is registered twice"):
        colours.add(name, "#000", aliases=aliases)
    assert colours.names() == ["dark_red", "blue"]


def test_an_unknown_name_is_answered_with_the_nearest(colours):
    with pytest.raises(UnknownName, match="no colour is called 'blau'") as error:
        colours.lookup("blau")
    assert error.value.hint == "did you mean blue?"
    assert error.value.exit_code is ExitCode.USAGE


def test_an_unknown_name_that_is_near_nothing_is_answered_with_all(colours):
    with pytest.raises(UnknownName) as error:
        colours.lookup("xyz")
    assert error.value.hint == "the colours are dark_red, blue"


@pytest.mark.parametrize("thing", ["xyz", "", None, 3])
def test_what_is_not_registered_is_not_contained(colours, thing):
    assert thing not in colours


def test_a_declared_name_is_imported_when_it_is_looked_up(colours, tmp_path, monkeypatch):
    (tmp_path / "heavy_colour.py").write_text("import sys\nsys.colours_under_test.add('green', '#0f0')\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry("colour", "colours")
    monkeypatch.setattr(sys, "colours_under_test", registry, raising=False)
    registry.loads("green")(lambda: import_module("heavy_colour"))
    assert registry.names() == ["green"]
    assert "green" in registry
    assert "heavy_colour" not in sys.modules
    assert registry.lookup("Green") == "#0f0"
    del sys.modules["heavy_colour"]


def test_a_name_that_was_not_declared_is_listed_after_those_that_were():
    table = Registry("thing", "things")
    table.loads("declared")(lambda: table.add("declared", 1))
    table.add("added", 2)
    assert table.names() == ["declared", "added"]
    assert list(table) == [1, 2]
    assert "added" in table


def test_a_declared_name_is_found_with_a_hyphen_or_an_underscore():
    registry = Registry("thing", "things")

    @registry.loads("a-b")
    def load():
        registry.add("a-b", 1)

    assert registry.names() == ["a-b"]
    assert registry.lookup("a-b") == 1
    other = Registry("thing", "things")
    other.loads("a-b")(lambda: other.add("a-b", 2))
    assert other.lookup("A_B") == 2
    assert other.names() == ["a-b"]


def test_what_is_removed_can_be_registered_again():
    registry = Registry("thing", "things")
    registry.add("first", 1, aliases=("one",))
    registry.remove("first")
    assert registry.names() == []
    with pytest.raises(UnknownName):
        registry.lookup("one")
    registry.add("first", 2, aliases=("one",))
    assert registry.lookup("one") == 2
