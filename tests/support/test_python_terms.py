"""Hints of the Python face name arguments of calls, not options of the command line."""

import inspect

import pytest

import klcli
from klcli.errors import NotADistribution
from klcli.support.python_terms import ARGUMENTS, ARGUMENTS_OF_READ, FUNCTIONS, in_python_terms, python_hint
from klcli.support.sentence import Command, Option, Sentence

P_OR_Q = Sentence(Option("--p"), " or ", Option("--q"))


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("pass " + Option("--as", "weights") + " to normalise them", 'pass as_="weights" to normalise them'),
        (
            Sentence("pass ", Option("--as", "logits"), " or ", Option("--as", "logprobs")),
            'pass as_="logits" or as_="logprobs"',
        ),
        ("pass " + Option("--p-as", "counts"), 'pass p_as="counts"'),
        ("pass " + Option("--missing", "zero") + " to give them mass 0", 'pass missing="zero" to give them mass 0'),
        ("allow more, as with " + Option("--max-expand", "8GiB"), 'allow more, as with max_expand="8GiB"'),
        ("name it with " + Option("--target"), "name it with target="),
        ("pass " + Option("-m", "renyi:2"), 'pass measures="renyi:2"'),
        ("if it names the rows, pass " + Option("--id", "user id"), 'if it names the rows, pass id_column="user id"'),
        ("name it, as in " + Option("--p", 'a "b"'), """name it, as in column='a "b"' (an argument of klcli.read)"""),
        (Sentence(Option("--as", "vectors"), " ", Option("--jitter")), 'as_="vectors", jitter=True'),
        ("see `" + Command("list", "measures") + "`", "see `kl list measures`"),
        (
            "p.csv: line 1 was read as a header; see " + Option("--header"),
            "p.csv: line 1 was read as a header; see header=True (an argument of klcli.read and klcli.estimate)",
        ),
        ("pass " + Option("--decimal", ","), 'pass decimal="," (an argument of klcli.read)'),
        (
            Sentence("pass ", Option("--decimal", ","), " ", Option("--thousands", ".")),
            'pass decimal=",", thousands="." (arguments of klcli.read)',
        ),
        ("pass " + Option("--delimiter", ";"), 'pass delimiter=";" (an argument of klcli.read)'),
        ("name one of them with " + P_OR_Q, "name one of them with column= (an argument of klcli.read)"),
        (
            Sentence("name one with ", Option("--p"), ", ", Option("--q"), " or ", Option("--label")),
            "name one with column= or label= (arguments of klcli.read)",
        ),
        (
            Option("--missing-label", "keep") + " counts such rows as an outcome",
            'missing_label="keep" counts such rows as an outcome (an argument of klcli.read)',
        ),
        (Option("--null", "") + " leaves out rows", 'null="" leaves out rows (an argument of klcli.read)'),
        ("as with " + Option("--columns", "price", "size"), 'as with columns=["price", "size"]'),
        (Command("rows", "P", "Q") + " compares them", "klcli.compare_rows(p, q) compares them"),
        (Command("estimate") + " allows for them", "klcli.estimate allows for them"),
        (
            Command("compute", "SAMPLE", "FAMILY", Option("--as", "samples"), Option("-m", "cross_entropy")),
            'klcli.compare(sample, family, as_="samples", measures="cross_entropy")',
        ),
        ("sort FILE | " + Command("compute", "-", "FAMILY"), "sort FILE | kl compute - FAMILY"),
        ("written by " + Command("rows", Option("--shard", "1/16")), "written by kl rows --shard 1/16"),
        (Option("--allow-duplicates") + " gives one", "allow_duplicates=True gives one"),
        ("moved at random (" + Option("--seed", "5") + ")", "moved at random (seed=5)"),
        ("a label that reads --as weights is data", "a label that reads --as weights is data"),
        (None, None),
    ],
)
def test_an_option_is_an_argument(hint, expected):
    assert python_hint(hint) == expected


def test_every_argument_exists():
    own = {name for function in (klcli.compare, klcli.compare_rows, klcli.estimate) for name in parameters(function)}
    assert {each.partition("=")[0] for each in ARGUMENTS.values()} <= own
    assert {each.partition("=")[0] for each in ARGUMENTS_OF_READ.values()} <= parameters(klcli.read)
    assert all(hasattr(klcli, each) for each in FUNCTIONS.values())


def parameters(function):
    return set(inspect.signature(function).parameters)


def test_the_hint_is_part_of_the_text_of_the_error():
    @in_python_terms
    def fails():
        raise NotADistribution("P: wrong", hint="pass " + Option("--as", "counts"))

    with pytest.raises(NotADistribution) as error:
        fails()
    assert str(error.value) == 'P: wrong\nhint: pass as_="counts"'
    assert (error.value.message, error.value.hint) == ("P: wrong", 'pass as_="counts"')


def test_an_error_without_a_hint_is_its_message():
    with pytest.raises(NotADistribution) as error:
        in_python_terms(lambda: (_ for _ in ()).throw(NotADistribution("P: wrong")))()
    assert str(error.value) == "P: wrong"
