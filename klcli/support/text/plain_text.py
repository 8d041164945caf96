"""Text for an encoding that lacks characters: our own signs are spelled in ASCII, characters of the data escaped."""

import re
from functools import cache

__all__ = ["FULL", "Encoding", "register_spelling"]

# one character stands for one where tables are aligned with it: rules, bars and marks
_SPELLED = {
    "─": "-", "█": "#", "░": ":", "·": "*", "●": "@", "–": "-", "−": "-", "‖": "||", "Σ": "sum", "√": "sqrt",
    "½": "1/2", "²": "^2", "³": "^3", "∞": "inf", "±": "+-", "→": "->", "×": "x", "≤": "<=", "≥": ">=", "≠": "!=",
    "…": "...", "✓": "ok", "│": "|", "÷": "/", "✚": "+", "▲": "!", "✕": "x", "é": "e", "∈": "in", "ᵀ": "^T",
    "⁻": "^-", "¹": "1", "⁵": "^5", "₀": "0", "₁": "1", "₂": "2", "ᵢ": "i", "ₖ": "k", "∂": "d", "∫": "int",
    "∏": "prod", "ψ": "psi",
}  # fmt: skip

# what sentences of ours say beside labels and names of the data: notations, formulas, measures, ranges, shares
_OURS = (
    r"√?[A-Zχ][A-Za-z]*(?:[²∞]|_[\d.]+)?\([ -~]{1,80}?(?:‖|, )[ -~]{1,80}?\)"
    r"|Jensen–Shannon|Rényi|(?<!\S)α = |± (?=[\d.])|(?<=\d) × (?=\S)|X² = (?=\d)|(?<!\S)· (?=[PQ] = )|[\[(]−∞|∞\)"
    r"|(?<=\()[\d.e+-]+(?:inf)? → [\d.e+-]+(?=\))|(?<=\d) → (?=[\d.]+ %)"
    r"|(?<!\S)[≤≥] (?=[\d.-])|(?<!\S)… (?=[\d,]+ rows more)"
    r"|σ·g\^\(1/c\)|Γ\(d\)|σ = (?=\d)"
)
# a whole text that is a formula: of names, numbers and signs, with a sign that only formulas have
_FORMULA = r"(?=.*(?:Σ |√|½·|[pqPQ)]·|·[pqlE\[(]|\(P‖))[\w\s.,;:=|()\[\]{}<>+*/^·Σ√½²³∞‖≤≥±×−-]+"


class Encoding:
    """An encoding of a stream, and whether anything of the data had to be escaped for it.

    Attributes:
        name: Of a codec of Python.
        is_full: Every character of Unicode can be written.
        has_escaped: `data` or `words` has written an escape in place of a character.
    """

    def __init__(self, name: str = "utf-8") -> None:
        self.name = name
        self.is_full = name.lower().replace("-", "").replace("_", "").startswith(("utf8", "utf16", "utf32"))
        self.has_escaped = False

    def own(self, text: str) -> str:
        """Returns a text of ours, such as a title or a formula, with signs that the encoding lacks spelled."""
        if self.is_full or text.isascii():
            return text
        return "".join(each if _has(self.name, each) else _spelling(each) for each in text)

    def data(self, text: str) -> str:
        """Returns a label or a name with a backslash escape for each character that the encoding lacks."""
        if self.is_full or text.isascii():
            return text
        shown = text.encode(self.name, "backslashreplace").decode(self.name)
        self.has_escaped = self.has_escaped or shown != text
        return shown

    def words(self, text: str) -> str:
        """Returns a sentence, in which notations and formulas are ours, and anything else is of the data."""
        if self.is_full or text.isascii():
            return text
        if re.fullmatch(_FORMULA, text):
            return self.own(text)
        parts, start = [], 0
        for found in re.finditer(_OURS, text):
            parts += [self.data(text[start : found.start()]), self.own(found[0])]
            start = found.end()
        return "".join([*parts, self.data(text[start:])])


FULL = Encoding()


def register_spelling() -> str:
    """Registers how a stream writes signs that its encoding lacks; returns the name for its `errors`."""
    import codecs

    codecs.register_error("klcli.spelled", _spelled_errors)
    return "klcli.spelled"


def _spelled_errors(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_spelling, error.object[error.start : error.end])), error.end


@cache
def _spelling(character: str) -> str:
    found = _SPELLED.get(character)
    if found is not None:
        return found
    if "Α" <= character <= "ω":
        from unicodedata import name

        *_, letter = name(character, "").replace("LAMDA", "LAMBDA").split()
        return letter.lower() if character.islower() else letter.title()
    return character.encode("ascii", "backslashreplace").decode()


@cache
def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
