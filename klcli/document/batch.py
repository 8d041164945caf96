"""The document of a batch: its head, its pairs, its ending."""

from collections.abc import Iterable, Mapping

from klcli.document.items import SCHEMA, Document, Verdict, note_items, verdict_items
from klcli.notes import Note

__all__ = ["batch_case", "batch_comparison", "batch_ending", "batch_error", "batch_estimation", "batch_head"]


def batch_head(title: str) -> Document:
    """Returns what stands before the pairs of a batch."""
    return {**SCHEMA, "batch": title}


def batch_case(name: str, status: str, document: Mapping[str, object], *, is_whole: bool) -> Document:
    """Returns a pair of a batch; `is_whole` for one that stands alone on a line."""
    return {**(SCHEMA if is_whole else {}), "name": name, "status": status, **document}


def batch_comparison(
    document: Document,
    verdicts: Iterable[Verdict],
    causes: Mapping[str, Iterable[tuple[str, float, float]]],
) -> Document:
    """Returns a comparison as a pair of a batch; causes are outcomes, with p and q, by the measure they make large."""
    found = {key: value for key, value in document.items() if key not in SCHEMA}
    found["verdicts"] = verdict_items(verdicts)
    if causes:
        found["causes"] = {
            measure: [{"outcome": outcome, "p": p, "q": q} for outcome, p, q in outcomes]
            for measure, outcomes in causes.items()
        }
    return found


def batch_estimation(document: Document, notes: Iterable[Note], verdicts: Iterable[Verdict]) -> Document:
    """Returns an estimation as a pair of a batch, without the counts of its cells."""
    found = {key: value for key, value in document.items() if key not in SCHEMA and key != "cells"}
    return found | {"notes": note_items(notes), "verdicts": verdict_items(verdicts)}


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
