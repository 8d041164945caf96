r"""LaTeX: text with every special character escaped, numbers, and formulas written as Σ p·log(p/q) as mathematics."""

import re

from klcli.reports.layout.formula import latex_of
from klcli.support.text.safe_text import visible

__all__ = ["escaped", "mathematics", "number"]

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "‖": r"$\|$", "Σ": r"$\sum$", "√": r"$\sqrt{}$", "·": r"$\cdot$",
    "±": r"$\pm$", "→": r"$\to$", "≤": r"$\le$", "≥": r"$\ge$", "×": r"$\times$", "∞": r"$\infty$", "–": "--",
    "…": r"\dots{}",
}  # fmt: skip
# T1 and OT1 set these pairs as one glyph; two labels that differ must stay so
_LIGATURES = re.compile(r"(?<=-)(?=-)|(?<=`)(?=`)|(?<=')(?=')|(?<=[?!])(?=`)")
_ANY_SPECIAL = re.compile("|".join(map(re.escape, _SPECIAL)))
_EXPONENT = re.compile(r"e(-?)\+?(\d+)$")


def escaped(text: str) -> str:
    """Returns the text with every character escaped that LaTeX would read as markup."""
    marked = _LIGATURES.sub("\0", visible(text))
    return _ANY_SPECIAL.sub(lambda found: _SPECIAL[found[0]], marked).replace("\0", "{}")


def mathematics(formula: str) -> str:
    """Returns a formula of the house, such as "KL(P‖Q)", in dollars; a remark after it, as in ", a metric", is text."""
    latex, remark = latex_of(formula)
    return f"${latex}${escaped(remark)}" if latex else ""


def number(text: str) -> str:
    r"""Returns a number for people as mathematics: 1.5e-7 as $1.5\times10^{-7}$, inf as $\infty$."""
    if not text:
        return ""
    if text.lstrip("-") == "inf":
        return "$-\\infty$" if text.startswith("-") else "$\\infty$"
    return f"${_EXPONENT.sub(_power_of_10, text)}$"


def _power_of_10(found: re.Match[str]) -> str:
    return rf"\times10^{{{found[1]}{int(found[2])}}}"
