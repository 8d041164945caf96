"""Messages of a batch on standard error: the first notes, and the first failures unless a table shows them."""

from collections.abc import Iterable

from klcli.notes import Note
from klcli.notes.wording import plural
from klcli.reports.format import Format, Style
from klcli.reports.report import Ending
from klcli.runs.batch_results import Case, Status
from klcli.support.text.safe_text import visible

__all__ = ["Messages"]

_SAID = 10  # of notes and of failures; a report has them all
_USUAL = ("header", "sampled")  # codes of the notes that most pairs have, so each is said once, at the end


class Messages(Format):
    """Lines that begin with "kl: ".

    Args:
        notes, complaints: Print notes; print failures and the summary. digits: Of values that exceed limits.
    """

    def __init__(self, *, notes: bool, complaints: bool, digits: int = 6) -> None:
        super().__init__(Style(digits))
        self._wants = {"note": notes, "complaint": complaints}
        self._counts = {"note": 0, "complaint": 0}
        self._usual: dict[str, str] = {}  # the first of each code
        self._times = dict.fromkeys(_USUAL, 0)

    def case(self, case: Case) -> str:
        if case.status is Status.OK and not case.notes:  # as most are
            return ""
        lines = []
        if case.notes and self._wants["note"]:
            lines += [_said(case, note) for note in case.notes if self._is_told(case, note)]
        if case.fails and self._wants["complaint"] and self._is_said("complaint"):
            lines += [
                f"{_word(case, complaint)}: {case.name}: {complaint}"
                for complaint in case.complaints(self.style.digits)
            ]
        return "".join(f"kl: {visible(line)}\n" for line in lines)

    def end(self, ending: Ending) -> Iterable[str]:
        for code, text in self._usual.items():
            again = self._times[code] - 1
            more = f"; and the like {plural(again, 'more time')}, which JSON has" if again else ""
            yield f"kl: {visible(text)}{more}\n"
        for sort, words in (("note", "note: {:,} more, which JSON has"), ("complaint", "{:,} more {}s failed")):
            if self._counts[sort] > _SAID:
                noun = "pair" if ending.batch is None else ending.batch.noun
                yield f"kl: {words.format(self._counts[sort] - _SAID, noun)}\n"
        if self._wants["complaint"] and ending.batch is not None:
            yield f"kl: {visible(ending.batch.sentence)}\n"

    def _is_told(self, case: Case, note: Note) -> bool:
        """Returns True if a note is printed at once; counts the usual notes instead, and keeps the first."""
        if note.code not in _USUAL:
            return self._is_said("note")
        self._times[note.code] += 1
        if note.code not in self._usual:
            self._usual[note.code] = _said(case, note)
        return False

    def _is_said(self, sort: str) -> bool:
        self._counts[sort] += 1
        return self._counts[sort] <= _SAID


def _word(case: Case, complaint: str) -> str:
    """Returns the word before a complaint: beside limits that are exceeded, the reason is of those that are unclear."""
    if case.status in (Status.CHANGED, Status.UNCLEAR):
        return case.status.value
    if case.status is not Status.EXCEEDED:
        return "error"
    return Status.UNCLEAR.value if case.unclear and complaint == case.reason else "limit exceeded"


def _said(case: Case, note: Note) -> str:
    """Returns a note with the name of its pair; a note on a column begins with it."""
    return f"note: {note.text}" if note.subject == case.name else f"note: {case.name}: {note.text}"
