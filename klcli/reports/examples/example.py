"""A worked example: numbers that are computed, with the command lines that reproduce them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from shlex import quote

from klcli.core.comparison import compare
from klcli.core.distributions.distribution import Distribution, read_values
from klcli.core.distributions.units import unit_name
from klcli.core.measures.kl import forward_kl
from klcli.core.measures.measure import Measure
from klcli.document.lists import example
from klcli.reports.parts import Chart, Column, Commands, Part, Prose, Table
from klcli.reports.report import Report, definition_of
from klcli.sources.operands.operand import is_family

__all__ = ["Example", "WorkedNumber", "example_report"]


@dataclass(frozen=True, slots=True)
class WorkedNumber:
    """A number of an example: P and Q as on the command line, the measure and its options."""

    title: str
    p: str
    q: str
    measure: Measure = forward_kl
    as_: str = "auto"
    base: float | str = "e"
    smooth: str | None = None

    @property
    def command(self) -> str:
        """The command line that prints the number."""
        words = ["kl", "compute", quote(self.p), quote(self.q), "-m", self.measure.name]
        words += ["--as", self.as_] if self.as_ != "auto" else []
        words += ["--bits"] if self.base == 2 else []
        words += ["--smooth", self.smooth] if self.smooth else []
        return " ".join(words)

    @property
    def value(self) -> float:
        """The number, computed on access."""
        if is_family(self.p):
            from klcli.families.comparison.compare import compare_families
            from klcli.families.grammar import parse

            members = (parse(text) for text in (self.p, self.q))
            return compare_families(*members, measures=[self.measure.name], base=self.base).value(self.measure)
        p, q = (_distribution(text, self.as_) for text in (self.p, self.q))
        return compare(p, q, measures=[self.measure.name], base=self.base, smoothing=self.smooth).value(self.measure)


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: numbers and prose, or the report that `make` returns."""

    name: str
    summary: str
    cases: tuple[WorkedNumber, ...]
    prose: tuple[str, ...]
    chart: Callable[[], Chart] | None = None
    make: Callable[[], Report] | None = None

    def report(self) -> Report:
        """Returns the example as a report; its numbers are computed, not quoted."""
        if self.make is not None:
            return self.make()
        columns = (
            Column("case", self.name),
            Column("notation", ""),
            Column("value", "value", is_number=True, is_measure=True),
            Column("unit", "unit"),
            Column("command", "command", for_people=False),
        )
        rows = tuple(
            (
                case.title,
                case.measure.notation,
                case.value,
                unit_name(case.measure.unit, case.base),
                case.command,
            )
            for case in self.cases
        )
        table = Table(columns, rows)
        charts: tuple[Chart, ...] = () if self.chart is None else (self.chart(),)
        commands = tuple(case.command for case in self.cases)
        drawn = {"chart": charts[0].document} if charts else {}
        return example_report(
            self.name, (table, *charts), table, self.prose, commands,
            lambda: {**example(self.name, self.summary, table.records, self.prose), **drawn},
            definition_of(*(case.measure for case in self.cases)),
        )  # fmt: skip


def example_report(
    name: str, shown: tuple[Part, ...], table: Table, prose: tuple[str, ...], commands: tuple[str, ...],
    document: Callable[[], Mapping[str, object]], definition: str,
) -> Report:  # fmt: skip
    """Returns the report of an example: what is shown, prose, and the commands that reproduce it.

    Args:
        table: the one among the parts shown whose records are the answer. definition: of the measures, as formulas.
    """
    return Report(
        "examples", (*shown, Prose(prose), Commands(commands)), document, lambda: table.records,
        title=f"Example: {name}", definition=definition,
    )  # fmt: skip


def _distribution(text: str, as_: str) -> Distribution:
    pieces = text.split(",")
    labels = [piece.partition("=")[0] for piece in pieces] if "=" in text else None
    return read_values([float(piece.rpartition("=")[2]) for piece in pieces], labels, as_=as_, name=text)
