"""Only values with a unit depend on the base of the logarithm."""

from math import inf, log, sqrt

import pytest

from klcli.core.distributions.units import UnitKind, parse_base, scale, unit_name
from klcli.errors import UsageError


@pytest.mark.parametrize(
    ("text", "base"), [("e", "e"), ("2", 2), (2, 2), (10.0, 10), ("1.5", 1.5), ("1e3", 1000), (1.0000001, 1.0000001)]
)
def test_a_base_is_e_or_a_number_above_1(text, base):
    assert parse_base(text) == base


@pytest.mark.parametrize("base", ["", "two", "1", 1, 0.5, 0, -2, "nan", "inf", inf, None, [2]])
def test_any_other_base_is_refused(base):
    with pytest.raises(UsageError, match="the base of the logarithm is") as error:
        parse_base(base)
    assert error.value.hint == "e gives nats, 2 gives bits, 10 gives bans"


@pytest.mark.parametrize(("base", "unit"), [("e", 1.0), (2, log(2)), (10, log(10)), (1.5, log(1.5))])
def test_information_is_divided_by_the_logarithm_of_the_base(base, unit):
    assert scale(3.0, UnitKind.INFORMATION, base) == 3.0 / unit
    assert scale(3.0, UnitKind.ROOT_INFORMATION, base) == 3.0 / sqrt(unit)
    assert scale(3.0, UnitKind.NONE, base) == 3.0


@pytest.mark.parametrize("kind", UnitKind)
def test_nats_are_not_scaled(kind):
    assert scale(0.1, kind, "e") == 0.1


@pytest.mark.parametrize("kind", UnitKind)
@pytest.mark.parametrize("base", ["e", 2, 10])
def test_infinity_and_0_are_the_same_in_every_unit(kind, base):
    assert scale(inf, kind, base) == inf
    assert scale(0.0, kind, base) == 0


@pytest.mark.parametrize(("base", "name"), [("e", "nats"), (2, "bits"), (10, "bans"), (1.5, "log1.5 units")])
def test_a_unit_has_a_name(base, name):
    assert unit_name(UnitKind.INFORMATION, base) == name
    assert unit_name(UnitKind.ROOT_INFORMATION, base) == f"√{name}"
    assert unit_name(UnitKind.NONE, base) == ""


def test_a_base_that_is_written_as_a_decimal_has_the_same_name():
    assert unit_name(UnitKind.INFORMATION, parse_base("2.0")) == "bits"


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("nats", "e"),
        ("Nat", "e"),
        ("bits", 2),
        ("shannon", 2),
        ("bans", 10),
        ("dit", 10),
        (" BITS ", 2),
        ("E", "e"),
        ("binary", 2),
        ("log2", 2),
        ("log10", 10),
        ("decimal", 10),
    ],
)
def test_the_name_of_a_unit_stands_for_its_base(word, base):
    assert parse_base(word) == base


@pytest.mark.parametrize("word", ["1", "0.5", "nan", "inf", "byte", ""])
def test_a_word_that_is_no_base_is_answered_with_the_bases(word):
    with pytest.raises(
        UsageError, match=f"the base of the logarithm is {word or 'empty'}, not e, nats, bits, bans or"
    ) as error:
        parse_base(word)
    assert error.value.hint == "e gives nats, 2 gives bits, 10 gives bans"
