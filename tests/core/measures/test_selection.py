"""Names of measures: several with commas, `all`, and the measure of a limit without a name."""

import pytest

from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import limited_measure, names_of, select
from klcli.errors import UnknownName, UsageError


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("jeffreys", ["jeffreys"]),
        ("forward_kl,jeffreys", ["forward_kl", "jeffreys"]),
        (" forward_kl , renyi:2,", ["forward_kl", "renyi:2"]),
        (("a,b", "c"), ["a", "b", "c"]),
        ((), []),
        ("", [""]),
    ],
)
def test_commas_separate_names(asked, names):
    assert names_of(asked) == names


def test_all_stands_for_every_measure_in_its_place():
    names = names_of("l_infinity,all")
    assert names[0] == "l_infinity"
    assert {name.partition(":")[0] for name in names[1:]} == set(MEASURES.names())


def test_all_stands_for_the_measures_that_the_caller_has():
    assert names_of(["all"], every=("forward_kl", "hellinger")) == ["forward_kl", "hellinger"]


@pytest.mark.parametrize(
    ("name", "asked", "measure"),
    [
        ("", (), "forward_kl"),
        ("", ("jeffreys",), "jeffreys"),
        ("", ("psi", "jeffreys"), "jeffreys"),
        ("hellinger", ("jeffreys", "renyi:2"), "hellinger"),
        ("hellinger", (), "hellinger"),
    ],
)
def test_a_limit_without_a_name_is_on_the_one_measure_asked_for(name, asked, measure):
    assert limited_measure(name, asked).name == measure


@pytest.mark.parametrize("asked", [("jeffreys", "hellinger"), ("jeffreys,hellinger",), ("all",)])
def test_a_limit_without_a_name_is_refused_where_several_measures_are_asked_for(asked):
    with pytest.raises(UsageError, match=r"a limit without a name, but .* measures are asked for") as error:
        limited_measure("", asked)
    assert error.value.hint.startswith("name its measure, as in ")


def test_a_limit_on_an_unknown_measure_is_refused():
    with pytest.raises(UnknownName, match="no measure is called 'jefreys'"):
        limited_measure("jefreys", ("jeffreys",))


@pytest.mark.parametrize("written", ["renyi:2", "renyi: 2", " Renyi :2", "renyi(2)"])
def test_blanks_around_an_order_are_not_part_of_the_name(written):
    assert select(written).name == "renyi:2"
