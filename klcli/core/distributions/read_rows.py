"""Makes rows of distributions from arrays of numbers: checked at once, or as they are compared."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict, Unpack

from numpy.typing import ArrayLike, NDArray

from klcli.core.arithmetic.types import Index
from klcli.core.distributions.given_numbers import given_numbers
from klcli.core.distributions.kinds import KINDS
from klcli.core.distributions.row_screening import SCREENS
from klcli.core.distributions.rows import Rows
from klcli.core.distributions.smoothing import Smoothing
from klcli.core.distributions.temperature import check_temperature
from klcli.core.pairs.unsmoothed import Unsmoothed
from klcli.errors import NotADistribution, Place, UsageError
from klcli.notes import Note
from klcli.support.sentence import Option, Sentence

__all__ = ["RowReading", "read_rows", "smooth_rows", "unread_rows", "unsmoothed_rows"]

_AS_LOGITS = Sentence(
    "pass ", Option("--as", "logits"),
    ", for logits and for the logarithms of probabilities; probabilities themselves are no logits",
)  # fmt: skip


class RowReading(TypedDict, total=False):
    """Options of `read_rows` and `unread_rows`.

    Attributes:
        name: the source, for messages.
        place: maps a row to the words for where it stands; by default rows are counted from 1.
        labels: the outcomes, for messages.
        temperature: a number above 0, 1 by default; logits are divided by it, as doubles, before anything else.
        reading_notes: what was assumed when the numbers were read.
    """

    name: str
    place: Callable[[int], Place] | None
    labels: Sequence[str] | None
    temperature: float
    reading_notes: tuple[Note, ...]


def read_rows(values: ArrayLike, as_: str = "auto", **options: Unpack[RowReading]) -> Rows:
    """Returns the distributions that rows of numbers mean under the kind `as_`, decided row by row.

    Args:
        values: shape (n, k), of any real type, byte order and layout, or BFLOAT16; not copied, so not to be changed.
        as_: auto, probs, counts, weights, logits or logprobs.
        options: see RowReading.

    Raises:
        NotADistribution: a row is not of that kind; the message names the first, and the outcome that is wrong.
        UnknownName: there is no such kind. UsageError: it is not for rows, or the temperature is wrong.
    """
    rows = unread_rows(values, as_, **options)
    rows.check()
    return rows


def unread_rows(values: ArrayLike, as_: str = "auto", **options: Unpack[RowReading]) -> Rows:
    """Returns rows that are not checked yet: call `check` once all of them are read. See `read_rows`."""
    kind, temperature = KINDS.lookup(as_), options.get("temperature", 1.0)
    if kind.name not in SCREENS:
        raise UsageError(f"a row cannot be read as {kind.name}", hint=f"a row is {', '.join(SCREENS)}")
    check_temperature(temperature)
    if temperature != 1 and kind.name != "logits":
        raise UsageError(f"a temperature is for logits, not for {kind.noun or kind.name}", hint=_AS_LOGITS)
    return Rows(_two_dimensional(values, options.get("name", ""), options.get("labels")), kind, **options)


def smooth_rows(rows: Rows, smoothing: Smoothing) -> Rows:
    """Returns each row smoothed over its outcomes, as `smoothing.smooth` does one distribution.

    The masses are rounded; what they were is kept for `unsmoothed_rows`.
    """
    mass = smoothing.method.apply(rows.masses(slice(0, len(rows))), smoothing.amount)
    found = read_rows(mass, "weights", name=rows.name)
    found.before = rows, smoothing
    return found


def unsmoothed_rows(p: Rows, q: Rows, where: slice | Index) -> Unsmoothed | None:
    """Returns the parts of the exactly smoothed pairs of these rows; None if they are not smoothed."""
    if p.before is None or q.before is None:
        return None
    (p, smoothing), (q, _) = p.before, q.before
    logs = (side.block(where) if side.are_logarithms else None for side in (p, q))
    return smoothing.of(p.masses(where), q.masses(where), *logs)


def _two_dimensional(values: ArrayLike, name: str, labels: Sequence[str] | None) -> NDArray[Any]:
    led = f"{name}: " * bool(name)
    array = given_numbers(values, name)
    if array.ndim != 2:
        flat = f"flatten all axes but the last, as with .reshape(-1, {array.shape[-1]})" if array.ndim else None
        hint = "one distribution each is for compare" if array.ndim == 1 else flat
        raise NotADistribution(f"{led}the values have the shape {array.shape}, not two dimensions", hint=hint)
    if not array.shape[1]:
        raise NotADistribution(f"{led}there are no values")
    if labels is not None and len(labels) != array.shape[1]:
        raise NotADistribution(f"{led}there are {len(labels)} labels for {array.shape[1]} values")
    return array
