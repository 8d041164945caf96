"""What a result must be read with: data that travels beside the numbers, printed only at the edge."""

from collections.abc import Sequence
from typing import NamedTuple

from klcli.support.safe_text import shorten

__all__ = ["Note", "listing", "together"]

_LISTED = 5


class Note(NamedTuple):
    """One remark: a stable code for machines, a sentence for people.

    Attributes:
        subject: what the text begins with, where another subject may share the rest: text is "subject: rest".
    """

    code: str
    text: str
    subject: str = ""


def together(p: Sequence[Note], q: Sequence[Note]) -> tuple[Note, ...]:
    """Returns the notes of P and Q, one for both where they differ in their subjects at most."""
    if not q:
        return tuple(p)
    found = list(p)
    for note in q:
        at = next((at for at, other in enumerate(found) if _is_said(note, other)), None)
        if at is None:
            found.append(note)
        elif found[at].subject != note.subject:
            rest = note.text.removeprefix(note.subject)
            subject = f"{found[at].subject} and {note.subject}"
            found[at] = Note(note.code, subject + rest, subject)
    return tuple(found)


def _is_said(note: Note, other: Note) -> bool:
    if note == other or not (note.subject and other.subject):
        return note == other
    return note.code == other.code and note.text.removeprefix(note.subject) == other.text.removeprefix(other.subject)


def listing(names: Sequence[str], count: int | None = None, *, most: int = _LISTED) -> str:
    """Returns up to `most` names and how many more there are: "cat, dog and 7 more"."""
    count = len(names) if count is None else count
    shown = ", ".join(shorten(name) for name in names[:most])
    return shown if count <= most else f"{shown} and {count - most} more"
