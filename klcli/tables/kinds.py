"""The kind of a column: decided once, on the reference, by the first rule that applies, and stated."""

import re
from typing import NamedTuple

from klcli.tables.cell_text import truth_of
from klcli.tables.column import Column, Kind, Reading, Storage
from klcli.tables.facts import Facts

__all__ = ["FEW", "Decision", "decide", "forced", "may_be_key", "needs_labels", "reads_as_numbers"]

FEW = 20  # distinct integers up to which each is a category of its own
_ID_NAMES = re.compile(r"(?i)(id|.*_id|uuid|guid|key|index|.*_no)$")
_ID_ROWS = 100
_MOST_DISTINCT = 0.99  # share of distinct integers from which a column may be an identifier
_HALF = 0.5
_LONG_TEXT = 20  # characters
_NUMBERS_AMONG_TEXTS = 0.999
_BOOLEAN_WORDS = 8  # texts that can be two truth values, each in several cases


class Decision(NamedTuple):
    """The kind of a column, the reading of its cells, and why.

    Attributes:
        numbers_in_text: A typed text column was read as numbers, which is worth a note.
    """

    kind: Kind
    reading: Reading
    why: str
    numbers_in_text: bool = False

    @property
    def is_compared(self) -> bool:
        return self.kind in (Kind.NUMERIC, Kind.CATEGORY, Kind.BOOLEAN)


def needs_labels(column: Column, facts: Facts) -> bool:
    """Returns True if the kind depends on the words in a text column, so they must be counted first."""
    return column.storage is Storage.TEXT and 0 < facts.distinct <= _BOOLEAN_WORDS and facts.numbers == 0


def decide(column: Column, facts: Facts, labels: set[str] | None = None) -> Decision:
    """Returns the kind of a column of the reference; `labels` are its texts where `needs_labels`."""
    if column.storage is Storage.UNSUPPORTED:
        return Decision(Kind.TEXT, Reading.LABEL, f"{column.declared} cannot be counted")
    if facts.present == 0:
        return Decision(Kind.EMPTY, Reading.LABEL, "no values")
    if column.storage is Storage.BOOLEAN:
        return Decision(Kind.BOOLEAN, Reading.LABEL, "declared boolean")
    if column.storage is Storage.INSTANT:
        return Decision(Kind.TIME, Reading.TIME, f"declared {column.declared or 'time'}")
    if column.storage is Storage.TEXT:
        return _decide_text(column, facts, labels)
    return _decide_numbers(column, facts)


def forced(kind: Kind, *, own: Kind) -> Decision:
    """Returns the decision that a setting makes; `own` is the kind that the column has without it."""
    is_number = kind is Kind.NUMERIC
    is_time = kind is Kind.TIME or (is_number and own is Kind.TIME)
    reading = Reading.TIME if is_time else Reading.NUMBER if is_number else Reading.LABEL
    return Decision(kind, reading, "as set")


def _decide_numbers(column: Column, facts: Facts, *, in_text: bool = False) -> Decision:
    note = in_text and column.is_typed
    values = facts.numbers if in_text else facts.present
    if facts.whole == values and not facts.infinite:
        if facts.distinct <= FEW and in_text and facts.are_beyond_doubles:
            return Decision(Kind.CATEGORY, Reading.LABEL, "integers beyond 2^53, to the letter")
        if facts.distinct <= FEW:
            why = f"{_plural(facts.distinct, 'distinct integer')}"
            return Decision(Kind.CATEGORY, Reading.NUMBER, why, note)
        if facts.distinct >= _MOST_DISTINCT * values and values > _ID_ROWS:
            if _ID_NAMES.match(column.name):
                return Decision(Kind.ID, Reading.NUMBER, "distinct integers, and the name of a key", note)
            if _is_run(facts):
                return Decision(Kind.ID, Reading.NUMBER, "consecutive integers, each once", note)
    if column.storage is Storage.TEXT:
        return Decision(Kind.NUMERIC, Reading.NUMBER, "texts that spell numbers" if note else "numbers", note)
    return Decision(Kind.NUMERIC, Reading.NUMBER, column.declared or column.storage.value)


def _decide_text(column: Column, facts: Facts, labels: set[str] | None) -> Decision:
    if labels is not None and truth_of(labels):
        return Decision(Kind.BOOLEAN, Reading.LABEL, f"only {' and '.join(sorted(labels))}")
    if facts.times == facts.present:
        return Decision(Kind.TIME, Reading.TIME, "texts that spell ISO 8601 times")
    if reads_as_numbers(facts):
        return _decide_numbers(column, facts, in_text=True)
    # a column of numbers with a few damaged cells says why it is not one
    among = f", of which {facts.numbers:,} spell a number" if _HALF < facts.numbers / facts.present < 1 else ""
    if facts.distinct > _HALF * facts.present and facts.distinct > FEW:
        found = f"{facts.distinct_text} of {facts.present:,} distinct{among}"
        if facts.length > _LONG_TEXT * facts.present:
            return Decision(Kind.TEXT, Reading.LABEL, f"long texts, {found}")
        return Decision(Kind.ID, Reading.LABEL, f"texts, {found}")
    if facts.padded and facts.numbers == facts.present:
        return Decision(Kind.CATEGORY, Reading.LABEL, "digits with leading zeros")
    return Decision(Kind.CATEGORY, Reading.LABEL, f"{_plural(facts.distinct, 'distinct text')}{among}")


def reads_as_numbers(facts: Facts) -> bool:
    """Returns True if a text column holds numbers, with at most one other text in a thousand."""
    return facts.present > 0 and facts.padded == 0 and facts.numbers >= _NUMBERS_AMONG_TEXTS * facts.present


def may_be_key(column: Column, facts: Facts) -> bool:
    """Returns True if distinct integers would make the column an identifier, so they must be counted exactly."""
    return bool(_ID_NAMES.match(column.name)) or _is_run(facts._replace(distinct=facts.present))


def _is_run(facts: Facts) -> bool:
    if facts.lowest is None or facts.highest is None or facts.infinite:
        return False
    return facts.distinct == facts.present == int(facts.highest) - int(facts.lowest) + 1


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
