"""Parts of a comparison of rows: the values of a share of the rows, from which all summaries follow exactly.

A part keeps 8 bytes for each row and quantity, so that percentiles and standard errors of the whole are those of one
machine, to the last digit; a sketch could not promise that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.errors import NotComparable, Unreadable, UsageError
from klcli.notes import Note, listing
from klcli.runs.rows.notes import RowNotes
from klcli.runs.rows.results import RowAnswer, RowColumn, RowSide
from klcli.runs.rows.run import RowRun
from klcli.runs.rows.running_statistics import quantities
from klcli.sources.rows.many_files import Shard
from klcli.support.sentence import Option, Sentence

__all__ = ["MergedRun", "RowPart", "part_of_run"]

_LISTED = 8


class RowPart(NamedTuple):
    """The results of a share of the rows.

    Attributes:
        name: Of the file, or of the share, for messages. shard: Which share. settings: What all parts must agree in.
        sides, columns: As of a RowAnswer. first: Index of the first row, 0 if it is not known.
        values: Array of shape (n,) for each measure. quantities: The same for each quantity that summaries need.
        ids, clusters: Of each row, or None. notes: What was noted.
    """

    name: str
    shard: Shard
    settings: Mapping[str, Any]
    sides: tuple[RowSide, RowSide]
    columns: tuple[RowColumn, ...]
    first: int
    values: Mapping[str, Array]
    quantities: Mapping[str, Array]
    ids: Sequence[str] | None
    clusters: Sequence[str] | None
    notes: RowNotes
    source_notes: tuple[Note, ...]

    @property
    def rows(self) -> int:
        return len(next(iter(self.values.values())))


def part_of_run(run: RowRun, shard: Shard, settings: Mapping[str, Any]) -> RowPart:
    """Returns the part that a comparison of a share of the rows comes to; errors as of `RowRun.answers`."""
    blocks = [_without_rows(each) for each in run.answers(is_share=True)]
    first = blocks[0]
    return RowPart(
        f"share {shard.at}/{shard.shares}", shard, settings, first.sides, first.columns, first.first,
        _joined([each.values for each in blocks]), _joined([each.stored or {} for each in blocks]),
        None if first.ids is None else [id_ for each in blocks for id_ in each.ids or ()],
        None if first.clusters is None else [one for each in blocks for one in each.clusters or ()],
        run.row_notes, run.source_notes,
    )  # fmt: skip


def _without_rows(answer: RowAnswer) -> RowAnswer:
    """Returns an answer with its quantities in place of the rows that they come from, which fill the memory."""
    return replace(answer, comparison=None, stored=quantities(answer, tops=True, targets=True))


def _joined(blocks: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    return {name: np.concatenate([each[name] for each in blocks]) for name in blocks[0]}


class MergedRun:
    """All rows, from parts: in the place of a RowRun.

    Attributes:
        rows: Number of rows. settings: What the parts agree in.

    Raises:
        NotComparable: A part is missing, given twice, or of another comparison.
    """

    is_live = False

    def __init__(self, parts: Sequence[RowPart]) -> None:
        self._parts = sorted(parts, key=lambda part: part.shard.at)
        _refuse_others(self._parts)
        _refuse_incomplete(self._parts)
        self.rows = sum(part.rows for part in parts)
        self.settings = self._parts[0].settings

    def answers(self) -> Iterator[RowAnswer]:
        """Yields the results of each part, in order."""
        first = 0
        for part in self._parts:
            yield RowAnswer(
                first, part.ids, part.sides, part.columns, part.values, part.clusters, None, part.quantities
            )
            first += part.rows

    def refuse_limits(self, measures: Sequence[str]) -> None:
        """Refuses a limit on a measure that the parts lack.

        Raises:
            UsageError: There is one.
        """
        known = self._parts[0].values
        for name in measures:
            if name not in known:
                raise UsageError(
                    f"the parts hold {listing(list(known))}, and not {name}",
                    hint=Sentence("compute them with ", Option("-m", name), ", or with the same limits"),
                )

    @property
    def notes(self) -> tuple[Note, ...]:
        merged = RowNotes()
        first = 0
        for part in self._parts:
            merged.merge(part.notes, 0 if part.ids is not None else first - part.first)
            first += part.rows
        sources = [note for part in self._parts for note in part.source_notes]
        return tuple(dict.fromkeys((*sources, *merged)))


def _refuse_others(parts: Sequence[RowPart]) -> None:
    first = parts[0]
    for part in parts[1:]:
        for what, mine, other in (
            ("number of shares", part.shard.shares, first.shard.shares),
            *((key, part.settings.get(key), value) for key, value in first.settings.items()),
            ("columns", [each.name for each in part.columns], [each.name for each in first.columns]),
        ):
            if mine != other:
                raise NotComparable(
                    f"another comparison than {first.name}: {what} is {mine!r}, not {other!r}",
                    place=part.name,
                    hint="merge the shares of one command alone",
                )


def _refuse_incomplete(parts: Sequence[RowPart]) -> None:
    seen: dict[int, str] = {}
    for part in parts:
        at = part.shard.at
        if at in seen:
            raise NotComparable(f"share {at} of {part.shard.shares} is given twice: {seen[at]} and {part.name}")
        seen[at] = part.name
    count = parts[0].shard.shares
    missing = [str(at) for at in range(1, count + 1) if at not in seen]
    if missing:
        raise Unreadable(
            f"{len(missing)} of {count} shares missing: {listing(missing, most=_LISTED)}",
            hint=Sentence("run them, as with ", Option("--shard", f"{missing[0]}/{count}"), ", and merge again"),
        )
