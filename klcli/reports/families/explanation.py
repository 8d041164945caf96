"""Explains the forward KL of two families in words, and substitutes parameters into its formula."""

from collections.abc import Callable
from contextlib import suppress
from math import inf

import numpy as np

from klcli.core.measures.kl import forward_kl
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.catalogue.generalized_gamma import GeneralizedGamma
from klcli.families.closed_forms.closed_form import has_expectations
from klcli.families.comparison.comparison import FamilyComparison
from klcli.families.family.expectations import EXPECTATIONS, Diverges
from klcli.families.family.family import Family
from klcli.families.family.formula import Formula
from klcli.support.text.safe_text import rounded

__all__ = ["expectations", "in_words", "substituted"]


def substituted(formula: Formula, p: Family, q: Family) -> str:
    """Returns the formula with the numbers of its parameters (p.scale, q.rate, …) and expectations (E[x], …)."""
    sides = {"p": p, "q": q}
    known = {name: value for name, _, value in _expectations(p, q)} if formula.in_numbers else {}
    known |= formula.symbols(p, q) if formula.symbols else {}

    def number(name: str) -> str | None:
        side, _, parameter = name.partition(".")
        value = sides[side].given.get(parameter) if parameter else known.get(name)
        if name == "entropy":
            value = float(p.entropy().value)
        return None if value is None or np.ndim(value) else _term(float(value))

    return formula.with_numbers(number)


def _term(value: float) -> str:
    text = rounded(value)
    return f"({text})" if text.startswith("-") or "e" in text else text


class _Recorder:
    """Stands in for P, and records which expectations of it a formula uses."""

    def __init__(self, p: Family) -> None:
        self.p, self.found = p, list[tuple[str, str, float]]()

    def __getattr__(self, name: str) -> Callable[..., Ball]:
        def asked(*arguments: Ball) -> Ball:
            value: Ball = getattr(self.p, name)(*arguments)
            text = EXPECTATIONS.get(name, name).format(*(rounded(float(each.value)) for each in arguments))
            self.found.append((name, text.replace("- -", "+ "), float(value.value)))
            return value

        return asked


def expectations(p: Family, q: Family) -> dict[str, float]:
    """Returns the expectations under P that determine H(P, Q), by their notation."""
    return {notation: value for _, notation, value in _expectations(p, q)}


def _expectations(p: Family, q: Family) -> list[tuple[str, str, float]]:
    """The names, notations and values of the expectations under P that determine H(P, Q)."""
    recorder = _Recorder(p)
    if has_expectations(type(p), type(q)):
        with suppress(Diverges), np.errstate(all="ignore"):
            q.cross_entropy(recorder)
    return recorder.found


def in_words(comparison: FamilyComparison) -> tuple[str, ...]:
    """Returns sentences on how the forward KL was computed and what it means."""
    answer, value = comparison.nats(forward_kl), comparison.value(forward_kl)
    if answer.value == inf:
        return (f"It is infinite: {answer.reason.text if answer.reason else 'it is above 1.8e308'}.",)
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
    if known and answer.formula.in_numbers:
        listed = ", ".join(f"{name} = {rounded(number)}" for name, number in known.items())
        sentences.append(f"Under P: {listed}.")
    for side, member in (("P", comparison.p), ("Q", comparison.q)):
        if isinstance(member, GeneralizedGamma) and answer.method == "closed form":
            d, c, size = (rounded(float(each.value)) for each in member.gamma_parameters())
            sentences.append(f"{side} is σ·g^(1/c) of g ~ Γ(d), with d = {d}, c = {c}, σ = {size}.")
    sentences.append(f"An outcome of P costs {rounded(value)} {comparison.unit} more on average to code with Q.")
    return tuple(sentences)
