"""The documents of `kl examples` and `kl list`."""

from collections.abc import Mapping, Sequence
from typing import Any

from klcli.document.items import SCHEMA, Document

__all__ = ["example", "languages_example", "listed"]


def example(name: str, summary: str, cases: Sequence[Mapping[str, Any]], prose: Sequence[str]) -> Document:
    """Returns a worked example."""
    return {**SCHEMA, "example": name, "summary": summary, "cases": cases, "prose": prose}


def languages_example(
    document: Mapping[str, object], texts: Sequence[Mapping[str, Any]], prose: Sequence[str]
) -> Document:
    """Returns the worked example of languages: a matrix, and the texts beside it."""
    return {**document, "example": "languages", "texts": texts, "prose": prose}


def listed(name: str, items: Sequence[Mapping[str, Any]]) -> Document:
    """Returns a list under its name."""
    return {**SCHEMA, name: items}
