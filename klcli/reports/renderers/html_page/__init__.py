"""One HTML page for any report: verdict, facts, pictures, notes, tables; no script, no request (extra `html`)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from klcli.reports.format import ANSWERS, Format, Style, registered
from klcli.reports.parts import Chart, Commands, Ending, Facts, Grid, Head, Picture, Prose, Table, Verdicts
from klcli.support.optional_package import need

if TYPE_CHECKING:
    from klcli.reports.pictures.row_values import RowValues
    from klcli.reports.pictures.strip import WorstPairs
    from klcli.runs.batch_results import Case
    from klcli.runs.row_results import RowAnswer

__all__ = ["HtmlPage"]


@registered
class HtmlPage(Format):
    """A page, made when all parts are known. Of pairs it keeps the worst 500, of rows one number for each."""

    name = "html"
    title = "HTML"
    summary = "one page with pictures, without script or request; needs klcli[html]"
    shows = ANSWERS | {"picture", "verdicts"}

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self._parts: list[Facts | Table | Grid | Chart | Picture | Prose | Commands | Verdicts] = []
        self._pairs: WorstPairs | None = None
        self._rows: RowValues | None = None

    @classmethod
    def require(cls) -> None:
        need("jinja2", purpose="-f html", extra="html")

    def begin(self, head: Head) -> str:
        if "case" in head.kinds:
            from klcli.reports.pictures.strip import WorstPairs

            self._pairs = WorstPairs()
        if "rows" in head.kinds:
            from klcli.reports.pictures.row_values import RowValues

            self._rows = RowValues()
        return super().begin(head)

    def facts(self, facts: Facts) -> str:
        return self._kept(facts)

    def table(self, table: Table) -> str:
        return self._kept(table)

    def grid(self, grid: Grid) -> str:
        return self._kept(grid)

    def chart(self, chart: Chart) -> str:
        return self._kept(chart)

    def picture(self, picture: Picture) -> str:
        return self._kept(picture)

    def prose(self, prose: Prose) -> str:
        return self._kept(prose)

    def commands(self, commands: Commands) -> str:
        return self._kept(commands)

    def verdicts(self, verdicts: Verdicts) -> str:
        return self._kept(verdicts)

    def case(self, case: "Case") -> str:
        assert self._pairs is not None
        self._pairs.add(case)
        return ""

    def rows(self, answer: "RowAnswer") -> str:
        assert self._rows is not None
        self._rows.add(answer)
        return ""

    def end(self, ending: Ending) -> Iterable[str]:
        from klcli.reports.renderers.html_page.page import page_of
        from klcli.reports.renderers.html_page.template import page_text

        collected = [each for each in (self._rows,) if each is not None]
        views = [view for each in collected for view in each.views()]
        if self._pairs is not None and ending.batch is not None:
            views += self._pairs.views(ending.batch)
        yield page_text(page_of(self.head, tuple(self._parts), tuple(views), ending, self.style))

    def _kept(self, part: Facts | Table | Grid | Chart | Picture | Prose | Commands | Verdicts) -> str:
        self._parts.append(part)
        return ""
