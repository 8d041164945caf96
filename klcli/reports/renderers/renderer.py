"""Output formats: what a renderer is, and the table of them. A renderer knows reports and nothing else."""

from collections.abc import Callable
from math import isinf
from typing import NamedTuple

from klcli.reports.report import Cell, Column, Report
from klcli.support.registry import Registry
from klcli.support.safe_text import rounded, visible

__all__ = ["RENDERERS", "Renderer", "Style", "person_text", "renderer"]


class Style(NamedTuple):
    """How people's formats look.

    Attributes:
        digits: significant digits of numbers. color: whether escape sequences may be used.
        is_terminal: whether a person sees the text as it is written.
    """

    digits: int = 6
    color: bool = False
    is_terminal: bool = False


Rendering = Callable[[Report, Style], str]


class Renderer(NamedTuple):
    """One output format; `render` returns the text, which ends in a line feed."""

    name: str
    summary: str
    render: Rendering


RENDERERS: Registry[Renderer] = Registry("format", "formats")


def renderer(name: str, *, summary: str) -> Callable[[Rendering], Rendering]:
    """Registers the decorated function as the renderer of a format."""

    def register(render: Rendering) -> Rendering:
        RENDERERS.add(name, Renderer(name, summary, render))
        return render

    return register


def person_text(cell: Cell, column: Column, style: Style) -> str:
    """Returns a cell as a person reads it: rounded, and with nothing in it that could move the cursor."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return visible(cell)
    if column.is_share:
        return f"{100 * cell:.1f} %"
    if isinstance(cell, int) or isinf(cell):
        return str(cell)
    return rounded(cell, style.digits)
