"""Results of a batch: a Case for each pair, and a BatchSummary of all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from klcli.core.limits import Verdict
from klcli.errors import ExitCode, Place
from klcli.notes import Note, listing
from klcli.support.text.safe_text import exact, rounded

if TYPE_CHECKING:
    from klcli.core.contribution import Contribution

__all__ = [
    "BatchSummary",
    "Case",
    "Status",
    "causes_text",
    "value_text",
    "verdict_status",
    "verdict_text",
    "verdict_word",
]


class Status(Enum):
    """Outcome of the evaluation of a pair."""

    OK = "ok"
    EXCEEDED = "exceeded"
    ERROR = "error"
    # of the columns of two tables alone
    CHANGED = "changed"
    UNCLEAR = "unclear"
    INSUFFICIENT = "insufficient"
    SKIPPED = "skipped"

    @property
    def code(self) -> ExitCode:
        """The exit code to which it leads, if no setting says otherwise."""
        return _CODES.get(self, ExitCode.OK)


_CODES = {
    Status.EXCEEDED: ExitCode.LIMIT_EXCEEDED, Status.ERROR: ExitCode.BAD_DATA, Status.INSUFFICIENT: ExitCode.BAD_DATA,
}  # fmt: skip


class Case(NamedTuple):
    """The result of one pair, whether it could be evaluated or not.

    Attributes:
        name: Name of the pair. p, q: Its operands; q is empty if one operand holds both.
        document: The pair in JSON, without its name and status.
        values: Name, value and unit of each measure. verdicts: One for each limit.
        causes: For each exceeded limit, the outcomes that contribute most.
        notes: Remarks on the result. error, hint: Why it could not be evaluated and how to fix it; else empty.
        place: Where that was found, or None.
        seconds: Duration of the evaluation.
        reason: What no limit and no error says of the status of a column.
        intervals: The lower and the upper end of each value, if it is an estimate; None where the samples bound none.
        unclear: Limits of which it is not known whether they are kept.
        own_code: The exit code to which it leads, where settings say another than that of its status.
    """

    name: str
    p: str
    q: str
    status: Status
    document: Mapping[str, object]
    values: tuple[tuple[str, float, str], ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    causes: "tuple[tuple[Contribution, ...], ...]" = ()
    notes: tuple[Note, ...] = ()
    error: str = ""
    hint: str = ""
    seconds: float = 0.0
    reason: str = ""
    intervals: tuple[tuple[float | None, float | None], ...] = ()
    unclear: tuple[Verdict, ...] = ()
    own_code: ExitCode | None = None
    place: Place | None = None

    @property
    def code(self) -> ExitCode:
        """The exit code to which it leads; a report counts 1 as a failure and 3 as an error."""
        return self.status.code if self.own_code is None else self.own_code

    @property
    def fails(self) -> bool:
        """True if a report counts it as a failure or an error."""
        return self.code is not ExitCode.OK

    @property
    def kind(self) -> str:
        """Its kind, as a part of a report."""
        return "case"

    @property
    def infinite(self) -> tuple[str, ...]:
        """Infinite measures of a pair that is ok, because they have no limit."""
        if self.status is not Status.OK:
            return ()
        return tuple(name for name, value, _ in self.values if value == inf)

    @property
    def status_words(self) -> str:
        """The status for people: "ok (infinite)" if a measure without a limit is infinite."""
        return "ok (infinite)" if self.infinite else self.status.value

    def findings(self, digits: int = 6) -> tuple[tuple[str, str], ...]:
        """Returns, for people, each exceeded limit with its causes, or the error with its hint, or the reason."""
        if self.status is Status.ERROR:
            return ((self.error, f"hint: {self.hint}" if self.hint else ""),)
        if self.status not in (Status.OK, Status.EXCEEDED):
            return ((self.reason, ""),)
        exceeded = [verdict for verdict in self.verdicts if not verdict.passed]
        found = tuple(
            (verdict_text(verdict, digits), causes_text(verdict, causes))
            for verdict, causes in zip(exceeded, self.causes, strict=True)
        )
        return (*found, (self.reason, "")) if self.reason else found

    def complaints(self, digits: int = 6) -> tuple[str, ...]:
        """Returns the findings, each on one line."""
        return tuple("; ".join(filter(None, finding)) for finding in self.findings(digits))


@dataclass(slots=True)
class BatchSummary:
    """The number of pairs of each status, and how the run ended.

    Attributes:
        title: What was compared. counts: Number of pairs by status. codes: By the exit code to which they lead.
        seconds: Sum over all pairs.
        ending: Why pairs are missing, such as "interrupted"; empty if none is.
        infinite: Number of pairs that are ok although a measure without a limit is infinite.
        noun: A pair, for people.
    """

    title: str
    counts: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    codes: dict[ExitCode, int] = field(default_factory=lambda: dict.fromkeys(ExitCode, 0))
    seconds: float = 0.0
    ending: str = ""
    infinite: int = 0
    noun: str = "pair"

    def add(self, report: Case) -> None:
        """Counts a pair."""
        self.count(report.status, report.code)
        self.infinite += bool(report.infinite)
        self.seconds += report.seconds

    def count(self, status: Status, code: ExitCode) -> None:
        """Counts a pair of a status, and the exit code to which it leads."""
        self.counts[status] += 1
        self.codes[code] += 1

    @property
    def failures(self) -> int:
        """Number of pairs that make kl exit with 1."""
        return self.codes[ExitCode.LIMIT_EXCEEDED]

    @property
    def errors(self) -> int:
        """Number of pairs that make kl exit with 3."""
        return self.codes[ExitCode.BAD_DATA]

    @property
    def pairs(self) -> int:
        return sum(self.counts.values())

    @property
    def is_cut(self) -> bool:
        """True if pairs are missing, and none of the others fails, so that a report would look as if all were well."""
        return bool(self.ending) and not (self.failures or self.errors)

    @property
    def sentence(self) -> str:
        """The summary in words: "3 pairs: 1 ok, 1 exceeded, 1 error"."""
        found = f"{_plural(self.pairs, self.noun)}: {self.breakdown()}"
        return f"{found}; {self.ending}" if self.ending else found

    def breakdown(self, counts: Mapping[Status, int] | None = None) -> str:
        """Returns counts in words, "1 ok, 1 exceeded"; by default those of all pairs."""
        counts = self.counts if counts is None else counts
        infinite = f" ({self.infinite:,} infinite)" if self.infinite and counts is self.counts else ""
        words = {status: status.value for status in Status} | {Status.OK: f"ok{infinite}"}
        parts = [
            _plural(counts[status], word) if status is Status.ERROR else f"{counts[status]:,} {word}"
            for status, word in words.items()
            if counts[status]
        ]
        return ", ".join(parts) or "none"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def verdict_text(verdict: Verdict, digits: int = 6) -> str:
    """Returns a verdict in words: "forward_kl = 0.5 > 0.1 nats"."""
    limit = f"{exact(verdict.limit)}{verdict.ending}"
    if not verdict.is_known:
        return f"{verdict.subject} is undefined for this data, so the limit {limit} cannot be judged"
    return f"{verdict.subject} = {value_text(verdict, digits)} {verdict.sign} {limit}"


def verdict_status(verdict: Verdict) -> Status:
    """Returns what a report counts a verdict as: an error if nobody can say whether the limit is kept."""
    return Status.OK if verdict.passed else Status.EXCEEDED if verdict.is_known else Status.ERROR


def verdict_word(verdict: Verdict) -> str:
    """Returns what became of a limit, for people."""
    return {Status.OK: "kept", Status.ERROR: "not judged"}.get(verdict_status(verdict), "exceeded")


def value_text(verdict: Verdict, digits: int) -> str:
    """Returns the value of a verdict, rounded, but with all digits where rounding would turn the verdict round."""
    if not verdict.is_known:
        return "undefined"
    text = rounded(verdict.value, digits)
    is_same = verdict._replace(value=float(text)).sign == verdict.sign
    return text if is_same else exact(verdict.value)


def causes_text(
    verdict: Verdict, causes: "tuple[Contribution, ...]", mass: Callable[[float], str] = lambda mass: rounded(mass, 3)
) -> str:
    """Returns what a value comes from: "most from cat (0.5 → 0.1)"; `mass` makes text of p and q. Empty if unknown."""
    outcomes = listing([f"{cause.outcome} ({mass(cause.p)} → {mass(cause.q)})" for cause in causes])
    verb = "infinite by" if verdict.value == inf else "most from"
    return f"{verb} {outcomes}" if causes else ""
