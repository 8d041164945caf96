"""The profile of a table: counts that stand for it, without a raw row; the same data give the same bytes."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isinf
from typing import Any

from klcli.core.estimation.moments import Moments
from klcli.errors import NotComparable
from klcli.support.sentence import Command, Option
from klcli.tables.column import Column
from klcli.tables.facts import Facts, Value
from klcli.tables.kinds import Decision

__all__ = ["LABELS", "ColumnProfile", "Profile", "counts_hash", "hashed", "merged", "profile_ranks", "schema_hash"]

LABELS = 1_000  # kept for each column
VERSION = 2
SUMMED = ("rows", "null", "nan", "infinite", "whole", "numbers", "plain", "padded", "times", "length")


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """The counts of a column.

    Attributes:
        values: Number of cells that have a value as read.
        cuts: Order statistics, increasing. below, at_most: Number of values below, and at most, each.
        labels: Counts by key. other, other_labels: Cells with, and number of, all further labels.
        moments: Exact sums of the finite values, as doubles; None where they are not known.
    """

    column: Column
    decision: Decision
    facts: Facts
    values: int = 0
    cuts: tuple[Value, ...] = ()
    below: tuple[int, ...] = ()
    at_most: tuple[int, ...] = ()
    labels: tuple[tuple[str, int], ...] = ()
    other: int = 0
    other_labels: int = 0
    moments: Moments | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """The counts of a table; `salt` is that of hashed labels, empty if they are plain."""

    name: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    salt: str = ""

    def text(self, version: str) -> str:
        """Returns the profile as JSON, one column a line, with sorted keys."""
        head = {"kl_profile": VERSION, "klcli": version, "name": self.name, "rows": self.rows, "salt": self.salt,
                "schema_sha256": schema_hash(self), "sha256_of_counts": counts_hash(self)}  # fmt: skip
        columns = ",\n".join(json.dumps(_written(each), sort_keys=True, ensure_ascii=False) for each in self.columns)
        text = f'{json.dumps(head, sort_keys=True, ensure_ascii=False)[:-1]}, "columns": [\n{columns}\n]}}\n'
        return text.encode("utf-8", "backslashreplace").decode()  # half of a surrogate pair, as JSON escapes it


def schema_hash(profile: Profile) -> str:
    """Returns the SHA-256 of the names and types of the columns."""
    schema = [(each.column.name, each.column.storage.value, each.decision.kind.value) for each in profile.columns]
    return hashlib.sha256(json.dumps(schema).encode()).hexdigest()


def counts_hash(profile: Profile) -> str:
    """Returns the SHA-256 of all counts and cuts, where equal numbers are the same, however JSON spells them."""
    columns = [_written(each) | {"cuts": list(map(_normal, each.cuts))} for each in profile.columns]
    for each, column in zip(columns, profile.columns, strict=True):
        each["facts"] |= {"lowest": _normal(column.facts.lowest), "highest": _normal(column.facts.highest)}
    return hashlib.sha256(json.dumps([profile.rows, columns], sort_keys=True).encode()).hexdigest()


def profile_ranks(count: int) -> tuple[int, ...]:
    """Returns the ranks of the stored order statistics: at i/100, and at i/B for every B from 2 to 10 bins."""
    parts = (100, *range(2, 11))
    return tuple(sorted({-(-i * count // bins) for bins in parts for i in range(1, bins + 1)} - {0}))


def hashed(label: str, salt: str) -> str:
    """Returns what stands for a label in a profile that must not show it; 16 hexadecimal digits."""
    return hashlib.sha256(f"{salt}\0{label}".encode()).hexdigest()[:16] if salt else label


def merged(profiles: Sequence[Profile]) -> Profile:
    """Returns the profile of the rows of several tables: exact, and the same in any order.

    Raises:
        NotComparable: they have other columns or cuts, so their counts cannot be added.
    """
    first = profiles[0]
    for other in profiles[1:]:
        names = [each.column.name for each in first.columns], [each.column.name for each in other.columns]
        if names[0] != names[1]:
            raise NotComparable(f"its columns differ from those of {first.name}", place=other.name)
        for ours, theirs in zip(first.columns, other.columns, strict=True):
            if ours.cuts != theirs.cuts or ours.decision.kind is not theirs.decision.kind or first.salt != other.salt:
                raise NotComparable(
                    f"{ours.column.name} is cut elsewhere than in {first.name}",
                    place=other.name,
                    hint="make each with " + Command("profile", Option("--like", "BASE.kl.json")),
                )
    columns = tuple(_added(same) for same in zip(*(each.columns for each in profiles), strict=True))
    return replace(first, rows=sum(each.rows for each in profiles), columns=columns)


def _added(columns: Sequence[ColumnProfile]) -> ColumnProfile:
    first = columns[0]
    labels: dict[str, int] = {}
    for each in columns:
        for key, count in each.labels:
            labels[key] = labels.get(key, 0) + count
    unsure = _among_others(columns, labels)
    facts = [each.facts for each in columns]
    lows = [each.lowest for each in facts if each.lowest is not None]
    highs = [each.highest for each in facts if each.highest is not None]
    other = sum(each.other for each in columns) + sum(labels.pop(key) for key in unsure)
    joined = facts[0]._replace(
        **{name: sum(getattr(each, name) for each in facts) for name in SUMMED},
        lowest=min(lows, default=None), highest=max(highs, default=None),
        distinct=len(labels) if labels and not other else max(each.distinct for each in facts),
        is_exact=bool(labels) and not other,
    )  # fmt: skip
    return replace(
        first, facts=joined, values=sum(each.values for each in columns),
        below=tuple(map(sum, zip(*(each.below for each in columns), strict=True))),
        at_most=tuple(map(sum, zip(*(each.at_most for each in columns), strict=True))),
        labels=tuple(sorted(labels.items(), key=lambda item: (-item[1], item[0]))), other=other,
        other_labels=max(each.other_labels + sum(key in unsure for key, _ in each.labels) for each in columns),
        moments=_moments_of_all([each.moments for each in columns]),
    )  # fmt: skip


def _moments_of_all(moments: Sequence[Moments | None]) -> Moments | None:
    joined = Moments()
    for each in moments:
        if each is None:
            return None
        joined = joined.joined(each)
    return joined


def _among_others(columns: Sequence[ColumnProfile], labels: Iterable[str]) -> set[str]:
    """Returns the labels that a profile may hold among its others, so that their sum is not known."""
    known = [{key for key, _ in each.labels} for each in columns if each.other]
    return {label for label in labels if not all(label in keys for keys in known)}


def _written(each: ColumnProfile) -> dict[str, Any]:
    facts = each.facts._asdict() | {"lowest": _number(each.facts.lowest), "highest": _number(each.facts.highest)}
    column = each.column
    return {
        "name": column.name, "storage": column.storage.value, "declared": column.declared, "scale": column.scale,
        "typed": column.is_typed, "kind": each.decision.kind.value, "reading": each.decision.reading.value,
        "why": each.decision.why, "facts": facts, "values": each.values, "cuts": list(map(_number, each.cuts)),
        "below": each.below, "at_most": each.at_most, "labels": each.labels, "other": each.other,
        "other_labels": each.other_labels, "moments": None if each.moments is None else list(map(str, each.moments)),
        **({} if column.width == 8 else {"width": column.width}),
    }  # fmt: skip


def _normal(value: Value | None) -> str:
    return "" if value is None else str((Decimal(value) + 0).normalize())


def _number(value: Value | None) -> int | float | str | None:
    """Returns a number as JSON holds it: a decimal with a d before it, an infinity in words."""
    if isinstance(value, Decimal):
        return f"d{value}"
    if isinstance(value, float) and isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
