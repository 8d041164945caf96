"""Reports of pairs that never were, for the tests of what renders them."""

from math import inf

from klcli.core.contribution import Contribution
from klcli.core.limits import Verdict
from klcli.notes import file_outside
from klcli.reports.batch import batch_report_ending, batch_report_head
from klcli.reports.format import Style
from klcli.reports.rendering import begun
from klcli.runs.batch_results import BatchSummary, Case, Status

__all__ = ["HOSTILE", "INFINITE", "error", "exceeded", "ok", "rendered"]

# what a label or a file name may hold, and no format may obey
HOSTILE = "\x1b[31m<b>&\"'|`]]>\n::error::x\r%0A\x00\ufffe\udcff\u202e[red]"


def ok(name="fine", value=0.05, notes=()):
    document = {"p": {"name": "p.csv"}, "q": {"name": "q.csv"}, "measures": {"forward_kl": value}}
    return Case(
        name, "p.csv", "q.csv", Status.OK, document, (("forward_kl", value, "nats"),), notes=tuple(notes), seconds=0.25
    )


def exceeded(name="moved", value=0.5, outcome="cat"):
    document = {"p": {"name": "p.csv"}, "q": {"name": "q.csv"}, "measures": {"forward_kl": value}}
    return Case(
        name, "p.csv", "q.csv", Status.EXCEEDED, document, (("forward_kl", value, "nats"), ("hellinger", 0.25, "")),
        (Verdict("forward_kl", 0.1, value, "nats"), Verdict("hellinger", 0.5, 0.25, "")),
        ((Contribution(outcome, 0.5, 0.1), Contribution("dog", 0.25, 0.2)),), seconds=0.5,
    )  # fmt: skip


def error(name="gone", message="q.csv: no such file", hint="did you mean p.csv?", place=None):
    document = {"p": {"name": "p.csv"}, "q": {"name": "q.csv"}, "measures": {}, "error": {"message": message}}
    return Case(
        name, "p.csv", "q.csv", Status.ERROR, document, notes=(file_outside("q.csv"),), error=message,
        hint=hint, place=place,
    )  # fmt: skip


def rendered(format_, cases, *, ending="", title="pairs.csv", style=None):
    """The whole text of a report."""
    tally = BatchSummary(title, ending=ending)
    made, text = begun(format_, batch_report_head(title), style or Style())
    texts = [text]
    for case in cases:
        tally.add(case)
        texts.append(made.part(case))
    texts += made.end(batch_report_ending(tally))
    made.close()
    return "".join(texts)


INFINITE = exceeded("infinite", inf)
