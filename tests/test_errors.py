import pickle
import re

import pytest

from klcli import errors
from klcli.errors import ExitCode, InputError, KlError, Place, Unreadable, UsageError

ERRORS = [thing for thing in vars(errors).values() if isinstance(thing, type) and issubclass(thing, KlError)]


def tree(root):
    return {child.__name__: tree(child) for child in root.__subclasses__() if child.__module__ == errors.__name__}


def drawn():
    """The tree in the docstring: names by their depth, and the codes beside them."""
    root, codes, path = {}, {}, []
    for line in errors.__doc__.splitlines():
        if found := re.match(r"    ([ │├└─]*)([A-Z]\w+)(?: +(\d+))?", line):
            branch, name, code = found.groups()
            path = [*path[: len(branch) // 4], {}]
            (path[-2] if len(path) > 1 else root)[name] = path[-1]
            if code:
                codes[name] = int(code)
    return root, codes


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes():
    assert drawn()[0] == {"KlError": tree(KlError)}


def test_the_codes_in_the_docstring_are_those_of_the_classes():
    assert drawn()[1] == {"UsageError": 2, "InputError": 3}
    assert (UsageError.exit_code, InputError.exit_code) == (2, 3)


def test_the_exit_codes_are_those_of_the_contract():
    assert {code.name: int(code) for code in ExitCode} == {
        "OK": 0, "LIMIT_EXCEEDED": 1, "USAGE": 2, "BAD_DATA": 3, "BUG": 70, "INTERRUPTED": 130
    }  # fmt: skip


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_exits_with_2_or_3_and_never_with_1(error):
    assert error.exit_code == (3 if issubclass(error, InputError) else 2)


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_carries_a_message_and_a_hint(error):
    raised = error("p.csv: no such file", hint="did you mean q.csv?")
    assert (str(raised), raised.message, raised.hint) == (
        "p.csv: no such file", "p.csv: no such file", "did you mean q.csv?"
    )  # fmt: skip
    assert error("x").hint is None


@pytest.mark.parametrize("error", [error for error in ERRORS if error is not KlError])
def test_an_error_is_a_value_error(error):
    assert issubclass(error, ValueError)


def test_a_missing_package_is_an_import_error():
    assert issubclass(errors.MissingPackage, ImportError)


@pytest.mark.parametrize("error", ERRORS)
def test_the_place_leads_the_message(error):
    moved = error("no mass", hint="give some").at("p.csv")
    assert type(moved) is error
    assert (moved.message, moved.hint) == ("p.csv: no mass", "give some")
    assert (moved.place, moved.finding) == (Place("p.csv"), "no mass")


@pytest.mark.parametrize("place", [Place("p.csv", 3), Place("p.csv", steps=("row 3",)), Place(line=3), Place(), None])
def test_an_error_survives_pickling_with_its_place(place):
    raised = Unreadable("no mass", place=place, hint="give some")
    again = pickle.loads(pickle.dumps(raised))
    assert (str(again), again.place, again.finding, again.hint) == (str(raised), place, "no mass", "give some")


@pytest.mark.parametrize("inner", [Place("p.csv", 3, 4, ("'cat'",)), Place(line=3), Place(steps=("row 3", "'cat'"))])
@pytest.mark.parametrize("outer", [Place("pairs.csv", 2), Place("pairs.csv"), Place(line=2), Place(steps=("key 1",))])
def test_a_place_within_another_is_named_behind_it(outer, inner):
    assert str(outer.then(inner)) == f"{outer}: {inner}"
    assert Unreadable("no mass", place=inner).at(outer).message == f"{outer}: {inner}: no mass"


def test_a_place_within_a_source_keeps_its_line():
    assert Place("p.csv").then(Place(line=3)).then("'cat'") == Place("p.csv", 3, steps=("'cat'",))
    assert Place().then(Place("p.csv", 3)) == Place("p.csv", 3)
    assert Place.nth("line", 2) == Place(line=3)
    assert str(Place.nth("row", 2)) == "row 3"


def test_every_error_is_public():
    assert {error.__name__ for error in ERRORS} <= set(errors.__all__)
