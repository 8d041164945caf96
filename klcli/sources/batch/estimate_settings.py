"""Settings of a pair whose operands are samples of what is estimated: `estimate = true`."""

from collections.abc import Mapping
from typing import NamedTuple

from klcli.core.distributions.kinds import KINDS
from klcli.engines.address import Access
from klcli.errors import UsageError
from klcli.sources.formats.text_dialect import TextDialect
from klcli.sources.samples.kinds import KINDS_OF_SAMPLES, refuse_unknown_missing

__all__ = ["EstimatePlan", "check_kind", "check_level", "estimate_plan", "is_true"]

_UNSET = {"smooth": "none", "label": "", "missing_label": "error"}  # what estimates do not take


class EstimatePlan(NamedTuple):
    """How samples of a pair are read and estimated; the rest stands in its ReadOptions.

    Attributes:
        as_: a key of KINDS_OF_SAMPLES. missing: a key of MISSING, for rows without a value.
        columns: of an observation of P and of Q. formats: of the files, None where the suffix decides.
        level: of the interval. estimator: as in `kl list estimators`.
    """

    as_: str
    missing: str
    columns: tuple[str, str]
    formats: tuple[str | None, str | None]
    level: float
    estimator: str
    header: bool | None
    max_expand: str
    dialect: TextDialect
    access: Access


def check_kind(word: str) -> None:
    """Refuses a word that is neither a kind of numbers nor one of samples.

    Raises:
        UnknownName: it is neither.
    """
    if word not in KINDS_OF_SAMPLES:
        KINDS.lookup(word)


def check_level(word: str) -> None:
    """Checks the level of an interval.

    Raises:
        UsageError: it is not a number from 0.5 to below 1.
    """
    try:
        is_right = 0.5 <= float(word) < 1
    except ValueError:
        is_right = False
    if not is_right:
        raise UsageError(f"the level {word!r} is not between 0.5 and 1", hint="as in 0.99")


def is_true(word: str) -> bool:
    """Returns True for "true", in any case."""
    return word.lower() == "true"


def estimate_plan(chosen: Mapping[str, str], header: bool | None, dialect: TextDialect, access: Access) -> EstimatePlan:
    """Returns how a pair is estimated, from its settings.

    Raises:
        UsageError: a setting has no meaning for estimates.
    """
    if chosen["p_decimal"] != chosen["q_decimal"]:
        raise UsageError("p_decimal differs from q_decimal, and estimates read both samples alike",
                         hint="give both one decimal mark, by decimal")  # fmt: skip
    kinds = {"auto" if chosen[side] == "samples" else chosen[side] for side in ("p_as", "q_as")}
    if len(kinds) > 1:
        raise UsageError(
            f"p_as is {chosen['p_as']} and q_as is {chosen['q_as']}, and estimates compare samples of one kind",
            hint="give both one kind, by as",
        )
    (kind,) = kinds
    if kind not in KINDS_OF_SAMPLES:
        raise UsageError(f"as = {kind}: no kind of samples", hint=f"estimates take {', '.join(KINDS_OF_SAMPLES)}")
    for name, unset in _UNSET.items():
        if chosen[name] != unset and not (name == "label" and kind == "counts"):
            raise UsageError(
                f"{name} = {chosen[name]} has no meaning for estimates from samples",
                hint=f"leave {name} or estimate out",
            )
    missing = "error" if chosen["missing"] == "zero" else chosen["missing"]
    refuse_unknown_missing(missing)
    return EstimatePlan(
        kind, missing, (chosen["p_column"], chosen["q_column"]),
        (chosen["p_format"] or None, chosen["q_format"] or None),
        float(chosen["level"]), chosen["estimator"], header, chosen["max_expand"], dialect, access,
    )  # fmt: skip
