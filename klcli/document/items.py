"""Parts that several documents share: the schema number, and notes and verdicts as JSON."""

from collections.abc import Iterable, Mapping
from math import isnan
from typing import Protocol

from klcli.notes import Note

__all__ = ["SCHEMA", "Document", "judged", "note_items", "verdict_items"]

Document = dict[str, object]

SCHEMA = {"schema": 1}


class Verdict(Protocol):
    """A limit held against a value, as core.limits.Verdict."""

    @property
    def measure(self) -> str: ...
    @property
    def limit(self) -> float: ...
    @property
    def value(self) -> float: ...
    @property
    def passed(self) -> bool: ...
    @property
    def is_least(self) -> bool: ...
    @property
    def place(self) -> str: ...
    @property
    def bound(self) -> str: ...


def note_items(notes: Iterable[Note]) -> list[dict[str, str]]:
    """Returns notes as JSON."""
    return [{"code": note.code, "text": note.text} for note in notes]


def verdict_items(verdicts: Iterable[Verdict]) -> list[Document]:
    """Returns verdicts as JSON; a value that is NaN is null."""
    return [
        {
            "measure": each.measure,
            "limit": each.limit,
            "value": None if isnan(each.value) else each.value,
            "passed": each.passed,
        }
        | ({"is_least": True} if each.is_least else {})
        | ({"place": each.place} if each.place else {})
        | ({"bound": each.bound} if each.bound else {})
        for each in verdicts
    ]


def judged(document: Mapping[str, object], notes: Iterable[Note], verdicts: Iterable[Verdict]) -> Document:
    """Returns a document with verdicts at its end, and with the notes on every measure that has a limit."""
    return {**document, "notes": note_items(notes), "verdicts": verdict_items(verdicts)}
