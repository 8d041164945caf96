"""The pictures of any answer as SVG, PNG or PDF, by matplotlib (extra `plot`); they are also what `--plot` draws."""

from collections.abc import Iterable
from typing import ClassVar

from klcli.errors import UsageError
from klcli.reports.drawing.figure import figure_of, saved
from klcli.reports.format import registered
from klcli.reports.layout.collected import Collected
from klcli.reports.report import Ending
from klcli.support.optional_package import need

__all__ = ["Pdf", "Png", "Svg"]


class _Plot(Collected):
    """The pictures of a report, one below the other."""

    shows: ClassVar[frozenset[str]] = frozenset({"picture", "chart", "rows", "case"})

    @classmethod
    def require(cls) -> None:
        need("matplotlib", purpose=f"a {cls.name} picture", extra="plot")

    def end(self, ending: Ending) -> Iterable[bytes]:
        views = self.views(ending)
        if not views:
            raise UsageError(
                f"there is no picture of {self.head.title or self.head.noun}",
                hint="vectors, and values that are all 0 or infinite, have none",
            )
        yield saved(figure_of(views, self.style.size, is_dark=self.style.is_dark), self.name)


@registered
class Svg(_Plot):
    """A picture that scales, its text as text."""

    name = "svg"
    title = "SVG"
    summary = "the picture of the answer; needs klcli[plot]"


@registered
class Png(_Plot):
    """A picture in pixels."""

    name = "png"
    title = "PNG"
    summary = "the picture of the answer, in pixels; needs klcli[plot]"


@registered
class Pdf(_Plot):
    """A picture for a paper."""

    name = "pdf"
    title = "PDF"
    summary = "the picture of the answer, for a paper; needs klcli[plot]"
