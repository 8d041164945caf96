"""Tables as they are kept in results.md: each ratio beside that of the record before it."""

import re
from collections import Counter

__all__ = ["with_before"]

Key = tuple[str, str, int]  # title of the table, work, and which of the rows of this work


def with_before(text: str, old: str) -> str:
    """Returns Markdown tables with a column "before": the ratios of the rows in older tables of the same titles."""
    older = {key: cells[at] for part in _parts(old) for key, cells, at in _rows(part)}
    return "".join(_with_column(part, older) for part in _parts(text))


def _parts(text: str) -> list[str]:
    """The text cut before each title, which is a line in bold."""
    return re.split(r"(?m)^(?=\*\*)", text)


def _rows(part: str) -> list[tuple[Key, list[str], int]]:
    """The rows of a table below its head, with their keys, cells and the index of the ratio; none without one."""
    title, *lines = part.split("\n")
    found = [_cells(line) for line in lines if line.startswith("| ")]
    if not found or "ratio" not in found[0]:
        return []
    seen = Counter[str]()
    keyed = []
    for cells in found[2:]:
        keyed.append(((title, cells[0], seen[cells[0]]), cells, found[0].index("ratio")))
        seen[cells[0]] += 1
    return keyed


def _with_column(part: str, older: dict[Key, str]) -> str:
    rows = _rows(part)
    column = [older.get(key, "") for key, _, _ in rows]
    if not any(column):
        return part
    at = rows[0][2] + 1
    width = max(map(len, ["before", *column]))
    added = iter(["before", "-" * width, *column])
    return "\n".join(
        " | ".join([*(cells := line.split(" | "))[:at], next(added).ljust(width), *cells[at:]])
        if line.startswith("| ")
        else line
        for line in part.split("\n")
    )


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("| ").split(" | ")]
