"""Two families compared: by the measures asked for, or by those of the default ones that can be computed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from klcli.core.distributions.units import parse_base
from klcli.core.measures.measure import DEFAULT_MEASURES, Measure
from klcli.core.measures.measure import MEASURES as EVERY_MEASURE
from klcli.core.measures.selection import names_of, select
from klcli.errors import KlError, MissingPackage, Undetermined, UsageError
from klcli.families.comparison.comparison import FamilyComparison
from klcli.families.comparison.measures import MEASURES, FamilyPair
from klcli.families.family.family import Family
from klcli.families.integration.monte_carlo import SEED
from klcli.notes import measures_left_out
from klcli.support.sentence import joined

__all__ = ["compare_families"]

_ALL = "all"


def compare_families(
    p: Family,
    q: Family,
    *,
    measures: str | Sequence[str] | None = None,
    base: object = "e",
    samples: int | None = None,
    seed: int = SEED,
) -> FamilyComparison:
    """Returns the comparison of two families; without `measures`, of the default ones that can be computed.

    "all" stands for every one that can be computed; notes name the others.

    Args:
        samples: the number of Monte Carlo draws; None for 200,000, or fewer if an outcome has more than 20 numbers.

    Raises:
        UsageError: a measure is unknown, or cannot be computed for these families, or one is an array of distributions.
        Undetermined: the error of a measure is not below its value; "all" leaves it out.
        NotComparable: the outcomes of P and Q lie in different spaces.
    """
    _refuse_arrays(p, q)
    names = names_of(measures or (), every=[_ALL])
    asked = tuple(dict.fromkeys(select(name) for name in names if name != _ALL))
    comparison = FamilyComparison(FamilyPair(p, q, samples or 0, seed), parse_base(base), asked)
    for measure in asked:
        comparison.nats(measure)
    if measures is None:
        return _with_those_computed(comparison, DEFAULT_MEASURES, UsageError)
    if _ALL not in names:
        return comparison
    everything = [each.name for name in names for each in ([select(name)] if name != _ALL else map(select, MEASURES))]
    found = _with_those_computed(comparison, everything, (UsageError, Undetermined))
    others = tuple(each.name for each in EVERY_MEASURE if each.name not in MEASURES)
    return replace(found, left_out=(*found.left_out, measures_left_out(others, "they are not computed for families")))


def _refuse_arrays(*sides: Family) -> None:
    for each in sides:
        if each.batch:
            raise UsageError(
                f"{each.name} with parameters of shape {each.batch}: an array of distributions, where one is wanted",
                hint="kl_divergence, forward_kl and reverse_kl take arrays; for others make a family of each",
            )


def _with_those_computed(
    comparison: FamilyComparison, names: Iterable[str], refusals: type[KlError] | tuple[type[KlError], ...]
) -> FamilyComparison:
    """Returns the comparison by those of the measures that raise none of `refusals`, with notes on the others."""
    found: list[Measure] = []
    reasons: dict[str, list[str]] = {}
    refusal: KlError | None = None
    for name in dict.fromkeys(names):
        try:
            comparison.nats(select(name))
        except refusals as error:
            refusal = error
            is_missing = isinstance(error, MissingPackage)
            reason = joined(": ", error.message, error.hint) if is_missing else error.finding
            reasons.setdefault(reason, []).append(name)
        else:
            found.append(select(name))
    if refusal is not None and not found:
        raise refusal
    notes = tuple(measures_left_out(tuple(names), reason) for reason, names in reasons.items())
    return replace(comparison, measures=tuple(found), left_out=notes)
