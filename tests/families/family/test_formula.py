"""A formula is written as symbols, with numbers, or with P and Q exchanged."""

import pytest

from klcli.families.catalogue import FAMILIES
from klcli.families.closed_forms.closed_form import CLOSED_FORMS
from klcli.families.closed_forms.lookup import has_closed_form, listed_form
from klcli.families.family.formula import Formula

FORMULA = Formula("r·log({p.rate}/{q.rate}) - {p.loc} + {mean_distance:E|x - {q.loc}|}", "r = {p.rate}·{q.rate}")


def test_its_fields_are_symbols_until_numbers_are_put_in():
    assert str(FORMULA) == "r·log(p.rate/q.rate) - p.loc + E|x - q.loc|, r = p.rate·q.rate"
    assert FORMULA.without_definitions == "r·log(p.rate/q.rate) - p.loc + E|x - q.loc|"


def test_p_and_q_are_exchanged_in_every_field_and_nowhere_else():
    words = Formula("the mass of {p}, apart from p and q, {P}‖{Q} and ({dp} - {dq})·σ{p}", "q = {Q}")
    assert str(words.swapped()) == "the mass of q, apart from p and q, Q‖P and (dq - dp)·σq, q = P"
    assert str(FORMULA.swapped()) == "r·log(q.rate/p.rate) - q.loc + E|x - p.loc|, r = q.rate·p.rate"
    assert FORMULA.swapped().swapped() == FORMULA


def test_numbers_replace_the_fields_that_have_one():
    numbers = {"p.rate": "2", "p.loc": "(-3)", "mean_distance": "1.5"}
    assert FORMULA.with_numbers(numbers.get) == "r·log(2/q.rate) + 3 + 1.5, r = 2·q.rate"
    assert FORMULA.with_numbers({"q.loc": "(-1)"}.get).endswith("E|x + 1|, r = p.rate·q.rate")


def test_a_power_of_a_gamma_variable_needs_no_definitions_once_it_has_numbers():
    formula = Formula("{dp}·log {r}", "r = (σ{p}/σ{q})^c", symbols=lambda p, q: {"dp": 2.0, "r": 0.5})
    assert formula.with_numbers({"dp": "2", "r": "0.5"}.get) == "2·log 0.5"


@pytest.mark.parametrize("pair", CLOSED_FORMS, ids="-".join)
def test_a_registered_formula_names_parameters_that_its_families_have(pair):
    p, q = (FAMILIES.lookup(name) for name in pair)
    formula, asked = CLOSED_FORMS[pair].formula, []
    formula.with_numbers(lambda name: asked.append(name) or "1")
    for side, parameter in (name.split(".") for name in asked if "." in name):
        assert parameter in {each.name for each in {"p": p, "q": q}[side].parameters}, (side, parameter)


def test_no_parameter_is_written_outside_of_a_field():
    pairs = [(p, q) for p in FAMILIES for q in FAMILIES if has_closed_form(p, q)]
    for p, q in pairs:
        text = listed_form(p, q).formula.with_numbers(lambda name: "1")
        assert "p." not in text.replace("exp.", ""), (p.name, q.name)
        assert "q." not in text, (p.name, q.name)
