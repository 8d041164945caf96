"""Pairs of a batch as a Markdown table of bounded size, failures and infinite values first."""

from collections.abc import Iterator

from klcli.reports.format import Style
from klcli.reports.layout.case_lines import measured
from klcli.reports.layout.markup import escaped
from klcli.runs.batch_results import BatchSummary, Case, Status
from klcli.support.text.safe_text import shorten

__all__ = ["CaseTable"]

_FRAME = 2_000  # bytes for everything but the rows
_LONGEST_CELL = 1_000


class CaseTable:
    """A table of pairs, failures and infinite values first; counts the rows for which there is no room.

    Args:
        limit: Largest size in bytes of the destination, with what stands there already.
    """

    def __init__(self, style: Style, limit: int) -> None:
        self._style = style
        self._room = max(0, limit - style.bytes_before - _FRAME)
        self._rows: dict[bool, list[str]] = {False: [], True: []}
        self._sizes = {False: 0, True: 0}
        self._left_out = dict.fromkeys(Status, 0)

    def reserve(self, size: int) -> None:
        """Leaves room for `size` bytes that stand beside the table."""
        self._room = max(0, self._room - size)

    def add(self, case: Case) -> None:
        """Keeps the row of a pair if there is room."""
        word = f"**{case.status.value}**" if case.fails else case.status_words
        texts = case.complaints(self._style.digits) or (measured(case, self._style),)
        found = "<br>".join(escaped(shorten(text, _LONGEST_CELL)) for text in texts)
        row = f"| {word} | {escaped(shorten(case.name, _LONGEST_CELL))} | {found} |\n"
        self._keep(not case.fails and not case.infinite, row, case.status)

    def texts(self, command: str, summary: BatchSummary) -> Iterator[str]:
        """Yields the summary, the table, and the number of pairs left out."""
        yield f"**{command}**, {escaped(shorten(summary.title, 200))}: {escaped(summary.sentence)}\n"
        room = self._room - self._sizes[False]
        rows = self._rows[False]
        for row in self._rows[True]:
            room -= len(row.encode())
            if room < 0:
                self._left_out[Status.OK] += 1
            else:
                rows.append(row)
        if rows:
            yield f"\n| status | {summary.noun} | result |\n| --- | --- | --- |\n"
            yield from rows
        if any(self._left_out.values()):
            count = sum(self._left_out.values())
            verb = "is" if count == 1 else "are"
            yield f"\n{count:,} more {verb} left out here: {summary.breakdown(self._left_out)}.\n"

    def _keep(self, is_ok: bool, row: str, status: Status) -> None:
        size = len(row.encode("utf-8", "backslashreplace"))
        if self._sizes[is_ok] + size > self._room:
            self._sizes[is_ok] = self._room  # so that no later, shorter row is shown in place of this one
            self._left_out[status] += 1
        else:
            self._sizes[is_ok] += size
            self._rows[is_ok].append(row)
