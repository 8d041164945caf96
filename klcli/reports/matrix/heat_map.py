"""The heat map of a matrix, its rows in the order of a tree."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from klcli.core.matrix.pair_values import Matrix
from klcli.support.optional_package import installed

if TYPE_CHECKING:
    from klcli.reports.pictures.model import View

__all__ = ["matrix_view"]

_TREE = (3, 60)  # rows of a heat map with a tree, least and most


def matrix_view(names: Sequence[str], values: Matrix, notation: str, unit: str) -> "View":
    """Returns the heat map of values, shape (n, n), its rows in the order of a tree where scipy is installed."""
    from klcli.reports.pictures.heat import heat_view
    from klcli.reports.pictures.model import Link
    from klcli.runs.clustering import tree_of

    is_drawn = _TREE[0] <= len(values) <= _TREE[1] and installed("scipy.cluster.hierarchy")
    if not is_drawn:
        return heat_view(names, values, notation, unit)
    tree = tree_of(values)
    drawn = values[:][np.ix_(tree.order, tree.order)]
    links = tuple(Link(*each) for each in tree.links)
    return heat_view([names[index] for index in tree.order.tolist()], drawn, notation, unit, links)
