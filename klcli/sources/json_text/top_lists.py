"""Lists of the most probable outcomes, as language models return them, in place of whole distributions.

`{"top": {"token": logprob, …}}`, or `{"top": [{"token": "a", "logprob": -0.1}, …]}` as in the answers of many services;
natural logarithms of probabilities. The other side may be an array or object of all masses.
"""

from collections.abc import Sequence
from math import inf
from typing import Any

from klcli.core.distributions.distribution import read_values
from klcli.core.rows.top_lists import TopList
from klcli.errors import NotADistribution, NotComparable
from klcli.sources.json_text.parser import is_minus_infinity
from klcli.sources.json_text.values import described
from klcli.support.safe_text import shorten

__all__ = ["is_top", "refuse_tokens", "top_lists"]

_KEY = "top"


def is_top(value: object) -> bool:
    """Returns True if a parsed value is a list of the most probable outcomes."""
    return isinstance(value, dict) and isinstance(value.get(_KEY), (dict, list))


def top_lists(values: Sequence[object], places: Sequence[str]) -> list[TopList]:
    """Returns the lists in parsed values; `places` says where each stands, for messages.

    Raises:
        NotADistribution: a value is not a list of log-probabilities, or the probabilities sum to more than 1.
    """
    return [_top_list(value, place) for value, place in zip(values, places, strict=True)]


def refuse_tokens(others: Sequence[object], lists: Sequence[TopList], places: Sequence[str]) -> None:
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
                    f"{place}: {shorten(token)!r} is not an outcome of the array beside it, 0 to {len(other) - 1}",
                    hint="label the outcomes of both, or list positions",
                )


def _top_list(value: object, place: str) -> TopList:
    if not is_top(value):
        return _whole(value, place)
    assert isinstance(value, dict)
    if len(value) > 1:
        keys = ", ".join(shorten(key) for key in value if key != _KEY)
        raise NotADistribution(f"{place}: there are fields beside 'top': {keys}")
    top = value[_KEY]
    pairs: list[tuple[str, Any]] = (
        list(top.items()) if isinstance(top, dict) else [_entry(entry, place) for entry in top]
    )
    found: dict[str, float] = {}
    for token, written in pairs:
        number = -inf if is_minus_infinity(written) else written
        # refuses NaN, infinity and bool; the message is made elsewhere, as it takes as long as all else
        if type(number) not in (int, float) or not number < inf or token in found:
            raise _wrong(f"{place}: {shorten(token)!r}", number)
        found[token] = float(number)
    return TopList.of(found, name=place)


def _wrong(where: str, number: Any) -> NotADistribution:
    if type(number) not in (int, float):
        return NotADistribution(f"{where}: {described(number)} where a log-probability belongs")
    return NotADistribution(f"{where}: {'occurs twice' if number < inf else f'{number} is not a log-probability'}")


def _entry(entry: object, place: str) -> tuple[str, object]:
    if isinstance(entry, dict) and isinstance(entry.get("token"), str) and "logprob" in entry:
        return entry["token"], entry["logprob"]
    raise NotADistribution(f"{place}: {described(entry)}, not an object with token and logprob")


def _whole(value: object, place: str) -> TopList:
    """Returns the list of all outcomes of a whole distribution."""
    if not isinstance(value, (dict, list)):
        raise NotADistribution(f"{place}: {described(value)}, not an array or an object")
    masses = list(value.values()) if isinstance(value, dict) else value
    labels = list(value) if isinstance(value, dict) else [str(index) for index in range(len(value))]
    for label, mass in zip(labels, masses, strict=True):
        if type(mass) not in (int, float):
            raise NotADistribution(f"{place}: {shorten(label)!r}: {described(mass)} where a number belongs")
    return TopList.whole(read_values(masses, labels, name=place))
