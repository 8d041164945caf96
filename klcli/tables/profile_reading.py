"""Reads a stored profile. Its counts must be those of some table, or a damaged file would give wrong numbers."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from klcli.core.estimation.moments import Moments
from klcli.errors import Unreadable
from klcli.support.sentence import Command, Sentence
from klcli.support.text.safe_text import shorten
from klcli.tables.column import Column, Kind, Reading, Storage
from klcli.tables.facts import Facts, Value
from klcli.tables.kinds import Decision
from klcli.tables.table_profile import SUMMED, VERSION, ColumnProfile, Profile, counts_hash, schema_hash

__all__ = ["read_profile"]

_READ = (1, VERSION)  # the first had no moments
_FRACTION = re.compile(r"-?[0-9]+(/[0-9]+)?")  # 1e999999999 is one to Python, and takes all memory
_CONFLICT = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
_ONE_SIDE = Sentence("take one side, as with git checkout --theirs, or make it anew with ", Command("profile"))
_MOST_DIGITS = 131_072  # of a number in PostgreSQL, which has the longest


def read_profile(name: str, text: str) -> Profile:
    """Returns the profile that a text holds.

    Raises:
        Unreadable: the text is not a profile, or is one of a later version.
    """
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
        if found["kl_profile"] not in _READ:
            raise Unreadable(
                f"a profile of version {found['kl_profile']}, not {VERSION}", place=name, hint="update klcli"
            )
        columns = tuple(_read(at, each) for at, each in enumerate(found["columns"]))
        profile = Profile(name, _count(found["rows"]), columns, str(found["salt"]))
        _check(profile)
        if found["schema_sha256"] != schema_hash(profile):
            raise ValueError("its columns are not those that it was made of")
        if "sha256_of_counts" in found and found["sha256_of_counts"] != counts_hash(profile):  # version 1 had none
            raise ValueError("its counts are not those that it was made with")
        return profile
    except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        if isinstance(error, Unreadable):
            raise
        if _CONFLICT.search(text):
            raise Unreadable("holds marks of a merge conflict of git", place=name, hint=_ONE_SIDE) from None
        found = f"there is no {error}" if isinstance(error, KeyError) else error
        raise Unreadable(
            f"not a profile of klcli: {found}", place=name, hint="make it anew with " + Command("profile")
        ) from None


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


def _read(position: int, found: Mapping[str, Any]) -> ColumnProfile:
    column = Column(
        position,
        found["name"],
        Storage(found["storage"]),
        found["declared"],
        int(found["scale"]),
        found["typed"],
        {"2": 2, "4": 4}.get(str(found.get("width")), 8),
    )
    decision = Decision(Kind(found["kind"]), Reading(found["reading"]), found["why"])
    given: dict[str, Any] = dict(found["facts"])
    given |= {name: _count(given[name]) for name in (*SUMMED, "distinct")}
    given |= {end: _value(given[end]) for end in ("lowest", "highest")}
    return ColumnProfile(
        column, decision, Facts(**given), _count(found["values"]),
        tuple(each for each in map(_value, found["cuts"]) if each is not None),
        tuple(map(_count, found["below"])), tuple(map(_count, found["at_most"])),
        tuple((str(key), _count(number)) for key, number in found["labels"]), _count(found["other"]),
        _count(found["other_labels"]), _moments(found.get("moments")),
    )  # fmt: skip


def _moments(found: Sequence[str] | None) -> Moments | None:
    if found is None:
        return None
    number, total, squares = found
    return Moments(int(number), _fraction(total), _fraction(squares))


def _fraction(found: str) -> Fraction:
    if not _FRACTION.fullmatch(found):
        raise ValueError(f"{shorten(found)!r} is not a fraction")
    return Fraction(found)


def _value(found: Any) -> Value | None:
    if isinstance(found, str):
        return _decimal(found[1:]) if found.startswith("d") else float(found)
    return found


def _decimal(found: str) -> Decimal:
    value = Decimal(found)
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        raise ValueError(f"{shorten(found)!r} is not a decimal number of a table")
    return value


def _count(found: object) -> int:
    """Returns a count as it was stored.

    Raises:
        ValueError: it is not a whole number from 0 on.
    """
    if type(found) is not int or found < 0:
        raise ValueError(f"{found!r} is not a count")
    return found


def _check(profile: Profile) -> None:
    """Refuses a profile whose numbers contradict each other.

    Raises:
        ValueError: they do; the message names the column.
    """
    names = [each.column.name for each in profile.columns]
    if len(set(names)) < len(names):
        raise ValueError("two columns have the same name")
    for each in profile.columns:
        wrong = next(_contradictions(each, profile.rows), None)
        if wrong:
            raise ValueError(f"{each.column.name}: {wrong}")


def _contradictions(each: ColumnProfile, rows: int) -> Iterator[str]:
    facts = each.facts
    if facts.rows != rows or facts.null + facts.nan > rows or each.values > rows:
        yield "more cells than rows, or fewer"
    if not len(each.cuts) == len(each.below) == len(each.at_most):
        yield f"{len(each.cuts)} cuts with {len(each.below)} and {len(each.at_most)} counts"
    if not all(low < high for low, high in pairwise(each.cuts)):
        yield "cuts that do not increase"
    steps = [0, *(step for both in zip(each.below, each.at_most, strict=False) for step in both), each.values]
    if each.cuts and not all(low <= high for low, high in pairwise(steps)):
        yield "counts of values below cuts that do not increase to that of all"
    keys = [key for key, _ in each.labels]
    if len(set(keys)) < len(keys):
        yield "a label is stored twice"
    labelled = sum(number for _, number in each.labels) + each.other
    if labelled and labelled != each.values:
        yield f"labels of {labelled:,} cells, but {each.values:,} values"
    moments = each.moments
    if moments is not None and not (
        0 <= moments.number <= rows and moments.total**2 <= moments.number * moments.squares
    ):
        yield "sums and squares that no values have"
