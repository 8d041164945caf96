"""Facts about each row besides its masses: the outcome that occurred, the cluster it belongs to.

They are in a column of P or of Q, or in a file of their own with one value for each row.
"""

import os
from collections.abc import Mapping, Sequence

from klcli.errors import NotComparable, Place, Unreadable
from klcli.sources.bytes.byte_source import ByteSource
from klcli.support.sentence import Option

__all__ = ["SideColumn"]

_SAVE = "save the array alone, as with numpy.save, and name that .npy"


class SideColumn:
    """One value for each row, consumed block by block in the order of the rows.

    Args:
        word: the name or number of a column, or a path; a column takes precedence.
        columns: those of the columns asked for that P and Q have. option: for messages, such as "--target".

    Attributes:
        name: what holds the values, for messages.

    Raises:
        Unreadable: there is neither such a column nor such a file.
    """

    def __init__(self, word: str, columns: Sequence[str], option: str) -> None:
        self._word, self._option = word, option
        self.name = f"column {word}" if word in columns else word
        self._values: Sequence[str] | None = None
        if word not in columns:
            if not os.path.exists(word):
                raise Unreadable(
                    f"no column {word!r} in P or Q, and no file of that name",
                    hint=Option(option) + " names one of them; an array of an .npz is neither, so " + _SAVE,
                )
            self._values = _values(word)

    def take(self, sides: Sequence[Mapping[str, Sequence[str]]], first: int, count: int) -> Sequence[str]:
        """Returns the values of `count` rows from the index `first` on; `sides` holds the columns of P and of Q.

        Raises:
            Unreadable: a row has no value. NotComparable: the values of P and Q differ.
        """
        if self._values is not None:
            found = self._values[first : first + count]
            if len(found) < count:
                raise NotComparable(
                    f"{self._word} ends after {len(self._values):,} of the rows",
                    hint="it is read as text with a value on each line, or as .npy",
                )
            return found
        given = [columns[self._word] for columns in sides if self._word in columns]
        if not given:
            raise Unreadable(f"no {self._word!r}, which {self._option} names", place=Place.nth("row", first))
        if len(given) == 2 and given[0] != given[1]:
            row = next(row for row, (p, q) in enumerate(zip(*given, strict=True)) if p != q)
            raise NotComparable(
                f"{self._word} is {given[0][row]!r} in P and {given[1][row]!r} in Q",
                place=Place.nth("row", first + row),
                hint="row i of P is compared with row i of Q: both must be in one order",
            )
        return given[0]

    def finish(self, rows: int) -> None:
        """Refuses a file with more values than rows.

        Raises:
            NotComparable: it has more.
        """
        if self._values is not None and len(self._values) > rows:
            raise NotComparable(f"{self._word} has {len(self._values):,} values for {rows:,} rows")


def _values(word: str) -> Sequence[str]:
    """Returns one value for each row: the lines of a text, or an array of whole numbers in one dimension."""
    source = ByteSource(word)
    if source.head().startswith(b"PK\x03\x04"):
        raise Unreadable("an archive, not one array or a text", place=word, hint=_SAVE)
    if source.head().startswith(b"\x93NUMPY"):
        from klcli.sources.binary.numpy_files import whole_numbers

        return [str(number) for number in whole_numbers(source)]
    with source.text_stream() as stream:
        return [text for line in stream if (text := line.strip()) and not text.startswith("#")]
