"""What a batch has to say: a Case for each pair as it is done, and the BatchSummary of them all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from klcli.core.limits import Verdict
from klcli.notes import Note, listing
from klcli.support.safe_text import rounded

if TYPE_CHECKING:
    from klcli.core.contribution import Contribution

__all__ = ["BatchSummary", "Case", "Status", "verdict_text"]


class Status(Enum):
    """What became of a pair."""

    OK = "ok"
    EXCEEDED = "exceeded"
    ERROR = "error"


class Case(NamedTuple):
    """One pair, evaluated or not.

    Attributes:
        name: of the pair. p, q: its operands; q is empty where one holds both.
        document: what JSON prints of it, but for its name and status.
        values: each measure with its value and unit. verdicts: the limits, and whether they were kept.
        causes: for each limit that was exceeded, the outcomes that contribute most.
        notes: what to watch. error, hint: why it could not be evaluated, and the cure; else empty.
        seconds: how long it took.
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

    @property
    def kind(self) -> str:
        """What it is called as a part of a report."""
        return "case"

    @property
    def findings(self) -> tuple[tuple[str, str], ...]:
        """What is wrong, and what makes it so or cures it, for each limit exceeded, or the error; both for people."""
        if self.status is Status.ERROR:
            return ((self.error, f"hint: {self.hint}" if self.hint else ""),)
        exceeded = [verdict for verdict in self.verdicts if not verdict.passed]
        return tuple(
            (verdict_text(verdict), _origin(causes)) for verdict, causes in zip(exceeded, self.causes, strict=True)
        )

    @property
    def complaints(self) -> tuple[str, ...]:
        """The findings, a line each."""
        return tuple("; ".join(filter(None, finding)) for finding in self.findings)


@dataclass(slots=True)
class BatchSummary:
    """How many pairs came to what, and how the run ended.

    Attributes:
        title: what was compared. counts: pairs by status. seconds: of all pairs together.
        ending: why pairs are missing, such as "interrupted"; empty where none is.
    """

    title: str
    counts: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    seconds: float = 0.0
    ending: str = ""

    def add(self, report: Case) -> None:
        """Counts a pair."""
        self.counts[report.status] += 1
        self.seconds += report.seconds

    @property
    def pairs(self) -> int:
        return sum(self.counts.values())

    @property
    def sentence(self) -> str:
        """Such as "3 pairs: 1 ok, 1 exceeded, 1 error"."""
        found = f"{_plural(self.pairs, 'pair')}: {self.breakdown()}"
        return f"{found}; {self.ending}" if self.ending else found

    def breakdown(self, counts: Mapping[Status, int] | None = None) -> str:
        """Returns such as "1 ok, 1 exceeded", of these counts or of all."""
        counts = self.counts if counts is None else counts
        words = {Status.OK: "ok", Status.EXCEEDED: "exceeded", Status.ERROR: "error"}
        parts = [
            _plural(counts[status], word) if status is Status.ERROR else f"{counts[status]:,} {word}"
            for status, word in words.items()
            if counts[status]
        ]
        return ", ".join(parts) or "none"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def verdict_text(verdict: Verdict) -> str:
    """Returns how a value lies to its limit, as "forward_kl = 0.5 > 0.1 nats"."""
    return f"{verdict.measure} = {rounded(verdict.value)} {verdict.sign} {rounded(verdict.limit)}{verdict.ending}"


def _origin(causes: "tuple[Contribution, ...]") -> str:
    outcomes = listing([f"{cause.outcome} ({rounded(cause.p, 3)} → {rounded(cause.q, 3)})" for cause in causes])
    return f"most from {outcomes}" if causes else ""
