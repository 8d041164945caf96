"""Kinds of numbers: probabilities, counts, weights, logits, log-probabilities, samples, and how each is read."""

from collections.abc import Callable, Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.parallel import min_and_sum
from klcli.core.arithmetic.types import Array
from klcli.core.distributions.labels import have_repeats
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.core.distributions.unit_sum import SUM_IS_NEARLY_ONE, notes_on_sum, shown_sum
from klcli.errors import MayBeLogarithms, NotCounts
from klcli.notes import Note, values_counted
from klcli.support.registry import Registry
from klcli.support.sentence import Option

__all__ = ["KINDS", "CheckedMasses", "Kind"]


class CheckedMasses(NamedTuple):
    """The attributes of a distribution, as a kind reads them from numbers; see `Distribution`."""

    mass: Array
    labels: Sequence[str] | None
    name: str
    kind: str
    total: float
    least: float
    log_mass: Array | None
    notes: tuple[Note, ...]
    heading: str


Reading = Callable[[RawNumbers], CheckedMasses]


class Kind(NamedTuple):
    """A meaning of numbers: the word after `--as`, its noun in results, and the function that reads them."""

    name: str
    noun: str
    summary: str
    read: Reading


_FEWEST, _LARGEST = 8, 1_000  # whole numbers that may be observations: how many there are, and their size

KINDS: Registry[Kind] = Registry("kind", "kinds")
KINDS.answer("softmax", hint="probs if it has been applied, logits if it is to be")
KINDS.answer("log_probs", "log_prob", "log_softmax", "log_probabilities", hint="did you mean logprobs?")
KINDS.answer("frequencies", "freq", "frequency", "histogram", hint="counts if they are whole numbers, else weights")
KINDS.answer("percent", "percentages", hint="weights, or probs where every value has a percent sign")
KINDS.answer("labels", "categories", "observations", "raw", "numbers", hint="samples: each value is one observation")


def kind(name: str, noun: str, summary: str, *, aliases: tuple[str, ...] = ()) -> Callable[[Reading], Reading]:
    """Registers the decorated function as the reading of a kind of numbers."""

    def register(read: Reading) -> Reading:
        KINDS.add(name, Kind(name, noun, summary, read), aliases=aliases)
        return read

    return register


@kind("auto", "", "probabilities if they sum to 1 within 0.01, counts if all are whole numbers, else refused")
def _auto(observed: RawNumbers) -> CheckedMasses:
    values = observed.finite()
    least, total = observed.min_and_sum
    if least < 0:
        raise observed.negative(_log_hint(values))
    if abs(total - 1) <= SUM_IS_NEARLY_ONE:
        return _distribution(observed, "probs", values, notes=notes_on_sum(observed.name, total))
    if observed.are_whole():
        counted = _distribution(observed.summed(), "counts")
        if not _may_be_observations(observed):
            return counted
        return counted._replace(notes=(*counted.notes, values_counted(observed.name, len(values))))
    if len(values) == 1:
        if observed.place is not None and observed.labels is not None and _is_number(observed.labels[0]):
            raise observed.refuse_all(
                f"one value, {shown_sum(total)}, with the label {observed.labels[0]!r}, is not a distribution",
                hint="a line holds one outcome; write numbers without labels one a line, as after: tr , '\\n'",
            )
        raise observed.refuse_all(
            f"one value, {shown_sum(total)}, is not a distribution, which gives a number to each outcome",
            hint=f"as in {total:g},{1 - total:g}, or bernoulli({total:g})" if 0 < total < 1 else "as in 0.5,0.5",
        )
    raise observed.refuse_all(
        f"the values sum to {shown_sum(total)}: neither probabilities (1 within 0.01) nor counts (whole numbers)",
        hint=observed.cure_of_sum(),
    )


def _is_number(label: str) -> bool:
    try:
        return isfinite(float(label))
    except ValueError:
        return False


def _may_be_observations(observed: RawNumbers) -> bool:
    """Returns True for numbers that may be throws of a die: without labels, small, and a third of them repeated."""
    values = observed.values
    if observed.labels is not None or len(values) < _FEWEST or float(values.max()) > _LARGEST:
        return False
    return bool(3 * np.count_nonzero(np.bincount(values.astype(np.int64))) <= 2 * len(values))


@kind("probs", "probabilities", "not negative, summing to 1 within 0.01", aliases=("probabilities",))
def _probabilities(observed: RawNumbers) -> CheckedMasses:
    values = observed.masses()
    total = observed.min_and_sum[1]
    if abs(total - 1) > SUM_IS_NEARLY_ONE:
        raise observed.refuse_all(
            f"the masses sum to {shown_sum(total)}, not 1 within 0.01", hint=observed.cure_of_sum()
        )
    return _distribution(observed, "probs", values, notes=notes_on_sum(observed.name, total))


@kind("counts", "counts", "whole numbers, not negative; a repeated label is summed")
def _counts(observed: RawNumbers) -> CheckedMasses:
    values = observed.masses()
    if not observed.are_whole():
        index = int(np.flatnonzero(np.floor(values) != values)[0])
        found = f"{values[index]:.6g} is not a whole number, so not a count"
        raise NotCounts(found, place=observed.where(index), hint=observed.cure_of_sum())
    return _distribution(observed.summed(), "counts")


@kind("weights", "weights", "not negative, normalised whatever their sum")
def _weights(observed: RawNumbers) -> CheckedMasses:
    return _distribution(observed, "weights", observed.masses())


@kind("logits", "logits", "any numbers, or -inf for mass 0; softmax makes them probabilities")
def _logits(observed: RawNumbers) -> CheckedMasses:
    values = observed.logarithms()
    with np.errstate(over="ignore"):  # logits up to 1.8e308 may be further apart than that
        mass = np.exp(values - values.max())
    return _distribution(observed, "logits", mass, log_mass=values)


@kind("logprobs", "log-probabilities", "natural logarithms of probabilities, whose exponentials sum to 1 within 0.01")
def _logprobs(observed: RawNumbers) -> CheckedMasses:
    values = observed.logarithms()
    with np.errstate(over="ignore"):
        mass = np.exp(values)
    total = min_and_sum(mass)[1]
    if not abs(total - 1) <= SUM_IS_NEARLY_ONE:
        raise observed.refuse_all(
            f"the exponentials of the values sum to {shown_sum(total)}, not 1 within 0.01",
            hint="pass " + Option("--as", "logits") + " to normalise them by softmax",
            kind=MayBeLogarithms,
        )
    return _distribution(observed, "logprobs", mass, log_mass=values, notes=notes_on_sum(observed.name, total))


@kind("samples", "samples", "each value is one observation of a label; they are counted")
def _samples(observed: RawNumbers) -> CheckedMasses:
    if not len(np.atleast_1d(observed.values)):
        raise observed.refuse_all("there are no observations")
    values = observed.finite()
    if observed.labels is None:
        labels = tuple(f"{value:.17g}" for value in values)
        observed = RawNumbers(
            np.ones(len(labels)), labels, observed.name, observed.place, notes=observed.notes, heading=observed.heading
        )
    observed.masses()
    return _distribution(observed.summed(), "samples")


def _distribution(
    observed: RawNumbers,
    kind_name: str,
    mass: Array | None = None,
    *,
    log_mass: Array | None = None,
    notes: tuple[Note, ...] = (),
) -> CheckedMasses:
    least, total = observed.min_and_sum if mass is None or mass is observed.values else min_and_sum(mass)
    if total == 0:
        raise observed.every_mass_is_0()
    if observed.labels is not None and have_repeats(observed.labels):
        raise observed.duplicate()
    return CheckedMasses(
        mass=_read_only(observed.values if mass is None else mass),
        labels=observed.labels,
        name=observed.name,
        kind=KINDS.lookup(kind_name).noun,
        total=total,
        least=least,
        log_mass=None if log_mass is None else _read_only(log_mass),
        notes=(*observed.notes, *notes),
        heading=observed.heading,
    )


def _read_only(values: Array) -> Array:
    if not values.flags.writeable:
        return values
    view = values.view()
    view.setflags(write=False)
    return view


def _log_hint(values: Array) -> str:
    if (values <= 0).all() and abs(float(np.exp(values).sum()) - 1) <= SUM_IS_NEARLY_ONE:
        return "if these are logarithms of probabilities, pass " + Option("--as", "logprobs")
    return "if these are logits, pass " + Option("--as", "logits")
