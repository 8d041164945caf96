"""The test of P = Q on the cells of a column, and which cells it takes together."""

from collections.abc import Sequence

import numpy as np

from klcli.core.estimation.significance.homogeneity import (
    LEAST_EXPECTED,
    HomogeneityTest,
    homogeneity_test,
    rare_groups,
    relabelled_p_value,
)
from klcli.runs.drift.counted import Cells

__all__ = ["LEAST_BY_RELABELLING", "groups_of", "tested"]

_RELABELLINGS, _ENOUGH, _SEED = 99_999, 200, 0  # p is right to 7 %
LEAST_BY_RELABELLING = 1 / (1 + _RELABELLINGS)


def tested(cells: Cells, *, is_exact: bool) -> HomogeneityTest:
    """Returns the test of P = Q on cells of which each side has some; `is_exact` takes p from random relabelling."""
    p, q = (np.array(counts, dtype=np.float64) for counts in (cells.p, cells.q))
    labels, grouped = cells.labels, cells.is_grouped
    if not grouped and cells.unseen:
        groups = groups_of(cells)
        if set(groups) <= {None, 1}:  # X² has nothing to compare, but Fisher's exact test, of what P lacks
            groups, grouped = [label in cells.unseen for label in labels], True
        p, q = (np.array([sum(of_group) for of_group in _by_group(groups, counts)]) for counts in (cells.p, cells.q))
        labels = tuple(map(str, range(p.size)))
    test = homogeneity_test(p, q, labels=labels, grouped=grouped)
    if not is_exact:
        return test
    p_value = relabelled_p_value(p, q, _RELABELLINGS, _SEED, labels, grouped=grouped, enough=_ENOUGH)
    return test._replace(p_value=p_value)


def _by_group(groups: Sequence[int | None], counts: Sequence[int]) -> list[list[int]]:
    """Returns the counts of each group; those of no group are 0."""
    found: dict[int, list[int]] = {}
    for group, count in zip(groups, counts, strict=True):
        if group is not None:
            found.setdefault(group, []).append(count)
    return list(found.values())


def groups_of(cells: Cells) -> list[int | None]:
    """Returns the group of the test in which each cell stands, from 1; None for cells without a row."""
    pooled = [a + b for a, b in zip(cells.p, cells.q, strict=True)]
    seen = [at for at, count in enumerate(pooled) if count]
    share = min(sum(cells.p), sum(cells.q)) / max(1, sum(pooled))
    if cells.is_grouped:
        counts = np.array([float(pooled[at]) for at in seen])
        group = rare_groups(counts, share, [cells.labels[at] for at in seen]).tolist()
    else:
        group = _of_bins(cells, seen, pooled, share)
    numbers: list[int | None] = [None] * len(pooled)
    for at, number in zip(seen, group, strict=True):
        numbers[at] = number + 1
    return numbers


def _of_bins(cells: Cells, seen: Sequence[int], pooled: Sequence[int], share: float) -> list[int]:
    """Returns the group of each bin that has a row: its own, but one for all that the reference lacks.

    That of the bins that the reference lacks expects at least 5 rows in the smaller table, or joins the largest bin:
    they were chosen for being empty, so with fewer X² would call them drift too often.
    """
    new = {at for at in seen if cells.labels[at] in cells.unseen}
    is_rare = sum(pooled[at] for at in new) * share < LEAST_EXPECTED
    candidates = [at for at in seen if (at in new) is not is_rare]
    home = max(candidates, key=pooled.__getitem__, default=0)
    homes = [home if at in new else at for at in seen]
    numbers = {at: number for number, at in enumerate(dict.fromkeys(homes))}
    return [numbers[at] for at in homes]
