"""The documents of one pair: of two distributions or two families, and their explanations."""

from collections.abc import Iterable, Mapping, Sequence

from klcli.document.items import SCHEMA, Document, note_items
from klcli.notes import Note

__all__ = ["comparison", "distribution", "explanation", "family_comparison", "family_explanation"]


def distribution(name: str, kind: str, outcomes: int, total: float) -> Document:
    """Returns P or Q of a comparison of masses."""
    return {"name": name, "kind": kind, "outcomes": outcomes, "total": total}


def comparison(
    p: Document,
    q: Document,
    outcomes: int,
    base: float | str,
    unit: str,
    smoothing: str,
    measures: Mapping[str, float],
    notes: Iterable[Note],
) -> Document:
    """Returns the comparison of two distributions."""
    return {
        **SCHEMA,
        "p": p,
        "q": q,
        "outcomes": outcomes,
        "base": base,
        "unit": unit,
        "smoothing": smoothing,
        "measures": measures,
        "notes": note_items(notes),
    }


def family_comparison(
    p: Document,
    q: Document,
    base: float | str,
    unit: str,
    measures: Mapping[str, float],
    details: Mapping[str, Mapping[str, object]],
    log_likelihood: float | None,
    notes: Iterable[Note],
) -> Document:
    """Returns the comparison of two families; the details of the first measure also stand by themselves."""
    first = next(iter(details.values()), {})
    return {
        **SCHEMA,
        "p": p,
        "q": q,
        "base": base,
        "unit": unit,
        "smoothing": "none",
        "measures": measures,
        **{key: first[key] for key in ("method", "error", "source") if key in first},
        "details": details,
        **({} if log_likelihood is None else {"log_likelihood": log_likelihood}),
        "notes": note_items(notes),
    }


def explanation(
    document: Document,
    measure: str,
    terms: Sequence[Mapping[str, object]],
    parts: Mapping[str, float],
    words: Sequence[str],
) -> Document:
    """Returns the comparison of two distributions with the terms of the forward KL and what they say."""
    return document | {"explained": measure, "terms": terms, "decomposition": parts, "explanation": words}


def family_explanation(
    document: Document, formula: str, substituted: str, words: Sequence[str], densities: Document
) -> Document:
    """Returns the comparison of two families with the formula of the forward KL, also with the numbers put in.

    Args:
        densities: The points of a picture of both; empty if they have none.
    """
    found = {"formula": formula, "substituted": substituted, "explanation": words}
    return document | found | ({"densities": densities} if densities else {})
