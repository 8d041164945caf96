"""What a batch has to say: a PairReport for each pair as it is done, and the Tally of them all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import NamedTuple

from klcli.core.contribution import Contribution
from klcli.core.distributions.note import Note, listing
from klcli.core.limits import Verdict
from klcli.support.safe_text import exact, rounded

__all__ = ["PairReport", "Status", "Tally"]


class Status(Enum):
    """What became of a pair."""

    OK = "ok"
    EXCEEDED = "exceeded"
    ERROR = "error"


class PairReport(NamedTuple):
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
    causes: tuple[tuple[Contribution, ...], ...] = ()
    notes: tuple[Note, ...] = ()
    error: str = ""
    hint: str = ""
    seconds: float = 0.0

    @property
    def infinite(self) -> tuple[str, ...]:
        """The measures that are infinite and have no limit, so that the pair is ok, though not plainly."""
        if self.status is not Status.OK:
            return ()
        return tuple(name for name, value, _ in self.values if value == inf)

    @property
    def status_words(self) -> str:
        """The status for people: "ok (infinite)" where a measure without a limit is."""
        return "ok (infinite)" if self.infinite else self.status.value

    @property
    def findings(self) -> tuple[tuple[str, str], ...]:
        """What is wrong, and what makes it so or cures it, for each limit exceeded, or the error; both for people."""
        if self.status is Status.ERROR:
            return ((self.error, f"hint: {self.hint}" if self.hint else ""),)
        exceeded = [verdict for verdict in self.verdicts if not verdict.passed]
        return tuple(
            (_excess(verdict), _origin(verdict, causes)) for verdict, causes in zip(exceeded, self.causes, strict=True)
        )

    @property
    def complaints(self) -> tuple[str, ...]:
        """The findings, a line each."""
        return tuple("; ".join(filter(None, finding)) for finding in self.findings)


@dataclass(slots=True)
class Tally:
    """How many pairs came to what, and how the run ended.

    Attributes:
        title: what was compared. counts: pairs by status. seconds: of all pairs together.
        infinite: how many of those that are ok have a measure without a limit that is infinite.
        ending: why pairs are missing, such as "interrupted"; empty where none is.
    """

    title: str
    counts: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    seconds: float = 0.0
    ending: str = ""
    infinite: int = 0

    def add(self, report: PairReport) -> None:
        """Counts a pair."""
        self.counts[report.status] += 1
        self.infinite += bool(report.infinite)
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
        infinite = f" ({self.infinite:,} infinite)" if self.infinite and counts is self.counts else ""
        words = {Status.OK: f"ok{infinite}", Status.EXCEEDED: "exceeded", Status.ERROR: "error"}
        parts = [
            _plural(counts[status], word) if status is Status.ERROR else f"{counts[status]:,} {word}"
            for status, word in words.items()
            if counts[status]
        ]
        return ", ".join(parts) or "none"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _excess(verdict: Verdict) -> str:
    unit = f" {verdict.unit}" if verdict.unit else ""
    return f"{verdict.measure} = {rounded(verdict.value)} > {exact(verdict.limit)}{unit}"


def _origin(verdict: Verdict, causes: tuple[Contribution, ...]) -> str:
    outcomes = listing([f"{cause.outcome} ({rounded(cause.p, 3)} → {rounded(cause.q, 3)})" for cause in causes])
    verb = "infinite by" if verdict.value == inf else "most from"
    return f"{verb} {outcomes}" if causes else ""
