r"""Reads a formula of the house, such as √(½·Σ (√p - √q)²), by its grammar, and writes it in LaTeX.

A formula is a row of terms. A root takes the term after it, an exponent the group or the character after it, a
subscript the word after it, and bars enclose an absolute value. A remark may follow, as in ", a metric": it is text.
"""

import unicodedata
from collections.abc import Callable, Iterator

__all__ = ["latex_of"]

_FUNCTIONS = ("log", "exp", "max", "min")
_RAISED = {"²": "2", "³": "3", "ᵀ": "T", "⁻": "-", "¹": "1"}
_LOWERED = {"₀": "0", "₁": "1", "₂": "2", "ᵢ": "i", "ₖ": "k"}
_SYMBOLS = {"∞": r"\infty ", "±": r"\pm ", "½": r"\tfrac12 ", "Σ": r"\sum ", "·": r"\,", "‖": r"\,\|\,"}
_REMARKS = (", a ", ", the ")
_GREEK = ("GREEK SMALL LETTER ", "GREEK CAPITAL LETTER ")


def latex_of(formula: str) -> tuple[str, str]:
    """Returns the formula in LaTeX, without dollars, and the remark after it as it is; either may be empty."""
    starts = [formula.index(each) for each in _REMARKS if each in formula]
    end = min(starts, default=len(formula))
    text = "".join(_Reader(formula[:end]).terms())
    return " ".join(text.split()), formula[end:]


class _Reader:
    """Reads a formula from left to right; each method reads what its name says, and returns it in LaTeX."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._readers: dict[str, Callable[[], str]] = {
            "√": self.root, "^": self.power, "_": self.subscript, "|": self.bars, "(": self.group,
        }  # fmt: skip

    def terms(self, end: str = "") -> Iterator[str]:
        """Yields the terms before the character that ends them, which is read too."""
        while self._next:
            if self._next == end:
                self._take()
                return
            yield self.term()

    def term(self) -> str:
        if self._next in self._readers:
            return self._readers[self._next]()
        if _is_letter(self._next):
            return self.name()
        for script, mark in ((_RAISED, "^"), (_LOWERED, "_")):
            if self._next in script:
                return f"{mark}{{{''.join(script[each] for each in self._run(script.__contains__))}}}"
        character = self._take()
        return _SYMBOLS.get(character) or _letter(character) or character

    def name(self) -> str:
        word = self._run(_is_letter)
        if self._next == "∞" and word == "L":
            self._take()
            return r"L_\infty"
        if word in ("p", "q") and self._next == "." and _is_letter(self._text[self._at + 1 : self._at + 2]):
            return rf"\mathrm{{{word}{self._take()}{self._run(_is_letter)}}}"
        if word in _FUNCTIONS:
            return rf"\{word} "
        return word if len(word) == 1 else rf"\mathrm{{{word}}}"

    def group(self) -> str:
        self._take()
        return f"({''.join(self.terms(')'))})"

    def bars(self) -> str:
        self._take()
        return rf"\lvert {''.join(self.terms('|'))}\rvert "

    def root(self) -> str:
        self._take()
        return rf"\sqrt{{{self._inside() if self._next == '(' else self._called()}}}"

    def power(self) -> str:
        self._take()
        return f"^{{{self._inside()}}}" if self._next == "(" else f"^{self.term()}"

    def subscript(self) -> str:
        self._take()
        return f"_{{{''.join(_Reader(self._run(_is_word)).terms())}}}"

    def _inside(self) -> str:
        """Reads a group, and returns it without its parentheses."""
        self._take()
        return "".join(self.terms(")"))

    def _called(self) -> str:
        """Reads a term, and the arguments of a function."""
        is_name = _is_letter(self._next)
        found = self.term()
        return f"{found}{self.group()}" if is_name and self._next == "(" else found

    @property
    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._text[self._at - 1]

    def _run(self, belongs: Callable[[str], bool]) -> str:
        start = self._at
        while self._next and belongs(self._next):
            self._at += 1
        return self._text[start : self._at]


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "."


def _letter(character: str) -> str:
    r"""Returns the command of a Greek letter, such as \sigma or \Gamma; nothing of another character."""
    name = unicodedata.name(character, "").replace("LAMDA", "LAMBDA")
    small, capital = (name.removeprefix(prefix) if name.startswith(prefix) else "" for prefix in _GREEK)
    found = small.lower() or capital.title()
    return rf"\{found} " if found.isalpha() else ""
