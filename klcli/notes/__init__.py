"""Notes on results: data that accompanies the numbers. This room alone puts notes into words.

Each kind of note is a function that returns its sentence, decorated with `@note(code)`. Calling the decorated function
returns a `Note`, which keeps the arguments and makes the sentence on access. Codes are public and stable; several kinds
may share one:

    >>> found = rows_normalised("p.npy", rows=2, furthest=0.97)
    >>> found.code, found.values
    ('normalised', ('p.npy', 2, 0.97))
    >>> found.text
    '2 rows of p.npy do not sum to 1 (the furthest to 0.97); each was divided by its sum'
"""

from klcli.notes import data, drift, estimates, layout, samples, values
from klcli.notes.causes import Cause, Reason, outcomes_of_one_side, outcomes_without_q
from klcli.notes.data import *  # noqa: F403, it names what it exports, so a note is added in one place
from klcli.notes.drift import *  # noqa: F403
from klcli.notes.estimates import *  # noqa: F403
from klcli.notes.layout import *  # noqa: F403
from klcli.notes.record import Note, is_note, note, together
from klcli.notes.samples import *  # noqa: F403
from klcli.notes.values import *  # noqa: F403
from klcli.notes.wording import listing

__all__ = [
    "Cause",
    "Note",
    "Reason",
    "is_note",
    "listing",
    "note",
    "outcomes_of_one_side",
    "outcomes_without_q",
    "together",
    *data.__all__,
    *drift.__all__,
    *estimates.__all__,
    *layout.__all__,
    *samples.__all__,
    *values.__all__,
]
