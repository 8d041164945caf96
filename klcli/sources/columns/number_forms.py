"""Texts where numbers belong: in which other form each may be a number, and what to do about it in words."""

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

from klcli.sources.columns.missing_numbers import is_missing
from klcli.sources.columns.numbers import parse_number
from klcli.sources.columns.written_numbers import PERCENT, is_written, parse_written
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.support.sentence import Command, Option, Sentence, joined

__all__ = [
    "PERCENTS",
    "Form",
    "Suspect",
    "cure_of",
    "cure_of_stored",
    "doubt_on_marks",
    "suspect_in",
    "suspect_of_column",
]

PERCENTS = "percentages are read where every value has a percent sign; here some have none"

# not compiled, as most runs use none of them
_CURRENCY = r"[$€£¥₹₽₩₺₴]|^[A-Z]{2,3}\s*(?=[\d-])|(?<=\d)\s*(?:EUR|USD|GBP|CHF|JPY)$"
_WHOLE_PERCENT = r"\s*\d+\s*%\s*"
_COMMA_DECIMAL = r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?"
_COMMA_THOUSANDS = r"[+-]?\d{1,3}(?:,\d{3})+(\.\d+)?"
_POINT_THOUSANDS = r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d{1,3}(?:\.\d{3}){2,}"
_GROUPS_OF_THREE = r"\s*[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})*|0)\s*"
_OTHER_THOUSANDS = r"[+-]?\d{1,3}(?:[ \u00a0\u2009\u202f'’_]\d{3})+([.,]\d+)?"


_LABEL_COMMA_NUMBER = r"[^,]*[^\W\d][^,]*,\s*[+-]?\d+(?:\.\d+)?\s*"  # a row of CSV
_OF_BOTH = Sentence(
    Option("--decimal", ","),
    " is for P and Q, and here commas seem to part columns: write the numbers of both alike, or pass ",
    Option("--p-decimal", ","),
    " or ",
    Option("--q-decimal", ","),
    " for one operand of ",
    Command("compute"),
)


class Form(Enum):
    """Forms in which a text where a number belongs may hold one."""

    PERCENTAGE = auto()
    MISSING = auto()
    MONEY = auto()
    OTHER_MARKS = auto()
    NOT_AS_STATED = auto()


_Reading = tuple[tuple[str, str], ...]  # options and their values
_THOUSANDS_COMMA: _Reading = (("thousands", ","),)
_DECIMAL_COMMA: _Reading = (("decimal", ","),)
_THOUSANDS_POINT: _Reading = (("thousands", "."),)


class Suspect(NamedTuple):
    """A text that may be a number in another form.

    Attributes:
        mark: The word for a missing number, the sign of a currency, or the decimal mark that is stated.
        readings: Options that would read it, with their values; alternatives if there are several.
    """

    form: Form
    mark: str = ""
    readings: tuple[_Reading, ...] = ()

    @property
    def cure(self) -> str:
        """The cure where a distribution has a number for each outcome."""
        if self.form is Form.PERCENTAGE:
            return PERCENTS
        if self.form is Form.MISSING:
            return Sentence(
                "if it stands for a missing number, pass ",
                Option("--null", self.mark),
                ", which leaves such rows out",
            )
        return self._cure_of_marks("--")

    def cure_in_table(self, prefix: str = "--") -> str:
        """Returns the cure in a table whose columns are compared one by one.

        Args:
            prefix: What options begin with: "--p-" for those of P alone.
        """
        if self.form is Form.PERCENTAGE:
            return "remove the percent signs, as with: sed 's/%//g'"
        if self.form is Form.MISSING:
            return "if it stands for a missing value, pass " + Option(f"{prefix}null", self.mark)
        return self._cure_of_marks(prefix)

    def _cure_of_marks(self, prefix: str) -> str:
        if self.form is Form.MONEY:
            sign = self.mark.replace("$", "\\$")
            return f"remove the currency sign, as with: sed 's/{sign}//'"
        if self.form is Form.NOT_AS_STATED:
            return Sentence(f"the decimal mark is {self.mark} here, as ", Option(f"{prefix}decimal"), " says")
        readings = (
            joined(" ", *(Option(f"{prefix}{name}", mark) for name, mark in reading)) for reading in self.readings
        )
        return "pass " + joined(" or ", *readings)


def suspect_in(cell: object, dialect: TextDialect = PLAIN) -> Suspect | None:
    """Returns in which form a cell may be a number; None if it looks like none."""
    text = "" if cell is None else str(cell).strip()
    if text.endswith(PERCENT):
        number = text.removesuffix(PERCENT).rstrip()
        return Suspect(Form.PERCENTAGE) if is_written(number, dialect) else suspect_in(number, dialect)
    if text and is_missing(text):
        return Suspect(Form.MISSING, text)
    currency = re.search(_CURRENCY, text)
    if currency is not None and any(map(str.isdigit, text)):
        return Suspect(Form.MONEY, currency[0].strip())
    readings = _readings_of_plain(text) if dialect.has_plain_numbers else _readings_beside(text, dialect)
    if readings:
        return Suspect(Form.OTHER_MARKS, readings=readings)
    is_point = not dialect.has_plain_numbers and dialect.decimal != "." and parse_number(text) is not None
    return Suspect(Form.NOT_AS_STATED, dialect.decimal) if is_point else None


def suspect_of_column(cells: Sequence[str], dialect: TextDialect = PLAIN) -> tuple[str, Suspect] | None:
    """Returns the first cell that is a number in another form, and the form of all such cells, beside plain numbers.

    None if a cell is a text that looks like no number, if they are of forms that no options read together, or if all
    are plain numbers; cells that are empty, or words for a missing number, count for nothing.
    """
    examined = [cell for cell in cells if cell.strip() and not is_missing(cell.strip())]
    others = [(cell, suspect_in(cell, dialect)) for cell in examined if parse_written(cell, dialect) is None]
    suspects = [suspect for _, suspect in others if suspect is not None]
    if not others or len(suspects) < len(others):
        return None
    if len(set(suspects)) == 1:
        return others[0][0], suspects[0]
    readings = tuple(
        reading for reading in dict.fromkeys(reading for each in suspects for reading in each.readings)
        if all(any(set(its) <= set(reading) for its in each.readings) for each in suspects)
    )  # fmt: skip
    return (others[0][0], Suspect(Form.OTHER_MARKS, readings=readings)) if readings else None


def cure_of(cell: object, dialect: TextDialect = PLAIN) -> str | None:
    """Returns the cure for a cell that must hold a number, judged by its form; None if it suggests none."""
    if isinstance(cell, str) and cell.startswith("="):
        return "it is a formula without a saved value: open the file in a spreadsheet and save it"
    suspect = suspect_in(cell, dialect)
    if suspect is None and dialect.decimal == "," and re.fullmatch(_LABEL_COMMA_NUMBER, str(cell)):
        return _OF_BOTH
    return None if suspect is None else suspect.cure


def cure_of_stored(cell: object) -> str | None:
    """Returns the cure for a cell of a format that stores numbers, which no option on texts changes."""
    if isinstance(cell, str) and is_missing(cell):
        return cure_of(cell)
    is_number = isinstance(cell, str) and parse_number(cell) is not None
    return "store it as a number: here it is a text" if is_number or suspect_in(cell) else None


def doubt_on_marks(labels: Sequence[str], cells: Sequence[object]) -> str:
    """Returns the cure for numbers of which all points may separate thousands, or which commas may have cut.

    The former are 1.234 and 500; the latter "a 12" and "5 %" of "a 12,5 %".
    """
    first = cells[0] if len(cells) else None
    if all(isinstance(cell, str) and re.fullmatch(_GROUPS_OF_THREE, cell) for cell in cells):
        is_grouped = any("." in cell for cell in cells)  # type: ignore[operator]
        return (
            Sentence(
                "if the points separate thousands, pass ", Option("--decimal", ","), " ", Option("--thousands", ".")
            )
            if is_grouped
            else ""
        )
    if not isinstance(first, str) or not first.rstrip().endswith(PERCENT):
        return ""
    are_cut = bool(len(labels)) and all(
        label[-1:].isdigit() and re.fullmatch(_WHOLE_PERCENT, str(cell))
        for label, cell in zip(labels, cells, strict=False)
    )
    return ("if the commas are decimal marks, pass " + Option("--decimal", ",")) if are_cut else ""


def _readings_of_plain(text: str) -> tuple[_Reading, ...]:
    """Returns the options that would read a text which is not a plain number."""
    if re.fullmatch(_COMMA_THOUSANDS, text):
        is_clear = text.count(",") > 1 or "." in text or text.lstrip("+-").startswith("0")
        return (_THOUSANDS_COMMA,) if is_clear and text.lstrip("+-0") else (_THOUSANDS_COMMA, _DECIMAL_COMMA)
    if re.fullmatch(_COMMA_DECIMAL, text):
        return (_DECIMAL_COMMA,)
    if re.fullmatch(_POINT_THOUSANDS, text):
        return ((*_DECIMAL_COMMA, *_THOUSANDS_POINT),)
    other = re.fullmatch(_OTHER_THOUSANDS, text)
    if other is None:
        return ()
    mark = next(each for each in text.lstrip("+-") if not each.isdigit())
    thousands: _Reading = (("thousands", mark if mark.isascii() else " "),)
    return ((*_DECIMAL_COMMA, *thousands) if (other[1] or "").startswith(",") else thousands,)


def _readings_beside(text: str, dialect: TextDialect) -> tuple[_Reading, ...]:
    """Returns the options that would read a text, beside those of a dialect in which it is not a number."""
    if parse_number(text) is not None:
        return ()
    if dialect.decimal == "," and re.fullmatch(_POINT_THOUSANDS, text):
        return (_THOUSANDS_POINT,)
    return (_THOUSANDS_COMMA,) if not dialect.thousands and re.fullmatch(_COMMA_THOUSANDS, text) else ()
