"""The report that puts what other tools say of two tables beside the verdict of kl."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from klcli.document.drift import drift_presets, drift_side
from klcli.notes import listing
from klcli.reports.drift.columns import TITLES
from klcli.reports.drift.document import exit_code
from klcli.reports.drift.report import table_facts
from klcli.reports.parts import Cell, Column, Facts, Table
from klcli.reports.report import Report
from klcli.runs.batch_results import Status
from klcli.runs.drift.results import ColumnDrift, DriftResult
from klcli.sources.drift.settings import DEFAULT_LIMITS
from klcli.tables.presets import PRESETS

__all__ = ["presets_report"]

_OURS = "kl"
_NAMED = 3  # columns that fail, by name
_COLUMNS = (
    Column("column", "column"), Column("preset", "preset"), Column("measure", "measure"),
    Column("value", "value", is_number=True, is_measure=True), Column("limit", "limit", is_number=True),
    Column("status", "status"), Column("reason", "reason", for_people=False),
)  # fmt: skip
_SUMMARY = (
    Column("preset", "preset"), Column("compared", "compared", is_number=True), Column("fails", "fail", is_number=True),
    Column("failing", "which"),
)  # fmt: skip


class _Line(NamedTuple):
    """A tool on a column."""

    preset: str
    measure: str
    value: float | None
    limit: float | None
    status: Status
    reason: str


def presets_report(own: DriftResult, others: Mapping[str, DriftResult]) -> Report:
    """Returns a row for each column and tool, kl first, and for each tool how many columns fail."""
    results = {_OURS: own, **others}
    found = {name: {each.name: each for each in result.columns} for name, result in results.items()}
    names = [each.name for each in own.columns if own.settings.is_chosen(each.name)]
    lines = {column: [_line(preset, found[preset][column]) for preset in results] for column in names}
    rows: list[tuple[Cell, ...]] = []
    for column, of_column in lines.items():
        for one in of_column:
            row = (one.measure, one.value, one.limit, one.status.value, one.reason)
            rows.append((column, one.preset, *row))
    summary = tuple((name, *_counts(result)) for name, result in results.items())
    parts = (Facts(table_facts(own)), Table(_COLUMNS, tuple(rows)), Table(_SUMMARY, summary))
    columns: list[dict[str, object]] = [
        {"name": column, "presets": [{**one._asdict(), "status": one.status.value} for one in of_column]}
        for column, of_column in lines.items()
    ]
    presets = [
        {
            "name": name,
            "version": "" if name == _OURS else PRESETS.lookup(name).version,
            "exit_code": int(exit_code(each)),
        }
        for name, each in results.items()
    ]
    title = f"{own.p.name} vs {own.q.name}"
    return Report(
        "presets",
        parts,
        lambda: drift_presets(drift_side(*own.p), drift_side(*own.q), presets, columns),
        title=title,
        notes=own.notes,
    )


def _line(preset: str, each: ColumnDrift) -> _Line:
    reason = each.reason
    if preset != _OURS:
        measure = next(iter(each.measures), "")
        value, limit = each.measures.get(measure), None
        if each.verdicts:  # of a tool that judges chunks, the value and the limit of the chunk that it held
            value, limit = each.verdicts[0].verdict.value, each.verdicts[0].verdict.limit
            reason = "; ".join(filter(None, (each.verdicts[0].verdict.place, reason)))
        return _Line(preset, each.statistics.get(measure, ""), value, limit, each.status, reason)
    failing = next(iter(each.exceeded), None) or next((one for one in each.verdicts if not one.passed), None)
    chosen = failing or next(iter(each.verdicts), None)
    if chosen is None:
        measure = DEFAULT_LIMITS[0].measure
        return _Line(
            preset, TITLES[measure] if each.measures else "", each.measures.get(measure), None, each.status, reason
        )
    name = chosen.verdict.measure
    return _Line(preset, TITLES.get(name, name), chosen.verdict.value, chosen.verdict.limit, each.status, reason)


def _counts(result: DriftResult) -> Iterator[Cell]:
    """Yields the number of columns that a tool compares, of those that fail, and which."""
    yield sum(bool(each.measures) for each in result.columns)
    failing = [each.name for each in result.columns if each.status is Status.EXCEEDED]
    yield len(failing)
    yield listing(failing, most=_NAMED)
