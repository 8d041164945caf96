"""Documents of estimates from samples."""

from collections.abc import Iterable, Mapping, Sequence

from klcli.document.items import SCHEMA, Document, note_items
from klcli.notes import Note

__all__ = ["estimation", "plan", "sample_side"]


def sample_side(
    name: str, kind: str, observations: int, outcomes: int | None, coverage: float | None, dimension: int | None
) -> Document:
    """Returns P or Q of an estimation; without what does not apply to its kind."""
    found = {"outcomes": outcomes, "coverage": coverage, "dimension": dimension}
    known = {key: value for key, value in found.items() if value is not None}
    return {"name": name, "kind": "sample", "as": kind, "observations": observations, **known}


def estimation(
    sides: tuple[Document, Document],
    base: float | str,
    unit: str,
    level: float,
    estimates: Mapping[str, Document],
    test: Document,
    how: Document,
    cells: Document | None,
    sizes: Sequence[Document],
    notes: Iterable[Note],
) -> Document:
    """Returns estimates from two samples; `measures` holds the values alone, as in a comparison."""
    return {
        **SCHEMA,
        "p": sides[0],
        "q": sides[1],
        "base": base,
        "unit": unit,
        "level": level,
        "estimator": how,
        "test": test,
        "estimates": estimates,
        "measures": {name: each["value"] for name, each in estimates.items()},
        **({} if cells is None else {"cells": cells}),
        **({"sizes": sizes} if sizes else {}),
        "notes": note_items(notes),
    }


def plan(limit: float, unit: str, level: float, observations: Sequence[tuple[int, int]]) -> Document:
    """Returns the observations a side that certify a limit; pairs of labels and observations, the first asked for."""
    (labels, needed), *others = observations
    return {
        **SCHEMA,
        "limit": limit,
        "unit": unit,
        "level": level,
        "labels": labels,
        "observations": needed,
        "others": [{"labels": count, "observations": each} for count, each in others],
    }
