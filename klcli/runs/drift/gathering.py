"""The result of a run: the worst columns first, both tables, and what was noted."""

from collections.abc import Sequence

from klcli.engines.countable import Countable
from klcli.notes import Note, columns_new, no_rows, nothing_compared
from klcli.runs.batch_results import Status
from klcli.runs.drift.not_numbers import notes_on_marks
from klcli.runs.drift.patterns import unused_patterns
from klcli.runs.drift.results import ColumnDrift, DriftResult, JointDrift, TableSide
from klcli.sources.drift.settings import DriftSettings
from klcli.sources.drift.unused_settings import unused_settings

__all__ = ["gathered"]

_ORDER = (Status.ERROR, Status.EXCEEDED, Status.INSUFFICIENT, Status.UNCLEAR, Status.CHANGED, Status.OK, Status.SKIPPED)


def gathered(
    reference: Countable, current: Countable, settings: DriftSettings, columns: Sequence[ColumnDrift], *,
    tests: int = 0, pairs: tuple[JointDrift, ...] = (), notes: Sequence[Note] = (),
) -> DriftResult:  # fmt: skip
    """Returns the result of a run, with columns sorted by status; those of one status keep their order."""
    known = {column.name for column in reference.columns}
    new = tuple(
        column.name for column in current.columns if column.name not in known and settings.is_chosen(column.name)
    )
    sides = [TableSide(table.name, table.rows, len(table.columns),
                       "profile" if table.engine == "profile" else "table", table.engine)
             for table in (reference, current)]  # fmt: skip
    of_tables = notes_on_marks(reference, current)
    of_tables += [*settings.notes, *unused_settings(settings.given, (reference, current))]
    of_tables += unused_patterns(reference, settings, current)
    of_tables += [columns_new(len(new), new[:5])] if new else []
    of_tables += [no_rows(side, table.name) for side, table in (("P", reference), ("Q", current)) if not table.rows]
    if reference.rows and current.rows and all(each.status is Status.SKIPPED for each in columns):
        of_tables.append(nothing_compared())
    found = sorted(columns, key=lambda each: _ORDER.index(each.status))
    return DriftResult(sides[0], sides[1], settings, found, tests, new, pairs, (*of_tables, *notes))
