"""Missing labels, by one rule for all formats: an empty text, a null, or a NaN where labels are numbers."""

from collections.abc import Sequence

import numpy as np

from klcli.core.arithmetic.types import Mask
from klcli.core.distributions.label_texts import FamiliarText, HashedText, PackedText
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import NoLabel, UnknownName
from klcli.notes import rows_without_label
from klcli.support.sentence import Option, Sentence

__all__ = ["MISSING_LABELS", "check_missing_label", "cure_of_label", "with_missing_labels"]

MISSING_LABELS = {
    "error": "a row without a label is refused",
    "keep": "a row without a label counts, as the outcome whose label is empty",
    "drop": "a row without a label is left out, with a note",
}


_KEEP = Option("--missing-label", "keep")


def check_missing_label(how: str) -> None:
    """Refuses a word that is not a key of MISSING_LABELS.

    Raises:
        UnknownName: it is not.
    """
    if how not in MISSING_LABELS:
        known = " or ".join(MISSING_LABELS)
        raise UnknownName(f"{how!r} is not a way to treat a row without a label", hint=f"it is {known}")


def with_missing_labels(observed: RawNumbers, how: str = "error") -> RawNumbers:
    """Returns the numbers after keeping, dropping or refusing the rows without a label.

    Args:
        how: a key of MISSING_LABELS.

    Raises:
        NotADistribution: there is such a row, and `how` is "error"; the message names the first.
        UnknownName: `how` is not a key of MISSING_LABELS.
    """
    if how != "error":
        check_missing_label(how)
    labels = observed.labels
    if labels is None or how == "keep" or len(labels) != len(observed.values):
        return observed
    missing = _empty(labels) if observed.missing is None else observed.missing
    if missing is None or not missing.any():
        return observed
    if how == "error":
        raise _refused(observed, int(np.argmax(missing)))
    return _without(observed, missing)


def _empty(labels: Sequence[str]) -> Mask | None:
    """Returns a mask of the empty labels; None if there are none."""
    if type(labels) is FamiliarText:
        return None
    if type(labels) is PackedText:
        return np.asarray(labels.lengths == 0)
    if type(labels) is HashedText or "" not in labels:  # a HashedText has no empty labels
        return None
    return np.array([not label for label in labels])


def cure_of_label(option: str = _KEEP) -> str:
    """Returns the cure for a row without a label, by the option that keeps it."""
    return Sentence(option, " counts such rows as an outcome of their own, drop leaves them out")


def _refused(observed: RawNumbers, index: int) -> NoLabel:
    assert observed.labels is not None
    label = observed.labels[index]
    place = observed.where(index) if label else observed.without_label(index)
    found = "a part of the label is missing" if label else "there is no label"
    return NoLabel(found, place=place, hint=cure_of_label())


def _without(observed: RawNumbers, missing: Mask) -> RawNumbers:
    labels = observed.labels
    assert labels is not None
    kept = np.flatnonzero(~missing)
    note = rows_without_label(observed.name, int(missing.sum()), len(missing))
    return RawNumbers(
        observed.values[kept], tuple(labels[index] for index in kept.tolist()), observed.name,
        lambda index: observed.within(int(kept[index])),
        notes=(*observed.notes, note), heading=observed.heading,
    )  # fmt: skip
