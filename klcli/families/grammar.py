"""The grammar of a distribution on the command line.

Examples: normal(1, 0.5) · gamma(shape=2, rate=3) · mvnormal(mean=[0,0], cov=[[1,0.2],[0.2,2]]).

    distribution  name ( [argument {, argument}] )  |  mixture ( part {+ part} )
    argument      [parameter =] value
    part          weight * distribution
    value         number | [ value {, value} ]
    number        a decimal, a fraction such as 1/3, inf or -inf

No part of the text is evaluated as code. Errors give the position of the character, counted from 1.
"""

import re
from typing import Any, NamedTuple

from klcli.errors import KlError, NotADistribution, Place, Unreadable
from klcli.families.by_name import family_named, member_named
from klcli.families.catalogue.mixture import Mixture
from klcli.families.family.binding import check_one, signature
from klcli.families.family.family import Family
from klcli.support.text.safe_text import shorten

__all__ = ["parse"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_KEYWORD = re.compile(r"([^\W\d][\w.]*(?:\s*(?:\^|\*\*)\s*2)?)\s*=")  # also σ and sigma^2, which binding answers
_NUMBER = re.compile(r"[+-]?(?:inf\b|[0-9]+\s*/\s*[0-9]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_PLAIN = r" *+[+-]?[0-9]{1,300}+(?:\.[0-9]*+)? *+"
_PLAIN_LIST = re.compile(rf"{_PLAIN}(?:,{_PLAIN})*+\]")  # decimals that are neither infinite nor fractions
_MIXTURE = "write mixture(0.3*normal(0, 1) + 0.7*normal(4, 1))"
_MAX_DEPTH = 3  # of nested brackets; a matrix needs two
_MAX_MIXTURE_DEPTH = 20  # of mixtures in mixtures, which one mixture says as well
_MAX_DIGITS = 300  # of the numerator or denominator of a fraction


def parse(text: str) -> Family:
    """Returns the distribution that a text such as "normal(0, 1)" states.

    Raises:
        Unreadable: the text does not follow the grammar; the message gives the position.
        NotADistribution: there is no such family, or its parameters are wrong; the hint lists them.
    """
    return _Parser(text).parse()


class _Argument(NamedTuple):
    value: Any
    position: int


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.position, self.mixture_depth = text, 0, 0

    def parse(self) -> Family:
        found = self.distribution()
        self.skip_spaces()
        if self.position < len(self.text):
            raise self.unexpected("the end", hint=_MIXTURE if self.peek() in "+*" else None)
        return found

    def distribution(self) -> Family:
        start = self.position
        name = self.name("the name of a family")
        self.expect("(")
        if name == "mixture":
            return self.mixture()
        try:
            cls = family_named(name)
        except KlError as error:
            raise error.at(self.located(start)) from None
        arguments = self.arguments(cls)
        self.expect(")", hint=f"{signature(cls)}: {cls.title}")
        values = [argument.value for key, argument in arguments.items() if isinstance(key, int)]
        named = {key: argument.value for key, argument in arguments.items() if isinstance(key, str)}
        try:
            member = member_named(name, values, named)
        except KlError as error:
            position = _position_of_wrong_value(cls, arguments, start)
            raise error.at(self.located(position)) from None
        if member.batch:
            position = next(each.position for each in arguments.values() if isinstance(each.value, list))
            raise NotADistribution(
                f"{name}: a list, where one number was expected",
                place=self.located(position),
                hint=f"{signature(cls)}: {cls.title}",
            )
        return member

    def arguments(self, cls: type[Family]) -> dict[int | str, _Argument]:
        """The arguments up to the closing bracket, by their index or their name."""
        found: dict[int | str, _Argument] = {}
        self.skip_spaces()
        while self.peek() != ")":
            start = self.position
            key = self.keyword()
            if key is None and any(isinstance(each, str) for each in found):
                raise self.unexpected(f"PARAMETER= for every argument after a named one, in {signature(cls)}")
            if key in found:
                raise NotADistribution(f"{key} is given twice", place=self.located(self.position), hint=signature(cls))
            found[len(found) if key is None else key] = _Argument(self.value(0), start)
            self.skip_spaces()
            if self.peek() != ",":
                break
            self.position += 1
            self.skip_spaces()
        return found

    def mixture(self) -> Family:
        start, parts = self.position, []
        self.mixture_depth += 1
        if self.mixture_depth > _MAX_MIXTURE_DEPTH:
            raise self.unexpected(f"a family, as mixtures are at most {_MAX_MIXTURE_DEPTH} deep")
        while True:
            weight = self.number()
            self.expect("*")
            parts.append((weight, self.distribution()))
            self.skip_spaces()
            if self.peek() != "+":
                break
            self.position += 1
        self.mixture_depth -= 1
        self.expect(")", hint=_MIXTURE)
        try:
            return Mixture(*parts)
        except KlError as error:
            raise error.at(self.located(start)) from None

    def keyword(self) -> str | None:
        """The name before an =, if the next argument is named; else None."""
        self.skip_spaces()
        found = _KEYWORD.match(self.text, self.position)
        if found is not None:
            self.position = found.end()
            return found[1]
        name = _NAME.match(self.text, self.position)
        if name is None or name[0] == "inf":
            return None
        raise self.unexpected("a number")

    def value(self, depth: int) -> Any:
        self.skip_spaces()
        if self.peek() != "[":
            return self.number()
        if depth == _MAX_DEPTH:
            raise self.unexpected("a number, as no parameter has so many dimensions")
        self.position += 1
        if plain := _PLAIN_LIST.match(self.text, self.position):
            self.position = plain.end()
            return list(map(float, plain[0][:-1].split(",")))
        found = [self.value(depth + 1)]
        self.skip_spaces()
        while self.peek() == ",":
            self.position += 1
            found.append(self.value(depth + 1))
            self.skip_spaces()
        self.expect("]")
        return found

    def number(self) -> float:
        self.skip_spaces()
        found = _NUMBER.match(self.text, self.position)
        if found is None:
            raise self.unexpected("a number")
        numerator, slash, denominator = found[0].partition("/")
        if slash:
            if len(numerator) > _MAX_DIGITS or len(denominator) > _MAX_DIGITS or int(denominator) == 0:
                raise self.unexpected("a fraction of whole numbers, the second not 0")
            self.position = found.end()
            return int(numerator) / int(denominator)
        number = float(found[0])
        if abs(number) == float("inf") and "inf" not in found[0]:
            raise self.unexpected("a number up to 1.8e308")
        self.position = found.end()
        return number

    def name(self, expected: str) -> str:
        self.skip_spaces()
        found = _NAME.match(self.text, self.position)
        if found is None:
            raise self.unexpected(expected)
        self.position = found.end()
        return found[0]

    def skip_spaces(self) -> None:
        while self.position < len(self.text) and self.text[self.position].isspace():
            self.position += 1

    def peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def expect(self, character: str, hint: str | None = None) -> None:
        self.skip_spaces()
        if self.peek() != character:
            raise self.unexpected(f"{character!r}" if character != ")" else "',' or ')'", hint)
        self.position += 1

    def located(self, position: int) -> Place:
        return Place(shorten(self.text)).then(Place.nth("character", position))

    def unexpected(self, expected: str, hint: str | None = None) -> Unreadable:
        found = repr(self.peek()) if self.peek() else "the end"
        return Unreadable(f"{found} where {expected} was expected", place=self.located(self.position), hint=hint)


def _position_of_wrong_value(cls: type[Family], arguments: dict[int | str, _Argument], start: int) -> int:
    """The position of the first value that is wrong by itself; that of the family if none is."""
    for key, argument in arguments.items():
        try:
            check_one(cls, key, argument.value)
        except KlError:
            return argument.position
    return start
