"""Formats that are made when all parts are known. Of pairs they keep the worst 500, of rows one number for each."""

from typing import TYPE_CHECKING

from klcli.reports.format import Format, Style
from klcli.reports.parts import CaseRows, Chart, Commands, Facts, Grid, Picture, Prose, Table, Verdicts
from klcli.reports.pictures.chart import chart_view
from klcli.reports.pictures.model import View
from klcli.reports.report import Ending, Head, definition_of

if TYPE_CHECKING:
    from klcli.reports.pictures.row_values import RowValues
    from klcli.reports.pictures.strip import WorstPairs
    from klcli.runs.batch_results import Case
    from klcli.runs.rows.results import RowAnswer

__all__ = ["Collected", "Kept"]

Kept = Facts | Table | Grid | Chart | Picture | Prose | Commands | Verdicts


class Collected(Format):
    """Base class of such formats: `parts` and `views` are what was collected."""

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self.parts: list[Kept] = []
        self._pairs: WorstPairs | None = None
        self._rows: RowValues | None = None

    def begin(self, head: Head) -> str:
        if "case" in head.kinds:
            from klcli.reports.pictures.strip import WorstPairs

            self._pairs = WorstPairs()
        if "rows" in head.kinds:
            from klcli.reports.pictures.row_values import RowValues

            self._rows = RowValues()
        return super().begin(head)

    def views(self, ending: Ending) -> tuple[View, ...]:
        """Returns the views of all pictures and charts, of the rows and of the pairs."""
        found = [view for part in self.parts if isinstance(part, Picture) for view in part.views()]
        found += [chart_view(part.x_axis, part.y_axis, part.series) for part in self.parts if isinstance(part, Chart)]
        if self._rows is not None:
            found += self._rows.views()
        if self._pairs is not None and ending.batch is not None and not found:
            found += self._pairs.views(ending.batch)
        return tuple(found)

    @property
    def definition(self) -> str:
        """The formulas of the values: those of the report, or of the measures of its pairs."""
        measures = () if self.head.definition or self._pairs is None else self._pairs.measures
        return definition_of(*measures) if measures else self.head.definition

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

    def cases(self, cases: CaseRows) -> str:
        super().cases(cases)
        return self._kept(Table(cases.columns, cases.rows))

    def case(self, case: "Case") -> str:
        assert self._pairs is not None
        self._pairs.add(case)
        return ""

    def rows(self, answer: "RowAnswer") -> str:
        assert self._rows is not None
        self._rows.add(answer)
        return ""

    def _kept(self, part: Kept) -> str:
        self.parts.append(part)
        return ""
