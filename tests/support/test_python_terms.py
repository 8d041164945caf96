"""Hints of the Python face name arguments of calls, not options of the command line."""

import pytest

from klcli.errors import NotADistribution
from klcli.support.python_terms import in_python_terms, python_hint


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("pass --as weights to normalise them", 'pass as_="weights" to normalise them'),
        ("pass --as logits or --as logprobs", 'pass as_="logits" or as_="logprobs"'),
        ("pass --p-as counts", 'pass p_as="counts"'),
        ("pass --missing zero to give them mass 0", 'pass missing="zero" to give them mass 0'),
        ("use --smooth add:0.5", 'use smooth="add:0.5"'),
        ("allow more, as with --max-expand 8GiB, or none", 'allow more, as with max_expand="8GiB", or none'),
        ("name it with --target", "name it with target="),
        ("pass -m jeffreys", 'pass measures="jeffreys"'),
        ("see `kl list measures`", "see `kl list measures`"),
        ("--smooth or --as", "smooth= or as_="),
        (
            "p.csv: line 1 was read as a header; see --header",
            "p.csv: line 1 was read as a header; see header=True (an argument of klcli.read and klcli.estimate)",
        ),
        ("pass --decimal ,", 'pass decimal="," (an argument of klcli.read)'),
        ("pass --decimal , --thousands .", 'pass decimal=",", thousands="." (arguments of klcli.read)'),
        ("pass --delimiter ';'", 'pass delimiter=";" (an argument of klcli.read)'),
        ("name one of them with --p or --q", "name one of them with column= (an argument of klcli.read)"),
        (
            "--missing-label keep counts such rows as an outcome of their own, drop leaves them out",
            'missing_label="keep" counts such rows as an outcome of their own, drop leaves them out (an argument of '
            "klcli.read)",
        ),
        ("pass --label COLUMN for outcomes", "pass label= COLUMN for outcomes (an argument of klcli.read)"),
        ("pass --null NA, which leaves", 'pass null="NA", which leaves (an argument of klcli.read)'),
        ("as with --columns price,size", 'as with columns=["price", "size"]'),
        ("pass --null n/a", 'pass null="n/a" (an argument of klcli.read)'),
        ("--null '' leaves out rows", 'null="" leaves out rows (an argument of klcli.read)'),
        ("pass --as vectors --jitter to move", 'pass as_="vectors", jitter=True to move'),
        ("--allow-duplicates gives one", "allow_duplicates=True gives one"),
        ("moved at random (--seed 5)", "moved at random (seed=5)"),
        (None, None),
    ],
)
def test_an_option_is_an_argument(hint, expected):
    assert python_hint(hint) == expected


def test_the_hint_is_part_of_the_text_of_the_error():
    @in_python_terms
    def fails():
        raise NotADistribution("P: wrong", hint="pass --as counts")

    with pytest.raises(NotADistribution) as error:
        fails()
    assert str(error.value) == 'P: wrong\nhint: pass as_="counts"'
    assert (error.value.message, error.value.hint) == ("P: wrong", 'pass as_="counts"')


def test_an_error_without_a_hint_is_its_message():
    with pytest.raises(NotADistribution) as error:
        in_python_terms(lambda: (_ for _ in ()).throw(NotADistribution("P: wrong")))()
    assert str(error.value) == "P: wrong"
