"""The JSON documents that klcli prints and `to_dict` returns: plain values in, dicts out, all in schema 1.

They lie below core because `Comparison.to_dict()` and the pairs of a batch, which are made in other processes, write
documents too. Values are as they were computed; the JSON format spells infinity, and no number is rounded.
"""

from klcli.document import batch, drift, lists, pairs, rows, samples
from klcli.document.batch import *  # noqa: F403, each module names what it exports
from klcli.document.drift import *  # noqa: F403
from klcli.document.items import judged, note_items
from klcli.document.lists import *  # noqa: F403
from klcli.document.pairs import *  # noqa: F403
from klcli.document.rows import *  # noqa: F403
from klcli.document.samples import *  # noqa: F403

__all__ = [
    "judged",
    "note_items",
    *batch.__all__,
    *drift.__all__,
    *lists.__all__,
    *pairs.__all__,
    *rows.__all__,
    *samples.__all__,
]
