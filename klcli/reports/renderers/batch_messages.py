"""What is said of a batch on standard error: the first notes, and the first complaints where no table shows them."""

from collections.abc import Iterator

from klcli.core.distributions.note import Note
from klcli.reports.renderers.report_format import Stream
from klcli.runs.batch_results import PairReport, Status, Tally
from klcli.support.safe_text import visible

__all__ = ["Messages"]

_SAID = 10  # of each sort; who has more wants them in a report
_USUAL = "header"  # what most pairs have is said once, at the end


class Messages(Stream):
    """Lines that begin with "kl: "; `notes` and `complaints` say which are wanted."""

    def __init__(self, *, notes: bool, complaints: bool) -> None:
        self._wants = {"note": notes, "complaint": complaints}
        self._counts = {"note": 0, "complaint": 0}
        self._usual = 0
        self._first_usual = ""

    def pair(self, report: PairReport) -> str:
        if report.status is Status.OK and not report.notes:  # as most are
            return ""
        lines = []
        if report.notes and self._wants["note"]:
            lines += [f"note: {report.name}: {note.text}" for note in report.notes if self._is_told(report, note)]
        if report.status is not Status.OK and self._wants["complaint"] and self._is_said("complaint"):
            word = "error" if report.status is Status.ERROR else "limit exceeded"
            lines += [f"{word}: {report.name}: {complaint}" for complaint in report.complaints]
        return "".join(f"kl: {visible(line)}\n" for line in lines)

    def tail(self, tally: Tally) -> Iterator[str]:
        if self._usual:
            more = f"; and the like {self._usual - 1:,} more times, which JSON has" if self._usual > 1 else ""
            yield f"kl: {visible(self._first_usual)}{more}\n"
        for sort, words in (("note", "note: {:,} more, which JSON has"), ("complaint", "{:,} more pairs failed")):
            if self._counts[sort] > _SAID:
                yield f"kl: {words.format(self._counts[sort] - _SAID)}\n"
        if self._wants["complaint"]:
            yield f"kl: {visible(tally.sentence)}\n"

    def _is_told(self, report: PairReport, note: Note) -> bool:
        """Whether a note is said at once; what most pairs have is counted instead, and the first kept."""
        if note.code != _USUAL:
            return self._is_said("note")
        self._usual += 1
        self._first_usual = self._first_usual or f"note: {report.name}: {note.text}"
        return False

    def _is_said(self, sort: str) -> bool:
        self._counts[sort] += 1
        return self._counts[sort] <= _SAID
