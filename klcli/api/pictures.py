"""The picture of a result, for `result.plot()` and for notebooks, and that of a matrix."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from klcli.api.tables import DriftReport
from klcli.errors import UsageError
from klcli.notes.wording import plural
from klcli.support.text_table import Shown

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["plot_matrix"]


def plotted(result: Shown, *, size: tuple[float, float] | None = None, is_dark: bool = False) -> Any:
    """Returns the pictures of a result as a matplotlib Figure; `size` is width and height in inches.

    Raises:
        UsageError: The result has no picture. MissingPackage: matplotlib is not installed.
    """
    from klcli.reports.drawing.figure import figure_of
    from klcli.reports.pictures.of_result import views_of

    views = result.views() if isinstance(result, DriftReport) else views_of(result)
    if not views:
        raise UsageError("there is no picture of this result", hint="vectors, and values that are all 0, have none")
    return figure_of(views, size, is_dark=is_dark)


def plot_matrix(
    values: "ArrayLike", labels: Sequence[str] | None = None, *, notation: str = "KL(row‖column)", unit: str = "nats",
    size: tuple[float, float] | None = None, theme: str = "light",
) -> Any:  # fmt: skip
    """Returns a matrix of divergences, such as `pairwise` gives, as a heat map: a matplotlib Figure.

    Rows are put in the order of a tree where scipy is installed (extra `cluster`), so that what is alike is side by
    side.

    Args:
        values: Shape (n, n), at least 0. labels: Of the rows; their numbers by default. notation, unit: Of the values.
        size: Width and height in inches. theme: "light" or "dark".

    Raises:
        UsageError (a ValueError): The matrix is not square, has NaN or negative entries, or labels are missing.
        MissingPackage: matplotlib is not installed.
    """
    from klcli.reports.drawing.figure import figure_of
    from klcli.reports.matrix.heat_map import matrix_view

    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise UsageError(f"the shape {matrix.shape}, but a heat map has as many rows as columns")
    if not (matrix >= 0).all():
        raise UsageError("a divergence is at least 0, and the matrix has NaN or negative entries")
    names = [str(index) for index in range(len(matrix))] if labels is None else [*map(str, labels)]
    if len(names) != len(matrix):
        raise UsageError(f"{plural(len(names), 'label')} of {plural(len(matrix), 'row')}")
    return figure_of([matrix_view(names, matrix, notation, unit)], size, is_dark=theme == "dark")


Shown.plotter = staticmethod(plotted)
