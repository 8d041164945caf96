"""The categorical distribution; its outcomes are 0, 1, … in the order of its list."""

from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.functions import log
from klcli.families.closed_forms.categorical_kl import FORMULA, kl_of_categories, kl_of_few_categories
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.closed_forms.sources import KULLBACK
from klcli.families.family.discrete import Discrete
from klcli.families.family.domain import PROBABILITIES, Parameter
from klcli.families.family.family import family

__all__ = ["Categorical"]


@family("categorical")
class Categorical(Discrete):
    title = "0, 1, …, with a list of probabilities"
    parameters = (Parameter("probs", PROBABILITIES, ("p",)),)
    support = "0, 1, …, k - 1"
    probs: Ball

    def bounds(self) -> tuple[Any, Any]:
        possible = np.flatnonzero(self.given["probs"])
        return float(possible[0]), float(possible[-1])

    def log_density(self, x: Ball) -> Ball:
        index = np.clip(np.asarray(x.value).astype(float), 0, len(self.probs.value) - 1).astype(int)
        total = self.probs.sum()
        return log(Ball(self.probs.value[index], self.probs.error[index], x.arithmetic) / total)

    def quantile(self, u: Any) -> Any:
        cumulated = np.cumsum(self.given["probs"])
        return np.searchsorted(cumulated, u * cumulated[-1]).astype(float)


def _padded(p: Ball, q: Ball) -> tuple[Ball, Ball]:
    """P and Q with the same number of categories; those that one does not list get probability 0."""
    count = max(len(p.value), len(q.value))

    def pad(x: Ball) -> Ball:
        more = np.zeros(count - len(x.value)).astype(x.value.dtype)
        return Ball(np.concatenate([x.value, more]), np.concatenate([x.error, more]), x.arithmetic)

    return pad(p), pad(q)


def _categorical_in_float64(p: Any, q: Any) -> float:
    return kl_of_few_categories(p.probs, q.probs)


@closed_form(Categorical, Categorical, formula=FORMULA, source=KULLBACK, in_float64=_categorical_in_float64)
def _categorical(p: Any, q: Any) -> Ball:
    return kl_of_categories(*_padded(p.probs, q.probs))
