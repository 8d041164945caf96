"""GitHub-flavoured Markdown. Text from the data is escaped, so it is never markup."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from klcli.core.limits import Verdict
from klcli.reports.cell_texts import person_texts, rows_of_texts
from klcli.reports.format import Format, Style, registered
from klcli.reports.layout.case_table import CaseTable
from klcli.reports.layout.markup import escaped, escaped_texts
from klcli.reports.layout.row_lines import columns_of
from klcli.reports.parts import Cell, Column, Commands, Facts, Prose, Table, Verdicts
from klcli.reports.report import Ending
from klcli.runs.batch_results import Case, value_text, verdict_word
from klcli.runs.rows.results import RowAnswer
from klcli.support.streams.output_files import STEP_SUMMARY
from klcli.support.text.safe_text import exact, visible

__all__ = ["Markdown", "StepSummary"]


@registered
class Markdown(Format):
    """Blocks separated by empty lines; pairs as one table that fits into a comment on GitHub."""

    name = "markdown"
    title = "Markdown"
    summary = "a GitHub-flavoured Markdown table; of kl batch, below 64 KB, what is wrong first"
    # a comment on GitHub holds 65,536 characters, a note on GitLab more; these are bytes
    limit: ClassVar[int] = 65_536

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self._cases = CaseTable(style, self.limit)
        self._is_empty = True
        self._has_rows = False

    def facts(self, facts: Facts) -> str:
        return self._block(
            "\n".join(f"- **{name}**: {escaped(', '.join(filter(None, rest)))}" for name, *rest in facts.rows)
        )

    def table(self, table: Table) -> Iterable[str]:
        shown = [index for index, column in enumerate(table.columns) if column.for_people]
        lines = [
            _row([table.columns[index].title for index in shown]),
            _row(["---:" if table.columns[index].is_number else "---" for index in shown]),
        ]
        yield self._block("\n".join(lines))
        for rows in rows_of_texts(table, table.rows, shown, self._texts):
            yield self._reserved("".join([f"{_row(row)}\n" for row in rows]))

    def _texts(self, cells: Sequence[Cell], column: Column) -> Sequence[str]:
        return escaped_texts(person_texts(cells, column, self.style))

    def prose(self, prose: Prose) -> str:
        return "".join(self._block(escaped(paragraph)) for paragraph in prose.texts)

    def commands(self, commands: Commands) -> str:
        return self._block("\n".join(["```sh", *map(visible, commands.lines), "```"]))

    def verdicts(self, verdicts: Verdicts) -> str:
        return self._block("\n".join(_verdict_line(verdict, self.style) for verdict in verdicts.verdicts))

    def rows(self, answer: RowAnswer) -> str:
        head, first = self.head.rows, ""
        assert head is not None
        if not self._has_rows:
            self._has_rows = True
            first = self._block(
                "\n".join(
                    [
                        _row(["row", *(escaped(column.notation) for column in head.columns)]),
                        _row(["---" if head.has_ids else "---:", *(["---:"] * len(head.columns))]),
                    ]
                )
            )
        texts = map(escaped_texts, columns_of(answer, self.style))
        return first + "".join(f"{_row(row)}\n" for row in zip(*texts, strict=True))

    def case(self, case: Case) -> str:
        self._cases.add(case)
        return ""

    def end(self, ending: Ending) -> Iterable[str]:
        if ending.batch is not None:
            yield "" if self._is_empty else "\n"  # else the summary would go on in the paragraph or list above
            yield from self._cases.texts(self.head.command, ending.batch)

    def _block(self, text: str) -> str:
        gap, self._is_empty = "" if self._is_empty else "\n", False
        return self._reserved(f"{gap}{text}\n")

    def _reserved(self, text: str) -> str:
        self._cases.reserve(len(text.encode("utf-8", "backslashreplace")))
        return text


@registered
class StepSummary(Markdown):
    """Markdown for the summary of a step of GitHub Actions, which needs verdicts or pairs."""

    name = "step_summary"
    title = "step summary"
    summary = (
        "Markdown for a step of GitHub Actions, below 1 MiB; --report step_summary adds it to $GITHUB_STEP_SUMMARY"
    )
    shows = frozenset({"verdicts", "case"})
    home = STEP_SUMMARY
    # https://docs.github.com/actions/reference/workflow-commands-for-github-actions: a step's summary holds 1 MiB
    limit = 1 << 20


def _verdict_line(verdict: Verdict, style: Style) -> str:
    value = value_text(verdict, style.digits)
    word = verdict_word(verdict) if verdict.passed else f"**{verdict_word(verdict)}**"
    return f"- {word}: {escaped(verdict.subject)} = {value}, limit {exact(verdict.limit)}{escaped(verdict.ending)}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
