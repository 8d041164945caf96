"""A sentence is a text that knows its options and commands."""

import copy
import pickle

import pytest

from klcli.support.sentence import Command, Option, Sentence, joined, options, renamed

CURE = "pass " + Option("--as", "weights") + " to normalise them, or see " + Command("rows", "P", "Q")


def test_its_text_is_that_of_the_command_line():
    assert CURE == "pass --as weights to normalise them, or see kl rows P Q"
    assert CURE.parts == ("pass ", "--as weights", " to normalise them, or see ", "kl rows P Q")
    assert [(each.name, each.values) for each in options(CURE)] == [("--as", ("weights",))]


@pytest.mark.parametrize(
    ("option", "text"),
    [
        (Option("--jitter"), "--jitter"),
        (Option("-m", "jeffreys"), "-m jeffreys"),
        (Option("--null", ""), "--null ''"),
        (Option("--delimiter", ";"), "--delimiter ';'"),
        (Option("--decimal", ","), "--decimal ,"),
        (Option("--p", "it's"), """--p 'it'"'"'s'"""),
        (Option("--columns", "price", "size in cm"), "--columns 'price,size in cm'"),
        (Option("--id", "--x [red]"), "--id '--x [red]'"),
    ],
)
def test_a_shell_reads_the_value_of_an_option_as_it_is(option, text):
    assert option == text


@pytest.mark.parametrize("copied", [lambda text: pickle.loads(pickle.dumps(text)), copy.deepcopy])
def test_a_copy_knows_its_terms(copied):
    found = copied(CURE)
    assert found == CURE
    assert [type(each) for each in found.parts] == [str, Option, str, Command]
    assert [each.values for each in options(found)] == [("weights",)]


def test_a_sentence_goes_on_before_and_behind():
    found = "or " + CURE + "; " + f"{1:.2f}"
    assert found == f"or {CURE}; 1.00"
    assert len(list(options(found))) == 1


def test_texts_are_joined_without_those_that_are_empty():
    found = joined("; ", "", "mind the gap", None, CURE)
    assert found == f"mind the gap; {CURE}"
    assert [each.name for each in options(found)] == ["--as"]
    assert joined("; ", None, "") == ""


def test_a_renamed_option_keeps_its_value():
    assert renamed(CURE, {"--as": "--against-as"}) == CURE.replace("--as", "--against-as")
    assert renamed("--as is plain text", {"--as": "--against-as"}) == "--as is plain text"
    assert renamed(None, {}) is None


def test_neighbours_that_become_the_same_are_named_once():
    found = "name one with " + Option("--p") + ", " + Option("--q") + " or " + Option("--label")
    assert renamed(found, {"--p": "--column", "--q": "--column"}) == "name one with --column or --label"
    apart = Sentence(Option("--p", "x"), " and ", Option("--q", "y"))
    assert renamed(apart, {"--p": "--column", "--q": "--column"}) == "--column x and --column y"


def test_plain_text_has_no_options():
    assert list(options("pass --as weights")) == list(options(None)) == []
