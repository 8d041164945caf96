"""Names and patterns of columns in settings, held against the columns that there are."""

from collections.abc import Iterator

from klcli.engines.countable import Countable
from klcli.errors import UsageError
from klcli.notes import Note, listing, patterns_unused
from klcli.sources.drift.settings import DriftSettings, matches
from klcli.support.registry import nearest

__all__ = ["refuse_unknown", "unused_patterns"]

_WILDCARDS = frozenset("*?[{")
_OF_PROFILES = frozenset({"columns", "exclude", "types"})


def refuse_unknown(reference: Countable, settings: DriftSettings, current: Countable | None = None) -> None:
    """Refuses a setting on a column that does not exist; without `current`, those that choose what is profiled.

    Raises:
        UsageError: there is one.
    """
    names = [column.name for column in reference.columns]
    of_both = names if current is None else [*names, *(column.name for column in current.columns)]
    for name, pattern in _patterns(settings):
        if current is None and name not in _OF_PROFILES:
            continue
        # a pattern may be for other tables of the same settings file; a name that no column has is a slip
        is_slip = name in ("columns", "pairs") or (name in ("types", "limits") and not _WILDCARDS & {*pattern})
        if name == "exclude":  # profiles lack what the same file left out
            is_slip = name in settings.given and not _WILDCARDS & {*pattern}
        if is_slip and not any(matches(each, (pattern,)) for each in (of_both if name == "exclude" else names)):
            near = nearest(pattern, names)
            raise UsageError(
                f"{reference.name} has no such column",
                place=settings.place_of(name, pattern),
                hint=f"did you mean {near[0]}?" if near else f"it has {listing(names, most=12)}",
            )


def unused_patterns(reference: Countable, settings: DriftSettings, current: Countable | None = None) -> list[Note]:
    """Returns a note on the settings that match no column, and so change nothing; without `current`, of a profile."""
    tables = [reference] if current is None else [reference, current]
    names = dict.fromkeys(column.name for table in tables for column in table.columns)
    unused = [settings.place_of(name, pattern) for name, pattern in _patterns(settings)
              if (current is not None or name in _OF_PROFILES)
              and not any(matches(each, (pattern,)) for each in names)]  # fmt: skip
    return [patterns_unused(tuple(dict.fromkeys(unused)), f"column of {reference.name}")] if unused else []


def _patterns(settings: DriftSettings) -> Iterator[tuple[str, str]]:
    """Yields the names of settings with the columns, or patterns of columns, that they are on."""
    yield from (("columns", pattern) for pattern in settings.columns)
    yield from (("pairs", column) for pair in settings.pairs for column in pair)
    yield from (("types", pattern) for pattern, _ in settings.types)
    yield from (("limits", limit.pattern) for limit in settings.limits)
    yield from (("exclude", pattern) for pattern in settings.exclude)
    yield from (("allow_missing", pattern) for pattern in settings.allow_missing)
