"""Responses of language model services: the most probable tokens at each position, as they are returned.

Read are the chat completions, completions and responses of OpenAI and of those who answer alike (`choices[].logprobs`,
`output[].content[].logprobs`), also as the lines of a batch hold them (`response.body`), `prompt_logprobs` of vLLM,
whose first position is null, and `completion_probabilities` of llama.cpp. Each position is a row.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from klcli.errors import NotADistribution, Place
from klcli.sources.json_text.llama_server import as_chat
from klcli.sources.json_text.values import described
from klcli.support.text.safe_text import shorten

__all__ = ["Listing", "error_of", "is_response", "is_whole_response", "listings"]

_LISTS = ("choices", "prompt_logprobs", "completion_probabilities")
_OF_BATCHES = {"custom_id", "response"}  # keys of the lines of a batch
_HINT = "ask the service for them, as with logprobs=true, top_logprobs=20, or prompt_logprobs=20 of vLLM"
_ASK_AGAIN = "ask again, or leave the line out on both sides"


class Listing(NamedTuple):
    """The tokens that are listed at one position of a text.

    Attributes:
        tokens: their texts. numbers: the logarithm of the probability of each, as it was parsed.
        extra: the positions of those that are listed only because they occurred.
        ids: of the tokens, where the service gives them. occurred: the text of the token that occurred, if known.
        begins: True at the first position of a text.
    """

    tokens: Sequence[str]
    numbers: Sequence[object]
    extra: frozenset[int] = frozenset()
    ids: Sequence[str] | None = None
    occurred: str | None = None
    begins: bool = True


def is_response(value: object) -> bool:
    """Returns True if a parsed value is a response of a service, or the part of one that holds log-probabilities."""
    if not isinstance(value, dict):
        return False
    return (
        is_whole_response(value)
        or isinstance(value.get("output"), list)
        or _lists_tokens(value.get("logprobs"))
        or error_of(value) is not None
    )


def _lists_tokens(logprobs: object) -> bool:
    """Returns True for what services call logprobs; an array of numbers is a distribution in a field of that name."""
    if not isinstance(logprobs, list):
        return isinstance(logprobs, dict)
    return not logprobs or not all(type(each) in (int, float) for each in logprobs)


def is_whole_response(value: Mapping[str, Any]) -> bool:
    """Returns True for a response whose keys tell it from a distribution over texts, or a line of a batch of them."""
    return any(isinstance(value.get(key), list) for key in _LISTS) or value.keys() >= _OF_BATCHES


def error_of(value: Mapping[str, Any]) -> str | None:
    """Returns the message of an error in the place of a response, alone or in a line of a batch; None of all else."""
    error = value.get("error")
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        return str(error["message"])
    body = _body_of(value) if "custom_id" in value else None
    return None if body is None else error_of(body)


def listings(value: Mapping[str, Any], place: Place) -> tuple[list[tuple[Place, Listing]], int]:
    """Returns the listing of each position, and where it is in the value, and the count of texts that begin with null.

    Args:
        place: of the value, for messages.

    Raises:
        NotADistribution: there are no log-probabilities, or they have another form.
    """
    found: list[tuple[Place, Listing]] = []
    nulls = 0
    error = error_of(value)
    if error is not None:
        raise NotADistribution(f"the service answered with an error: {shorten(error)}", place=place, hint=_ASK_AGAIN)
    is_part = str(value.get("object", "")).endswith(".chunk") or value.get("choices") == []  # of a stream
    for where, part in _parts(value):
        positions = part if isinstance(part, list) else _positions(part)
        is_first = True
        for index, position in enumerate(positions):
            here = where.then(Place.nth("token", index))
            if position is None and is_first and index == 0:
                nulls += 1
                continue
            listing = _listing(position, place.then(here))
            found.append((here, listing._replace(begins=is_first)))
            is_first = False
    if not found and not is_part:
        raise NotADistribution("a response without log-probabilities", place=place, hint=_HINT)
    return found, nulls


def _parts(value: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    """Yields the parts of a response that list tokens, and where each is, in the order of the text."""
    body = _body_of(value)
    if body is not None:
        yield from _parts(body)
    if isinstance(value.get("completion_probabilities"), list):
        yield Place(), [as_chat(position) for position in value["completion_probabilities"]]
    if isinstance(value.get("prompt_logprobs"), list):
        yield Place().then("prompt"), value["prompt_logprobs"]
    if isinstance(value.get("logprobs"), (dict, list)):
        yield Place(), value["logprobs"]
    choices = value.get("choices")
    for number, choice in sorted(enumerate(choices if isinstance(choices, list) else (), 1), key=_index_of_choice):
        if isinstance(choice, dict):
            where = Place.nth("choice", number - 1) if len(choices or ()) > 1 else Place()
            for inner, part in _parts(choice):
                yield where.then(inner), part
    for output in value["output"] if isinstance(value.get("output"), list) else ():
        contents = output.get("content") if isinstance(output, dict) else None
        for content in contents if isinstance(contents, list) else ():
            if isinstance(content, dict):
                yield from _parts(content)


def _index_of_choice(numbered: tuple[int, object]) -> int:
    """Returns the index of a choice, which services return in any order; without one its place."""
    number, choice = numbered
    index = choice.get("index") if isinstance(choice, dict) else None
    return index if isinstance(index, int) else number - 1


def _body_of(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Returns the response in a line of a batch of OpenAI; None if the value is not such a line."""
    response = value.get("response")
    body = response.get("body") if isinstance(response, dict) else None
    return body if isinstance(body, dict) else None


def _positions(part: Mapping[str, Any]) -> Sequence[object]:
    """Returns the positions of an object of log-probabilities, those of completions as of chat completions."""
    content = part.get("content")
    if isinstance(content, list):
        return content
    tops = part.get("top_logprobs")
    if not isinstance(tops, list):
        return ()
    tokens, numbers = part.get("tokens"), part.get("token_logprobs")
    if not (isinstance(tokens, list) and isinstance(numbers, list) and len(tokens) == len(numbers) == len(tops)):
        return [top if top is None else {"top_logprobs": top} for top in tops]
    found = zip(tokens, numbers, tops, strict=True)
    return [None if top is None else {"token": t, "logprob": n, "top_logprobs": top} for t, n, top in found]


def _listing(position: object, place: Place) -> Listing:
    if isinstance(position, dict) and "top_logprobs" in position:
        return _of_chat(position, place)
    if isinstance(position, dict) and position and all(isinstance(each, dict) for each in position.values()):
        return _of_vllm(position, place)
    if isinstance(position, dict) and position and "token" not in position:
        return Listing(tuple(position), tuple(position.values()))
    raise NotADistribution(f"{described(position)} without top_logprobs", place=place, hint=_HINT)


def _of_chat(position: Mapping[str, Any], place: Place) -> Listing:
    tops = position["top_logprobs"]
    if isinstance(tops, dict):
        tops = [{"token": token, "logprob": number} for token, number in tops.items()]
        is_least_extra = True  # completions list the token that occurred among the others
    elif isinstance(tops, list):
        is_least_extra = False
    else:
        raise NotADistribution(f"{described(tops)} as top_logprobs", place=place)
    tokens: list[str] = []
    numbers: list[object] = []
    for entry in tops:
        if not isinstance(entry, dict) or not isinstance(entry.get("token"), str) or "logprob" not in entry:
            raise NotADistribution(f"{described(entry)}, not an object with token and logprob", place=place)
        tokens.append(_named(entry))
        numbers.append(entry["logprob"])
    if not isinstance(position.get("token"), str):
        return Listing(tokens, numbers)
    occurred = _named(position)
    if occurred not in tokens:
        return Listing(
            [*tokens, occurred], [*numbers, position.get("logprob")], frozenset({len(tokens)}), None, occurred
        )
    at = tokens.index(occurred)
    known = [number for number in numbers if isinstance(number, (int, float))]
    is_extra = is_least_extra and len(known) == len(numbers) > 1 and numbers[at] == min(known)
    return Listing(tokens, numbers, frozenset({at} if is_extra else ()), None, occurred)


def _named(entry: Mapping[str, Any]) -> str:
    """Returns the text of a token; with its bytes, if these are only a part of a character."""
    token, bytes_ = str(entry["token"]), entry.get("bytes")
    return f"{token} {bytes_}" if "\ufffd" in token and isinstance(bytes_, list) else token


def _of_vllm(position: Mapping[str, Any], place: Place) -> Listing:
    """Returns the tokens by id; those behind a gap in the ranks 1, 2, … are listed as they occurred."""
    ids = list(position)
    entries = list(position.values())
    if not all("logprob" in entry for entry in entries):
        raise NotADistribution("an entry without logprob", place=place)
    texts = [entry.get("decoded_token") for entry in entries]
    tokens = [text if isinstance(text, str) else id_ for id_, text in zip(ids, texts, strict=True)]
    ranks = [entry.get("rank") for entry in entries]
    extra: set[int] = set()
    if all(isinstance(rank, int) for rank in ranks):
        last = next(rank for rank in range(1, len(ranks) + 2) if rank not in ranks) - 1
        extra = {at for at, rank in enumerate(ranks) if rank > last}
    return Listing(tokens, [entry["logprob"] for entry in entries], frozenset(extra), ids)
