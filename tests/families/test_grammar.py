from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.errors import InputError, KlError, Unreadable
from klcli.families.catalogue import FAMILIES
from klcli.families.grammar import parse


@pytest.mark.parametrize(
    ("word", "given_"),
    [
        ("normal(1, 0.5)", {"loc": 1.0, "scale": 0.5}),
        (" normal ( 1 ,.5 ) ", {"loc": 1.0, "scale": 0.5}),
        ("normal(mean=1, sd=1/2)", {"loc": 1.0, "scale": 0.5}),
        ("norm(1, scale=5e-1)", {"loc": 1.0, "scale": 0.5}),
        ("normal(-1e3, variance=4)", {"loc": -1000.0, "scale": 2.0}),
        ("gamma(shape=2, rate=3)", {"shape": 2.0, "rate": 3.0}),
        ("gamma(2, scale=0.25)", {"shape": 2.0, "rate": 4.0}),
        ("exponential(mean=4)", {"rate": 0.25}),
        ("student_t(3)", {"df": 3.0, "loc": 0.0, "scale": 1.0}),
        ("truncated_normal(0, 1, -inf, 2)", {"loc": 0.0, "scale": 1.0, "low": float("-inf"), "high": 2.0}),
    ],
)
def test_parameters_are_given_by_position_and_by_name(word, given_):
    assert parse(word).given == given_


def test_lists_are_read_as_vectors_and_matrices():
    found = parse("mvnormal(mean=[0,0], cov=[[1,0.2],[0.2,2]])")
    assert found.given["mean"].tolist() == [0, 0]
    assert found.given["cov"].tolist() == [[1, 0.2], [0.2, 2]]


def test_a_mixture_has_weights_and_components():
    found = parse("mixture(0.3*normal(0,1) + 0.7 * normal(4,1))")
    assert found.weights.tolist() == [0.3, 0.7]
    assert [part.given["loc"] for part in found.parts] == [0, 4]


def test_a_distribution_of_scipy_is_read():
    found = parse("scipy.gompertz(2, loc=1)")
    assert found.given == {"c": 2.0, "loc": 1.0, "scale": 1.0}
    assert found.bounds() == (1.0, float("inf"))


def test_a_list_is_refused_as_a_parameter_of_a_scipy_distribution():
    with pytest.raises(InputError, match="parameters must be numbers, not lists"):
        parse("scipy.gompertz([2, 3])")


@pytest.mark.parametrize("name", FAMILIES.names())
def test_the_text_of_a_family_parses_to_the_same_family(name):
    examples = {"uniform": "uniform(0, 1)", "loguniform": "loguniform(1, 2)", "pareto": "pareto(1, 2)"}
    if name in ("mvnormal", "wishart", "dirichlet", "multinomial", "categorical", "mixture", "scipy", "triangular",
                "truncated_normal"):  # fmt: skip
        return
    count = len(FAMILIES.lookup(name).parameters)
    word = examples.get(name, f"{name}({', '.join(['1' if name == 'binomial' else '0.5'] * count)})")
    assert parse(str(parse(word))) == parse(word)


@given(st.text("normalgamixture0123456789.,*+-=()[]/ einf", max_size=40))
def test_any_text_is_parsed_or_refused_with_an_input_error(word):
    with suppress(InputError):
        assert str(parse(word))


@given(st.text(max_size=20))
def test_any_text_in_the_brackets_is_parsed_or_refused(text):
    with suppress(InputError):
        assert parse(f"normal({text})").name == "normal"


@pytest.mark.parametrize("word", ["normal(1, __import__('os'))", "normal(1, 2**3)", "normal(nan, 1)", "normal(1_0, 1)"])
def test_python_expressions_are_refused(word):
    with pytest.raises(InputError):
        parse(word)


def test_a_similar_name_is_suggested():
    with pytest.raises(InputError) as caught:
        parse("nromal(0, 1)")
    assert "did you mean normal" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("hypergeometric", "scipy.hypergeom(M, n, N)"), ("beta_binomial", "scipy.betabinom(n, a, b)"),
        ("Zipf", "scipy.zipf(a)"), ("levy", "scipy.levy()"),
    ],
)  # fmt: skip
def test_a_name_that_scipy_has_is_pointed_there(name, written):
    pytest.importorskip("scipy")
    with pytest.raises(InputError) as caught:
        parse(f"{name}(20, 7, 12)")
    assert caught.value.hint == f"scipy.stats has it: write {written}"


def test_a_missing_parameter_gives_the_signature_as_hint():
    with pytest.raises(InputError) as caught:
        parse("gamma(1)")
    assert caught.value.hint.startswith("gamma(shape, rate)")


@pytest.mark.parametrize("depth", [25, 10_000])
def test_mixtures_that_are_nested_too_deeply_are_refused(depth):
    text = "mixture(1*" * depth + "normal(0, 1)" + ")" * depth
    with pytest.raises(Unreadable, match="as mixtures are at most 20 deep was expected"):
        parse(text)


def test_a_mixture_of_mixtures_is_read():
    assert str(parse("mixture(1*mixture(1*normal(0, 1)))")).startswith("mixture(")


@pytest.mark.parametrize("text", [f"normal({'a' * 999}=1)", f"scipy.{'a' * 999}(1)", f"{'a' * 999}(1)"])
def test_a_long_name_is_shortened_in_an_error(text):
    with pytest.raises(KlError) as error:
        parse(text)
    assert len(error.value.message) < 250


@given(numbers=st.lists(st.decimals(0, 10**9, places=3).filter(bool), min_size=2, max_size=5))
def test_a_list_of_decimals_is_read_as_its_numbers_one_by_one(numbers):
    together = parse(f"dirichlet([{', '.join(map(str, numbers))}])")
    one_by_one = parse(f"dirichlet([{','.join(f'{number}e0' for number in numbers)}])")
    assert together.given["alpha"].tolist() == one_by_one.given["alpha"].tolist() == list(map(float, numbers))


@pytest.mark.parametrize("number", ["1" * 400, "1" * 400 + ".5"])
def test_a_number_in_a_list_beyond_the_largest_double_is_refused(number):
    with pytest.raises(Unreadable, match=r"a number up to 1.8e308"):
        parse(f"dirichlet([1,{number}])")
