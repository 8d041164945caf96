"""Output for people: aligned and rounded, in colour if wanted; the modules of `layout` draw it."""

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from klcli.reports.format import Format, Style, registered
from klcli.reports.layout.ansi import BOLD_RED, DIM, GREEN, painted
from klcli.reports.layout.case_lines import CaseLines
from klcli.reports.layout.case_rows import case_rows
from klcli.reports.layout.row_lines import RowLines, fact_lines
from klcli.reports.parts import CaseRows, Chart, Commands, Facts, Picture, Prose, Table, Verdicts
from klcli.reports.report import Ending, Head
from klcli.runs.batch_results import Case, value_text, verdict_word
from klcli.runs.rows.results import RowAnswer
from klcli.support.text.safe_text import exact

if TYPE_CHECKING:
    from klcli.reports.pictures.model import View
    from klcli.reports.pictures.strip import WorstPairs

__all__ = ["TableFormat"]

_PICTURED = ("kl explain", "kl drift", "kl rows")  # commands that draw on a terminal; kl batch does at its end

_PROSE = 80  # characters of a line of prose


@registered
class TableFormat(Format):
    """Blocks of lines, separated by empty lines."""

    name = "table"
    title = "table"
    summary = "for people: aligned, rounded, with colour on a terminal"

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self._cases = CaseLines(style)
        self._lines: RowLines | None = None
        self._worst: WorstPairs | None = None
        self._is_empty = True

    def begin(self, head: Head) -> str:
        if "case" in head.kinds and self.style.is_terminal and not self.style.quiet and "facts" not in head.kinds:
            from klcli.reports.pictures.strip import WorstPairs

            self._worst = WorstPairs()
        if head.rows is not None:
            self._lines = RowLines(head.rows, self.style)
        return super().begin(head)

    def facts(self, facts: Facts) -> str:
        if self._lines is not None and not self.style.width:  # a pipe, where rows come without slow imports
            return self._block(fact_lines(facts.rows, self.style)) + "\n"
        from klcli.reports.layout.text_table import facts_text

        return self._block(facts_text(facts, self.style)) + "\n" * (self._lines is not None)

    def table(self, table: Table) -> Iterable[str]:
        from klcli.reports.layout.matrix_text import is_matrix, matrix_text
        from klcli.reports.layout.text_table import table_text

        yield self._gap()
        yield from (matrix_text if is_matrix(table, self.style) else table_text)(table, self.style)

    def chart(self, chart: Chart) -> str:
        from klcli.reports.drawing.plot import plotted

        *drawn, legend = plotted(chart)
        return self._block("\n".join([*map(self.style.own, drawn), self.style.words(legend)]))

    def picture(self, picture: Picture) -> str:
        """Returns the picture as text, on a terminal alone: a pipe gets what it always got."""
        if not self.style.is_terminal or self.head.command not in _PICTURED:
            return ""
        if self.style.quiet and "case" in self.head.kinds:  # then the table leaves columns out, too
            return ""
        return self._drawn(picture.views())

    def _drawn(self, views: "Sequence[View]") -> str:
        from klcli.reports.drawing.terminal_picture import terminal_picture

        text = terminal_picture(self.head.command, views, self.style)
        return self._block(text) if text else ""

    def prose(self, prose: Prose) -> str:
        texts = (
            wrap(self.style.words(paragraph), min(_PROSE, self.style.width or _PROSE), break_long_words=False)
            for paragraph in prose.texts
        )
        return "".join(self._block("\n".join(lines)) for lines in texts)

    def commands(self, commands: Commands) -> str:
        lines = (painted(f"  {self.style.words(line)}", DIM, color=self.style.color) for line in commands.lines)
        return self._block("\n".join(lines))

    def verdicts(self, verdicts: Verdicts) -> str:
        lines = []
        for verdict in verdicts.verdicts:
            value, limit = value_text(verdict, self.style.digits), exact(verdict.limit)
            word = verdict_word(verdict)
            word, code = (word, GREEN) if verdict.passed else (word.upper(), BOLD_RED)
            word = painted(word, code, color=self.style.color)
            ending = f"{self.style.own(verdict.sign)} {limit}{self.style.words(verdict.ending)}"
            lines.append(f"limit {word}  {self.style.words(verdict.subject)} = {value} {ending}")
        return self._rest_of_rows() + self._block("\n".join(lines))

    def rows(self, answer: RowAnswer) -> str:
        assert self._lines is not None
        return self._lines.rows(answer)

    def case(self, case: Case) -> str:
        if self._worst is not None:
            self._worst.add(case)
        return self._cases.case(case)

    def cases(self, cases: CaseRows) -> str:
        text = case_rows(cases, self.style)
        return self._block(text) if text else "\n"  # before the last line

    def end(self, ending: Ending) -> Iterable[str]:
        if ending.batch is None:
            yield self._rest_of_rows()
            return
        drawn, self._is_empty = "", False
        if self._worst is not None and ending.batch.pairs > 1:
            drawn = self._drawn(self._worst.views(ending.batch))
        yield drawn + self._cases.total(ending.batch)

    def _rest_of_rows(self) -> str:
        return "" if self._lines is None else self._lines.rest()

    def _block(self, text: str) -> str:
        lines = text.rstrip().split("\n")
        return self._gap() + "".join(f"{line.rstrip()}\n" for line in lines)

    def _gap(self) -> str:
        gap, self._is_empty = "" if self._is_empty else "\n", False
        return gap
