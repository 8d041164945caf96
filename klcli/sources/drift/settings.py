"""Settings of a drift run, resolved: what is compared, how it is binned and tested, and which limits hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, NamedTuple

from klcli.core.limits import split_limit
from klcli.core.measures.measure import MEASURES
from klcli.core.measures.selection import select
from klcli.errors import UnknownName, UsageError
from klcli.notes import Note
from klcli.sources.batch.glob_limits import EVERY, GlobLimit, holding
from klcli.sources.batch.globs import glob_matcher
from klcli.sources.batch.setting_texts import written
from klcli.sources.formats.text_dialect import AUTO, parse_dialect
from klcli.sources.tables.options import TableOptions
from klcli.support.registry import nearest
from klcli.support.sentence import Command
from klcli.tables.binning import BinRule
from klcli.tables.column import Kind

__all__ = [
    "DEFAULT_LIMITS", "KS", "MISSING", "ORDERED", "UNSEEN", "WASSERSTEIN", "DriftSettings", "Written",
    "drift_limit", "drift_measure", "kind_named", "limit_parts", "matches", "table_limits",
]  # fmt: skip

MISSING, UNSEEN, KS, WASSERSTEIN = "missing", "unseen", "ks", "wasserstein_sd"
ORDERED = (KS, WASSERSTEIN)  # measures of values in order, not of cells
_NULLS = ("null", "nulls", "null_share", "na", "missing_share")
_SPECIAL = (MISSING, UNSEEN, *ORDERED)
DEFAULT_LIMITS = (GlobLimit(EVERY, "jeffreys", 0.1), GlobLimit(EVERY, MISSING, 0.05), GlobLimit(EVERY, UNSEEN, 0.01))


class Written(NamedTuple):
    """How a table is written, in place of what is found by looking; names as of the settings.

    Attributes:
        header, na, format: As has_header, reads_na and input_format of TableOptions. The others: As in TextDialect.
    """

    header: bool | None = None
    na: bool = False
    format: str | None = None
    delimiter: str = AUTO
    decimal: str = "."
    thousands: str = ""
    null: tuple[str, ...] = ()

    @property
    def options(self) -> TableOptions:
        """The options with which the table is read.

        Raises:
            UsageError: two of them contradict each other.
        """
        dialect = parse_dialect(self.delimiter, self.decimal, self.thousands, self.null)
        return TableOptions(self.header, self.na, self.format, dialect=dialect)


@dataclass(frozen=True, slots=True)
class DriftSettings:
    """How two tables are compared.

    Attributes:
        measures: Measures to show. limits: As in `holding`, of those that match a column; inf lifts one.
        bins: The rule of bins. alpha: Level of all tests of the run together. adjust: holm, bh or none.
        min_rows: Values that each side of a column needs. missing: apart, bin, drop or fail.
        columns, exclude, allow_missing: Patterns of names of columns. types: Patterns with the kind they force.
        pairs: Columns whose joint distribution is compared. new_columns: note or fail.
        is_exact: The p-values of the values come from random relabelling.
        is_strict: An unclear column exits 3. fails_on_changed: A changed column exits 1.
        allows_insufficient, allows_disjoint: Columns with too few values, or without a common label, are no error.
        p, q: How the reference and the current table are written.
        preset: Name of the tool whose numbers are replayed, or None; `measures` are then names of its statistics, empty
            for its own choice, and a limit of the measure "" is of any of them. holdout: GX's weight of the tails.
        notes: On the settings file. origins: Places of patterns that stand in it, by setting and pattern.
        given: Names of the settings that the run was given itself, not by a file.
    """

    measures: tuple[str, ...] = ("jeffreys", "jensen_shannon")
    limits: tuple[GlobLimit, ...] = DEFAULT_LIMITS
    bins: BinRule = BinRule("quantile")  # noqa: RUF009, it is a tuple
    alpha: float = 0.05
    adjust: str = "holm"
    min_rows: int = 50
    missing: str = "apart"
    columns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    types: tuple[tuple[str, Kind], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    new_columns: str = "note"
    is_exact: bool = False
    is_strict: bool = False
    fails_on_changed: bool = False
    allow_missing: tuple[str, ...] = ()
    allows_insufficient: bool = False
    allows_disjoint: bool = False
    p: Written = Written()  # noqa: RUF009, it is a tuple
    q: Written = Written()  # noqa: RUF009
    preset: str | None = None
    holdout: float = 0.0
    notes: tuple[Note, ...] = ()
    given: frozenset[str] = field(default=frozenset(), compare=False)
    origins: Mapping[tuple[str, str], str] = field(default_factory=dict, compare=False)

    def limits_of(self, column: str) -> dict[str, GlobLimit]:
        """Returns the limits that hold for a column, by measure, without those that are lifted."""
        found = holding(limit for limit in self.limits if matches(column, (limit.pattern,)))
        return {limit.measure: limit for limit in found.values() if limit.limit != inf}

    def kind_of(self, column: str) -> Kind | None:
        """Returns the kind that a setting forces on a column."""
        found = [kind for pattern, kind in self.types if matches(column, (pattern,))]
        return found[-1] if found else None

    def place_of(self, name: str, pattern: str) -> str:
        """Returns where a pattern of columns stands: "--limit amount*", or "kl.toml: [drift.limits] amount*"."""
        option = {"types": "--type", "limits": "--limit"}.get(name, f"--{name.replace('_', '-')}")
        return f"{self.origins.get((name, pattern)) or self.origins.get((name, ''), option)} {pattern}"

    def is_chosen(self, column: str) -> bool:
        """Returns True if a column is to be compared."""
        return (not self.columns or matches(column, self.columns)) and not matches(column, self.exclude)


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Returns True if a name is one of the patterns, or matches one."""
    return any(pattern == name or glob_matcher(pattern)(name) is not None for pattern in patterns)


def drift_measure(name: str, of_column: str = "") -> str:
    """Returns the name of a measure of drift: one of `kl list measures`, or missing, unseen, ks, wasserstein_sd.

    Args:
        of_column: How a limit of one column is written in this place, for the hint; empty where there are no limits.

    Raises:
        UnknownName: there is no such measure.
    """
    key = name.strip().lower().replace("-", "_")
    if key in _SPECIAL:
        return key
    try:
        return select(name).name
    except UnknownName as error:
        near = ["missing"] if key in _NULLS else nearest(key, _SPECIAL) or MEASURES.similar(key)
        hint: str = f"it may be psi, {', '.join(_SPECIAL)}, or one of " + Command("list", "measures")
        hint += f"; a limit of one column is {of_column}" * bool(of_column)
        hint = f"did you mean {' or '.join(near)}?" if near else hint
        raise UnknownName(error.finding, place=error.place, hint=hint) from None


def drift_limit(text: str) -> GlobLimit:
    """Returns the limit that "0.2" (of jeffreys), "ks=0.2", "amount:0.2" or "amount*:ks=0.1" sets; "ks=inf" lifts one.

    Raises:
        UsageError: the text sets no limit.
    """
    pattern, name, bound = limit_parts(text)
    return GlobLimit(pattern, drift_measure(name or "jeffreys", f"COLUMN:psi={bound:g}"), bound)


def limit_parts(text: str) -> tuple[str, str, float]:
    """Returns the pattern of columns, the measure (empty if unnamed) and the bound of [COLUMN:][MEASURE=]NUMBER.

    Raises:
        UsageError: it has another form, or the bound is negative.
    """
    form = "[COLUMN:][MEASURE=]NUMBER"
    place, equals, number = text.rpartition("=")
    if not equals and ":" in text:
        place, number = text[: text.rindex(":") + 1], text[text.rindex(":") + 1 :]
    pattern, colon, name = place.rpartition(":")
    if colon and name.replace(".", "").isdigit():  # renyi:2
        pattern, _, stem = pattern.rpartition(":")
        name = f"{stem}:{name}"
    _, bound = split_limit(f"{name}={number}" if name else number, form, "jeffreys=0.2", may_lift=True)
    if bound < 0:
        raise UsageError(f"{text!r} is not a limit: it is below 0", hint="as in jeffreys=0.2")
    return pattern or EVERY, name, bound


def table_limits(table: Any) -> Iterator[tuple[str, str, float]]:
    """Yields the pattern of columns, the measure and the bound of each limit in the table of a settings file.

    Raises:
        UsageError: it is not a table, or a bound is not a number from 0.
    """
    if not isinstance(table, Mapping):
        raise UsageError("limits must be a table", hint="as in [drift.limits], and below it jeffreys = 0.1")
    for name, value in table.items():
        pattern, bounds = (name, value) if isinstance(value, Mapping) else (EVERY, {name: value})
        for measure, bound in bounds.items():
            if isinstance(bound, bool) or not isinstance(bound, (int, float)) or not bound >= 0:
                raise UsageError(f"limits: {measure} = {written(bound)} is not a number from 0",
                                 hint=f"as in {measure} = 0.1, without quotes; inf lifts a limit")  # fmt: skip
            yield pattern, measure, float(bound)


def kind_named(word: str) -> Kind:
    """Returns the kind with this name.

    Raises:
        UnknownName: no kind has this name.
    """
    names = [kind.value for kind in Kind if kind is not Kind.EMPTY]
    key = word.strip().lower()
    if key not in names:
        near = nearest(key, names)
        raise UnknownName(
            f"no kind of column is called {word!r}",
            hint=f"did you mean {near[0]}?" if near else f"the kinds are {', '.join(names)}",
        )
    return Kind(key)


def listed(words: Sequence[str]) -> tuple[str, ...]:
    """Returns the words of options that take comma lists and may be repeated."""
    return tuple(part.strip() for word in words for part in word.split(",") if part.strip())
