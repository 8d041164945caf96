"""The documents of rows against rows, and of all pairs of rows."""

from collections.abc import Iterable, Mapping

from klcli.document.items import SCHEMA, Document, Verdict, note_items, verdict_items
from klcli.notes import Note

__all__ = ["matrix", "row_summary", "rows_ending", "rows_head", "rows_side"]


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
        **SCHEMA,
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
        **SCHEMA,
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
