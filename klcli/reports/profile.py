"""The report of a profile: a row for each column that was counted."""

from klcli.document.lists import listed
from klcli.reports.parts import Cell, Column, Facts, Table
from klcli.reports.report import Report
from klcli.tables.table_profile import ColumnProfile, Profile

__all__ = ["profile_report"]

_COLUMNS = (
    Column("column", "column", is_label=True), Column("kind", "kind"), Column("why", "why"),
    Column("values", "values", is_number=True), Column("missing", "missing", is_number=True),
    Column("distinct", "distinct", is_number=True), Column("mean", "mean", is_number=True),
    Column("deviation", "sd", is_number=True),
)  # fmt: skip


def profile_report(profile: Profile) -> Report:
    """Returns the report of a profile."""
    table = Table(_COLUMNS, tuple(map(_row, profile.columns)))
    facts = Facts((("profile", profile.name, f"{profile.rows:,} rows, {len(profile.columns):,} columns"),))
    return Report(
        "profiles", (facts, table), lambda: {**listed("columns", table.records), "rows": profile.rows},
        lambda: table.records, title=profile.name,
    )  # fmt: skip


def _row(each: ColumnProfile) -> tuple[Cell, ...]:
    facts, decision = each.facts, each.decision
    distinct: Cell = facts.distinct if facts.distinct_text == f"{facts.distinct:,}" else facts.distinct_text
    mean, deviation = (None, None) if each.moments is None else (each.moments.mean, each.moments.deviation)
    return each.column.name, decision.kind.value, decision.why, facts.present, facts.missing, distinct, mean, deviation
