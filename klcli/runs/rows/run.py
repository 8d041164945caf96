"""Compares row i of P with row i of Q, block by block; one block is in memory at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain

import numpy as np

from klcli.core.arithmetic.types import Index
from klcli.core.distributions.both_sides import read_both
from klcli.core.distributions.read_rows import read_rows, smooth_rows
from klcli.core.distributions.row_alignment import RowAlignment
from klcli.core.distributions.rows import Rows
from klcli.core.distributions.units import unit_name
from klcli.core.rows.comparison import compare_rows
from klcli.core.rows.target_labels import targets_among
from klcli.errors import NotComparable, Unreadable, UsageError
from klcli.notes import Note, options_without_effect, together
from klcli.runs.rows.notes import RowNotes
from klcli.runs.rows.options import RowOptions
from klcli.runs.rows.results import RowAnswer, RowColumn, RowSide
from klcli.runs.rows.top_lists import bounded
from klcli.sources.columns.row_columns import absent_names
from klcli.sources.formats.partial_batch import until_refused
from klcli.sources.formats.row_pairs import PairBlock, RowPairs, Side, TopBlock
from klcli.sources.formats.row_source import RowBlock
from klcli.sources.rows.row_names import hinted_at_names, names_of_both, notes_on_outcomes
from klcli.support.sentence import Option

__all__ = ["RowRun"]

_SIZE = 1 << 20  # numbers in a block of P or of Q, 8 MiB as float64


class RowRun:
    """A comparison of rows in progress.

    Attributes:
        rows: Number of rows compared so far. is_live: More rows may arrive at any time.
    """

    def __init__(self, pairs: RowPairs, options: RowOptions) -> None:
        self.rows, self.is_live = 0, pairs.is_live
        self._pairs, self._options = pairs, options
        self._columns: tuple[RowColumn, ...] = ()
        self._alignment: tuple[object, RowAlignment] | None = None
        self._notes = RowNotes()

    def answers(self, *, is_share: bool = False) -> Iterator[RowAnswer]:
        """Yields the results of the rows, in their order.

        Args:
            is_share: Files of targets and clusters may go on after the rows.

        Raises:
            InputError: Rows cannot be read or compared. UsageError: An option does not apply to these rows.
        """
        for answer in chain.from_iterable(map(self._answered, self._pairs.blocks(_SIZE))):
            if not self._columns:
                self._columns = answer.columns
            elif self._columns != answer.columns:
                raise Unreadable(
                    f"row {answer.first + 1}: whole distributions and lists of the most probable outcomes in one file",
                    place=self._pairs.p.name,
                )
            self._notes.answered(answer)
            self.rows += len(answer)
            yield answer
        if not self.rows:
            raise Unreadable("there are no rows", place=self._pairs.p.name)
        for side in (self._options.target, self._options.cluster):
            if side is not None and not is_share:
                side.finish(self.rows)

    @property
    def count(self) -> int | None:
        """The number of all rows, where it is known before they are read."""
        return self._pairs.p.count if self._pairs.p.count is not None else self._pairs.q.count

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes so far: what was assumed, what was done to the data, and which rows are infinite."""
        return tuple(dict.fromkeys((*self.source_notes, *self.row_notes)))

    @property
    def source_notes(self) -> tuple[Note, ...]:
        """Assumptions made when the rows were read."""
        return self._pairs.notes

    @property
    def row_notes(self) -> RowNotes:
        """Changes to the data, and the rows that are infinite."""
        return self._notes

    def _answered(self, block: PairBlock | TopBlock) -> Iterable[RowAnswer]:
        if isinstance(block, TopBlock):
            self._notes.whole_lists += block.whole_lists
            self._notes.not_listed += block.not_listed
            answer = bounded(block, self._pairs, self._options)
            return [replace(answer, ids=self._found_ids(block, block.ids))]
        if self._pairs.is_live:
            return until_refused(range(len(block)), lambda rows: [self._compared(block.part(rows))])
        return [self._compared(block)]

    def _compared(self, block: PairBlock) -> RowAnswer:
        options = self._options
        if options.floor is not None:
            raise UsageError(
                "--tail-floor is for lists of the most probable outcomes",
                hint=Option("--smooth", "floor:E") + " is for masses",
            )
        sides = (self._pairs.p, self._pairs.q)
        each = zip((block.p, block.q), sides, options.kinds, strict=True)
        p, q = read_both(options.kinds, [partial(self._read, *side) for side in each])
        self._notes.read(p, q)
        sides_compared = tuple(
            RowSide(each.name, rows.kind, each.count, rows.outcomes) for each, rows in zip(sides, (p, q), strict=True)
        )
        alignment = self._alignment_of(block)
        p, q = alignment.align(p, q)
        if options.smoothing is not None:
            p, q = (smooth_rows(rows, options.smoothing) for rows in (p, q))
            self._notes.keep(options.smoothing.note(p.outcomes))
        if p.outcomes != q.outcomes:
            raise NotComparable(
                f"{p.name} has {p.outcomes:,} outcomes and {q.name} has {q.outcomes:,}",
                place=block.p.place(0),
                hint="label the outcomes to join them by name",
            )
        target = self._targets(block, alignment, p.outcomes)
        comparison = compare_rows(p, q, options.measures, target=target, base=options.base)
        columns = tuple(
            RowColumn(each.name, each.title, each.notation, unit_name(each.unit, options.base))
            for each in comparison.measures[: options.shown]
        )
        ids = self._found_ids(block, names_of_both(block.p, block.q, (p.name, q.name)))
        return RowAnswer(
            block.p.first, ids, (sides_compared[0], sides_compared[1]), columns, comparison.values,
            self._clusters((block.p.columns, block.q.columns), block.p.first, len(p)), comparison,
        )  # fmt: skip

    def _read(self, block: RowBlock, side: Side, kind: str) -> Rows:
        known = side.kind if kind == "auto" and side.kind is not None else kind
        temperature = self._options.temperature
        with hinted_at_names(block):
            return read_rows(
                block.values, known, name=side.name, place=block.place, labels=block.labels, temperature=temperature
            )

    def _alignment_of(self, block: PairBlock) -> RowAlignment:
        labels = (block.p.labels, block.q.labels)
        if self._alignment is None or self._alignment[0] != labels:
            names = (self._pairs.p.name, self._pairs.q.name)
            for note in together(*map(notes_on_outcomes, names, (block.p, block.q))):
                self._notes.keep(note)
            if self._options.missing != "zero" and labels == (None, None):
                self._notes.keep(options_without_effect(("--missing",), ("outcomes without labels",)))
            self._alignment = labels, RowAlignment(names, *labels, missing=self._options.missing)
        self._notes.joined(self._alignment[1].notes, len(block.p.values))
        return self._alignment[1]

    def _targets(self, block: PairBlock, alignment: RowAlignment, outcomes: int) -> Index | None:
        if self._options.target is not None:
            columns = (block.p.columns, block.q.columns)
            texts = self._options.target.take(columns, block.p.first, len(block.p.values))
            name, first = self._options.target.name, block.p.first
            found = targets_among(alignment.labels, outcomes, texts, name=name, first=first)
            for note in found.notes:
                self._notes.keep(note)
            return found.at
        known = [each for each in (block.p.targets, block.q.targets) if each is not None]
        if len(known) == 2 and (known[0] != known[1]).any():
            row = int(np.argmax(known[0] != known[1]))
            raise NotComparable(
                f"the token that occurred is {known[0][row]} in {self._pairs.p.name} and "
                f"{known[1][row]} in {self._pairs.q.name}: they are of different texts",
                place=block.p.place(row),
            )
        return known[0] if known else None

    def _found_ids(self, block: PairBlock | TopBlock, ids: Sequence[str] | None) -> Sequence[str] | None:
        if ids is None and self._options.id is not None:
            labels = block.p.labels if isinstance(block, PairBlock) else None
            raise absent_names(self._options.id, labels, ", here or in Q").at(self._pairs.p.name)
        return ids

    def _clusters(self, columns: Sequence[Mapping[str, Sequence[str]]], first: int, count: int) -> Sequence[str] | None:
        cluster = self._options.cluster
        return None if cluster is None else cluster.take(columns, first, count)
