"""Smoothing methods: each changes both distributions alike, on request, and a note states what it did."""

from collections.abc import Callable
from math import isfinite, nan
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.alignment import Aligned
from klcli.core.pairs.unsmoothed import Unsmoothed
from klcli.errors import UnknownName, UsageError
from klcli.notes import Note, masses_smoothed
from klcli.support.registry import Registry, nearest
from klcli.support.sentence import Command

__all__ = ["SMOOTHINGS", "Smoothing", "parse_smoothing", "smooth"]


class Method(NamedTuple):
    """One way of smoothing.

    Attributes:
        apply: maps masses of shape (..., k) and the amount to masses, each rounded to a double; see `smoothed_side` for
            those of a pair, whose difference keeps its digits.
    """

    name: str
    formula: str
    summary: str
    accepts: Callable[[float], bool]
    domain: str
    apply: Callable[[Array, float], Array]
    done: str


class Smoothing(NamedTuple):
    """A method and its amount; `text` is how it is written, such as "add:1"."""

    method: Method
    amount: float
    text: str

    def of(self, p: Array, q: Array, log_p: Array | None = None, log_q: Array | None = None) -> Unsmoothed:
        """Returns the parts of the exactly smoothed pair."""
        return Unsmoothed(self.method.name, self.amount, p, q, log_p, log_q)

    def note(self, outcomes: int) -> Note:
        """Returns what was done to P and Q over `outcomes` outcomes."""
        return masses_smoothed(self.method.done, self.amount, outcomes)


SMOOTHINGS: Registry[Method] = Registry("smoothing", "smoothing methods")
SMOOTHINGS.answer("Laplace", "add_one", "add1", "plus_one", hint="Laplace's smoothing is add:1, of counts")
SMOOTHINGS.answer("Jeffreys", "KT", "Krichevsky_Trofimov", hint="it is add:0.5, of counts")
SMOOTHINGS.answer("lidstone", "additive", "pseudocount", "dirichlet", "add_k", hint="it is add:A, such as add:0.1")
SMOOTHINGS.answer("epsilon", "eps", "clip", "min", hint="it is floor:E, such as floor:1e-9; add:A adds to every mass")
SMOOTHINGS.answer(
    "uniform",
    "jelinek_mercer",
    "interpolation",
    "interpolate",
    "linear",
    "label_smoothing",
    hint="it is mix:W, such as mix:0.01: W of the uniform distribution",
)
SMOOTHINGS.answer(
    "good_turing",
    "kneser_ney",
    "witten_bell",
    hint="there is add:A, floor:E and mix:W; " + Command("estimate") + " allows for unseen outcomes of samples",
)


def parse_smoothing(text: str | None) -> Smoothing | None:
    """Returns the smoothing that "add:1", "floor:1e-9" or "mix:0.01" names; None for None and "none".

    Raises:
        UnknownName: there is no such method. UsageError: its amount is missing or out of its domain.
    """
    if text is None or text == "none":
        return None
    name, _, amount = text.partition(":")
    method = _method(name)
    number = _number(amount)
    if not (isfinite(number) and method.accepts(number)):
        raise UsageError(f"smoothing {text!r}: the amount must be {method.domain}", hint=f"as in {name}:0.01")
    return Smoothing(method, number, text)


def _method(name: str) -> Method:
    """Returns the method of this name.

    Raises:
        UnknownName: no method has this name; the hint names the forms.
    """
    if name in SMOOTHINGS:
        return SMOOTHINGS.lookup(name)
    word, equals, amount = name.partition("=")
    near = nearest(word, SMOOTHINGS.names())
    forms = f"write {', '.join(each.formula for each in SMOOTHINGS)}; see " + Command("list", "smoothing")
    hint = SMOOTHINGS.answer_to(word) or (f"did you mean {near[0]}?" if near else forms)
    if equals and word in SMOOTHINGS:
        hint = f"write {word}:{amount}"
    elif _number(name) > 0:
        hint = f"add:{name} adds it to every mass, floor:{name} raises smaller probabilities to it"
    raise UnknownName(f"no smoothing is called {name!r}", hint=hint)


def _number(text: str) -> float:
    numerator, slash, denominator = text.partition("/")
    try:
        return float(numerator) / float(denominator) if slash else float(text)
    except (ValueError, ZeroDivisionError):
        return nan


def smooth(aligned: Aligned, smoothing: Smoothing) -> Aligned:
    """Returns both distributions smoothed over their common support, with a note of what was done.

    The masses are rounded; `unsmoothed` has what the measures are computed from.
    """
    method, amount = smoothing.method, smoothing.amount
    note = smoothing.note(len(aligned.p))
    return aligned._replace(
        unsmoothed=smoothing.of(aligned.p, aligned.q, aligned.log_p, aligned.log_q),
        p=method.apply(aligned.p, amount),
        q=method.apply(aligned.q, amount),
        log_p=None,
        log_q=None,
        known=None,
        notes=(*aligned.notes, note),
    )


def _add(mass: Array, amount: float) -> Array:
    with np.errstate(over="ignore"):
        added = np.asarray(mass + amount)
    overflows = np.isinf(added).any(axis=-1, keepdims=True)
    if not overflows.any():
        return added
    return np.where(overflows, mass / 4 + amount / 4, added)  # any multiple stands for the same distribution


def _normalised(mass: Array) -> Array:
    scaled = mass / mass.max(axis=-1, keepdims=True)
    return np.asarray(scaled / scaled.sum(axis=-1, keepdims=True))


SMOOTHINGS.add(
    "add",
    Method(
        "add",
        "add:A",
        "adds A, a decimal or a fraction, to every mass as given (to counts: Laplace is 1, Jeffreys 1/2)",
        lambda amount: amount > 0,
        "above 0",
        _add,
        "{amount} was added to each of the {outcomes} masses of P and of Q",
    ),
)
SMOOTHINGS.add(
    "floor",
    Method(
        "floor",
        "floor:E",
        "raises every probability below E to E, then normalises",
        lambda amount: 0 < amount < 1,
        "between 0 and 1",
        lambda mass, amount: np.maximum(_normalised(mass), amount),
        "probabilities below {amount} were raised to it in P and in Q, which were then normalised",
    ),
)
SMOOTHINGS.add(
    "mix",
    Method(
        "mix",
        "mix:W",
        "mixes with the uniform distribution: (1 - W)·p + W/k",
        lambda amount: 0 < amount <= 1,
        "above 0 and at most 1",
        lambda mass, amount: (1 - amount) * _normalised(mass) + amount / mass.shape[-1],
        "P and Q were mixed with the uniform distribution over {outcomes} outcomes, which got the weight {amount}",
    ),
)
