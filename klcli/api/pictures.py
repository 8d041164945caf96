"""The picture of a result, for `result.plot()` and for notebooks, and that of a matrix."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from klcli.api.tables import DriftReport
from klcli.errors import UnknownName, UsageError
from klcli.notes.wording import plural
from klcli.support.python_terms import in_python_terms
from klcli.support.text.text_table import Shown

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["plot_matrix"]


@in_python_terms
def plotted(result: Shown, *, size: tuple[float, float] | None = None, theme: str = "light") -> Any:
    """Returns the pictures of a result as a matplotlib Figure; `size` is width and height in inches.

    Raises:
        UsageError: The result has no picture, or no theme has this name. MissingPackage: matplotlib is not installed.
    """
    from klcli.reports.drawing.figure import figure_of
    from klcli.reports.pictures.of_result import views_of

    views = result.views() if isinstance(result, DriftReport) else views_of(result)
    if not views:
        raise UsageError("there is no picture of this result", hint="vectors, and values that are all 0, have none")
    return figure_of(views, size, is_dark=_is_dark(theme))


@in_python_terms
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
        UsageError (a ValueError): The matrix is not square, has NaN or negative entries, labels are missing, or no
            theme has this name.
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
    return figure_of([matrix_view(names, matrix, notation, unit)], size, is_dark=_is_dark(theme))


def _is_dark(theme: str) -> bool:
    if theme not in ("light", "dark"):
        raise UnknownName(f"no theme is called {theme!r}", hint="the themes are light and dark")
    return theme == "dark"


Shown.plotter = staticmethod(plotted)
