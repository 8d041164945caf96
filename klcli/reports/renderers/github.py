"""Annotations of GitHub Actions: a line for each of the first pairs that failed, then one that sums up.

A pair without a limit that is infinite is a warning.

GitHub shows ten errors of a step and drops the rest, so the sum is a notice. What stands in a message is escaped as in
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
"""

import re
from collections.abc import Iterator

from klcli.reports.renderers.report_format import Occasion, Stream, report_format
from klcli.runs.batch_results import PairReport, Status, Tally
from klcli.support.safe_text import visible

__all__ = ["Annotations"]

_SHOWN = 10
_NO_FILE_OF_THE_CHECKOUT = re.compile(r"^/|^$|(^|/)\.\.(/|$)|[,=\[{(]|^-$")


@report_format("github", summary="annotations of GitHub Actions: ten errors and a sum", home="stderr")
class Annotations(Stream):
    """Workflow commands, each on a line."""

    def __init__(self, occasion: Occasion) -> None:
        self._count = self._warnings = 0

    def pair(self, report: PairReport) -> str:
        if report.status is Status.OK:
            return self._warning(report) if report.infinite else ""
        self._count += 1
        if self._count > _SHOWN:
            return ""
        return _annotation("error", report, "; ".join(report.complaints))

    def _warning(self, report: PairReport) -> str:
        self._warnings += 1
        if self._warnings > _SHOWN:
            return ""
        return _annotation("warning", report, "; ".join(note.text for note in report.notes if note.code == "infinite"))

    def tail(self, tally: Tally) -> Iterator[str]:
        if self._count > _SHOWN or tally.ending:
            shown = f"; {self._count - _SHOWN:,} are not shown here" if self._count > _SHOWN else ""
            yield f"::notice title=kl batch::{_message(tally.sentence + shown)}\n"


def _annotation(level: str, report: PairReport, text: str) -> str:
    word = report.q or report.p
    file = "" if _NO_FILE_OF_THE_CHECKOUT.search(word) else f"file={_property(word)},"
    title = _property(f"kl: {report.status_words}: {report.name}")
    return f"::{level} {file}title={title}::{_message(text)}\n"


def _message(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
