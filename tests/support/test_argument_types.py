"""An argument of the wrong type is named, and what it should be."""

from collections.abc import Iterable, Sequence

import numpy as np
import pytest

import klcli
from klcli.errors import UsageError
from klcli.support.argument_types import wrong_argument

P = [0.5, 0.5]


def call(
    data: object, word: str, *, kind: str = "auto", maybe: str | None = None, count: int = 1, share: float = 0.5,
    flag: bool = True, names: str | Sequence[str] = (), labels: Iterable[object] | None = None,
) -> None:  # fmt: skip
    """A function with every type of argument that is known."""


@pytest.mark.parametrize(
    ("args", "named", "words"),
    [
        ((None, 1), {}, "word is 1, not a text"),
        ((None, "x"), {"kind": None}, "kind is None, not a text"),
        ((None, "x"), {"maybe": 2}, "maybe is 2, not a text"),
        ((None, "x"), {"count": 1.5}, "count is 1.5, not a whole number"),
        ((None, "x"), {"share": "much"}, "share is 'much', not a number"),
        ((None, "x"), {"flag": "yes"}, "flag is 'yes', not True or False"),
        ((None, "x"), {"names": 2}, "names is 2, not a text or a sequence of texts"),
        ((None, "x"), {"names": ["a", None]}, r"names is \['a', None\], not a text or a sequence of texts"),
        ((None, "x"), {"labels": 1}, "labels is 1, not a sequence"),
    ],
)
def test_the_first_argument_of_a_wrong_type_is_named(args, named, words):
    found = wrong_argument(call, args, named)
    assert isinstance(found, UsageError)
    with pytest.raises(UsageError, match=f"^{words}$"):
        raise found


@pytest.mark.parametrize(
    "named",
    [
        {}, {"kind": np.str_("x"), "maybe": None}, {"count": np.int64(3), "share": 1}, {"share": np.float32(0.5)},
        {"names": "a,b"}, {"names": np.array(["a"])}, {"labels": (x for x in "ab")}, {"unknown": 3},
    ],
)  # fmt: skip
def test_an_argument_of_its_type_is_not_questioned(named):
    assert wrong_argument(call, (object(), "x"), named) is None


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (lambda: klcli.compare(P, P, as_=None), "as_"),
        (lambda: klcli.compare(P, P, as_=1), "as_"),
        (lambda: klcli.compare(P, P, smooth=1), "smooth"),
        (lambda: klcli.compare(P, P, measures=2), "measures"),
        (lambda: klcli.kl_divergence(P, P, as_=None), "as_"),
        (lambda: klcli.jensen_shannon(P, P, as_=["probs"]), "as_"),
        (lambda: klcli.compare_rows([P], [P], as_=None), "as_"),
        (lambda: klcli.compare_rows([P], [P], measures=[None]), "measures"),
        (lambda: klcli.pairwise([P], measure=None), "measure"),
        (lambda: klcli.read("0.5,0.5", as_=None), "as_"),
        (lambda: klcli.read("0.5,0.5", delimiter=1), "delimiter"),
        (lambda: klcli.Distribution(P, as_=None), "as_"),
        (lambda: klcli.Distribution(P, 1), "labels"),
        (lambda: klcli.estimate("ab", "ab", measures=None), "measures"),
        (lambda: klcli.estimate("ab", "ab", level="much"), "level"),
    ],
)
def test_every_function_names_it(wrong, name):
    with pytest.raises(klcli.KlError, match=f"^{name} is .*, not "):
        wrong()


def test_a_name_that_is_no_argument_is_the_error_that_python_has():
    with pytest.raises(TypeError, match="bsae"):
        klcli.compare(P, P, bsae=2)
