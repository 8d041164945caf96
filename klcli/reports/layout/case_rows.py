"""Cases as the rows of one table, with what is wrong below each row, for people."""

from collections import Counter
from collections.abc import Sequence

from klcli.notes import listing
from klcli.reports.format import Style
from klcli.reports.layout.ansi import DIM, painted
from klcli.reports.layout.case_lines import indented, status_color
from klcli.reports.parts import CaseRows, Column
from klcli.runs.batch_results import Case, Status

__all__ = ["case_rows"]

_APART = 2  # skipped for one reason, with a line each
_WIDEST = 24  # characters of a name for which other rows make room
_GAP = "  "
_PROSE = 80  # characters of a line that says what is wrong


def case_rows(cases: CaseRows, style: Style) -> str:
    """Returns the table as lines; if the style is quiet, without cases that are ok or skipped.

    Three or more that are skipped for one reason, as the columns that --columns leaves out, are one line.
    """
    hidden = (Status.OK, Status.SKIPPED) if style.quiet else ()
    shown = [(row, case) for row, case in zip(cases.rows, cases.cases, strict=True) if case.status not in hidden]
    reasons = Counter(case.reason for _, case in shown if case.status is Status.SKIPPED)
    together = {reason: [case.name for _, case in shown if case.status is Status.SKIPPED and case.reason == reason]
                for reason, count in reasons.items() if count > _APART}  # fmt: skip
    shown = [(row, case) for row, case in shown if case.status is not Status.SKIPPED or case.reason not in together]
    if not shown and not together:
        return ""
    titles = ["status", *(style.words(column.title) for column in cases.columns)]
    words = [[_word(case), *_cells(row, cases.columns, style)] for row, case in shown]
    widths = _fitted(titles, words, cases.columns, style.width)
    lines = []
    if widths is not None and shown:
        head = _line(titles, widths, cases.columns)
        lines = [painted(head, DIM, color=style.color), painted(style.own("─") * len(head), DIM, color=style.color)]
    for row, (_, case) in zip(words, shown, strict=True):
        if widths is None:
            texts = [_GAP.join(row[:2])]
            if case.status is not Status.SKIPPED:
                texts += [f"    {title}: {cell}" for title, cell in zip(titles[2:], row[2:], strict=True) if cell]
        else:
            texts = _row(row, case, widths, cases.columns, style)
        texts[0] = painted(row[0], status_color(case.status), color=style.color) + texts[0][len(row[0]) :]
        lines += texts
        if widths is None or case.status is not Status.SKIPPED:
            found = [style.words(each) for finding in case.findings(style.digits) for each in finding if each]
            lines += [line for each in found for line in indented(each, min(_PROSE, style.width or _PROSE))]
    for reason, names in together.items():
        word = Status.SKIPPED.value.ljust(widths[0] if widths is not None and shown else 0)
        word = painted(word, status_color(Status.SKIPPED), color=style.color)
        lines.append(_GAP.join([word, listing([style.data(name) for name in names]), style.words(reason)]))
    return "\n".join(lines)


def _fitted(
    titles: Sequence[str], words: Sequence[Sequence[str]], columns: Sequence[Column], width: int
) -> list[int] | None:
    """Returns the widths of the columns, that of the names so that all fit; None where each case must be a record."""
    widths = [max(min(len(each), _WIDEST) for each in column) for column in zip(titles, *words, strict=True)]
    excess = len(_line(titles, widths, columns)) - width if width else 0
    widths[1] -= max(0, excess)
    return widths if widths[1] >= len(titles[1]) else None


def _row(row: Sequence[str], case: Case, widths: Sequence[int], columns: Sequence[Column], style: Style) -> list[str]:
    """Returns the line of a case; on a terminal, a name that is too long for its column has a line of its own."""
    if case.status is Status.SKIPPED:  # its reason takes the place of numbers
        return [_GAP.join([_line(row[:2], widths[:2], columns), style.words(case.reason)])]
    if style.width and len(row[1]) > widths[1]:
        return [_line(row[:2], widths[:2], columns), _line(["", "", *row[2:]], widths, columns)]
    return [_line(row, widths, columns)]


def _cells(row: Sequence[str], columns: Sequence[Column], style: Style) -> list[str]:
    return [style.data(text) if column.is_label else style.words(text)
            for text, column in zip(row, columns, strict=True)]  # fmt: skip


def _word(case: Case) -> str:
    return case.status.value.upper() if case.fails else case.status_words


def _line(cells: Sequence[str], widths: Sequence[int], columns: Sequence[Column]) -> str:
    aligned = [
        cell.rjust(width) if at and columns[at - 1].is_number else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return _GAP.join(aligned).rstrip()
