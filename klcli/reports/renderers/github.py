"""Annotations of GitHub Actions: one line for each of the first ten failures, then a summary.

A pair of a batch that is ok although a measure without a limit is infinite is a warning. An error is put on the file,
and the line, that it names: an operand or the manifest.

GitHub shows ten errors of a step and drops the rest, so the summary is a notice. Messages are escaped as in
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
"""

import re
from collections.abc import Iterable

from klcli.reports.format import Format, Style, registered
from klcli.reports.parts import Joint, Verdicts
from klcli.reports.report import Ending
from klcli.runs.batch_results import Case, Status, verdict_status, verdict_text
from klcli.support.text.safe_text import visible

__all__ = ["Annotations"]

_SHOWN = 10
_NO_FILE_OF_THE_CHECKOUT = re.compile(r"^/|^$|(^|/)\.\.(/|$)|[,=\[{(]|^-$|^stdin$")


@registered
class Annotations(Format):
    """Workflow commands, one a line; limits that were kept have none."""

    name = "github"
    title = "GitHub"
    summary = "annotations of GitHub Actions: ten errors and a sum"
    shows = frozenset({"verdicts", "case"})
    home = "stderr"

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self._count = self._warnings = 0

    def verdicts(self, verdicts: Verdicts) -> str:
        failed = [verdict for verdict in verdicts.verdicts if not verdict.passed]
        return "".join(
            self._error(verdicts.file, verdict_status(each).value, each.measure, verdict_text(each)) for each in failed
        )

    def case(self, case: Case) -> str:
        if case.status is Status.OK:
            return self._warning(case) if case.infinite else ""
        if not case.fails:
            return self._warning(case) if case.status is Status.UNCLEAR else ""
        word, line = self._place(case)
        return self._error(word, case.status.value, case.name, "; ".join(case.complaints()), line)

    def joint(self, joint: Joint) -> str:
        return _annotation("notice", joint.q, "pair", joint.name, joint.words)

    def end(self, ending: Ending) -> Iterable[str]:
        batch = ending.batch
        if self._count > _SHOWN or (batch and batch.ending):
            shown = f"; {self._count - _SHOWN:,} are not shown here" if self._count > _SHOWN else ""
            sentence = f"{self._count:,} limits not kept" if batch is None else batch.sentence
            level = "error" if batch and batch.is_cut else "notice"
            yield f"::{level} title={_property(self.head.command)}::{_message(sentence + shown)}\n"

    def _place(self, case: Case) -> tuple[str, int | None]:
        """Returns the file that an error is in, else the last operand; and the line, if it is known."""
        if case.place is not None:
            sources = (case.place.source, case.place.source.rpartition(":")[0])  # as it is, and without a column
            for word in filter(None, (case.p, case.q, self.head.title)):
                if word in sources:
                    return word, case.place.line
        return case.q or case.p, None

    def _error(self, word: str, status: str, name: str, text: str, line: int | None = None) -> str:
        self._count += 1
        return _annotation("error", word, status, name, text, line) if self._count <= _SHOWN else ""

    def _warning(self, case: Case) -> str:
        self._warnings += 1
        if self._warnings > _SHOWN:
            return ""
        if case.status is Status.UNCLEAR:
            text = "; ".join(case.complaints())
        else:
            text = "; ".join(note.text for note in case.notes if note.code == "infinite")
        return _annotation("warning", case.q or case.p, case.status_words, case.name, text)


def _annotation(level: str, word: str, status: str, name: str, text: str, line: int | None = None) -> str:
    file = f"file={_property(word)}," + ("" if line is None else f"line={line},")
    file = "" if _NO_FILE_OF_THE_CHECKOUT.search(word) else file
    return f"::{level} {file}title={_property(f'kl: {status}: {name}')}::{_message(text)}\n"


def _message(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
