"""Cells that psql draws on several lines: a sign behind the first says that the next line goes on with it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

__all__ = ["joined_lines"]

# behind a cell in which the line ends, and behind one that was cut as it is too wide; the next line begins with a dot
_SIGNS = {"+": "\n", "↵": "\n", ".": "", "…": ""}
_MARGINS = (" ", ".", "…")


def joined_lines(lines: Iterable[tuple[int, str, list[str]]], rule: str) -> Iterator[tuple[int, list[str]]]:
    """Yields the rows of a table without bars around it: a cell that goes on in the next line holds both parts.

    Args:
        lines: below the names, with number and cells. rule: that below the names, such as "----+-----", which shows
            where a sign stands: a cell that ends in + has a blank, or nothing, there.
    """
    widths = [len(part) for part in re.split("[+┼]", rule.rstrip())]
    ends = [end + at - 1 for at, end in enumerate(accumulate(widths))]
    starts = [end - width + 1 for end, width in zip(ends, widths, strict=True)]
    held: tuple[int, list[str]] | None = None
    going_on: Mapping[int, str] = {}
    for number, line, cells in lines:
        signs = _signs(line, cells, starts, ends)
        parts = [cell[:-1].rstrip() if at in signs else cell for at, cell in enumerate(cells)]
        if held is not None and going_on and len(parts) == len(held[1]):
            for at, sign in going_on.items():
                held[1][at] += _SIGNS[sign] + (parts[at] if _SIGNS[sign] else parts[at].lstrip(".…"))
        else:
            if held is not None:
                yield held
            held = number, parts
        going_on = signs
    if held is not None:
        yield held


def _signs(line: str, cells: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> dict[int, str]:
    """Returns the signs behind cells of a line, by column."""
    if len(cells) != len(ends) or any(line[start : start + 1] not in ("", *_MARGINS) for start in starts):
        return {}
    at_ends = [line[end : end + 1] for end in ends]
    return {at: sign for at, (sign, cell) in enumerate(zip(at_ends, cells, strict=True))
            if sign in _SIGNS and cell.endswith(sign)}  # fmt: skip
