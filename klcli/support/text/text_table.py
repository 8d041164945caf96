"""Results as tables of plain text and HTML, for `repr` and for notebooks; rich and the formats are not needed."""

import io
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

from klcli.errors import UsageError
from klcli.support.optional_package import installed
from klcli.support.text.safe_text import rounded, visible

__all__ = ["MOST_ROWS", "Shown", "TextTable"]

MOST_ROWS = 10  # of a long table that are shown, half of them from its end

Cell = str | float


class TextTable(NamedTuple):
    """A heading, titles, rows of texts and numbers, and remarks below."""

    heading: str
    titles: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    remarks: Sequence[str] = ()

    @property
    def text(self) -> str:
        """The table as lines: texts to the left, numbers to the right."""
        cells = [list(self.titles), *(list(map(_text, row)) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "  ".join(
                text.rjust(width) if self._is_number(place) else text.ljust(width)
                for place, (text, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in cells
        ]
        return "\n".join([visible(self.heading), *lines, *map(visible, self.remarks)])

    @property
    def html(self) -> str:
        """The table as HTML; every text is escaped."""
        from html import escape

        head = "".join(f"<th>{escape(title)}</th>" for title in self.titles)
        rows = ("".join(f"<td>{escape(_text(cell))}</td>" for cell in row) for row in self.rows)
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        remarks = "".join(f"<p>{escape(visible(remark))}</p>" for remark in self.remarks)
        caption = f"<caption>{escape(visible(self.heading))}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{remarks}"

    def _is_number(self, place: int) -> bool:
        return any(not isinstance(row[place], str) for row in self.rows)


class Shown:
    """A result whose `repr`, and whose form in a notebook, is a table, there with a picture.

    Attributes:
        plotter: Makes a Figure of a result; None as long as `klcli.api`, which sets it, is not imported.
    """

    __slots__ = ()
    plotter: ClassVar[Callable[..., Any] | None] = None

    def _text_table(self) -> TextTable:
        raise NotImplementedError

    def __repr__(self) -> str:
        return self._text_table().text

    def _repr_html_(self) -> str:
        return self._text_table().html + self._picture()

    def plot(self, *, size: tuple[float, float] | None = None, theme: str = "light") -> Any:
        """Returns the picture of the result, as `kl --plot` draws it, as a matplotlib Figure.

        Args:
            size: Width and height in inches. theme: "light" or "dark".

        Raises:
            UsageError (a ValueError): The result has no picture, or no theme has this name.
            MissingPackage: matplotlib is not installed.
        """
        if Shown.plotter is None:
            raise UsageError("a plot needs klcli.api", hint="import klcli.api first")
        return Shown.plotter(self, size=size, theme=theme)

    def _picture(self) -> str:
        """Returns the picture as SVG; nothing without matplotlib, or if there is nothing to draw."""
        if installed("matplotlib") is None:
            return ""
        try:
            figure = self.plot()
        except UsageError:
            return ""
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None})
        text = stream.getvalue()
        return text[text.index("<svg") :]


def _text(cell: Cell) -> str:
    return visible(cell) if isinstance(cell, str) else rounded(cell)
