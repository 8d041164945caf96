"""Tables: cells in columns, and the distributions in them.

Every format with columns (delimited text, JSON records, Parquet) makes a Table, so that one set of rules applies.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.label_texts import HashedText, PackedText
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import InputError, NotADistribution, NotNumbers, Place, UnclearColumns, Unreadable
from klcli.notes import Note, columns_guessed, columns_unused, header_read, rows_without_number
from klcli.sources.columns.column_choice import Choice, chosen_columns, found_labels, positions_beside
from klcli.sources.columns.column_uses import cure_of_joint_labels, notes_on_repeats, shown_name, uses
from klcli.sources.columns.headings import is_label_name
from klcli.sources.columns.joint_labels import joint_labels
from klcli.sources.columns.missing_numbers import LEAVE_OUT, NullCell, cure_of_texts, is_null, no_number, not_a_number
from klcli.sources.columns.number_forms import cure_of_stored, doubt_on_marks
from klcli.sources.columns.numbers import Numbers
from klcli.sources.columns.told_by_cells import EXAMINED, are_numbers, are_row_numbers, are_texts, blank_columns
from klcli.sources.columns.unused_counts import unused_counts
from klcli.sources.formats.query import Query
from klcli.support.text.label_text import label_text, with_dates
from klcli.support.text.safe_text import shorten

__all__ = ["Table"]


class Table(NamedTuple):
    """Cells in columns of equal length.

    Attributes:
        source: its name, for messages. names: of the columns; their numbers if there is no header.
        columns: the cells. numbers: maps a column to numbers, and a mask of the cells that are, or None if all are.
        place: returns where a row stands, for messages.
        is_text: True if every cell is a text. first: some of the first cells of columns that are slow to access.
        header_line: of a header that was recognised without being asked for; else None.
        first_hint: the cure for an error in the first row, which may be a header.
        heading: how the first row was read, in a few words.
        cure: returns the cure for a cell that is not a number, judged by its form; None if it suggests none.
        layout_notes: how the lines of a text were read, where that is not as delimited text.
        nulls: cells that --null says are missing, "" for an empty one and for NULL: a labelled row whose number is
            missing is left out, with a note.
        index_columns: positions of the columns that are an index, by the word of the file.
    """

    source: str
    names: Sequence[str]
    columns: Sequence[Sequence[object] | NDArray[Any]]
    numbers: Numbers
    place: Callable[[int], Place]
    is_text: bool = False
    first: Mapping[int, Sequence[str]] = {}  # never changed
    header_line: int | None = None
    first_hint: str | None = None
    heading: str = ""
    cure: Callable[[object], str | None] = cure_of_stored
    layout_notes: tuple[Note, ...] = ()
    nulls: tuple[str, ...] = ()
    index_columns: tuple[int, ...] = ()

    def observed(self, query: Query) -> tuple[RawNumbers, ...]:
        """Returns the distributions that a query wants.

        Raises:
            Unreadable: the columns cannot be identified. NotADistribution: a cell is not a number.
        """
        choice = self.choose(query)
        unused = self._unused(choice, query)
        notes = (*self.layout_notes, *self._notes(choice, query), *unused)
        if not choice.values and not query.every:
            return (self._observations(choice.labels, self.source, notes),)
        texts = self._texts_among(at for at in range(len(self.names)) if at not in (*choice.labels, *choice.values))
        is_silent = not unused and query.label is None
        joint = "" if query.every else cure_of_joint_labels(self.names, choice, texts)
        named = query.is_pair or query.every or query.columns[0] is not None
        samples = query.samples * len(choice.values) if query.every else query.samples
        found = []
        for index, is_samples in zip(choice.values, samples, strict=True):
            name = f"{self.source}:{self.names[index]}" if named else self.source
            if is_samples:
                found.append(self._observations((index,), name, notes))
            else:
                table, left_out = self._with_numbers(index, name) if choice.labels else (self, ())
                labels, missing = table._outcomes(choice.labels)
                repeats = notes_on_repeats(self.source, self.names, choice, texts, labels) if is_silent else ()
                values = table._numbers(index, labels, name)
                doubt = doubt_on_marks(labels or (), list(self.columns[index][:EXAMINED])) if self.is_text else ""
                found.append(RawNumbers(
                    values, labels, name, table.place, None, (*notes, *left_out, *repeats), "", missing, doubt, joint
                ))  # fmt: skip
            notes, is_silent = (), False  # on the first distribution only
        return tuple(found)

    def choose(self, query: Query) -> Choice:
        """Returns the columns of the labels and of the values.

        Raises:
            Unreadable: they cannot be identified.
        """
        if not self.names:
            raise Unreadable("there are no columns", place=self.source)
        nameless = [at for at, name in enumerate(self.names) if at and not name.strip()] if not query.every else ()
        unused = (*self._row_numbers(query), *blank_columns(self.names, self.columns), *nameless)
        try:
            if not query.every:
                return self._texts_first(self._chosen(query, unused), query)
            labels = found_labels(query.label, self.names)
        except InputError as error:
            raise error.at(self.source) from None
        used = [at for at in range(len(self.names)) if at not in unused or at in labels]
        if not labels and not query.samples[0]:
            labels = tuple(at for at in self.index_columns if at in used) or (used[0],) * self._is_of_labels(used[0])
        columns = [index for index in used if index not in labels]
        if not columns:
            raise Unreadable(
                f"its one column, {shorten(self.names[0])!r}, holds the labels, and none holds masses",
                place=self.source,
                hint="the distributions are the columns beside that of the labels",
            )
        return Choice(labels, columns)

    def _chosen(self, query: Query, unused: tuple[int, ...]) -> Choice:
        asked = (tuple(self.names), query, self.index_columns, unused)
        try:
            return chosen_columns(*asked)
        except UnclearColumns:
            return chosen_columns(*asked, self._texts_among(range(len(self.names))))  # for its hint

    def _texts_among(self, columns: Iterable[int]) -> tuple[int, ...]:
        return tuple(at for at in columns if are_texts(self._cells(at)))

    def _row_numbers(self, query: Query) -> tuple[int, ...]:
        """Returns the index, or a first column without a heading, where it numbers rows that texts label."""
        index = self.index_columns or ((0,) if not self.names[0].strip() else ())
        others = [self._cells(at) for at in range(len(self.names)) if at not in index]
        if len(others) < (1 if all(query.samples) else 2) or not any(map(are_texts, others)):
            return ()
        return tuple(index) if all(are_row_numbers(self.columns[at], self.numbers) for at in index) else ()

    def _texts_first(self, choice: Choice, query: Query) -> Choice:
        """Returns a choice, with labels and masses exchanged where convention alone made texts the masses.

        Numbers without a heading may be those of rows, as R and pandas write them, and are no masses.
        """
        if not choice.is_guess or len(choice.values) != 1 or query.columns[0] is not None:
            return choice
        label, value = choice.labels[0], choice.values[0]
        if self.names[label].strip() and are_texts(self._cells(value)) and self._may_be_masses(label):
            return Choice((value,), (label,))
        return choice

    def _cells(self, index: int) -> Sequence[object] | NDArray[Any]:
        return self.first.get(index, self.columns[index])

    def _is_of_labels(self, index: int) -> bool:
        name, are_read = self.names[index], self.numbers(self.columns[index])[1]
        return not name.strip() or is_label_name(name) or not (are_read is None or bool(are_read.any()))

    def _observations(self, columns: tuple[int, ...], name: str, notes: tuple[Note, ...]) -> RawNumbers:
        cells, missing = self._outcomes(columns)
        assert cells is not None
        return RawNumbers(
            np.ones(len(cells)), cells, name, self.place, notes=notes, heading=self.heading, missing=missing
        )

    def _outcomes(self, columns: tuple[int, ...]) -> tuple[Sequence[str] | None, Mask | None]:
        """Returns the (joint) labels in columns; for joint labels also a mask of those with an empty part."""
        if len(columns) < 2:
            return (self.labels(columns[0]) if columns else None), None
        parts = [tuple(self.labels(index)) for index in columns]
        missing = np.array([not all(cells) for cells in zip(*parts, strict=True)])
        return joint_labels(parts), missing

    def _notes(self, choice: Choice, query: Query) -> tuple[Note, ...]:
        """Returns a note on what was assumed of the columns, if anything was."""
        if self.header_line is not None:
            return (header_read((self.source,), self.header_line, *uses(self.names, choice, query)),)
        if choice.is_guess and self._may_be_masses(choice.labels[0]):
            return (columns_guessed((self.source,), *uses(self.names, choice, query)),)
        return ()

    def _unused(self, choice: Choice, query: Query) -> tuple[Note, ...]:
        """Returns a note on columns that were left aside without being asked to."""
        used = {*choice.labels, *choice.values, *blank_columns(self.names, self.columns)}
        if all(query.samples) and not query.every and (query.label is not None or any(query.columns)):
            used |= positions_beside(query, self.names)
            return tuple(unused_counts(self.source, self.names, self.columns, used, self.numbers))
        unused = tuple(shown_name(name, at) for at, name in enumerate(self.names) if at not in used)
        if not unused or query.every or query.label is not None or any(each is not None for each in query.columns):
            return ()
        return (columns_unused((self.source,), unused[:5], len(unused)),)

    def _may_be_masses(self, index: int) -> bool:
        """Returns True if the first labels are numbers, so that the column might hold the masses."""
        return are_numbers(self._cells(index), self.numbers)

    def labels(self, index: int) -> Sequence[str]:
        """Returns the labels in the column at a position; a missing label is empty.

        Raises:
            NotADistribution: a cell is a list or an object.
        """
        column = self.columns[index]
        if (type(column) is PackedText or type(column) is HashedText) and (self.is_text or not self.nulls):
            return column
        cells: Sequence[object] = column.tolist() if isinstance(column, np.ndarray) else column
        if self.is_text or (not self.nulls and set(map(type, cells)) == {str}):
            return tuple(cells)  # type: ignore[arg-type]
        labels = []
        for row, cell in enumerate(with_dates(cells)):
            if isinstance(cell, (list, dict)):
                raise NotADistribution(
                    f"{shorten(str(cell))} is not a label", place=Place(self.source).then(self.place(row))
                )
            is_missing = cell is None or cell != cell or self._is_null(cell)  # or NaN
            labels.append("" if is_missing else str(cell).lower() if isinstance(cell, bool) else label_text(cell))
        return tuple(labels)

    def _with_numbers(self, index: int, name: str) -> "tuple[Table, tuple[Note, ...]]":
        """Returns the table without rows that lack a number in a column, if they are to be left out, and a note."""
        column = self.columns[index]
        kept = [row for row, cell in enumerate(column) if not self._is_null(cell)] if self.nulls else []
        if not kept or len(kept) == len(column):
            return self, ()
        columns = [[each[row] for row in kept] for each in self.columns]
        note = rows_without_number(name, len(column) - len(kept), len(column))
        return self._replace(columns=columns, first={}, place=lambda row: self.place(kept[row])), (note,)

    def _is_null(self, cell: object) -> bool:
        """Returns True if --null says that a cell is missing."""
        return type(cell) is NullCell if self.is_text else is_null(cell, self.nulls)

    def _numbers(self, index: int, labels: Sequence[str] | None, name: str) -> Array:
        values, are_numbers = self.numbers(self.columns[index])
        if are_numbers is not None and not are_numbers.all():
            row = int(np.argmin(are_numbers))
            place = RawNumbers(np.empty(0), labels, name, self.place).where(row)
            cell = self.columns[index][row]
            hint = self.cure(cell) or (self.first_hint if row == 0 else None)
            if hint is None and labels is not None and not self._is_null(cell) and (cell is None or cell == ""):
                hint = LEAVE_OUT
            if hint is None and self.is_text and cell and not are_numbers.any():
                raise NotNumbers(f"{not_a_number(cell)}", place=place, hint=cure_of_texts())
            raise no_number(place, cell, hint)
        return values
