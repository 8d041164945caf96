"""GitHub-flavoured Markdown, for a comment or a document; text from the data is escaped, so it is never markup."""

import re

from klcli.core.limits import Verdict
from klcli.reports.renderers.renderer import Style, person_text, renderer
from klcli.reports.report import Report, Table
from klcli.support.safe_text import exact, rounded, visible

__all__ = ["escaped", "render_markdown", "verdict_line"]

# what GitHub would read as markup, a formula or an address; an underscore inside a word is none
_MARKUP = re.compile(r"[\\`*\[\]<|~#&$]|:(?=//)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


@renderer("markdown", summary="a GitHub-flavoured Markdown table")
def render_markdown(report: Report, style: Style) -> str:
    """Returns the report as Markdown."""
    parts = []
    if report.facts:
        parts.append("\n".join(f"- **{name}**: {escaped(', '.join(rest))}" for name, *rest in report.facts))
    parts += [_table(table, style) for table in report.tables]
    parts += [escaped(paragraph) for paragraph in report.prose]
    if report.commands:
        parts.append("\n".join(["```sh", *map(visible, report.commands), "```"]))
    if report.verdicts:
        parts.append("\n".join(verdict_line(verdict, style) for verdict in report.verdicts))
    return "\n\n".join(parts) + "\n"


def _table(table: Table, style: Style) -> str:
    shown = [index for index, column in enumerate(table.columns) if column.for_people]
    lines = [
        _row([table.columns[index].title for index in shown]),
        _row(["---:" if table.columns[index].is_number else "---" for index in shown]),
    ]
    for row in table.rows:
        lines.append(_row([escaped(person_text(row[index], table.columns[index], style)) for index in shown]))
    return "\n".join(lines)


def verdict_line(verdict: Verdict, style: Style) -> str:
    """Returns a limit and whether it was kept."""
    value = rounded(verdict.value, style.digits)
    word = "kept" if verdict.passed else "**exceeded**"
    return f"- {word}: {escaped(verdict.measure)} = {value}, limit {exact(verdict.limit)}{escaped(verdict.ending)}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    """Returns the text with nothing in it that GitHub would read as markup."""
    return _MARKUP.sub(r"\\\g<0>", visible(text))
