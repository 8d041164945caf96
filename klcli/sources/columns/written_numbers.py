"""Numbers as offices and people write them: decimal commas, separators of thousands, percent signs.

A plain number is parsed as it stands. Of any other text, the number is rewritten as a plain one, so that its value is
the double nearest to what is written: 12.5% is 0.125, and with --decimal , --thousands . 1.234,5 is 1234.5.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from shlex import quote

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.sources.columns.missing_numbers import is_missing
from klcli.sources.columns.numbers import parse_number, parse_numbers
from klcli.sources.formats.text_dialect import PLAIN, TextDialect

__all__ = [
    "PERCENTS",
    "cure_in_table",
    "cure_of",
    "cure_of_stored",
    "doubt_on_marks",
    "is_written",
    "parse_column",
    "parse_percentage",
    "parse_written",
    "plain_numbers",
]

ParsePlain = Callable[[Sequence[str]], tuple[Array, Mask | None]]

PERCENTS = "percentages are read where every value has a percent sign; here some have none"

_PERCENT = "%"
_TEXTS_AMONG_NUMBERS = 1_000  # numbers for each other text in a column of numbers
# not compiled, as most runs use none of them
_CURRENCY = r"[$€£¥₹₽₩₺₴]|^[A-Z]{2,3}\s*(?=[\d-])|(?<=\d)\s*(?:EUR|USD|GBP|CHF|JPY)$"
_WHOLE_PERCENT = r"\s*\d+\s*%\s*"
_COMMA_DECIMAL = r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?"
_COMMA_THOUSANDS = r"[+-]?\d{1,3}(?:,\d{3})+(\.\d+)?"
_POINT_THOUSANDS = r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d{1,3}(?:\.\d{3}){2,}"
_GROUPS_OF_THREE = r"\s*[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})*|0)\s*"
_OTHER_THOUSANDS = r"[+-]?\d{1,3}(?:[ \u00a0\u2009\u202f'’_]\d{3})+([.,]\d+)?"


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
    if not column[int(np.argmin(are_numbers))].rstrip().endswith(_PERCENT):
        return values, are_numbers
    if not all(cell.rstrip().endswith(_PERCENT) for cell in column):
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


def cure_of(cell: object, dialect: TextDialect = PLAIN) -> str | None:
    """Returns the cure for a cell that must hold a number, judged by its form; None if it suggests none."""
    text = "" if cell is None else str(cell).strip()
    if text.endswith(_PERCENT):
        number = text.removesuffix(_PERCENT).rstrip()
        return PERCENTS if is_written(number, dialect) else cure_of(number, dialect)
    if text and is_missing(text):
        return f"if it stands for a missing number, pass --null {quote(text)}, which leaves such rows out"
    currency = re.search(_CURRENCY, text)
    if currency is not None and any(map(str.isdigit, text)):
        sign = currency[0].strip().replace("$", "\\$")
        return f"remove the currency sign, as with: sed 's/{sign}//'"
    if not dialect.has_plain_numbers:
        return _cure_of_other(text, dialect)
    if re.fullmatch(_COMMA_THOUSANDS, text):
        is_clear = text.count(",") > 1 or "." in text or text.lstrip("+-").startswith("0")
        return "pass --thousands ," if is_clear and text.lstrip("+-0") else "pass --thousands , or --decimal ,"
    if re.fullmatch(_COMMA_DECIMAL, text):
        return "pass --decimal ,"
    if re.fullmatch(_POINT_THOUSANDS, text):
        return "pass --decimal , --thousands ."
    other = re.fullmatch(_OTHER_THOUSANDS, text)
    if other is not None:
        sign = next(each for each in text.lstrip("+-") if not each.isdigit())
        decimal = "--decimal , " if (other[1] or "").startswith(",") else ""
        return f"pass {decimal}--thousands {sign!r}" if sign.isascii() else f"pass {decimal}--thousands ' '"
    return None


def cure_of_stored(cell: object) -> str | None:
    """Returns the cure for a cell of a format that stores numbers, which no option on texts changes."""
    if isinstance(cell, str) and is_missing(cell):
        return cure_of(cell)
    is_number = isinstance(cell, str) and parse_number(cell) is not None
    return "store it as a number: here it is a text" if is_number or cure_of(cell) else None


def doubt_on_marks(labels: Sequence[str], cells: Sequence[object]) -> str:
    """Returns the cure for numbers of which all points may separate thousands, or which commas may have cut.

    The former are 1.234 and 500; the latter "a 12" and "5 %" of "a 12,5 %".
    """
    first = cells[0] if len(cells) else None
    if all(isinstance(cell, str) and re.fullmatch(_GROUPS_OF_THREE, cell) for cell in cells):
        is_grouped = any("." in cell for cell in cells)  # type: ignore[operator]
        return "if the points separate thousands, pass --decimal , --thousands ." if is_grouped else ""
    if not isinstance(first, str) or not first.rstrip().endswith(_PERCENT):
        return ""
    are_cut = bool(len(labels)) and all(
        label[-1:].isdigit() and re.fullmatch(_WHOLE_PERCENT, str(cell))
        for label, cell in zip(labels, cells, strict=False)
    )
    return "if the commas are decimal marks, pass --decimal ," if are_cut else ""


def cure_in_table(cell: str, dialect: TextDialect = PLAIN) -> str | None:
    """Returns the cure for a cell of a table whose columns are compared one by one; None if its form suggests none."""
    cure = cure_of(cell, dialect)
    if cure == PERCENTS:
        return "remove the percent signs, as with: sed 's/%//g'"
    if cure is not None and is_missing(cell):
        return f"if it stands for a missing value, pass --null {quote(cell.strip())}"
    return cure


def _cure_of_other(text: str, dialect: TextDialect) -> str | None:
    if parse_number(text) is not None:
        return f"the decimal mark is {dialect.decimal} here, as --decimal says" if dialect.decimal != "." else None
    if dialect.decimal == "," and re.fullmatch(_POINT_THOUSANDS, text):
        return "pass --thousands ."
    if not dialect.thousands and re.fullmatch(_COMMA_THOUSANDS, text):
        return "pass --thousands ,"
    return None


def _percentage_in(text: str, dialect: TextDialect) -> float | None:
    return _percentage(text, dialect) if text.rstrip().endswith(_PERCENT) else None


def _with_mask(found: Sequence[float | None]) -> tuple[Array, Mask | None]:
    are_numbers = np.array([each is not None for each in found], dtype=bool)
    return np.array([each or 0.0 for each in found]), None if are_numbers.all() else are_numbers


def _percentage(text: str, dialect: TextDialect) -> float | None:
    written = text.rstrip().removesuffix(_PERCENT).strip()
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
