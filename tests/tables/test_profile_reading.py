"""A damaged profile is refused with what is wrong, as its counts cannot be those of a table."""

import json

import pytest

import klcli
from klcli.errors import Unreadable
from klcli.tables.profile_reading import read_profile


@pytest.fixture(scope="module")
def text():
    return klcli.profile({"x": [0.5 * each for each in range(40)], "word": ["a", "b", "b", ""] * 10})


def test_a_profile_is_read_as_it_was_written(text):
    assert read_profile("p", text).text(json.loads(text)["klcli"]) == text.replace('"name": "table"', '"name": "p"', 1)


def test_half_of_a_surrogate_pair_is_written_as_json_escapes_it():
    text = klcli.profile({"word": ["a\ud800", "b"]})
    assert r"a\ud800" in text
    assert text.encode()
    assert {key for key, _ in read_profile("p", text).columns[0].labels} == {"a\ud800", "b"}


@pytest.mark.parametrize(
    ("column", "field", "change", "says"),
    [
        (0, "below", lambda counts: counts[:-1], "x: "),
        (0, "below", lambda counts: [*counts[:-1], 1e999], "not JSON"),
        (0, "below", lambda counts: [*counts[:-1], -1], "-1 is not a count"),
        (0, "at_most", lambda counts: [counts[0] + 7, *counts[1:]], "x: counts of values below cuts"),
        (0, "at_most", lambda counts: [*counts[:-1], counts[-1] + 0.5], "is not a count"),
        (0, "cuts", lambda cuts: [cuts[1], cuts[0], *cuts[2:]], "x: cuts that do not increase"),
        (0, "cuts", lambda cuts: [*cuts[:-1], float("nan")], "NaN is not JSON"),
        (0, "values", lambda count: count + 1, "x: more cells than rows"),
        (0, "moments", lambda sums: [sums[0], sums[1], "1"], "x: sums and squares that no values have"),
        (0, "moments", lambda sums: [sums[0], "1/0", sums[2]], "not a profile"),
        (0, "moments", lambda sums: [sums[0], sums[1], "1e999999999"], "'1e999999999' is not a fraction"),
        (0, "cuts", lambda cuts: [*cuts[:-1], "d1e999999999"], "'1e999999999' is not a decimal number of a table"),
        (0, "cuts", lambda cuts: [*cuts[:-1], "dInfinity"], "'Infinity' is not a decimal number of a table"),
        (1, "labels", lambda labels: [[labels[0][0], labels[0][1] + 1], *labels[1:]], "word: labels of"),
        (1, "labels", lambda labels: [labels[0], [labels[0][0], labels[1][1]]], "word: a label is stored twice"),
        (1, "labels", lambda labels: [[labels[0][0], True], *labels[1:]], "True is not a count"),
        (1, "name", lambda name: "x", "two columns have the same name"),
        (1, "name", lambda name: "ward", "its columns are not those that it was made of"),
        (1, "facts", lambda facts: facts | {"rows": 41}, "word: more cells than rows"),
        (1, "facts", lambda facts: facts | {"distinct": None}, "None is not a count"),
        (1, "facts", lambda facts: facts | {"length": facts["length"] + 1}, "its counts are not those"),
        (0, "cuts", lambda cuts: [*cuts[:-1], cuts[-1] + 1], "its counts are not those"),
    ],
)  # fmt: skip
def test_a_damaged_profile_is_refused(text, column, field, change, says):
    found = json.loads(text)
    found["columns"][column][field] = change(found["columns"][column][field])
    with pytest.raises(Unreadable, match=r"^p: not a profile of klcli: ") as caught:
        read_profile("p", json.dumps(found))
    assert says in caught.value.message


@pytest.mark.parametrize("values", [[0.5, 1.0, -0.0, 1e16, 1e300, float("inf")] * 9, [1, 2**62, -3] * 9])
def test_numbers_spelt_otherwise_are_the_same_profile(values):
    text = klcli.profile({"x": values}, types={"x": "numeric"})
    found = json.loads(text, parse_float=lambda word: int(float(word)) if float(word).is_integer() else float(word))
    assert json.dumps(found) != json.dumps(json.loads(text)) or isinstance(values[0], int)
    assert read_profile("p", json.dumps(found, indent=1)) == read_profile("p", text)


def test_a_merge_conflict_in_a_profile_is_named(text):
    first, _, rest = text.partition("\n")
    with pytest.raises(Unreadable, match="p: holds marks of a merge conflict of git") as raised:
        read_profile("p", f"<<<<<<< HEAD\n{first}\n=======\n{first}\n>>>>>>> other\n{rest}")
    assert "git checkout --theirs" in str(raised.value.hint)


def test_an_object_that_is_no_profile_says_what_it_lacks():
    with pytest.raises(Unreadable, match="not a profile of klcli: there is no 'kl_profile'"):
        read_profile("p", "{}")
