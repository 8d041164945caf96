"""Numbers as offices and people write them: decimal commas, separators of thousands, percent signs.

A plain number is parsed as it stands. Of any other text, the number is rewritten as a plain one, so that its value is
the double nearest to what is written: 12.5% is 0.125, and with --decimal , --thousands . 1.234,5 is 1234.5.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.sources.columns.numbers import parse_number, parse_numbers
from klcli.sources.formats.text_dialect import PLAIN, TextDialect

__all__ = ["PERCENT", "is_written", "parse_column", "parse_percentage", "parse_written", "plain_numbers"]

ParsePlain = Callable[[Sequence[str]], tuple[Array, Mask | None]]

PERCENT = "%"

_TEXTS_AMONG_NUMBERS = 1_000  # numbers for each other text in a column of numbers


def parse_column(
    column: Sequence[str], dialect: TextDialect = PLAIN, parse_plain: ParsePlain = parse_numbers
) -> tuple[Array, Mask | None]:
    """Returns the numbers in a column, shape (k,), and which cells are numbers, or None if all are.

    Percentages are numbers if every cell has a percent sign.

    Args:
        parse_plain: parses many numbers with a decimal point.
    """
    if dialect.has_plain_numbers:
        values, are_numbers = parse_plain(column)
    else:
        values, are_numbers = _with_mask([parse_written(cell, dialect) for cell in column])
    if are_numbers is None or are_numbers.all():
        return values, None
    if not column[int(np.argmin(are_numbers))].rstrip().endswith(PERCENT):
        return values, are_numbers
    if not all(cell.rstrip().endswith(PERCENT) for cell in column):
        return values, are_numbers
    return _with_mask([_percentage(cell, dialect) for cell in column])


def parse_written(text: str, dialect: TextDialect = PLAIN) -> float | None:
    """Returns the double nearest to a written number; None if the text is not a number."""
    if dialect.has_plain_numbers:
        return parse_number(text)
    rewritten = _rewritten(text, dialect)
    return None if rewritten is None else parse_number(rewritten)


def plain_numbers(column: Sequence[str], dialect: TextDialect) -> list[str]:
    """Returns the cells of a column with numbers written with a decimal point; as they stand if texts are among them.

    One text in a thousand is no number in a column of numbers.
    """
    found = [_rewritten(cell, dialect) if cell.strip() else cell for cell in column]
    others = [
        written is None or (bool(cell.strip()) and parse_number(written) is None)
        for cell, written in zip(column, found, strict=True)
    ]
    present = sum(1 for cell in column if cell.strip())
    if sum(others) * _TEXTS_AMONG_NUMBERS > present:
        return list(column)
    return [cell if other or written is None else written
            for cell, written, other in zip(column, found, others, strict=True)]  # fmt: skip


def is_written(text: str, dialect: TextDialect = PLAIN) -> bool:
    """Returns True if a text is a number or a percentage in a dialect."""
    return parse_written(text, dialect) is not None or _percentage_in(text, dialect) is not None


def parse_percentage(text: str) -> float | None:
    """Returns the number of a percentage: 0.125 for 12.5%; None if the text is not one."""
    return _percentage_in(text, PLAIN)


def _percentage_in(text: str, dialect: TextDialect) -> float | None:
    return _percentage(text, dialect) if text.rstrip().endswith(PERCENT) else None


def _with_mask(found: Sequence[float | None]) -> tuple[Array, Mask | None]:
    are_numbers = np.array([each is not None for each in found], dtype=bool)
    return np.array([each or 0.0 for each in found]), None if are_numbers.all() else are_numbers


def _percentage(text: str, dialect: TextDialect) -> float | None:
    written = text.rstrip().removesuffix(PERCENT).strip()
    rewritten = written if dialect.has_plain_numbers else _rewritten(written, dialect)
    if rewritten is None or not rewritten or parse_number(rewritten) is None:
        return None
    hundredths = parse_number(f"{rewritten}e-2")
    if hundredths is not None:
        return hundredths
    from fractions import Fraction

    try:
        return float(Fraction(rewritten.replace(" ", "")) / 100)
    except (OverflowError, ValueError):  # nan, inf, or 1e999999
        return None


@lru_cache(16)
def _form(decimal: str, thousands: str) -> re.Pattern[str]:
    """Returns the pattern of a number: sign, whole part with separators or without, decimals, exponent."""
    whole = r"\d*"
    if thousands:
        mark = f"[{re.escape(thousands)}]"
        whole = rf"\d{{1,3}}(?:{mark}\d{{2,3}})*{mark}\d{{3}}|\d*"  # 1,23,456 in India
    return re.compile(rf"\s*([+-]?)({whole})(?:{re.escape(decimal)}(\d*))?((?:[eE][+-]?\d+)?)\s*", re.ASCII)


def _rewritten(text: str, dialect: TextDialect) -> str | None:
    """Returns a number as Python writes it; None if the text is not a number in this dialect."""
    found = _form(dialect.decimal, dialect.thousands).fullmatch(text)
    if found is None:
        return text if dialect.decimal not in text and "." not in text else None  # a fraction, nan or inf
    sign, whole, decimals, exponent = found.groups()
    digits = "".join(filter(str.isdigit, whole))
    return f"{sign}{digits}.{decimals or ''}{exponent}" if decimals else f"{sign}{digits}{exponent}"
