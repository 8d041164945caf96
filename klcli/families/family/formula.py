"""Formulas as data: a template whose fields are written as symbols, as numbers, or with P and Q exchanged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from klcli.families.family.expectations import EXPECTATIONS

__all__ = ["NO_FORMULA", "Formula", "Symbols"]

# maps P and Q to the numbers of symbols that are no parameters
Symbols = Callable[[Any, Any], Mapping[str, float]]

_OTHER = {"p": "q", "q": "p", "P": "Q", "Q": "P", "dp": "dq", "dq": "dp"}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of two families P and Q.

    A field of a template is a side ({p}, {Q}); a parameter ({p.scale}); an expectation under P by the name of its
    method ({mean_log}, or {power_mean:E[x^c]} with its notation); or a symbol whose number `symbols` gives.

    Attributes:
        text: the formula, as a template.
        where: what its symbols mean, as a template; may be empty.
        in_numbers: the template into which numbers are put, where that is not `text`.
        symbols: maps P and Q to numbers of symbols; these make `where` superfluous. None if there are no such symbols.

    >>> formula = Formula("[c - 1 - log c]·{p.shape}", "c = {q.rate}/{p.rate}")
    >>> str(formula.swapped())
    '[c - 1 - log c]·q.shape, c = p.rate/q.rate'
    """

    text: str
    where: str = ""
    in_numbers: str = ""
    symbols: Symbols | None = None

    def __str__(self) -> str:
        return ", ".join(_written(each, _symbol) for each in (self.text, self.where) if each)

    @property
    def without_definitions(self) -> str:
        """The formula in symbols, without what they mean."""
        return _written(self.text, _symbol)

    def swapped(self) -> "Formula":
        """Returns the formula with P and Q exchanged; its symbols stay symbols."""
        return Formula(_swapped(self.text), _swapped(self.where), _swapped(self.in_numbers))

    def within(self, before: str, after: str = "") -> "Formula":
        """Returns the formula with text before and after it; symbols that are no parameters stay symbols."""
        return Formula(f"{before}{self.text}{after}", self.where)

    def with_numbers(self, numbers: Callable[[str], str | None]) -> str:
        """Returns the formula with numbers for its fields.

        Args:
            numbers: maps the name of a field to its number as text, or to None where it stays a symbol.
        """

        def value(name: str, notation: str, before: str) -> tuple[str, str]:
            number = numbers(name)
            if number is None:
                return before, _written(notation, value) or _symbol(name, notation, before)[1]
            if "." in name and before.endswith("- ") and number.startswith("(-"):
                return f"{before[:-2]}+ ", number[2:-1]
            return before, number

        text = _written(self.in_numbers or self.text, value)
        where = "" if self.symbols else _written(self.where, value)
        return f"{text}, {where}" if where else text


NO_FORMULA = Formula("")

# maps the name of a field, its notation, and the text before it to the text before it, and its own
_Writer = Callable[[str, str, str], tuple[str, str]]


def _written(template: str, write: _Writer) -> str:
    parts: list[str] = []
    for literal, name, notation, _ in Formatter().parse(template):
        parts += [literal] if name is None else write(name, notation or "", literal)
    return "".join(parts)


def _symbol(name: str, notation: str, before: str) -> tuple[str, str]:
    return before, _written(notation, _symbol) or EXPECTATIONS.get(name, name)


def _swapped(template: str) -> str:
    def field(name: str, notation: str, before: str) -> tuple[str, str]:
        side, dot, parameter = name.partition(".")
        colon = f":{_swapped(notation)}" if notation else ""
        return before, f"{{{_OTHER.get(side, side)}{dot}{parameter}{colon}}}"

    return _written(template, field)
