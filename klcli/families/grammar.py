"""The words that name a family: normal(1, 0.5) · gamma(shape=2, rate=3) · mvnormal(mean=[0,0], cov=[[1,0.2],[0.2,2]]).

    distribution  name ( [argument {, argument}] )  |  mixture ( part {+ part} )
    argument      [parameter =] value
    part          weight * distribution
    value         number | [ value {, value} ]
    number        a decimal, a fraction such as 1/3, inf or -inf

Nothing is evaluated but by this grammar, and an error names the character at which it was met, counted from 1.
"""

import re
from contextlib import suppress
from difflib import get_close_matches
from functools import cache
from typing import Any

from klcli.errors import KlError, NotADistribution, UnknownName, Unreadable
from klcli.families.family.binding import read_one, signature
from klcli.families.family.family import Family
from klcli.families.registrations import FAMILIES
from klcli.support.safe_text import shorten

__all__ = ["family_called", "parse"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_NUMBER = re.compile(r"[+-]?(?:inf\b|[0-9]+\s*/\s*[0-9]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_DEEPEST = 3  # brackets: a matrix needs two
_DEEPEST_MIXTURE = 20  # mixtures in mixtures, which one mixture says as well
_LONGEST = 300  # digits of a part of a fraction


def parse(text: str) -> Family:
    """Returns the distribution that a word names.

    Raises:
        Unreadable: it does not follow the grammar; the message says where.
        NotADistribution: no such family, or its parameters are wrong; the hint lists them.
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0

    def whole(self) -> Family:
        found = self.distribution()
        self.space()
        if self.at < len(self.text):
            raise self.wrong("the end")
        return found

    def distribution(self) -> Family:
        start = self.at
        name = self.word("the name of a family")
        self.take("(")
        if name == "mixture":
            return self.mixture()
        try:
            cls = family_called(name)
        except KlError as error:
            raise type(error)(f"{self.place(start)}: {error.message}", hint=error.hint) from None
        values: list[Any] = []
        named: dict[str, Any] = {}
        places: dict[int | str, int] = {}
        self.space()
        while self.peek() != ")":
            begin = self.at
            key = self.keyword()
            if key is None:
                if named:
                    raise self.wrong(f"PARAMETER= as those before it, in {signature(cls)}")
                places[len(values)] = begin
                values.append(self.value(0))
            elif key in named:
                raise NotADistribution(f"{self.place(self.at)}: {key} is given twice", hint=signature(cls))
            else:
                places[key] = begin
                named[key] = self.value(0)
            self.space()
            if self.peek() != ",":
                break
            self.at += 1
            self.space()
        self.take(")", hint=f"{signature(cls)}: {cls.title}")
        given: dict[int | str, Any] = dict(enumerate(values)) | named
        try:
            member = cls(*values, **named)
        except KlError as error:
            at = _culprit(cls, given, places, start)
            raise type(error)(f"{self.place(at)}: {error.message}", hint=error.hint) from None
        if member.batch:
            at = next(places[which] for which, value in given.items() if isinstance(value, list))
            raise NotADistribution(
                f"{self.place(at)}: {name}: a list, where one number was expected",
                hint=f"{signature(cls)}: {cls.title}",
            )
        return member

    def mixture(self) -> Family:
        from_here, parts = self.at, []
        self.depth += 1
        if self.depth > _DEEPEST_MIXTURE:
            raise self.wrong(f"a family, as mixtures are at most {_DEEPEST_MIXTURE} deep")
        while True:
            weight = self.number()
            self.take("*")
            parts.append((weight, self.distribution()))
            self.space()
            if self.peek() != "+":
                break
            self.at += 1
        self.depth -= 1
        self.take(")", hint="as in mixture(0.3*normal(0, 1) + 0.7*normal(4, 1))")
        try:
            return FAMILIES.lookup("mixture")(*parts)
        except KlError as error:
            raise type(error)(f"{self.place(from_here)}: {error.message}", hint=error.hint) from None

    def keyword(self) -> str | None:
        """The parameter before an =, if the next word is one."""
        self.space()
        found = _NAME.match(self.text, self.at)
        if found is None or found[0] == "inf":
            return None
        end = found.end()
        while end < len(self.text) and self.text[end].isspace():
            end += 1
        if self.text[end : end + 1] != "=":
            raise self.wrong("a number")
        self.at = end + 1
        return found[0]

    def value(self, depth: int) -> Any:
        self.space()
        if self.peek() != "[":
            return self.number()
        if depth == _DEEPEST:
            raise self.wrong("a number, as no parameter is so deep")
        self.at += 1
        found = [self.value(depth + 1)]
        self.space()
        while self.peek() == ",":
            self.at += 1
            found.append(self.value(depth + 1))
            self.space()
        self.take("]")
        return found

    def number(self) -> float:
        self.space()
        found = _NUMBER.match(self.text, self.at)
        if found is None:
            raise self.wrong("a number")
        numerator, slash, denominator = found[0].partition("/")
        if slash:
            if len(numerator) > _LONGEST or len(denominator) > _LONGEST or int(denominator) == 0:
                raise self.wrong("a fraction of whole numbers, the second not 0")
            self.at = found.end()
            return int(numerator) / int(denominator)
        number = float(found[0])
        if abs(number) == float("inf") and "inf" not in found[0]:
            raise self.wrong("a number up to 1.8e308")
        self.at = found.end()
        return number

    def word(self, expected: str) -> str:
        self.space()
        found = _NAME.match(self.text, self.at)
        if found is None:
            raise self.wrong(expected)
        self.at = found.end()
        return found[0]

    def space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, character: str, hint: str | None = None) -> None:
        self.space()
        if self.peek() != character:
            raise self.wrong(f"{character!r}" if character != ")" else "',' or ')'", hint)
        self.at += 1

    def place(self, at: int) -> str:
        return f"{shorten(self.text)}: character {at + 1}"

    def wrong(self, expected: str, hint: str | None = None) -> Unreadable:
        found = repr(self.peek()) if self.peek() else "the end"
        return Unreadable(f"{self.place(self.at)}: {found} where {expected} was expected", hint=hint)


def _culprit(cls: type[Family], given: dict[int | str, Any], places: dict[int | str, int], start: int) -> int:
    """Where the first parameter is that would not do by itself; where the family is, if it is none of them alone."""
    for which, value in given.items():
        try:
            read_one(cls, which, value)
        except KlError:
            return places[which]
    return start


@cache
def family_called(name: str) -> type[Family]:
    """Returns the family of a name.

    Raises:
        NotADistribution: there is none; with the nearest names as a hint.
    """
    if name.startswith("scipy."):
        return FAMILIES.lookup("scipy").called(name.removeprefix("scipy."))  # type: ignore[attr-defined]
    with suppress(UnknownName):
        return FAMILIES.lookup(name)
    near = get_close_matches(name.lower(), FAMILIES.names(), n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else "`kl list families` shows them"
    raise NotADistribution(f"no family is called {shorten(name)!r}", hint=hint)
