"""What a result must be read with: data that travels beside the numbers, printed only at the edge."""

from collections.abc import Sequence
from typing import NamedTuple

from klcli.support.safe_text import shorten

__all__ = ["Note", "listing"]

_LISTED = 5


class Note(NamedTuple):
    """One remark: a stable code for machines, a sentence for people."""

    code: str
    text: str


def listing(names: Sequence[str], count: int | None = None) -> str:
    """Returns up to five names and how many more there are: "cat, dog and 7 more"."""
    count = len(names) if count is None else count
    shown = ", ".join(shorten(name) for name in names[:_LISTED])
    return shown if count <= _LISTED else f"{shown} and {count - _LISTED} more"
