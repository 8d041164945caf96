"""The estimators by name, each a record: what it estimates, from what, and its source.

`default` alone has an interval, and `score` its lower end; the others are point estimates, to compare with those of
other programs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, TypeVar

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.counts import entropies
from klcli.core.estimation.counts.digamma import digamma_of_any
from klcli.core.estimation.counts.forms import FORMS, Form
from klcli.core.estimation.numbers.neighbours import knn, knn_adaptive
from klcli.errors import UsageError
from klcli.support.registry import Registry

__all__ = ["ESTIMATORS", "Chosen", "Estimator", "chosen_estimator"]

PointEstimate = Callable[..., float]
Made = TypeVar("Made", bound=Callable[..., Any])

_KL = tuple(name for name, form in FORMS.items() if form.by_kl is not None)
_PLUG_IN = ("jensen_shannon", "total_variation")
_ENTROPIES = tuple(name for name, form in FORMS.items() if form.is_entropy)


@dataclass(frozen=True, slots=True)
class Estimator:
    """An estimator.

    Attributes:
        name: after `--estimator`. kinds: of samples. measures: those it estimates. source: of its formula.
        summary: one line. estimate: KL(P‖Q) in nats from x and y (counts (k,), or rows (n, d)), and its parameter.
        entropy: H(P) in nats from counts (k,). Each of the two is None where the estimator has no such measure.
        parameter: its default; None if it has none. symbol: of the parameter in `kl list`.
    """

    name: str
    kinds: tuple[str, ...]
    measures: tuple[str, ...]
    summary: str
    source: str
    estimate: PointEstimate | None
    entropy: Callable[[Array], float] | None = None
    parameter: float | None = None
    symbol: str = ""

    @property
    def written(self) -> str:
        """The name with its parameter, as in knn:K."""
        return f"{self.name}:{self.symbol}" if self.symbol else self.name


@dataclass(frozen=True, slots=True)
class Chosen:
    """An estimator with its parameter."""

    estimator: Estimator
    parameter: float | None

    def __call__(self, form: Form, x: Array, y: Array) -> float:
        """Returns the value of a form, in nats."""
        x, y = form.ordered(x, y)
        if form.is_entropy:
            assert self.estimator.entropy is not None
            return self.estimator.entropy(x)
        if form.by_kl is None:  # of the plug-in alone
            return float(form.terms(x, y, float(x.sum()), float(y.sum())).sum())
        return form.by_kl(self._kl, x, y)

    def _kl(self, x: Array, y: Array) -> float:
        assert self.estimator.estimate is not None
        return self.estimator.estimate(x, y, *([] if self.parameter is None else [self.parameter]))

    @property
    def text(self) -> str:
        return self.estimator.name + ("" if self.parameter is None else f":{self.parameter:g}")


ESTIMATORS: Registry[Estimator] = Registry("estimator", "estimators")


def estimator(
    name: str, *, kinds: tuple[str, ...], summary: str, source: str, measures: tuple[str, ...] = _KL,
    parameter: float | None = None, symbol: str = "", entropy: Callable[[Array], float] | None = None,
) -> Callable[[Made], Made]:  # fmt: skip
    """Registers the decorated function, of a KL, as an estimator; for the arguments see Estimator."""

    def register(function: Made) -> Made:
        found = Estimator(name, kinds, measures, summary, source, function, entropy, parameter, symbol)
        ESTIMATORS.add(name, found)
        return function

    return register


def chosen_estimator(text: str, kind: str) -> Chosen | None:
    """Returns the estimator that "dirichlet:0.5" names, for samples of a kind; None for the default one.

    Raises:
        UnknownName: no estimator has this name. UsageError: it is not one of this kind of samples, or its parameter is
            wrong.
    """
    name, colon, number = text.partition(":")
    found = ESTIMATORS.lookup(name)
    if found.name == "default" and not colon:
        return None
    if kind not in found.kinds:
        able = [each.written for each in ESTIMATORS if kind in each.kinds]
        raise UsageError(
            f"the estimator {found.name} is for {' and '.join(found.kinds)}, and these are {kind}",
            hint=f"for {kind} there are {', '.join(able)}",
        )
    parameter = found.parameter
    if colon:
        try:
            parameter = float(number)
        except ValueError:
            parameter = float("nan")
        is_wrong = found.symbol == "K" and parameter != int(parameter) if isfinite(parameter) else True
        if found.parameter is None or is_wrong or parameter <= 0:
            raise UsageError(
                f"{text!r}: {found.name} has no parameter {number!r}", hint=f"it is written {found.written}"
            )
    return Chosen(found, parameter)


@estimator(
    "default", kinds=("labels", "counts", "numbers", "vectors"), measures=tuple(FORMS),
    summary="Z less its mean under relabelling, with an interval; numbers in bins; vectors by neighbours and scores",
    source="Zhang & Grabchak 2014; Holst 1979",
)  # fmt: skip
def _default(x: Array, y: Array) -> float:
    raise AssertionError("the default estimator is `estimate_counts`")


@estimator("z", kinds=("labels", "counts"), summary="Z alone, biased where samples are sparse and differ in size",
           source="Zhang & Grabchak 2014, Neural Computation 26:2570")  # fmt: skip
def _z(x: Array, y: Array) -> float:
    return float(FORMS["forward_kl"].terms(x, y, x.sum(), y.sum()).sum())


@estimator("plugin", kinds=("labels", "counts"), measures=(*_KL, *_PLUG_IN, *_ENTROPIES), entropy=entropies.plugin,
           summary="the divergence of the frequencies, as kl compute prints", source="maximum likelihood")  # fmt: skip
def plugin(x: Array, y: Array) -> float:
    p, q = x / x.sum(), y / y.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.where(p > 0, p * np.log(p / q), 0.0).sum())


@estimator("miller_madow", kinds=("labels", "counts"), measures=(*_KL, *_ENTROPIES), entropy=entropies.miller_madow,
           summary="plug-in less its bias of the first order",
           source="Miller 1955, with the term of Q")  # fmt: skip
def _miller_madow(x: Array, y: Array) -> float:
    n, m = float(x.sum()), float(y.sum())
    seen = x > 0
    if not y[seen].all():
        return inf  # so is the plug-in, and its bias has no first order
    ratios = float((x[seen] / n / (y[seen] / m)).sum())
    return plugin(x, y) - (int(seen.sum()) - 1) / (2 * n) - (ratios - 1) / (2 * m)


ESTIMATORS.add(
    "chao_shen",
    Estimator(
        "chao_shen", ("labels", "counts"), _ENTROPIES, "entropy, weighed by the probability of outcomes to be seen",
        "Chao & Shen 2003, Environmental and Ecological Statistics 10:429", None, entropies.chao_shen,
    ),
)  # fmt: skip


@estimator("modified", kinds=("labels", "counts"), summary="plug-in with 1 for each count of Q that is 0",
           source="Zhang & Grabchak 2014")  # fmt: skip
def _modified(x: Array, y: Array) -> float:
    seen = x > 0
    p = x[seen] / x.sum()
    return float((p * np.log(p / (np.maximum(y[seen], 1) / y.sum()))).sum())


@estimator("shrink", kinds=("labels", "counts"), summary="plug-in of frequencies shrunk towards the uniform one",
           source="Hausser & Strimmer 2009, JMLR 10:1469")  # fmt: skip
def _shrink(x: Array, y: Array) -> float:
    return plugin(_shrunk(x), _shrunk(y))


def _shrunk(counts: Array) -> Array:
    """Returns James–Stein frequencies, whose weight of the uniform distribution over the labels seen is estimated."""
    n = float(counts.sum())
    p, target = counts / n, 1 / len(counts)
    apart = float(((target - p) ** 2).sum())
    weight = 1.0 if n <= 1 or apart == 0 else min(max(float(1 - (p * p).sum()) / ((n - 1) * apart), 0.0), 1.0)
    return weight * target + (1 - weight) * p


@estimator("augmented", kinds=("labels", "counts"), summary="plug-in with 1 added to each count of Q",
           source="Bu, Zou, Liang & Veeravalli 2018, IEEE Trans. Inf. Theory 64:4")  # fmt: skip
def _augmented(x: Array, y: Array) -> float:
    seen = x > 0
    p = x[seen] / x.sum()
    return float((p * np.log(p / ((y[seen] + 1) / y.sum()))).sum())


@estimator("dirichlet", kinds=("labels", "counts"), parameter=0.5, symbol="A",
           summary="posterior mean under Dirichlet(A) for P and for Q, over the labels seen",
           source="Wolpert & Wolf 1995, Phys. Rev. E 52:6841")  # fmt: skip
def _dirichlet(x: Array, y: Array, a: float) -> float:
    of_p, of_q = x + a, y + a
    mean = of_p / of_p.sum()
    own = digamma_of_any(of_p + 1) - digamma_of_any(np.array([of_p.sum() + 1]))
    other = digamma_of_any(of_q) - digamma_of_any(np.array([of_q.sum()]))
    return float((mean * (own - other)).sum())


@estimator("knn", kinds=("numbers", "vectors"), parameter=5, symbol="K",
           summary="distances to the K-th neighbours in both samples",
           source="Wang, Kulkarni & Verdú 2009, IEEE Trans. Inf. Theory 55:2392, eq. 5")  # fmt: skip
def _knn(x: Array, y: Array, k: float) -> float:
    return knn(x, y, int(k))


@estimator("knn_adaptive", kinds=("numbers", "vectors"),
           summary="neighbours within one radius for both samples, less biased where scales differ",
           source="Wang, Kulkarni & Verdú 2009, theorem 4")  # fmt: skip
def _knn_adaptive(x: Array, y: Array) -> float:
    return knn_adaptive(x, y)


@estimator("score", kinds=("vectors",),
           summary="Z of a cross-fitted classifier's scores: the headline in more than 5 columns",
           source="data processing inequality")  # fmt: skip
def _score(x: Array, y: Array) -> float:
    raise AssertionError("the score is part of `estimate_vectors`")
