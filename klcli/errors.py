"""Every error that klcli raises on purpose, with its exit code.

    KlError
    ├── UsageError              2   the command line is wrong
    │   ├── UnknownName             no measure, format, kind … has this name
    │   ├── MissingPackage          an optional package is not installed
    │   └── OutputError             the answer cannot be written where it should go
    └── InputError              3   the data cannot be read as distributions
        ├── Unreadable              a source that cannot be opened, decoded or parsed
        ├── NotADistribution        numbers that are not a distribution
        └── NotComparable           two distributions whose outcomes cannot be matched

A message names the subject, what was found and what was expected; `hint` tells how to fix it, if there is a way.
"""

from enum import IntEnum

__all__ = [
    "ExitCode",
    "InputError",
    "KlError",
    "MissingPackage",
    "NotADistribution",
    "NotComparable",
    "OutputError",
    "UnknownName",
    "Unreadable",
    "UsageError",
]


class ExitCode(IntEnum):
    """Exit codes of the process; each has one meaning."""

    OK = 0
    LIMIT_EXCEEDED = 1
    USAGE = 2
    BAD_DATA = 3
    BUG = 70
    INTERRUPTED = 130


class KlError(Exception):
    """Base class of all errors that klcli raises on purpose.

    Attributes:
        message: Subject, what was found, what was expected.
        hint: How to fix it, or None.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def at(self, place: str) -> "KlError":
        """Return a copy of the error whose message starts with a place, such as "p.csv: line 3"."""
        return type(self)(f"{place}: {self.message}", hint=self.hint)


class UsageError(KlError, ValueError):
    """The command line or the call is wrong."""


class UnknownName(UsageError):
    """No measure, format, kind … has this name."""


class MissingPackage(UsageError, ImportError):
    """An optional package is not installed."""


class OutputError(UsageError):
    """The answer cannot be written where it should go."""


class InputError(KlError, ValueError):
    """The data cannot be read as distributions."""

    exit_code = ExitCode.BAD_DATA


class Unreadable(InputError):
    """A source that cannot be opened, decoded or parsed."""


class NotADistribution(InputError):
    """Numbers that are not a distribution."""


class NotComparable(InputError):
    """Two distributions whose outcomes cannot be matched."""
