"""Two samples of a label and a number: counts of each label in bins of its numbers, so that both ends are known."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.caveats import LEAST_NUMBERS, caveats, outside, refuse_too_few
from klcli.core.estimation.counts.forms import DEFAULT_MEASURES, FORMS
from klcli.core.estimation.estimate import Cells, Estimation, SampleFacts
from klcli.core.estimation.estimation import from_cells
from klcli.core.estimation.numbers.bins import bin_count, bin_labels, binned
from klcli.core.estimation.settings import Settings
from klcli.notes import Note, labels_binned, observations_outside

__all__ = ["LEAST_OF_LABEL", "LabelledNumbers", "can_be_binned", "estimate_labelled_numbers"]

LEAST_OF_LABEL = 50  # pooled observations, below which the numbers of a label are too few to be binned
_FEWEST_BINS = 4  # of a label


class LabelledNumbers(NamedTuple):
    """A sample: labels and finite numbers, shape (n,) each."""

    labels: Sequence[str]
    numbers: Array


def can_be_binned(x: LabelledNumbers, y: LabelledNumbers) -> bool:
    """Returns True if every label has 50 observations or more in both samples together."""
    if min(len(x.labels), len(y.labels)) < LEAST_NUMBERS:
        return False
    return min(Counter([*x.labels, *y.labels]).values()) >= LEAST_OF_LABEL


def estimate_labelled_numbers(
    names: tuple[str, str], x: LabelledNumbers, y: LabelledNumbers, settings: Settings, *,
    columns: tuple[str, str], notes: tuple[Note, ...] = (),
) -> Estimation:  # fmt: skip
    """Returns the estimation from two samples of a label and a number: that of the bins of each label.

    A label with a part r of all observations has r of the bins that numbers alone would have, and at least 4.

    Args:
        columns: the names of the column of labels and of that of numbers.

    Raises:
        NotADistribution: a sample has fewer than 2 observations. UsageError: a setting is wrong.
    """
    settings = settings.checked()
    n, m = len(x.labels), len(y.labels)
    refuse_too_few(names, (n, m))
    of_x, of_y = (np.array(each.labels, dtype=object) for each in (x, y))
    every = sorted({*x.labels, *y.labels})
    wanted = settings.bins or bin_count(n, m)
    cells: list[str] = []
    counts: tuple[list[Array], list[Array]] = ([], [])
    is_open, said = set[str](), list[Note]()
    for label in every:
        a, b = np.sort(x.numbers[of_x == label]), np.sort(y.numbers[of_y == label])
        bins = binned(a, b, max(_FEWEST_BINS, round(wanted * (len(a) + len(b)) / (n + m))))
        cells += [f"{label}: {each}" for each in bin_labels(bins)]
        for part, found in zip(counts, (bins.x, bins.y), strict=True):
            part.append(found)
        for form in (FORMS[name] for name in settings.measures or DEFAULT_MEASURES if FORMS[name].has_open_end):
            first, second = form.ordered(a, b)
            beyond = outside(first, second, tests=len(every)) if len(first) and len(second) else None
            if beyond is not None:
                is_open.add(form.name)
                this, other = (f"{side} with {columns[0]} {label}" for side in form.sides)
                said.append(observations_outside(form.name, this, other, beyond[0], beyond[0] / len(first), beyond[1]))
    can, of_numbers = caveats(x.numbers, y.numbers, allows_duplicates=settings.allows_duplicates)
    facts = tuple(SampleFacts(name, "labelled numbers", size) for name, size in zip(names, (n, m), strict=True))
    all_cells = Cells(np.concatenate(counts[0]), np.concatenate(counts[1]), cells)
    found_notes = (*notes, labels_binned(columns, len(every), len(cells)), *of_numbers, *said)
    return from_cells((facts[0], facts[1]), all_cells, settings, "vectors", can, frozenset(is_open), found_notes)
