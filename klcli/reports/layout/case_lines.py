"""Pairs of a batch as lines of text, for people."""

from itertools import chain, zip_longest
from textwrap import wrap

from klcli.reports.format import Style
from klcli.reports.layout.ansi import BOLD_RED, DIM, GREEN, YELLOW, painted
from klcli.runs.batch_results import BatchSummary, Case, Status
from klcli.support.text.safe_text import rounded

__all__ = ["CaseLines", "indented", "measured", "status_color"]

_NAME_WIDTHS = (20, 40)  # characters: width of the column of names at first, and at most
_DIGITS_OF_ESTIMATES = 4
_COLORS = {
    Status.OK: GREEN, Status.EXCEEDED: BOLD_RED, Status.ERROR: BOLD_RED, Status.INSUFFICIENT: BOLD_RED,
    Status.CHANGED: YELLOW, Status.UNCLEAR: YELLOW, Status.SKIPPED: DIM,
}  # fmt: skip


class CaseLines:
    """Lines of status, name, and numbers or what is wrong."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self._width = _NAME_WIDTHS[0]

    def case(self, case: Case) -> str:
        """Returns the lines of a pair; none if the pair is ok, nothing is infinite, and the style is quiet."""
        if self._style.quiet and case.status is Status.OK and not case.infinite:
            return ""
        name = self._style.data(case.name)
        self._width = max(self._width, min(len(name), _NAME_WIDTHS[1]))
        word = "EXCEEDED" if case.status is Status.EXCEEDED else case.status_words
        status = self._painted(f"{word:8}", case.status)
        width = self._width - max(0, len(word) - 8)  # a long status leaves less room for the name
        texts = [text for finding in case.findings(self._style.digits) for text in finding if text]
        texts = texts or [measured(case, self._style)]
        first, *rest = map(self._style.words, texts)
        head = f"{status}  {name:{width}}".rstrip()
        indent = " " * (12 + self._width)
        if 0 < self._style.width < len(indent) + max(map(len, (first, *rest))):
            lines = (indented(text, max(self._style.width, 20)) for text in (first, *rest))
            return "".join(f"{line}\n" for line in [head, *chain.from_iterable(lines)])
        return "".join([f"{status}  {name:{width}}  {first}\n", *(f"{indent}{text}\n" for text in rest)])

    def total(self, summary: BatchSummary) -> str:
        """Returns the last line, the summary."""
        status = Status.EXCEEDED if summary.failures or summary.errors else Status.OK
        gap = "\n" if summary.pairs and not (self._style.quiet and status is Status.OK) else ""
        return f"{gap}{self._painted(self._style.words(summary.sentence), status)}\n"

    def _painted(self, text: str, status: Status) -> str:
        return painted(text, _COLORS[status], color=self._style.color)


def status_color(status: Status) -> str:
    """Returns the escape sequence of a status."""
    return _COLORS[status]


def indented(text: str, width: int) -> list[str]:
    """Returns the lines of a text below the name of a pair, folded by word."""
    return wrap(text, width, initial_indent="    ", subsequent_indent="      ", break_long_words=False)


def measured(case: Case, style: Style) -> str:
    """Returns the values of a pair: "forward_kl = 0.51 nats, total_variation = 0.4"."""
    digits = style.digits if not case.intervals else min(style.digits, _DIGITS_OF_ESTIMATES)
    texts = [f"{name} = {_number(value, digits)} {unit}".rstrip() for name, value, unit in case.values]
    ends = [f" ({_number(low, digits)} to {_number(high, digits)})" for low, high in case.intervals]
    return ", ".join(text + end for text, end in zip_longest(texts, ends, fillvalue=""))


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None or value != value else rounded(value, digits)
