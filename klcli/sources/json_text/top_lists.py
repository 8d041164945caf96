"""Lists of the most probable outcomes, as language models return them, in place of whole distributions.

`{"top": {"token": logprob, …}}`, or `{"top": [{"token": "a", "logprob": -0.1}, …]}` as in the answers of many services;
natural logarithms of probabilities. The other side may be an array or object of all masses.
"""

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any

from klcli.core.distributions.distribution import read_values
from klcli.core.rows.top_lists import TopList
from klcli.errors import NotADistribution, NotComparable, Place
from klcli.sources.json_text.parser import is_minus_infinity
from klcli.sources.json_text.responses import Listing
from klcli.sources.json_text.values import described
from klcli.support.text.safe_text import shorten

__all__ = ["SameTexts", "as_listed", "is_top", "top_lists"]

_KEY = "top"
_PROBABILITIES = (
    "beside lists of the most probable outcomes rows hold probabilities: write softmax(logits), or exp(logprobs)"
)


def is_top(value: object) -> bool:
    """Returns True if a parsed value is a list of the most probable outcomes."""
    return isinstance(value, dict) and isinstance(value.get(_KEY), (dict, list))


def as_listed(value: object) -> bool:
    """Returns True if a value lists the most probable outcomes: a Listing, or a parsed object with `top`."""
    return isinstance(value, Listing) or is_top(value)


def top_lists(
    p: Sequence[object], q: Sequence[object], places: Sequence[Sequence[Place]]
) -> tuple[list[TopList], list[TopList]]:
    """Returns the lists of P and of Q in parsed values; tokens are compared by their ids where both sides have them.

    Args:
        places: says where each value of P, and each of Q, stands, for messages.

    Raises:
        NotADistribution: a value is not a list of log-probabilities, or the probabilities sum to more than 1.
        NotComparable: a token is not an outcome of the array beside its list.
    """
    lists: tuple[list[TopList], list[TopList]] = ([], [])
    for row in zip(p, q, *places, strict=True):
        have_ids = all(isinstance(value, Listing) and value.ids is not None for value in row[:2])
        for side, value, place in zip(lists, row[:2], row[2:], strict=True):
            is_listing = isinstance(value, Listing)
            side.append(_of_listing(value, place, have_ids) if is_listing else _top_list(value, place))
    _refuse_tokens(q, lists[0], places[0])
    _refuse_tokens(p, lists[1], places[1])
    return lists


class SameTexts:
    """Checks that P and Q list the tokens of one text: after a token that differs, they answer different questions."""

    def __init__(self) -> None:
        self._differing: tuple[Place, str, str] | None = None

    def check(self, p: Sequence[object], q: Sequence[object], places: Sequence[Place]) -> None:
        """Refuses a position behind one where different tokens occurred.

        Raises:
            NotComparable: there is such a position.
        """
        for here, there, place in zip(p, q, places, strict=True):
            if not (isinstance(here, Listing) and isinstance(there, Listing)) or here.begins or there.begins:
                self._differing = None
            if self._differing is not None:
                before, of_p, of_q = self._differing
                raise NotComparable(
                    f"other texts: {shorten(of_p)!r} occurred in P and {shorten(of_q)!r} in Q at {before}",
                    place=place,
                    hint="let both score one text, as with echo or prompt_logprobs: behind another text, rows differ",
                )
            if isinstance(here, Listing) and isinstance(there, Listing):
                occurred = here.occurred, there.occurred
                if None not in occurred and here.occurred != there.occurred:
                    self._differing = place, str(here.occurred), str(there.occurred)


def _refuse_tokens(others: Sequence[object], lists: Sequence[TopList], places: Sequence[Place]) -> None:
    """Refuses a list whose tokens are not positions in the array beside it, whose outcomes are known by position.

    Args:
        others: the parsed value beside each list. places: where each list stands, for messages.

    Raises:
        NotComparable: a token is not such a position.
    """
    for other, listed, place in zip(others, lists, places, strict=True):
        if isinstance(other, list):
            positions = set(map(str, range(len(other))))
            token = next((token for token in listed.masses if token not in positions), None)
            if token is not None:
                raise NotComparable(
                    f"{shorten(token)!r} is not an outcome of the array beside it, 0 to {len(other) - 1}",
                    place=place,
                    hint="label the outcomes of both, or list positions",
                )


def _of_listing(listing: Listing, place: Place, by_id: bool) -> TopList:
    names = listing.ids if by_id and listing.ids is not None else listing.tokens
    found = _numbers(zip(names, listing.numbers, strict=True), place)
    return TopList.of(found, place=place, extra=frozenset(names[at] for at in listing.extra))


def _top_list(value: object, place: Place) -> TopList:
    if not is_top(value):
        return _whole(value, place)
    assert isinstance(value, dict)
    if len(value) > 1:
        keys = ", ".join(shorten(key) for key in value if key != _KEY)
        raise NotADistribution(f"there are fields beside 'top': {keys}", place=place)
    top = value[_KEY]
    pairs: list[tuple[str, Any]] = (
        list(top.items()) if isinstance(top, dict) else [_entry(entry, place) for entry in top]
    )
    return TopList.of(_numbers(pairs, place), place=place)


def _numbers(pairs: Iterable[tuple[str, Any]], place: Place) -> dict[str, float]:
    found: dict[str, float] = {}
    for token, written in pairs:
        number = -inf if is_minus_infinity(written) else written
        # refuses NaN, infinity and bool; the message is made elsewhere, as it takes as long as all else
        if type(number) not in (int, float) or not number < inf or token in found:
            raise _wrong(place.then(repr(shorten(token))), number)
        found[token] = float(number)
    return found


def _wrong(place: Place, number: Any) -> NotADistribution:
    if type(number) not in (int, float):
        return NotADistribution(f"{described(number)} where a log-probability belongs", place=place)
    return NotADistribution("occurs twice" if number < inf else f"{number} is not a log-probability", place=place)


def _entry(entry: object, place: Place) -> tuple[str, object]:
    if isinstance(entry, dict) and isinstance(entry.get("token"), str) and "logprob" in entry:
        return entry["token"], entry["logprob"]
    raise NotADistribution(f"{described(entry)}, not an object with token and logprob", place=place)


def _whole(value: object, place: Place) -> TopList:
    """Returns the list of all outcomes of a whole distribution."""
    if not isinstance(value, (dict, list)):
        raise NotADistribution(f"{described(value)}, not an array or an object", place=place)
    masses = list(value.values()) if isinstance(value, dict) else value
    labels = list(value) if isinstance(value, dict) else [str(index) for index in range(len(value))]
    for label, mass in zip(labels, masses, strict=True):
        if type(mass) not in (int, float):
            raise NotADistribution(f"{described(mass)} where a number belongs", place=place.then(repr(shorten(label))))
    try:
        return TopList.whole(read_values(masses, labels))
    except NotADistribution as error:
        hint = _PROBABILITIES if any(mass < 0 for mass in masses) else error.hint
        raise NotADistribution(error.finding, place=place.then(error.place or Place()), hint=hint) from None
