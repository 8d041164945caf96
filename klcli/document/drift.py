"""The document of a drift run: both tables and the method, a record a column, the summary."""

from collections.abc import Mapping, Sequence

from klcli.document.items import SCHEMA, Document

__all__ = ["drift_column", "drift_ending", "drift_head", "drift_pair", "drift_presets", "drift_side"]


def drift_side(name: str, rows: int, columns: int, kind: str, engine: str) -> Document:
    """Returns P or Q: a table, or the profile of one."""
    return {"name": name, "rows": rows, "columns": columns, "kind": kind, "engine": engine}


def drift_head(p: Document, q: Document, how: Mapping[str, object]) -> Document:
    """Returns what stands before the columns."""
    return {**SCHEMA, "command": "drift", "p": p, "q": q, "how": how}


def drift_column(column: Mapping[str, object]) -> Document:
    """Returns the record of one column, by itself."""
    return {**SCHEMA, "command": "drift", **column}


def drift_pair(pair: Document) -> Document:
    """Returns the record of two columns together, by itself."""
    return {**SCHEMA, "command": "drift", "pair": pair}


def drift_ending(
    counts: Mapping[str, int], exit_code: int, pairs: Sequence[Document], new_columns: Sequence[str],
    notes: Sequence[Mapping[str, str]], verdicts: Sequence[Document],
) -> Document:  # fmt: skip
    """Returns what stands after the columns."""
    return {
        "summary": {"columns": sum(counts.values()), **counts, "exit_code": exit_code},
        "pairs": pairs,
        "new_columns": new_columns,
        "notes": notes,
        "verdicts": verdicts,
    }


def drift_presets(p: Document, q: Document, presets: Sequence[Document], columns: Sequence[Document]) -> Document:
    """Returns what several tools say of the columns of two tables."""
    return {**SCHEMA, "command": "drift", "p": p, "q": q, "presets": presets, "columns": columns}
