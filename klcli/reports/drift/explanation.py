"""One column of a drift report, cell by cell: counts, shares, and what each adds to PSI and to X²."""

from collections.abc import Sequence
from math import log

from klcli.core.estimation.numbers.ordered import Bounded
from klcli.core.estimation.significance.homogeneity import LEAST_EXPECTED
from klcli.core.measures.divergences import jeffreys
from klcli.core.measures.kl import forward_kl, reverse_kl
from klcli.document.drift import drift_column
from klcli.errors import UsageError
from klcli.notes import listing
from klcli.reports.drift.document import column_document
from klcli.reports.drift.order import order_document, order_table, order_words
from klcli.reports.drift.pictures import column_picture
from klcli.reports.parts import Column, Facts, Part, Prose, Table
from klcli.reports.report import Report
from klcli.runs.drift.judging.tested import groups_of
from klcli.runs.drift.numbers.ordered import ColumnInOrder
from klcli.runs.drift.results import ColumnDrift, DriftResult
from klcli.sources.drift.settings import ORDERED
from klcli.support.registry import nearest
from klcli.support.text.safe_text import rounded
from klcli.tables.column import Storage

__all__ = ["cells_report"]

_AMOUNT = 0.5

_COLUMNS = (
    Column("cell", "cell", is_label=True),
    Column("count_p", "P", is_number=True), Column("count_q", "Q", is_number=True),
    Column("p", "p", is_share=True), Column("q", "q", is_share=True),
    Column("difference", "q - p", is_number=True), Column("psi", "PSI", is_number=True, is_measure=True),
    Column("group", "group", is_number=True), Column("x_squared", "X²", is_number=True),
)  # fmt: skip


def cells_report(result: DriftResult, name: str, order: ColumnInOrder | None = None) -> Report:
    """Returns the report of the column with this name; `order` is what the order of its values shows.

    Raises:
        UsageError: no column has this name, or it was not compared.
    """
    names = [each.name for each in result.columns]
    if name not in names:
        near = nearest(name, names)
        hint = f"did you mean {near[0]}?" if near else f"the columns are {listing(names, most=12)}"
        raise UsageError(f"--explain {name}: {result.p.name} has no such column", hint=hint)
    found = result.columns[names.index(name)]
    cells = found.counted.cells
    groups = [] if cells is None else [None] * len(cells.labels) if found.test is None else groups_of(cells)
    parts_of_test = [] if found.test is None else found.test.shares
    document = {"name": name, "status": found.status.value, **column_document(found), "groups": groups,
                "group_statistics": parts_of_test}  # fmt: skip
    words = list(_words(found))
    tables = [Table((), ()) if cells is None else _table(found, groups)]
    if order is not None:
        document["order"] = order_document(order)
        tables.append(order_table(order, is_time=found.counted.read_p.storage is Storage.INSTANT))
    # of a few numbers, counted one by one, the cells show the order
    measures = {each: Bounded(found.measures[each]) for each in ORDERED if each in found.measures}
    words += filter(None, [order_words(measures if order is None else order.measures)])
    parts: list[Part] = [_facts(found), *tables, Prose(tuple(words))]
    if cells is not None:
        parts.append(column_picture(found, result.settings.measures[0]))
    return Report("columns", tuple(parts), lambda: drift_column(document), title=name, notes=tuple(found.counted.notes))


def _facts(found: ColumnDrift) -> Facts:
    counted = found.counted
    kind = "" if counted.decision is None else f"{counted.decision.kind.value}: {counted.decision.why}"
    rows = [("column", found.name, kind), ("status", found.status.value, found.why)]
    for side, facts in (("P", counted.facts_p), ("Q", counted.facts_q)):
        if facts is not None:
            rows.append(
                (side, f"{facts.present:,} values", f"{facts.missing:,} missing, {facts.distinct_text} distinct")
            )
    return Facts(tuple(rows))


def _table(found: ColumnDrift, groups: Sequence[int | None]) -> Table:
    """Returns a row a cell; what a group adds to X² stands beside the first of its cells."""
    cells = found.counted.cells
    assert cells is not None
    n, m, k = sum(cells.p), sum(cells.q), len(cells.labels)
    rows = []
    for at, label in enumerate(cells.labels):
        group = groups[at]
        is_first = group is not None and groups.index(group) == at
        added = found.test.shares[group - 1] if found.test is not None and group is not None and is_first else None
        a, b = cells.p[at], cells.q[at]
        p, q = (a + _AMOUNT) / (n + k * _AMOUNT), (b + _AMOUNT) / (m + k * _AMOUNT)
        share_p, share_q = a / n if n else 0.0, b / m if m else 0.0
        rows.append((label, a, b, share_p, share_q, share_q - share_p, (p - q) * log(p / q), group, added))
    has_groups = any(group is not None and groups.count(group) > 1 for group in groups)
    columns = tuple(each._replace(for_people=has_groups) if each.key == "group" else each for each in _COLUMNS)
    return Table(columns, tuple(rows))


def _words(found: ColumnDrift) -> list[str]:
    if found.test is None:
        return []
    test = found.test
    words = [
        f"X² = {rounded(test.statistic, 4)} over {test.groups} groups that expect {LEAST_EXPECTED:g} or more, "
        f"p = {rounded(test.p_value, 3)}, adjusted {rounded(found.p_adjusted or 0.0, 3)}."
    ]
    floor = found.noise.get(jeffreys.name)
    if floor is not None:
        words.append(f"PSI is {rounded(found.measures[jeffreys.name], 4)}; noise alone reaches {rounded(floor, 3)}.")
    words += [f"KL(P‖Q) without smoothing is {rounded(found.strict.get(forward_kl.name, 0.0), 4)} nats, "
              f"KL(Q‖P) {rounded(found.strict.get(reverse_kl.name, 0.0), 4)}."]  # fmt: skip
    return words
