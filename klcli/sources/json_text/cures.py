"""Cures for JSON of another shape than a distribution has, as services and data frames write it."""

import json
import re
from collections.abc import Sequence
from shlex import quote
from typing import Any

from klcli.errors import Unreadable
from klcli.sources.json_text.responses import error_of, is_whole_response
from klcli.sources.json_text.values import WrittenNumber
from klcli.support.sentence import Command, Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = ["are_named_lists", "cure_of_shape", "named_distributions", "refuse_response"]

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_RECORDS = "pandas writes records with to_json(orient='records')"


def refuse_response(document: dict[str, Any], name: str) -> None:
    """Refuses what a service of language models answered, where one distribution is wanted.

    Raises:
        Unreadable: it is a response, a line of a batch of them, or an error in its place.
    """
    if is_whole_response(document):
        raise Unreadable(
            "a response with log-probabilities of many tokens, not one distribution",
            place=name,
            hint=Command("rows", "P", "Q") + " compares it token by token",
        )
    error = error_of(document)
    if error is not None:
        raise Unreadable(f"the service answered with an error: {shorten(error)}", place=name)


def cure_of_shape(document: object) -> str | None:
    """Returns how the distribution in a parsed document is reached; None if its shape does not tell."""
    if isinstance(document, list):
        are_pairs = bool(document) and all(isinstance(each, list) and len(each) == 2 for each in document)
        return "make records of it: jq 'map({label: .[0], n: .[1]})'" if are_pairs else None
    if not isinstance(document, dict):
        return None
    if {"columns", "data"} <= document.keys() and _has_lists(document["data"]):
        return _RECORDS
    named = named_distributions(document)
    if named:
        return Sentence(
            "name the distribution with ",
            Option("--p"),
            " or ",
            Option("--q"),
            ", as in ",
            Option("--p", named[0]),
        )
    if document and all(isinstance(each, dict) for each in document.values()):
        return _RECORDS
    lists = [key for key, each in document.items() if isinstance(each, list)]
    numbers = [key for key in lists if _are_numbers(document[key])]
    masses = numbers[-1] if numbers else ""
    labels = [key for key in lists if key != masses and numbers and len(document[key]) == len(document[masses])]
    if labels:
        label = next((key for key in labels if key not in numbers), labels[0])
        columns = f"[{_path(label)}, {_path(masses)}]"
        return f"make records of it: jq {quote(f'{columns} | transpose | map({{label: .[0], n: .[1]}})')}"
    inner = [key for key, each in document.items() if isinstance(each, (list, dict))]
    return f"if {inner[0]!r} holds it: jq {quote(_path(inner[0]))}" if len(inner) == 1 else None


def named_distributions(document: object) -> list[str]:
    """Returns the keys of an object of two or more distributions, each label → number; else an empty list."""
    if not isinstance(document, dict) or len(document) < 2:
        return []
    are_all = all(isinstance(each, dict) and each and _are_numbers(list(each.values())) for each in document.values())
    return list(document) if are_all else []


def are_named_lists(document: object) -> bool:
    """Returns True for an object of two or more arrays of numbers, as of distributions by name."""
    if not isinstance(document, dict) or len(document) < 2:
        return False
    return all(isinstance(each, list) and _are_numbers(each) for each in document.values())


def _has_lists(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def _are_numbers(values: Sequence[object]) -> bool:
    return bool(values) and all(type(each) in (int, float, WrittenNumber) for each in values)


def _path(key: str) -> str:
    """Returns the path of a key in jq."""
    return f".{key}" if _NAME.fullmatch(key) else f".[{json.dumps(key)}]"
