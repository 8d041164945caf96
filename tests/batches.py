"""Reports of pairs that never were, for the tests of what renders them."""

from math import inf

from klcli.core.contribution import Contribution
from klcli.core.limits import Verdict
from klcli.notes import file_outside
from klcli.reports.renderers.report_format import REPORT_FORMATS, Occasion
from klcli.runs.batch_results import PairReport, Status, Tally

__all__ = ["HOSTILE", "INFINITE", "error", "exceeded", "ok", "rendered"]

# what a label or a file name may hold, and no format may obey
HOSTILE = "\x1b[31m<b>&\"'|`]]>\n::error::x\r%0A\x00\ufffe\udcff\u202e[red]"


def ok(name="fine", value=0.05, notes=()):
    document = {"p": {"name": "p.csv"}, "q": {"name": "q.csv"}, "measures": {"forward_kl": value}}
    return PairReport(
        name, "p.csv", "q.csv", Status.OK, document, (("forward_kl", value, "nats"),), notes=tuple(notes), seconds=0.25
    )


def exceeded(name="moved", value=0.5, outcome="cat"):
    document = {"p": {"name": "p.csv"}, "q": {"name": "q.csv"}, "measures": {"forward_kl": value}}
    return PairReport(
        name, "p.csv", "q.csv", Status.EXCEEDED, document, (("forward_kl", value, "nats"), ("hellinger", 0.25, "")),
        (Verdict("forward_kl", 0.1, value, "nats"), Verdict("hellinger", 0.5, 0.25, "")),
        ((Contribution(outcome, 0.5, 0.1), Contribution("dog", 0.25, 0.2)),), seconds=0.5,
    )  # fmt: skip


def error(name="gone", message="q.csv: no such file", hint="did you mean p.csv?"):
    document = {"p": {"name": "p.csv"}, "q": {"name": "q.csv"}, "measures": {}, "error": {"message": message}}
    return PairReport(
        name, "p.csv", "q.csv", Status.ERROR, document, notes=(file_outside("q.csv"),), error=message,
        hint=hint,
    )  # fmt: skip


def rendered(format_, reports, *, ending="", **occasion):
    """The whole text of a report."""
    tally = Tally(occasion.get("title", "pairs.csv"), ending=ending)
    stream = REPORT_FORMATS.lookup(format_).begin(Occasion(**{"title": "pairs.csv"} | occasion))
    texts = [stream.head()]
    for report in reports:
        tally.add(report)
        texts.append(stream.pair(report))
    texts += stream.tail(tally)
    stream.close()
    return "".join(texts)


INFINITE = exceeded("infinite", inf)
