"""The picture of a result, for `result.plot()` and for notebooks."""

from typing import Any

from klcli.errors import UsageError
from klcli.support.text_table import Shown

__all__ = ["plotted"]


def plotted(result: Shown, *, size: tuple[float, float] | None = None, is_dark: bool = False) -> Any:
    """Returns the picture of a result as a matplotlib Figure; `size` is width and height in inches.

    Raises:
        UsageError: There is none. MissingPackage: matplotlib is not installed.
    """
    from klcli.reports.layout.figure import figure_of
    from klcli.reports.pictures.of_result import view_of

    view = view_of(result)
    if view is None:
        raise UsageError("there is no picture of this result", hint="vectors, and values that are all 0, have none")
    return figure_of(view, size, is_dark=is_dark)


Shown.plotter = staticmethod(plotted)
