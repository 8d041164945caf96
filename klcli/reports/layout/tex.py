r"""LaTeX: text with every special character escaped, numbers, and formulas written as Σ p·log(p/q) as mathematics."""

import re
import unicodedata

from klcli.support.safe_text import visible

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
_SYMBOLS = {
    **{script: f"^{{{text}}}" for script, text in (("²", "2"), ("³", "3"), ("ᵀ", "T"), ("⁻¹", "-1"))},
    **{script: f"_{{{text}}}" for script, text in zip("₀₁₂ᵢₖ", "012ik", strict=True)},
    "L∞": r"L_\infty", "∞": r"\infty ", "±": r"\pm ", "½": r"\tfrac12 ", "Σ": r"\sum ", "·": r"\,", "‖": r"\,\|\,",
}  # fmt: skip
_REMARK = re.compile(r", (?:a|the) .*")
_INNER = r"[^()]*(?:\([^()]*\)[^()]*)*"
_STEPS = [
    (re.compile(rf"√\(({_INNER})\)"), r"\\sqrt{\1}"),
    (re.compile(r"√([A-Za-z]+\([^()]*\)|[A-Za-z])"), r"\\sqrt{\1}"),
    (re.compile(r"\|([^|]+)\|"), r"\\lvert \1\\rvert "),
    (re.compile(r"\^\(([^()]*)\)"), r"^{\1}"),
    (re.compile(r"_([\w.]+)"), r"_{\1}"),
    (re.compile(r"(?<![\\A-Za-z])(log|exp|max|min)(?![A-Za-z])"), r"\\\1 "),
    (re.compile(r"(?<![\\A-Za-z])([pq]\.[a-z]+|[A-Za-z]{2,})(?![A-Za-z])"), r"\\mathrm{\1}"),
]
_GREEK = re.compile("[Α-ω]")
_ANY_SYMBOL = re.compile("|".join(_SYMBOLS))
_SPACES = re.compile(" +")
_EXPONENT = re.compile(r"e(-?)\+?(\d+)$")


def escaped(text: str) -> str:
    """Returns the text with every character escaped that LaTeX would read as markup."""
    marked = _LIGATURES.sub("\0", visible(text))
    return _ANY_SPECIAL.sub(lambda found: _SPECIAL[found[0]], marked).replace("\0", "{}")


def mathematics(formula: str) -> str:
    """Returns a formula of the house, such as "KL(P‖Q)", in dollars; a remark after it, as in ", a metric", is text."""
    remark = _REMARK.search(formula)
    text = formula[: remark.start()] if remark else formula
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    text = _ANY_SYMBOL.sub(lambda found: _SYMBOLS[found[0]], text)
    text = _GREEK.sub(_letter, text)
    if not text.strip():
        return ""
    return f"${_SPACES.sub(' ', text).strip()}${escaped(remark[0]) if remark else ''}"


def _letter(found: re.Match[str]) -> str:
    r"""Returns the command for a Greek letter, such as \sigma or \Gamma."""
    name = unicodedata.name(found[0]).rpartition(" ")[2].replace("LAMDA", "LAMBDA")
    return rf"\{name.lower() if found[0].islower() else name.title()} "


def number(text: str) -> str:
    r"""Returns a number for people as mathematics: 1.5e-7 as $1.5\times10^{-7}$, inf as $\infty$."""
    if not text:
        return ""
    if text.lstrip("-") == "inf":
        return "$-\\infty$" if text.startswith("-") else "$\\infty$"
    return f"${_EXPONENT.sub(_power_of_10, text)}$"


def _power_of_10(found: re.Match[str]) -> str:
    return rf"\times10^{{{found[1]}{int(found[2])}}}"
