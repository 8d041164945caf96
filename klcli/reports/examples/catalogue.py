"""The worked examples of `kl examples`."""

from collections.abc import Callable

from klcli.core.measures.divergences import jensen_shannon
from klcli.core.measures.entropies import cross_entropy, entropy_p
from klcli.core.measures.kl import reverse_kl
from klcli.reports.examples.example import Example, WorkedNumber
from klcli.reports.parts import Chart
from klcli.reports.report import Report
from klcli.support.registry import Registry

__all__ = ["EXAMPLES"]


EXAMPLES: Registry[Example] = Registry("example", "examples")


def _add(
    name: str, summary: str, cases: tuple[WorkedNumber, ...], *prose: str, chart: Callable[[], Chart] | None = None
) -> None:
    EXAMPLES.add(name, Example(name, summary, cases, prose, chart))


_FAIR, _BIASED = "heads=0.5,tails=0.5", "heads=0.99,tails=0.01"

_add(
    "coin",
    "a fair coin against a biased one, both directions, and a coin against itself",
    (
        WorkedNumber("fair against biased", _FAIR, _BIASED),
        WorkedNumber("biased against fair", _BIASED, _FAIR),
        WorkedNumber("fair against fair", _FAIR, _FAIR),
    ),
    "P is the truth, Q what we believe. To believe in the biased coin while the coin is fair costs 1.61 nats a throw: "
    "tails come half of the time, and each is a surprise of log(1/0.01) = 4.6 nats to Q.",
    "The other way round the cost cannot pass log 2 = 0.69, as a fair coin calls nothing nearly impossible. "
    "So KL has a direction, and is not a distance. Of a distribution against itself it is 0.",
)

_TRUTH = "dog=1,cat=0"

_add(
    "cats-vs-dogs",
    "a picture of a dog, and three classifiers: decent, adversarial, perfect; in bits",
    (
        WorkedNumber("decent: 80 % dog", _TRUTH, "dog=0.8,cat=0.2", base=2),
        WorkedNumber("adversarial: 20 % dog", _TRUTH, "dog=0.2,cat=0.8", base=2),
        WorkedNumber("perfect: 100 % dog", _TRUTH, "dog=1,cat=0", base=2),
    ),
    "The truth has one outcome, so KL is how surprised the classifier is by it: -log2 of the probability that it gave "
    "to dog. Two bits more are a probability four times smaller; the perfect classifier is not surprised at all.",
)

_SEEN, _MODEL = "a=5,b=4,c=1", "a=6,b=4,c=0"

_add(
    "zeros",
    "why a result is infinite or NaN, and what clipping, adding and mixing do to it",
    (
        WorkedNumber("as it is", _SEEN, _MODEL),
        WorkedNumber("the other direction", _SEEN, _MODEL, reverse_kl),
        WorkedNumber("clipped at 1e-9", _SEEN, _MODEL, smooth="floor:1e-9"),
        WorkedNumber("clipped at 1e-3", _SEEN, _MODEL, smooth="floor:0.001"),
        WorkedNumber("1 added to each count", _SEEN, _MODEL, smooth="add:1"),
        WorkedNumber("1 % uniform mixed in", _SEEN, _MODEL, smooth="mix:0.01"),
        WorkedNumber("Jensen–Shannon instead", _SEEN, _MODEL, jensen_shannon),
    ),
    "Q calls c impossible and P has seen it. No finite number describes that, so infinity is the answer, not a fault. "
    "The other direction is finite: where q = 0 the term is 0·log(0/p), which is 0, though a loop over q·log(q/p) "
    "makes NaN of it.",
    "Every cure changes the question. A clipped result depends on the clip more than on the data: compare 1e-9 with "
    "1e-3. Adding to counts says how far they are trusted; mixing bounds what one outcome can cost; Jensen–Shannon is "
    "finite by itself. kl does none of this unasked, and says what it did.",
)

_SOFT, _EARLY, _LATE = "dog=0.9,cat=0.1", "dog=0.6,cat=0.4", "dog=0.85,cat=0.15"

_add(
    "loss",
    "KL as a training loss: cross-entropy minus an entropy that the model cannot change",
    (
        WorkedNumber("early in training", _SOFT, _EARLY),
        WorkedNumber("early in training", _SOFT, _EARLY, cross_entropy),
        WorkedNumber("late in training", _SOFT, _LATE),
        WorkedNumber("late in training", _SOFT, _LATE, cross_entropy),
        WorkedNumber("the labels themselves", _SOFT, _LATE, entropy_p),
    ),
    "H(P, Q) = H(P) + KL(P‖Q). The labels fix H(P), so what lowers one loss lowers the other by as much: their "
    "gradients are equal and both are smallest at Q = P, KL at 0 and cross-entropy at H(P). With one-hot labels H(P) "
    "is 0 and the two are one number.",
)

_add(
    "logits",
    "a loss from raw scores: softmax by row, then KL",
    (
        WorkedNumber("row 1", "0.05,0.16,0.9", "0.7,0.2,0.1", as_="logits"),
        WorkedNumber("row 2", "0.8,4.15,0.05", "0.15,0.9,0.05", as_="logits"),
    ),
    "Softmax makes probabilities of scores: exp(x) over the sum of all exp(x). A constant added to a row changes "
    "nothing. kl compares the logarithms themselves, so a score of -1000 does not underflow into an infinite loss, and "
    "scores that differ in their last digits keep the difference.",
)

_WIDE, _NARROW = "normal(1, 1)", "normal(2, 0.5)"


def _densities() -> Chart:
    from klcli.reports.density_chart import density_chart

    return density_chart(_WIDE, _NARROW, -2.1, 4.1)


def _languages() -> Report:
    from klcli.reports.examples.languages import languages_report

    return languages_report()


_add(
    "gaussian",
    "two normals, both directions, and why they differ; with a plot",
    (
        WorkedNumber("wide against narrow", _WIDE, _NARROW),
        WorkedNumber("narrow against wide", _NARROW, _WIDE),
        WorkedNumber("the gap in means alone", "normal(1, 1)", "normal(2, 1)"),
    ),
    "The square of the distance is measured in standard deviations of Q. To Q with 0.5, the 1 between the means is two "
    "of them, and outcomes of P below 0, which are one in six, are more than four away: each is a large surprise.",
    "The other way round Q is wide, and calls nothing that P does unlikely: the price is 1 in one standard deviation, "
    "halved, and what a code that expects more spread than there is wastes.",
    chart=_densities,
)


def _estimate() -> Report:
    from klcli.reports.examples.estimation import estimate_report

    return estimate_report()


EXAMPLES.add(
    "estimate",
    Example(
        "estimate",
        "flights of two months: what 100, 1,000 and 10,000 observations can say",
        (),
        (),
        make=_estimate,
    ),
)


def _drift() -> Report:
    from klcli.reports.examples.drift import drift_example

    return drift_example()


EXAMPLES.add(
    "drift",
    Example(
        "drift", "flights of two months, column by column: what has changed, and what is noise", (), (), make=_drift
    ),
)
EXAMPLES.add(
    "languages",
    Example(
        "languages",
        "letter frequencies of five languages, all pairs, and which of them a text is nearest to",
        (),
        (),
        make=_languages,
    ),
)
