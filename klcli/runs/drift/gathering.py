"""The result of a run: the worst columns first, both tables, and what was noted."""

from collections.abc import Sequence
from math import inf

from klcli.engines.countable import Countable
from klcli.notes import Note, columns_new, limits_unheld, no_rows, nothing_chosen, nothing_compared
from klcli.runs.batch_results import Status
from klcli.runs.drift.not_numbers import notes_on_marks
from klcli.runs.drift.patterns import unused_patterns
from klcli.runs.drift.results import ColumnDrift, DriftResult, JointDrift, TableSide
from klcli.sources.batch.glob_limits import EVERY
from klcli.sources.drift.settings import DEFAULT_LIMITS, DriftSettings, matches
from klcli.sources.drift.unused_settings import unused_settings

__all__ = ["gathered"]

_ORDER = (Status.ERROR, Status.EXCEEDED, Status.INSUFFICIENT, Status.UNCLEAR, Status.CHANGED, Status.OK, Status.SKIPPED)

_UNJUDGED = (Status.ERROR, Status.INSUFFICIENT)  # which is said, and leads to an exit code of its own


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
    of_tables += _limits_unheld(columns, settings)
    of_tables += [columns_new(len(new), new[:5])] if new else []
    of_tables += [no_rows(side, table.name) for side, table in (("P", reference), ("Q", current)) if not table.rows]
    if reference.rows and current.rows and all(each.status is Status.SKIPPED for each in columns):
        is_chosen = any(settings.is_chosen(each.name) for each in columns)
        of_tables.append(nothing_compared() if is_chosen else nothing_chosen())
    found = sorted(columns, key=lambda each: _ORDER.index(each.status))
    return DriftResult(sides[0], sides[1], settings, found, tests, new, pairs, (*of_tables, *notes))


def _limits_unheld(columns: Sequence[ColumnDrift], settings: DriftSettings) -> list[Note]:
    """Returns a note on the limits that were held against no column, although some have such a name."""
    unheld = []
    for limit in () if settings.preset is not None else settings.limits:
        named = [each for each in columns if matches(each.name, (limit.pattern,))]
        is_judged = not any(each.status in _UNJUDGED for each in named)
        is_held = any(verdict.verdict.measure == limit.measure for each in named for verdict in each.verdicts)
        if named and is_judged and not is_held and limit.limit != inf and limit not in DEFAULT_LIMITS:
            place = settings.place_of("limits", limit.pattern)
            every = limit.pattern == EVERY
            unheld.append(f"{place.removesuffix(EVERY) if every else f'{place}:'}{limit.measure}")
    return [limits_unheld(tuple(dict.fromkeys(unheld)))] if unheld else []
