"""Estimates from two samples as a report: a row for each measure, and what the data say of P = Q."""

from math import inf
from typing import TYPE_CHECKING

from klcli.core.estimation.estimate import DivergenceEstimate, Estimation, SampleFacts
from klcli.core.limits import Verdict
from klcli.core.measures.selection import select
from klcli.document.items import judged
from klcli.document.samples import plan
from klcli.notes import Note
from klcli.notes.wording import plural
from klcli.reports.parts import Cell, Column, Facts, Own, Picture, Prose, Table, Verdicts
from klcli.reports.report import Report, definition_of, title_of
from klcli.support.text.safe_text import rounded

if TYPE_CHECKING:
    from klcli.families.comparison.comparison import FamilyComparison
    from klcli.reports.pictures.model import View

__all__ = ["conclusion", "estimation_report", "plan_report"]

_NO_END = "–"


def estimation_report(
    estimation: Estimation, verdicts: tuple[Verdict, ...] = (), notes: tuple[Note, ...] = (), file: str = "",
    truth: "FamilyComparison | None" = None,
) -> Report:  # fmt: skip
    """Returns the report of an estimation.

    Args:
        notes: Those on limits. file: Where failures are annotated. truth: The families that the samples are from.
    """
    level = f"{100 * estimation.level:g} %"
    columns = (
        Column("measure", "measure", for_people=False),
        Column("title", "measure", for_machines=False),
        Column("notation", "", for_machines=False),
        Column("value", "value", is_number=True, is_measure=True),
        Column("from", f"{level} from", is_number=True, for_machines=False),
        Column("to", "to", is_number=True, for_machines=False),
        Column("lower", "lower", for_people=False),
        Column("upper", "upper", for_people=False),
        *([Column("truth", "truth", is_number=True)] if truth else []),
        Column("p_value", "p", for_people=False),
        Column("unit", "unit"),
        Column("method", "method"),
    )
    rows = tuple(_row(each, estimation, truth) for each in estimation.estimates.values())
    said = (*estimation.notes, *notes)
    return Report(
        "estimates",
        (
            Facts((_fact("P", estimation.p), _fact("Q", estimation.q), *_how(estimation), *_true(truth))),
            Table(columns, rows),
            _picture(estimation, truth),
            Prose((Own(conclusion(estimation)),)),
            *([Verdicts(verdicts, file)] if verdicts else []),
        ),
        lambda: judged({**estimation.to_dict(), **_true_values(truth)}, said, verdicts),
        title=title_of(estimation.p.name, estimation.q.name),
        notes=said,
        verdicts=verdicts,
        limit_option="--fail-above",
        definition=definition_of(*map(select, estimation.estimates)),
    )


def _picture(estimation: Estimation, truth: "FamilyComparison | None") -> Picture:
    """Returns the samples and the intervals as a picture, drawn on demand."""

    def views() -> "tuple[View, ...]":
        from klcli.reports.pictures.estimation import estimation_views

        return estimation_views(estimation, truth)

    return Picture(views)


def conclusion(estimation: Estimation) -> str:
    """Returns the sentence on P = Q: whether a difference was seen, and how large it may be."""
    first, test = estimation.first, estimation.test
    shown = _probability(estimation.p_value)
    level = f"{100 * estimation.level:g} %"
    if estimation.sees_difference:
        least = f", by at least {_quantity(first, first.lower)} at {level}" if first.lower else ""
        return f"P and Q differ ({shown}){least}."
    if estimation.p_value <= 1 - estimation.level:
        ends = "may be 0" if first.upper is None else f"may be anything from 0 to {_quantity(first, first.upper)}"
        notation = select(first.measure).notation
        return f"The test of P = Q sees a difference ({shown}); the interval does not: {notation} {ends} at {level}."
    if not test.degrees_of_freedom and estimation.cells is not None and len(estimation.cells.x) > 1:
        return "no difference can be seen: in so few observations no outcome is frequent enough for a test of P = Q."
    found = f"no difference seen ({shown})"
    limits = [each for each in estimation.estimates.values() if each.upper_one_sided is not None]
    finite = [each for each in limits if each.upper_one_sided != inf]
    if not finite:
        return f"{found}; the data set no limit to how large it may be." if limits else f"{found}; see the notes."
    amount = _quantity(finite[0], finite[0].upper_one_sided)
    notation = select(finite[0].measure).notation
    return f"{found}; the largest {notation} compatible with the data at {level} is {amount}."


def _probability(p_value: float) -> str:
    if p_value > 0.99:
        return "p > 0.99"
    return "p < 1e-300" if p_value < 1e-300 else f"p = {rounded(p_value, 2)}"


def plan_report(
    limit: float, needed: int, labels: int, level: float, unit: str, others: list[tuple[int, int]]
) -> Report:
    """Returns how many observations certify that a KL is below a limit; `others` are further numbers of labels."""
    columns = (
        Column("labels", "labels or bins", is_number=True),
        Column("observations", "observations a side", is_number=True, is_measure=True),
    )
    percent = f"{100 * level:g} %"
    rows = tuple((count, each) for count, each in others)
    prose = (
        f"If P = Q, half of all pairs of samples of {needed:,} observations each, over {labels:,} labels, show at "
        f"{percent} that KL(P‖Q) is at most {limit:g} {unit}. Every outcome of P must also be seen in Q, so expect 5 "
        "observations of the rarest, or more."
    )
    own = ((labels, needed),)
    return Report(
        "plans",
        (Table(columns, own + rows), Prose((prose,))),
        lambda: plan(limit, unit, level, own + rows),
        title="plan",
    )


def _quantity(each: DivergenceEstimate, value: float | None) -> str:
    assert value is not None
    return f"{rounded(value, 3)} {each.unit}".rstrip()


def _row(
    each: DivergenceEstimate, estimation: Estimation, truth: "FamilyComparison | None"
) -> tuple[Cell, ...]:  # fmt: skip
    measure = select(each.measure)
    value = None if each.value != each.value else each.value
    lower, upper = (_NO_END if end is None else end for end in (each.lower, each.upper))
    return (
        measure.name, measure.title, measure.notation, value if value is not None else _NO_END, lower, upper,
        each.lower, each.upper, *([truth.value(measure)] if truth else []), estimation.p_value, each.unit, each.method,
    )  # fmt: skip


def _fact(side: str, sample: SampleFacts) -> tuple[str, str, str]:
    words = {
        "counts": "sample, as counts",
        "labelled numbers": "sample of labels and numbers",
        "vectors": f"sample of vectors in {plural(sample.dimension or 0, 'dimension')}",
    }
    said = [words.get(sample.kind, f"sample of {sample.kind}"), plural(sample.observations, "observation")]
    if sample.outcomes is not None:
        said.append(plural(sample.outcomes, "outcome"))
    return side, sample.name, ", ".join(said)


def _true(truth: "FamilyComparison | None") -> tuple[tuple[str, ...], ...]:
    return () if truth is None else (("truth", f"{truth.p} and {truth.q}", "the families that they are from"),)


def _true_values(truth: "FamilyComparison | None") -> dict[str, object]:
    """Returns the families as JSON, with their own divergences."""
    if truth is None:
        return {}
    values = {measure.name: truth.value(measure) for measure in truth.measures}
    return {"truth": {"p": str(truth.p), "q": str(truth.q), "measures": values}}


def _how(estimation: Estimation) -> tuple[tuple[str, ...], ...]:
    if estimation.cells is None or estimation.bins is None:
        return ()
    how = estimation.cells.binning
    words = "one for each number"
    if how is not None:
        is_changed = how.cuts or how.merged
        words = f"{how.equal} of equal pooled mass" if is_changed else "of equal pooled mass"
        words += ", the outer two cut finer" if how.cuts else ""
        words += ", equal numbers in one" if how.merged else ""
    use = "the divergence itself is at least theirs" if estimation.estimator == "default" else "for p alone"
    return (("bins", str(estimation.bins), f"{words}; {use}"),)
