"""Facts about a column that one pass over a table finds, and on which its kind is decided."""

from decimal import Decimal
from typing import NamedTuple

__all__ = ["BEYOND_DOUBLES", "Facts", "Value"]

Value = int | float | Decimal
BEYOND_DOUBLES = 2.0**53  # least size of integers that doubles do not tell apart


class Facts(NamedTuple):
    """Integer counts, and extremes, of the cells of one column.

    Attributes:
        rows, null, nan: Number of all cells, of nulls, and of NaN; `nan` is 0 unless the column holds floats.
        infinite: Number of infinite values. whole: Number of values that are integers.
        lowest, highest: Extremes of the values, None without values.
        distinct: Number of different values, of numbers where a text column `reads_as_numbers`; where it decides
            nothing an engine may estimate it.
        is_exact: `distinct` is not an estimate.
        numbers, plain, padded, times: For texts: number of cells that spell a number, one without leading zeros,
            one that begins with a needless zero, an ISO 8601 time.
        length: Number of characters of all texts; 0 where they read as numbers.
    """

    rows: int
    null: int
    nan: int = 0
    infinite: int = 0
    whole: int = 0
    lowest: Value | None = None
    highest: Value | None = None
    distinct: int = 0
    is_exact: bool = True
    numbers: int = 0
    plain: int = 0
    padded: int = 0
    times: int = 0
    length: int = 0

    @property
    def present(self) -> int:
        """Number of cells with a value."""
        return self.rows - self.null - self.nan

    @property
    def distinct_text(self) -> str:
        """The number of different values for people, with ~ before an estimate."""
        return f"{'' if self.is_exact else '~'}{self.distinct:,}"

    @property
    def are_beyond_doubles(self) -> bool:
        """Returns True if an extreme is 2^53 or more in size, where a double stands for several integers."""
        return any(
            value is not None and not -BEYOND_DOUBLES < value < BEYOND_DOUBLES for value in (self.lowest, self.highest)
        )

    @property
    def missing(self) -> int:
        return self.null + self.nan
