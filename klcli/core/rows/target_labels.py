"""Outcomes that occurred, by their labels or their numbers: by one rule in files, in columns and in calls."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Index
from klcli.errors import NotComparable, Place
from klcli.notes import Note, targets_are_labels

__all__ = ["Targets", "targets_among"]


class Targets(NamedTuple):
    """The index of the outcome that occurred in each row, shape (n,), and a note if numbers were read as labels."""

    at: Index
    notes: tuple[Note, ...] = ()


def targets_among(
    labels: Sequence[str] | None, outcomes: int, texts: Sequence[str], *, name: str, first: int = 0
) -> Targets:
    """Returns the outcomes that texts name: by label, or by number from 0 where no label is a number.

    Args:
        labels: of the outcomes, or None. outcomes: their number. texts: one for each row.
        name: what holds the texts, for messages. first: index of the first row.

    Raises:
        NotComparable: a text is not an outcome.
    """
    where = {label: index for index, label in enumerate(labels or ())}
    are_numbers = not any(map(_is_number, where))
    found = np.empty(len(texts), dtype=np.intp)
    either = ""
    for row, text in enumerate(texts):
        number = int(text) if _is_number(text) else -1
        index = where.get(text, number if are_numbers else -1)
        if not 0 <= index < outcomes:
            raise _no_outcome(
                Place(name).then(Place.nth("row", first + row)), text, outcomes, (bool(where), are_numbers)
            )
        if 0 <= number < outcomes and number != index:
            either = either or text
        found[row] = index
    return Targets(found, (targets_are_labels(name, either),) if either else ())


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _no_outcome(place: Place, text: str, outcomes: int, takes: tuple[bool, bool]) -> NotComparable:
    """Returns the error on a target; `takes` tells whether labels and whether numbers are targets."""
    forms = ("a label of the outcomes", f"a number from 0 to {outcomes - 1:,}")
    expected = " or ".join(form for form, is_one in zip(forms, takes, strict=True) if is_one)
    is_mark = text.startswith("-") and text[1:].isdigit()  # such as -100, which training code ignores
    hint = "leave out the rows without a target, of P, of Q and of the targets" if is_mark else None
    if not takes[1] and _is_number(text):
        hint = "labels of the outcomes are numbers, so targets are labels, and not counted from 0"
    return NotComparable(f"the target {text!r} is not {expected}", place=place, hint=hint)
