"""How divergences are estimated from samples: measures, estimator, level and the rest."""

from typing import NamedTuple

from klcli.core.distributions.units import Base
from klcli.core.estimation.counts.forms import DEFAULT_MEASURES, FORMS
from klcli.core.estimation.estimators import Chosen, chosen_estimator
from klcli.core.measures.selection import names_of, select
from klcli.errors import UnknownName, UsageError
from klcli.support.sentence import Option

__all__ = ["Settings"]

_IN_BINS = ("numbers", "vectors")  # kinds whose entropies would be those of bins
_USED_BY = {  # settings that some kinds of samples do not use: the option, and the kinds that do
    "bins": ("--bins", ("numbers", "labelled numbers")),
    "neighbours": ("--neighbours", ("vectors",)),
    "scales": ("--no-scale", ("vectors",)),
    "jitter": ("--jitter", ("vectors",)),
    "relabel": ("--relabel", ("labels", "counts", "numbers", "labelled numbers")),
}


class Settings(NamedTuple):
    """How divergences are estimated from samples.

    Attributes:
        measures: names; those of DEFAULT_MEASURES that the estimator has, if empty. estimator: such as "knn:5".
        level: of the intervals. base: of the logarithm. bins: of equal mass, for numbers; None lets the samples decide.
        neighbours: k, for vectors. seed: of whatever is random. scales: divide columns of vectors by their deviation.
        jitter: move tied numbers of vectors. allows_duplicates: give an interval where records seem to be repeated.
        relabel: random relabellings from which p is found; 0 for the chi-squared distribution.
    """

    measures: tuple[str, ...] = ()
    estimator: str = "default"
    level: float = 0.95
    base: Base = "e"
    bins: int | None = None
    neighbours: int = 5
    seed: int = 0
    scales: bool = True
    jitter: bool = False
    allows_duplicates: bool = False
    relabel: int = 0

    def checked(self) -> "Settings":
        """Returns the settings with names as they are registered.

        Raises:
            UnknownName: a measure cannot be estimated. UsageError: a number is out of its range.
        """
        if not 0.5 <= self.level < 1:
            raise UsageError(f"the level is {self.level:g}, not between 0.5 and 1", hint="0.99 is 99 %")
        if self.bins is not None and self.bins < 2:
            raise UsageError(f"{self.bins} bins cannot show a difference", hint="give at least 2")
        if self.neighbours < 1:
            raise UsageError(f"there is no neighbour number {self.neighbours}", hint="the nearest is 1")
        names = tuple(dict.fromkeys(map(_estimated, names_of(self.measures, every=FORMS))))
        return self._replace(measures=names)

    def unused(self, kind: str) -> tuple[str, ...]:
        """Returns the options that were given although samples of this kind do not use them."""
        return tuple(
            option
            for name, (option, kinds) in _USED_BY.items()
            if kind not in kinds and getattr(self, name) != self._field_defaults[name]
        )

    def chosen(self, kind: str) -> tuple[Chosen | None, tuple[str, ...]]:
        """Returns the estimator, None for the default one, and the measures, for samples of a kind.

        Raises:
            UsageError: the estimator is for other samples, or does not have a measure.
        """
        chosen = chosen_estimator(self.estimator, kind)
        every = tuple(FORMS) if chosen is None else chosen.estimator.measures
        able = tuple(name for name in every if kind not in _IN_BINS or not FORMS[name].is_entropy)
        if set(self.measures) == set(FORMS):  # -m all stands for those that there are
            return chosen, able
        lacking = [name for name in self.measures if name not in able]
        if lacking and chosen is None:
            raise UsageError(
                f"no estimate of {lacking[0]} from {kind}: it would be that of their bins",
                hint=Option("--as", "labels") + " makes an outcome of each value",
            )
        if lacking and chosen is not None:
            raise UsageError(f"the estimator {chosen.text} has no {lacking[0]}", hint=f"it has {', '.join(able)}")
        return chosen, self.measures or tuple(name for name in DEFAULT_MEASURES if name in able) or able


def _estimated(name: str) -> str:
    """Returns the full name of a measure that can be estimated.

    Raises:
        UnknownName: it cannot be, or no measure has this name.
    """
    found = select(name.strip()).name
    if found not in FORMS:
        known = f"the measures that samples can be estimated for are {', '.join(FORMS)}"
        raise UnknownName(f"no estimate of {name!r}", hint=known)
    return found
