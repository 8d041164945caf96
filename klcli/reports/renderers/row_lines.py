"""Rows for a person to read: a line for each, in columns as wide as the widest cell so far, or as Markdown.

Rows that come one by one are written one by one. On a terminal, which does not scroll through a hundred thousand lines,
a long table is its first rows and its last.
"""

from collections import deque
from collections.abc import Sequence
from math import isinf

from klcli.core.distributions.note import Note
from klcli.core.limits import Verdict
from klcli.reports.renderers.markdown import escaped, verdict_line
from klcli.reports.renderers.renderer import Style
from klcli.reports.renderers.row_stream import RowHead, RowStream, row_stream
from klcli.runs.row_results import RowAnswer
from klcli.support.safe_text import exact, rounded, visible

__all__ = ["RowLines", "RowMarkdown", "facts_of"]

_FIRST, _LAST = 20, 5  # rows that a terminal shows of a long table


@row_stream("table")
class RowLines(RowStream):
    """What is compared, and a line for each row."""

    def __init__(self, head: RowHead) -> None:
        super().__init__(head)
        self._is_cut = head.style.is_terminal and not head.is_live
        self._widths: list[tuple[int, int]] = []
        self._name_width = 0
        self._written = 0
        self._last: deque[list[str]] = deque(maxlen=_LAST)
        self._seen = 0

    def begin(self) -> str:
        rows = facts_of(self.head)
        widths = [max(len(visible(row[column])) for row in rows) for column in (0, 1)]
        lines = []
        for name, *rest in rows:
            first, second = (visible(text) for text in rest)
            lines.append(
                f"{self._styled(name.ljust(widths[0]), '1')}  {first:{widths[1]}}  {self._styled(second, '2')}"
            )
        return "".join(f"{line.rstrip()}\n" for line in [*lines, ""])

    def rows(self, answer: RowAnswer) -> str:
        cells = _cells(answer, self.head.style)
        self._seen += len(cells)
        if self._is_cut:
            room = max(0, _FIRST - self._written)
            self._last.extend(cells[room:])
            cells = cells[:room]
        self._written += len(cells)
        return self._lines(cells)

    def end(self, notes: Sequence[Note], verdicts: Sequence[Verdict]) -> str:
        text = ""
        if self._last:
            left = self._seen - self._written - len(self._last)
            if left:
                text += self._styled(f"… {left:,} rows more; --summary sums them up, -f csv prints them all\n", "2")
            text += self._lines(list(self._last))
        if verdicts:
            text += "\n" + "".join(self._verdict(verdict) for verdict in verdicts)
        return text

    def _lines(self, rows: Sequence[list[str]]) -> str:
        if not rows:
            return ""
        names, *columns = zip(*rows, strict=True)
        text = ""
        if not self._widths:
            self._widths = [(0, 0)] * len(columns)
            last = 0 if self.head.has_ids else max(subject.rows or 0 for subject in self.head.subjects)
            self._name_width = max(len("row"), len(str(last)), *map(len, names))
            text = self._header(columns)
        aligned = [self._aligned(column, index) for index, column in enumerate(columns)]
        for name, *cells in zip(names, *aligned, strict=True):
            name = name.ljust(self._name_width) if self.head.has_ids else name.rjust(self._name_width)
            text += "   ".join([name, *(self._styled(cell, "1") for cell in cells)]).rstrip() + "\n"
        return text

    def _header(self, columns: Sequence[Sequence[str]]) -> str:
        titles = [column.notation for column in self.head.columns]
        for index, (title, cells) in enumerate(zip(titles, columns, strict=True)):
            before = max(_before(cell) for cell in cells)
            after = max(len(cell) - _before(cell) for cell in cells)
            self._widths[index] = (max(before, len(title) - after), after)
        parts = [title.rjust(sum(width)) for title, width in zip(titles, self._widths, strict=True)]
        name = "row".ljust(self._name_width) if self.head.has_ids else "row".rjust(self._name_width)
        line = "   ".join([name, *parts])
        return self._styled(line, "2") + "\n" + self._styled("─" * len(line), "2") + "\n"

    def _aligned(self, cells: Sequence[str], index: int) -> list[str]:
        """The cells with their points below each other, as far as those before them left room."""
        before, after = self._widths[index]
        return [(" " * (before - _before(cell)) + cell).ljust(before + after) for cell in cells]

    def _verdict(self, verdict: Verdict) -> str:
        value, limit = _number(verdict.value, self.head.style), exact(verdict.limit)
        word = self._styled("kept", "32") if verdict.passed else self._styled("EXCEEDED", "1;31")
        return f"limit {word}  {visible(verdict.measure)} = {value} {verdict.sign} {limit}{visible(verdict.ending)}\n"

    def _styled(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.head.style.color and text else text


@row_stream("markdown")
class RowMarkdown(RowStream):
    """A GitHub-flavoured Markdown table."""

    def begin(self) -> str:
        facts = [f"- **{name}**: {escaped(', '.join(filter(None, rest)))}" for name, *rest in facts_of(self.head)]
        titles = ["row", *(escaped(column.notation) for column in self.head.columns)]
        rules = ["---" if self.head.has_ids else "---:", *(["---:"] * len(self.head.columns))]
        return "\n".join([*facts, "", f"| {' | '.join(titles)} |", f"| {' | '.join(rules)} |", ""])

    def rows(self, answer: RowAnswer) -> str:
        return "".join(f"| {' | '.join(map(escaped, row))} |\n" for row in _cells(answer, self.head.style))

    def end(self, notes: Sequence[Note], verdicts: Sequence[Verdict]) -> str:
        return "".join(["\n", *(f"{verdict_line(each, self.head.style)}\n" for each in verdicts)]) if verdicts else ""


def facts_of(head: RowHead) -> list[tuple[str, str, str]]:
    """Returns what is compared, what was done to it, and what the columns are."""
    facts = []
    for side, subject in zip("PQ", head.subjects, strict=True):
        rows = f", {subject.rows:,} row{'s' * (subject.rows != 1)}" if subject.rows is not None else ""
        outcomes = f" of {subject.outcomes:,} outcomes" if subject.outcomes is not None else ""
        facts.append((side, subject.name, f"{subject.kind}{rows}{outcomes or ''}"))
    if head.temperature != 1:
        facts.append(("temperature", f"{head.temperature:g}", "of logits"))
    if head.smoothing != "none":
        facts.append(("smoothing", head.smoothing, "of P and Q"))
    facts += [(each.notation, each.title, f"in {each.unit}" if each.unit else "") for each in head.columns]
    return facts


def _cells(answer: RowAnswer, style: Style) -> list[list[str]]:
    columns = [[_number(value, style) for value in answer.values[column.name].tolist()] for column in answer.columns]
    names = [visible(answer.name(row)) for row in range(len(answer))]
    return [list(row) for row in zip(names, *columns, strict=True)]


def _number(value: float, style: Style) -> str:
    return str(value) if isinf(value) else rounded(value, style.digits)


def _before(cell: str) -> int:
    """The characters before the point."""
    return (cell + ".").index(".")
