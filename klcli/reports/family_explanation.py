"""Explains the forward KL of two families in words, and substitutes parameters into its formula."""

import re
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import Any

import numpy as np

from klcli.core.measures.kl import forward_kl
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma
from klcli.families.closed_forms.closed_form import has_expectations
from klcli.families.comparison.comparison import FamilyComparison
from klcli.families.family.expectations import EXPECTATIONS, Diverges
from klcli.families.family.family import Family
from klcli.support.safe_text import rounded

__all__ = ["expectations", "in_words", "substituted"]

_OF_POWERS = re.compile(r"\b(dp|dq|r)\b")
_OF_POWER = re.compile(r"\b[dc]\b|σ")
_PARAMETER = re.compile(r"(?<![A-Za-z])([pq])\.([a-z]+)")  # \b would treat a superscript 2 after it as a letter
_TRANSFORM = re.compile(r"E\[exp\(.*?\)\]")
_MEANING = re.compile(r", (?=[Zη] )")
_TWICE_LESS = re.compile(r"- \(-([^()]*)\)")
_DIFFERENCE = "H(P, Q) - H(P), H(P, Q) = "


def substituted(formula: str, p: Family, q: Family) -> str:
    """Returns the formula with each parameter (p.scale, q.rate, …) and expectation (E[x], …) replaced by its number."""
    sides = {"p": p, "q": q}

    def number(found: re.Match[str]) -> str:
        value = sides[found[1]].given.get(found[2])
        return found[0] if value is None or np.ndim(value) else _term(float(value))

    found = _TWICE_LESS.sub(r"+ \1", _PARAMETER.sub(number, formula))
    if isinstance(p, GeneralizedGamma) and isinstance(q, GeneralizedGamma) and "Γ(dq)" in formula:
        return _OF_POWERS.sub(lambda found: _of_powers(p, q)[found[0]], found.partition(", r =")[0])
    if formula.startswith(_DIFFERENCE):
        return _of_expectations(found.removeprefix(_DIFFERENCE), p, q)
    return found


def _of_expectations(cross: str, p: Any, q: Family) -> str:
    """Returns H(P, Q) - H(P) with numbers for the expectations and for H(P); `cross` is the formula of H(P, Q)."""
    main, *meaning = _MEANING.split(cross)
    if isinstance(q, GeneralizedGamma) and "σ" in main:
        d, c, size = (float(each.value) for each in q.gamma_parameters())
        own = {"d": _term(d), "c": _term(c), "σ": _term(size)}
        main = _OF_POWER.sub(lambda found: own[found[0]], main.replace("E[x^c]", f"E[x^{rounded(c)}]"))
    for name, value in expectations(p, q).items():
        main = _TRANSFORM.sub(_term(value), main) if _TRANSFORM.match(name) else main.replace(name, _term(value))
    return ", ".join([f"{main} - {_term(float(p.entropy().value))}", *meaning])


def _term(value: float) -> str:
    text = rounded(value)
    return f"({text})" if text.startswith("-") or "e" in text else text


def _of_powers(p: GeneralizedGamma, q: GeneralizedGamma) -> dict[str, str]:
    """Returns the numbers in the divergence of two powers of a gamma variable, by their symbols."""
    (dp, c, sp), (dq, _, sq) = ((float(each.value) for each in member.gamma_parameters()) for member in (p, q))
    return {"dp": rounded(dp), "dq": rounded(dq), "r": rounded(float(np.power(sp / sq, c)))}


class _Recorder:
    """Stands in for P, and records which expectations of it a formula uses."""

    def __init__(self, p: Family) -> None:
        self.p, self.found = p, dict[str, float]()

    def __getattr__(self, name: str) -> Callable[..., Ball]:
        def asked(*arguments: Ball) -> Ball:
            value: Ball = getattr(self.p, name)(*arguments)
            text = EXPECTATIONS.get(name, name).format(*(rounded(float(each.value)) for each in arguments))
            self.found[text.replace("- -", "+ ")] = float(value.value)
            return value

        return asked


def expectations(p: Family, q: Family) -> dict[str, float]:
    """Returns the expectations under P that determine H(P, Q), by their notation."""
    recorder = _Recorder(p)
    if has_expectations(type(p), type(q)):
        with suppress(Diverges), np.errstate(all="ignore"):
            q.cross_entropy(recorder)
    return recorder.found


def in_words(comparison: FamilyComparison) -> tuple[str, ...]:
    """Returns sentences on how the forward KL was computed and what it means."""
    answer, value = comparison.nats(forward_kl), comparison.value(forward_kl)
    if answer.value == inf:
        return (f"It is infinite: {answer.reason or 'it is above 1.8e308'}.",)
    if answer.value == 0 and answer.error == 0:
        return ("P and Q are the same distribution.",)
    how = {
        "closed form": "The formula is exact; the error is what rounding leaves",
        "sum": "It is summed over the outcomes of P, and what is left out is bounded",
        "quadrature": "There is no closed form; the integral is adaptive quadrature over the support of P",
        "monte carlo": "There is no closed form; it is a mean over outcomes drawn from P, with its standard error",
    }[answer.method]
    sentences = [f"{how}: ± {comparison.error(forward_kl):.1e} {comparison.unit}."]
    known = expectations(comparison.p, comparison.q)
    if known and answer.formula.startswith(_DIFFERENCE):
        listed = ", ".join(f"{name} = {rounded(number)}" for name, number in known.items())
        sentences.append(f"Under P: {listed}.")
    for side, member in (("P", comparison.p), ("Q", comparison.q)):
        if isinstance(member, GeneralizedGamma) and answer.method == "closed form":
            d, c, size = (rounded(float(each.value)) for each in member.gamma_parameters())
            sentences.append(f"{side} is σ·g^(1/c) of g ~ Γ(d), with d = {d}, c = {c}, σ = {size}.")
    sentences.append(f"An outcome of P costs {rounded(value)} {comparison.unit} more on average to code with Q.")
    return tuple(sentences)
