"""A distribution in one shell word."""

import pytest

from klcli.errors import InputError, UsageError
from klcli.sources.formats.query import Query
from klcli.sources.text.inline import is_inline, read_inline


def read(word, *, samples=False):
    (observed,) = read_inline(word, Query((None,), (samples,)))
    return observed.labels, observed.values.tolist()


@pytest.mark.parametrize("word", ["0.25,0.75", "1/4,3/4", " .25 , 75e-2 ", "[0.25,0.75]", "[25e-2, 0.75]"])
def test_numbers_are_values(word):
    assert read(word) == (None, [0.25, 0.75])


@pytest.mark.parametrize(
    "word",
    [
        "heads=0.25,tails=0.75",
        "heads = 1/4, tails = 3/4",
        '{"heads":0.25,"tails":0.75}',
        ' {"heads":0.25,"tails":0.75}',
    ],
)
def test_labels_precede_the_equals_sign_or_are_keys(word):
    assert read(word) == (("heads", "tails"), [0.25, 0.75])


@pytest.mark.parametrize("label", ["001", "NA", "null", "日本", "x[red]", "a b", "a=b", "p.csv", "é"])
def test_a_label_is_kept_to_the_letter(label):
    assert read(f"{label}=0.25,other=0.75") == ((label, "other"), [0.25, 0.75])


def test_a_fraction_is_exact():
    assert read("1/3,2/3") == (None, [1 / 3, 2 / 3])


def test_negative_numbers_are_logits():
    assert read("-1.5,2") == (None, [-1.5, 2.0])


def test_masses_read_as_samples_are_noted():
    (observed,) = read_inline("cat=0.5,dog=0.5", Query((None,), (True,)))
    assert observed.labels == ("cat=0.5", "dog=0.5")
    assert [note.code for note in observed.notes] == ["columns"]
    assert "cat=0.5 was counted as one observation" in observed.notes[0].text
    (observed,) = read_inline("a=1,b", Query((None,), (True,)))
    assert observed.notes == ()


def test_samples_are_words():
    assert read("cat,dog, cat", samples=True) == (("cat", "dog", "cat"), [1.0, 1.0, 1.0])


@pytest.mark.parametrize("word", ["0.5", "0.5,x", "x,0.5", "a=1", "[", "{", " [1]", "nan", "1/2"])
def test_a_word_with_a_number_or_a_bracket_is_inline(word):
    assert is_inline(word)


@pytest.mark.parametrize("word", ["", "p.csv", "cat,dog", "-", "a=b", "1/0", "0.5.csv", "data/p", "0.5;0.5"])
def test_a_word_without_a_number_is_not_inline(word):
    assert not is_inline(word)


def test_a_piece_that_is_not_a_number_is_named_with_its_label():
    with pytest.raises(InputError, match=r"^heads=0\.5,tails=x: value 2: 'tails': 'x' is not a number$"):
        read("heads=0.5,tails=x")


def test_json_inline_may_hold_a_pair():
    p, q = read_inline('{"p": [1], "q": {"a": 2}}', Query((None, None), (False, False)))
    assert (p.labels, p.values.tolist()) == (None, [1.0])
    assert (q.labels, q.values.tolist()) == (("a",), [2.0])


def test_a_list_is_not_a_pair():
    with pytest.raises(UsageError, match=r"^0\.5,0\.5: one distribution, but two are compared$"):
        read_inline("0.5,0.5", Query((None, None), (False, False)))


def test_a_long_word_is_shortened_in_messages():
    with pytest.raises(InputError) as caught:
        read(",".join(["0.001"] * 1000 + ["x"]))
    assert len(caught.value.message) < 100
    assert "value 1001: 'x' is not a number" in caught.value.message
