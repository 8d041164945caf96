"""The JSON documents that klcli prints and `to_dict` returns: plain values in, dicts out, all in schema 1.

It lies below core because `Comparison.to_dict()` and the pairs of a batch, which are made in other processes, write
documents too. Values are as they were computed; the JSON format spells infinity, and no number is rounded.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from typing import Any, Protocol

from klcli.notes import Note

__all__ = [
    "batch_case",
    "batch_comparison",
    "batch_ending",
    "batch_error",
    "batch_head",
    "comparison",
    "distribution",
    "example",
    "explanation",
    "family_comparison",
    "family_explanation",
    "judged",
    "languages_example",
    "listed",
    "matrix",
    "note_items",
    "row_summary",
    "rows_ending",
    "rows_head",
    "rows_side",
]

Document = dict[str, object]

_SCHEMA = {"schema": 1}


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
        for each in verdicts
    ]


def judged(document: Mapping[str, object], notes: Iterable[Note], verdicts: Iterable[Verdict]) -> Document:
    """Returns a document with verdicts at its end, and with the notes on every measure that has a limit."""
    return {**document, "notes": note_items(notes), "verdicts": verdict_items(verdicts)}


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
        **_SCHEMA,
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
        **_SCHEMA,
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
    document: Document, terms: Sequence[Mapping[str, object]], parts: Mapping[str, float], words: Sequence[str]
) -> Document:
    """Returns the comparison of two distributions with the terms of the forward KL and what they say."""
    return document | {"terms": terms, "decomposition": parts, "explanation": words}


def family_explanation(document: Document, formula: str, substituted: str, words: Sequence[str]) -> Document:
    """Returns the comparison of two families with the formula of the forward KL, also with the numbers put in."""
    return document | {"formula": formula, "substituted": substituted, "explanation": words}


def matrix(
    shared: Mapping[str, object],
    base: float | str,
    source: str,
    kind: str,
    outcomes: int,
    answer: Mapping[str, object],
    notes: Iterable[Note],
    verdicts: Iterable[Verdict],
) -> Document:
    """Returns a measure between rows; `shared` is what all values have in common, `answer` the values."""
    return {
        **_SCHEMA,
        **shared,
        "base": base,
        "source": source,
        "kind": kind,
        "outcomes": outcomes,
        **answer,
        "notes": note_items(notes),
        "verdicts": verdict_items(verdicts),
    }


def rows_side(name: str, kind: str, rows: int | None, outcomes: int | None) -> Document:
    """Returns P or Q of a comparison of rows."""
    return {"name": name, "kind": kind, "rows": rows, "outcomes": outcomes}


def rows_head(p: Document, q: Document, base: float | str, unit: str, smoothing: str, temperature: float) -> Document:
    """Returns what stands before the rows of a comparison."""
    return {
        **_SCHEMA,
        "p": p,
        "q": q,
        "base": base,
        "unit": unit,
        "smoothing": smoothing,
        "temperature": temperature,
    }


def rows_ending(
    notes: Iterable[Note], verdicts: Iterable[Verdict], error: tuple[str, str | None] | None = None
) -> Document:
    """Returns what stands after the rows of a comparison; `error`, message and hint, says why the rows end early."""
    found: Document = {"notes": note_items(notes), "verdicts": verdict_items(verdicts)}
    if error is not None:
        found["error"] = {"message": error[0], "hint": error[1] or ""}
    return found


def row_summary(
    head: Document,
    rows: int,
    clusters: int | None,
    summary: Mapping[str, Mapping[str, object]],
    figures: Mapping[str, Mapping[str, object]],
    ending: Document,
) -> Document:
    """Returns the summary of rows, between the head and the ending that the rows themselves have."""
    return {**head, "count": rows, "clusters": clusters, "summary": summary, "figures": figures, **ending}


def batch_head(title: str) -> Document:
    """Returns what stands before the pairs of a batch."""
    return {**_SCHEMA, "batch": title}


def batch_case(name: str, status: str, document: Mapping[str, object], *, is_whole: bool) -> Document:
    """Returns a pair of a batch; `is_whole` for one that stands alone on a line."""
    return {**(_SCHEMA if is_whole else {}), "name": name, "status": status, **document}


def batch_comparison(
    document: Document,
    notes: Iterable[Note],
    verdicts: Iterable[Verdict],
    causes: Mapping[str, Iterable[tuple[str, float, float]]],
) -> Document:
    """Returns a comparison as a pair of a batch; causes are outcomes, with p and q, by the measure they make large."""
    found = {key: value for key, value in document.items() if key not in _SCHEMA}
    found |= {"notes": note_items(notes), "verdicts": verdict_items(verdicts)}
    if causes:
        found["causes"] = {
            measure: [{"outcome": outcome, "p": p, "q": q} for outcome, p, q in outcomes]
            for measure, outcomes in causes.items()
        }
    return found


def batch_error(p: str, q: str, notes: Iterable[Note], message: str, hint: str) -> Document:
    """Returns a pair that could not be evaluated."""
    return {
        "p": {"name": p},
        "q": {"name": q},
        "measures": {},
        "notes": note_items(notes),
        "verdicts": [],
        "error": {"message": message, "hint": hint},
    }


def batch_ending(pairs: int, counts: Mapping[str, int], infinite: int, ending: str) -> Document:
    """Returns what stands after the pairs of a batch; `infinite` counts those that are ok with an infinite value."""
    return {"summary": {"pairs": pairs, **counts, "infinite": infinite, "ending": ending or "complete"}}


def example(name: str, summary: str, cases: Sequence[Mapping[str, Any]], prose: Sequence[str]) -> Document:
    """Returns a worked example."""
    return {**_SCHEMA, "example": name, "summary": summary, "cases": cases, "prose": prose}


def languages_example(
    document: Mapping[str, object], texts: Sequence[Mapping[str, Any]], prose: Sequence[str]
) -> Document:
    """Returns the worked example of languages: a matrix, and the texts beside it."""
    return {**document, "example": "languages", "texts": texts, "prose": prose}


def listed(name: str, items: Sequence[Mapping[str, Any]]) -> Document:
    """Returns a list under its name."""
    return {**_SCHEMA, name: items}
