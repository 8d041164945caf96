"""A batch for a person to read: a line for each pair as it is done, and the sum at the end."""

from collections.abc import Iterator

from klcli.reports.renderers.renderer import Style
from klcli.reports.renderers.report_format import Occasion, Stream, report_format
from klcli.runs.batch_results import PairReport, Status, Tally
from klcli.support.safe_text import rounded, visible

__all__ = ["Lines", "measured"]

_NAME_WIDTHS = (20, 40)  # characters to which short names are padded, from the first and at most
_COLORS = {Status.OK: "32", Status.EXCEEDED: "1;31", Status.ERROR: "1;31"}


@report_format("table", summary="for people: a line for each pair, and the sum")
class Lines(Stream):
    """Lines of status, name, and numbers or what is wrong."""

    def __init__(self, occasion: Occasion) -> None:
        self._style = occasion.style
        self._quiet = occasion.quiet
        self._width = _NAME_WIDTHS[0]

    def pair(self, report: PairReport) -> str:
        if self._quiet and report.status is Status.OK and not report.infinite:
            return ""
        name = visible(report.name)
        self._width = max(self._width, min(len(name), _NAME_WIDTHS[1]))
        word = "EXCEEDED" if report.status is Status.EXCEEDED else report.status_words
        status = self._painted(f"{word:8}", report.status)
        width = self._width - max(0, len(word) - 8)  # a long status leaves less to the name
        texts = [text for finding in report.findings for text in finding if text]
        texts = texts or [measured(report, self._style)]
        first, *rest = map(visible, texts)
        indent = " " * (12 + self._width)
        return "".join([f"{status}  {name:{width}}  {first}\n", *(f"{indent}{text}\n" for text in rest)])

    def tail(self, tally: Tally) -> Iterator[str]:
        status = next((each for each in (Status.ERROR, Status.EXCEEDED) if tally.counts[each]), Status.OK)
        gap = "\n" if tally.pairs and not (self._quiet and status is Status.OK) else ""
        yield f"{gap}{self._painted(visible(tally.sentence), status)}\n"

    def _painted(self, text: str, status: Status) -> str:
        return f"\x1b[{_COLORS[status]}m{text}\x1b[0m" if self._style.color else text


def measured(report: PairReport, style: Style) -> str:
    """Returns the values of a pair, as "forward_kl = 0.51 nats, total_variation = 0.4"."""
    return ", ".join(f"{name} = {rounded(value, style.digits)} {unit}".rstrip() for name, value, unit in report.values)
