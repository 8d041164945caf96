"""Every error that klcli raises on purpose, with its exit code.

    KlError
    ├── UsageError              2   the command line is wrong
    │   ├── UnknownName             no measure, format, kind … has this name
    │   ├── MissingPackage          an optional package is not installed
    │   ├── OutputError             the answer cannot be written where it should go
    │   └── Exhausted               the system refuses a file, a process or memory
    └── InputError              3   the data cannot be read as distributions
        ├── Unreadable              a source that cannot be opened, decoded or parsed
        │   ├── NotASample              a table or an object, where observations are wanted
        │   └── UnclearColumns          no name says which columns hold the labels and the numbers
        ├── NotADistribution        numbers that are not a distribution
        │   ├── NotCounts               masses that are not whole numbers, where counts are wanted
        │   ├── NotNumbers              a column of texts, where numbers belong
        │   ├── MayBeLogarithms         numbers that may be logits or log-probabilities
        │   └── NoLabel                 a row without a label among labelled ones
        ├── NotComparable           two distributions whose outcomes cannot be matched
        └── Undetermined            a value of which doubles determine no digit

A message names the subject, what was found and what was expected; `hint` tells how to fix it, if there is a way. Where
the subject is a place in what was read, it is a Place, which the error keeps as data.
"""

import errno
import os
from enum import IntEnum
from typing import NamedTuple, Self

__all__ = [
    "Exhausted",
    "ExitCode",
    "InputError",
    "KlError",
    "MayBeLogarithms",
    "MissingPackage",
    "NoLabel",
    "NotADistribution",
    "NotASample",
    "NotComparable",
    "NotCounts",
    "NotNumbers",
    "OutputError",
    "Place",
    "UnclearColumns",
    "Undetermined",
    "UnknownName",
    "Unreadable",
    "UsageError",
    "first_line",
]


class ExitCode(IntEnum):
    """Exit codes of the process; each has one meaning, its `meaning`."""

    meaning: str

    OK = 0, "done, and every limit kept; also when the reader of our pipe closed it"
    LIMIT_EXCEEDED = 1, "a limit was exceeded, and nothing else"
    USAGE = 2, "wrong command line or settings, an optional package is missing, or the output cannot be written"
    BAD_DATA = 3, "the data cannot be read as distributions; in a batch, those of a pair"
    BUG = 70, "a bug in kl: run it again with `--traceback` and report it"
    INTERRUPTED = 130, "interrupted"

    def __new__(cls, code: int, meaning: str) -> "ExitCode":
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member


class Place(NamedTuple):
    """Where something stands; as text "p.csv: line 3, column 2: 'cat'".

    Attributes:
        source: The file, array or argument; a column of it may follow behind a colon. line, column: Of a text, from 1.
        steps: What is more precise, each in words: "row 3", a label in quotes.
    """

    source: str = ""
    line: int | None = None
    column: int | None = None
    steps: tuple[str, ...] = ()

    @classmethod
    def nth(cls, noun: str, index: int) -> "Place":
        """Returns the place of what is counted, by its index from 0: "row 1"."""
        return cls(line=index + 1) if noun == "line" else cls(steps=(f"{noun} {index + 1}",))

    def __str__(self) -> str:
        column = "" if self.column is None else f", column {self.column}"
        line = "" if self.line is None else f"line {self.line}{column}"
        return ": ".join(filter(None, (self.source, line, *self.steps)))

    def then(self, inner: "Place | str") -> "Place":
        """Returns a place within this one, which has the text of this, a colon, and the text of the inner one."""
        if isinstance(inner, str):
            inner = Place(steps=(inner,))
        if not inner.source and inner.line is None:
            return Place(self.source, self.line, self.column, (*self.steps, *inner.steps))
        if self.line is None and not self.steps and not (self.source and inner.source):
            return inner._replace(source=self.source or inner.source)
        return self._replace(steps=(*self.steps, str(inner)))


class KlError(Exception):
    """Base class of all errors that klcli raises on purpose.

    Attributes:
        message: Subject, what was found, what was expected.
        place: Where it was found, with which the message begins, or None. finding: The message without it.
        hint: How to fix it, or None.
        shows_hint: True if the hint is part of `str(error)`, as in errors of the Python face.
    """

    exit_code = ExitCode.USAGE

    def __init__(
        self, finding: str, *, place: "Place | str | os.PathLike[str] | None" = None, hint: str | None = None
    ) -> None:
        self.place = place if place is None or isinstance(place, Place) else Place(os.fspath(place))
        where = "" if self.place is None else str(self.place)
        self.message = f"{where}: {finding}" if where else finding
        super().__init__(self.message)
        self.finding = finding
        self.hint = hint
        self.shows_hint = False

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}" if self.hint and self.shows_hint else self.message

    def at(self, place: "Place | str | os.PathLike[str]") -> Self:
        """Returns a copy of the error whose place is within another, such as Place("p.csv", line=3)."""
        outer = place if isinstance(place, Place) else Place(os.fspath(place))
        return type(self)(self.finding, place=outer.then(self.place or Place()), hint=self.hint)


class UsageError(KlError, ValueError):
    """The command line or the call is wrong."""


class UnknownName(UsageError):
    """No measure, format, kind … has this name."""


class MissingPackage(UsageError, ImportError):
    """An optional package is not installed."""


class OutputError(UsageError):
    """The answer cannot be written where it should go."""


class Exhausted(UsageError):
    """The system refuses a file, a process, memory or room on a disk."""

    @classmethod
    def of(cls, error: OSError) -> "Exhausted | None":
        """Returns the error in words; None where something else is wrong."""
        hint = _RESOURCES.get(errno.errorcode.get(error.errno or 0, ""))
        return cls((error.strerror or str(error)).lower(), hint=hint) if hint else None


_RESOURCES = {
    "EMFILE": "raise the limit on open files, as with ulimit -n 1024, or use fewer processes, as with -j 1",
    "ENFILE": "other programs hold too many files open",
    "EAGAIN": "if processes are limited, raise the limit, as with ulimit -u, or use fewer, as with -j 1",
    "ENOMEM": "use fewer processes, as with -j 1",
    "ENOSPC": "make room on the disk, or set TMPDIR to another",
    "EDQUOT": "make room on the disk, or set TMPDIR to another",
}


class InputError(KlError, ValueError):
    """The data cannot be read as distributions."""

    exit_code = ExitCode.BAD_DATA


class Unreadable(InputError):
    """A source that cannot be opened, decoded or parsed."""


class NotASample(Unreadable):
    """A table or an object, where observations are wanted: its labels and numbers may be counts or other masses."""


class UnclearColumns(Unreadable):
    """Columns or arrays of which no name says which hold the labels and which the numbers."""


class NotADistribution(InputError):
    """Numbers that are not a distribution."""


class NotCounts(NotADistribution):
    """Masses that are not whole numbers, where counts are wanted."""


class NotNumbers(NotADistribution):
    """A column of texts where numbers belong: they may be observations."""


class MayBeLogarithms(NotADistribution):
    """Numbers that may be logits or log-probabilities; the hint names the kind."""


class NoLabel(NotADistribution):
    """A row without a label among labelled ones."""


class NotComparable(InputError):
    """Two distributions whose outcomes cannot be matched."""


class Undetermined(InputError):
    """A value of two families of which doubles determine no digit."""


def first_line(error: Exception) -> str:
    """Returns the first line of what a library says, or the name of its error if it says nothing."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
