"""A batch as Markdown: the sum, then what is wrong, then what is well, as far as there is room."""

from collections.abc import Iterator

from klcli.reports.renderers.batch_lines import measured
from klcli.reports.renderers.markdown import escaped
from klcli.reports.renderers.report_format import Occasion, Stream, report_format
from klcli.runs.batch_results import PairReport, Status, Tally
from klcli.support.safe_text import shorten

__all__ = ["Summary"]

# a comment on GitHub holds 65,536 characters, a note on GitLab more; these are bytes
COMMENT = 65_536
# https://docs.github.com/actions/reference/workflow-commands-for-github-actions: a step's summary holds 1 MiB
STEP_SUMMARY = 1 << 20

_FRAME = 2_000  # bytes for all but the rows
_LONGEST_CELL = 1_000


class Summary(Stream):
    """A table of pairs, those first that are not plainly ok; the rows that have no room are counted."""

    def __init__(self, occasion: Occasion, limit: int) -> None:
        self._style = occasion.style
        self._room = max(0, limit - occasion.taken - _FRAME)
        self._rows: dict[bool, list[str]] = {False: [], True: []}
        self._sizes = {False: 0, True: 0}
        self._left_out = dict.fromkeys(Status, 0)

    def pair(self, report: PairReport) -> str:
        is_ok = report.status is Status.OK
        word = report.status_words if is_ok else f"**{report.status.value}**"
        texts = report.complaints or (measured(report, self._style),)
        found = "<br>".join(escaped(shorten(text, _LONGEST_CELL)) for text in texts)
        self._add(
            is_ok and not report.infinite,
            f"| {word} | {escaped(shorten(report.name, _LONGEST_CELL))} | {found} |\n",
            report.status,
        )
        return ""

    def tail(self, tally: Tally) -> Iterator[str]:
        yield f"**kl batch**, {escaped(shorten(tally.title, 200))}: {escaped(tally.sentence)}\n"
        room = self._room - self._sizes[False]
        rows = self._rows[False]
        for row in self._rows[True]:
            room -= len(row.encode())
            if room < 0:
                self._left_out[Status.OK] += 1
            else:
                rows.append(row)
        if rows:
            yield "\n| status | pair | result |\n| --- | --- | --- |\n"
            yield from rows
        if any(self._left_out.values()):
            count = sum(self._left_out.values())
            verb = "is" if count == 1 else "are"
            yield f"\n{count:,} more {verb} left out here: {tally.breakdown(self._left_out)}.\n"

    def _add(self, is_ok: bool, row: str, status: Status) -> None:
        size = len(row.encode("utf-8", "backslashreplace"))
        if self._sizes[is_ok] + size > self._room:
            self._sizes[is_ok] = self._room  # what is shown is the first so many, without gaps
            self._left_out[status] += 1
        else:
            self._sizes[is_ok] += size
            self._rows[is_ok].append(row)


@report_format("markdown", summary="a table for a comment on a pull request, below 64 KB; what is wrong comes first")
def begin_comment(occasion: Occasion) -> Summary:
    """Begins a report for a comment."""
    return Summary(occasion, COMMENT)


@report_format(
    "step_summary", summary="the same for a step of GitHub Actions, below 1 MiB; added to $GITHUB_STEP_SUMMARY",
    home="GITHUB_STEP_SUMMARY",
)  # fmt: skip
def begin_step_summary(occasion: Occasion) -> Summary:
    """Begins a report for the summary of a step."""
    return Summary(occasion, STEP_SUMMARY)
