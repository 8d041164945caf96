"""JUnit XML, in the subset that GitLab, GitHub and Jenkins all show.

An exceeded limit is a failure; a pair or a limit that could not be evaluated is an error. Messages stand both in an
attribute and in the body, because tools show one or the other.

There is no standard. The output validates against junit-10.xsd of the Jenkins xUnit plugin:
https://github.com/jenkinsci/xunit-plugin/tree/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd
"""

import tempfile
from collections.abc import Iterable
from html import escape
from re import compile as pattern

from klcli.errors import ExitCode
from klcli.reports.format import Format, Style, registered
from klcli.reports.parts import Joint, Verdicts
from klcli.reports.report import Ending, Head
from klcli.runs.batch_results import Case, Status, verdict_status, verdict_text
from klcli.support.text.safe_text import visible

__all__ = ["Suite"]

_CHUNK = 1 << 16
_NOT_XML = pattern("[\ufffe\uffff]")  # not allowed by https://www.w3.org/TR/xml/#charsets, and not escaped by visible()
_ELEMENTS = {ExitCode.LIMIT_EXCEEDED: "failure", ExitCode.BAD_DATA: "error"}
_SKIPPED = (Status.SKIPPED, Status.UNCLEAR, Status.INSUFFICIENT)


@registered
class Suite(Format):
    """One suite with a case for each pair or limit. Its counts come first, so the cases wait in a temporary file."""

    name = "junit"
    title = "JUnit"
    summary = "JUnit XML, as GitLab, GitHub and Jenkins show it"
    shows = frozenset({"verdicts", "case"})

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self._counts = dict.fromkeys(("", "failure", "error", "skipped"), 0)
        self._seconds = 0.0
        self._said: list[str] = []
        self._cases = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115

    def begin(self, head: Head) -> str:
        self._title = _attribute(head.title)
        return super().begin(head)

    def verdicts(self, verdicts: Verdicts) -> str:
        for verdict in verdicts.verdicts:
            status = verdict_status(verdict)
            self._add(verdict.measure, status, status.code, 0.0, verdict_text(verdict))
        return ""

    def case(self, case: Case) -> str:
        self._add(case.name, case.status, case.code, case.seconds, "\n".join(case.complaints()), _remark(case))
        return ""

    def joint(self, joint: Joint) -> str:
        self._said.append(f"{joint.name}: {joint.words}")
        return ""

    def end(self, ending: Ending) -> Iterable[str]:
        if ending.batch and ending.batch.is_cut:
            self._add(self.head.command, Status.ERROR, ExitCode.BAD_DATA, 0.0, ending.batch.ending)
        counts = (
            f'tests="{sum(self._counts.values())}" failures="{self._counts["failure"]}" '
            f'errors="{self._counts["error"]}" time="{self._seconds:.3f}"'
        )
        skipped = self._counts["skipped"]
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield f'<testsuites name="{_attribute(self.head.command)}" {counts}>\n'
        yield f'  <testsuite name="{self._title}" {counts} skipped="{skipped}">\n'
        self._cases.seek(0)
        yield from iter(lambda: self._cases.read(_CHUNK), "")
        said = [*self._said, *([ending.batch.sentence] if ending.batch and ending.batch.ending else [])]
        if said:
            yield f"    <system-out>{_attribute('; '.join(said))}</system-out>\n"
        yield "  </testsuite>\n</testsuites>\n"

    def close(self) -> None:
        self._cases.close()

    def _add(self, name: str, status: Status, code: ExitCode, seconds: float, complaint: str, remark: str = "") -> None:
        element = _ELEMENTS.get(code, "skipped" if status in _SKIPPED else "")
        self._counts[element] += 1
        self._seconds += seconds
        case = f'<testcase classname="{self._title}" name="{_attribute(name)}" time="{seconds:.6f}"'
        if element == "skipped":
            self._cases.write(
                f'    {case}>\n      <skipped message="{_attribute(f"{status.value}: {complaint}")}"/>\n'
                "    </testcase>\n"
            )
            return
        if status is Status.CHANGED:
            remark = f"{status.value}: {complaint}"
        if not element:
            output = f"      <system-out>{_attribute(remark)}</system-out>\n"
            self._cases.write(f"    {case}>\n{output}    </testcase>\n" if remark else f"    {case}/>\n")
            return
        text = _attribute(complaint.replace("\n", "; "))
        self._cases.write(
            f'    {case}>\n      <{element} type="{status.value}" message="{text}">{text}</{element}>\n'
            "    </testcase>\n"
        )


def _remark(case: Case) -> str:
    """Returns why a pair that is ok has an infinite value; empty if it has none."""
    return "; ".join([case.status_words, *(note.text for note in case.notes)]) if case.infinite else ""


def _attribute(text: str) -> str:
    safe = _NOT_XML.sub(lambda match: ascii(match.group())[1:-1], visible(text))
    return escape(safe)
