"""JUnit XML, in the subset that GitLab, GitHub and Jenkins all show.

A limit exceeded is a failure, what could not be evaluated an error; the message stands in its attribute and its body.

There is no standard; the nearest to one is junit-10.xsd of the Jenkins xUnit plugin, which this obeys:
https://github.com/jenkinsci/xunit-plugin/tree/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd
"""

import tempfile
from collections.abc import Iterator
from html import escape
from re import compile as pattern

from klcli.reports.renderers.report_format import Occasion, Stream, report_format
from klcli.runs.batch_results import PairReport, Status, Tally
from klcli.support.safe_text import visible

__all__ = ["Suite"]

_CHUNK = 1 << 16
_NOT_XML = pattern("[\ufffe\uffff]")  # what visible() leaves, though https://www.w3.org/TR/xml/#charsets does not
_ELEMENTS = {Status.EXCEEDED: "failure", Status.ERROR: "error"}


@report_format("junit", summary="JUnit XML, as GitLab, GitHub and Jenkins show it")
class Suite(Stream):
    """One suite with a case for each pair; its counts come first, so the cases wait in a file."""

    def __init__(self, occasion: Occasion) -> None:
        self._title = _attribute(occasion.title)
        self._cases = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115

    def pair(self, report: PairReport) -> str:
        case = f'<testcase classname="{self._title}" name="{_attribute(report.name)}" time="{report.seconds:.6f}"'
        if report.status is Status.OK:
            self._cases.write(f"    {case}/>\n" if not report.infinite else _with_output(case, report))
            return ""
        element = _ELEMENTS[report.status]
        text = _attribute("\n".join(report.complaints).replace("\n", "; "))
        self._cases.write(
            f'    {case}>\n      <{element} type="{report.status.value}" message="{text}">{text}</{element}>\n'
            "    </testcase>\n"
        )
        return ""

    def tail(self, tally: Tally) -> Iterator[str]:
        counts = (
            f'tests="{tally.pairs}" failures="{tally.counts[Status.EXCEEDED]}" '
            f'errors="{tally.counts[Status.ERROR]}" time="{tally.seconds:.3f}"'
        )
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield f'<testsuites name="kl batch" {counts}>\n  <testsuite name="{self._title}" {counts} skipped="0">\n'
        self._cases.seek(0)
        yield from iter(lambda: self._cases.read(_CHUNK), "")
        if tally.ending:
            yield f"    <system-out>{_attribute(tally.sentence)}</system-out>\n"
        yield "  </testsuite>\n</testsuites>\n"

    def close(self) -> None:
        self._cases.close()


def _with_output(case: str, report: PairReport) -> str:
    """A case that passed, with why it is not plainly ok."""
    lines = [report.status_words, *(note.text for note in report.notes)]
    return f"    {case}>\n      <system-out>{_attribute('; '.join(lines))}</system-out>\n    </testcase>\n"


def _attribute(text: str) -> str:
    safe = _NOT_XML.sub(lambda match: ascii(match.group())[1:-1], visible(text))
    return escape(safe)
