"""Manifests: a table of pairs, one per row, in CSV, JSON or JSON lines, distinguished by the first character.

The columns, or fields, are `p`, `q` (absent if one operand holds both), also called `reference` and `candidate`,
`name`, `limits` (such as forward_kl<0.1), and any setting of a pair. Paths are relative to the folder of the manifest.
An invalid row is an error of its own pair; an error that makes every row unreadable is raised. Rows are read lazily, so
a manifest may have any length.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from klcli.engines.address import is_address, within
from klcli.errors import InputError, KlError, Place, Unreadable
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.manifest_rows import opened, rows
from klcli.sources.bytes.files import is_stream
from klcli.support.text.safe_text import shorten

__all__ = ["Manifest"]

_NOT_A_PATH = re.compile(r"[,=\[{(]")  # frequent in inline distributions, rare in paths
_RELATION = re.compile(r"\s*(?:<=|<|=)\s*")
_SEPARATOR = re.compile(r"[;,\s]+")


class Manifest:
    """The pairs that a manifest lists, in its order; "-" is standard input.

    Raises:
        Unreadable: on iteration, if it cannot be opened, has an unknown column, or lists no pair.
    """

    def __init__(self, word: str) -> None:
        self.name = "stdin" if word == "-" else word
        self._word = word
        self.is_stream = word == "-" or is_stream(word)  # which is read once
        self._root = "" if self.is_stream else os.path.dirname(word)
        self._folder = self._root and os.path.join(self._root, "")

    def __iter__(self) -> Iterator[BatchEntry]:
        with opened(self._word, self.name) as stream:
            is_empty = True
            for row in rows(stream, self.name):
                is_empty = False
                yield self._entry(*row)
            if is_empty:
                raise Unreadable("empty: there are no pairs", place=self.name)

    def count(self) -> int | None:
        """Returns the number of pairs; None if that cannot be known beforehand."""
        if self.is_stream:
            return None
        with opened(self._word, self.name) as stream:
            return sum(1 for _ in rows(stream, self.name))

    def _entry(self, place: Place, row: Mapping[str, Any] | KlError) -> BatchEntry:
        name = str(place._replace(source=""))
        if isinstance(row, KlError):
            return BatchEntry(name, "", None, place=place, error=row)
        fields = dict(row)
        try:
            given = _text("name", fields.pop("name", ""))
            name = given or name
            p, p_path = self._operand("p", fields.pop("p", ""))
            q, q_path = self._operand("q", fields.pop("q", ""))
            if not p:
                raise InputError("there is no operand p")
            limits = _limits(fields.pop("limits", "")) if fields else ()
            options = tuple((key, _text(key, value)) for key, value in fields.items() if value not in ("", None))
            return BatchEntry(
                given or (f"{p} vs {q}" if q else p), p_path, q_path or None, options, limits, place, self._root
            )
        except KlError as error:
            return BatchEntry(name, "", None, place=place, error=error.at(place))

    def _operand(self, key: str, value: object) -> tuple[str, str]:
        """Returns an operand as it is written, and as it is loaded."""
        word = json.dumps(value) if isinstance(value, (list, dict)) else _text(key, value)
        if word == "-":
            raise InputError(
                f"{key} is -, but standard input cannot be an operand of a manifest", hint="save it to a file"
            )
        return word, self._path(word) if word else ""

    def _path(self, word: str) -> str:
        """Returns a path, or that in an address, joined to the folder of the manifest; others unchanged."""
        if not self._folder:
            return word
        if is_address(word):
            return within(self._folder, word)
        path = word if word.startswith("/") else self._folder + word
        return word if _NOT_A_PATH.search(word) and not os.path.exists(path) else path


def _text(key: str, value: object) -> str:
    if isinstance(value, str):
        return " ".join(_words(value)) if key == "measure" else value.strip()
    if value is None:
        return ""
    if isinstance(value, list) and key in ("measure", "label", "null"):
        return (" " if key == "measure" else ",").join(map(str, value))
    if isinstance(value, bool) and key in ("header", "estimate"):
        return str(value).lower()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{key} is {shorten(json.dumps(value))}, not a text")
    return str(value)


def _limits(value: object) -> tuple[str, ...]:
    """Returns limits as "forward_kl=0.1", from a cell such as "forward_kl<0.1; jeffreys<0.2", an array or object.

    Raises:
        InputError: one of several in a cell has no measure, as the decimals behind a comma have none.
    """
    match value:
        case None | "":
            return ()
        case dict():
            return tuple(f"{measure}={bound}" for measure, bound in value.items())
        case list():
            return tuple(limit for item in value for limit in _limits(item))
        case _:
            limits = _words(_RELATION.sub("=", str(value)))
            unnamed = [limit for limit in limits if "=" not in limit]
            if unnamed and len(limits) > 1:
                raise InputError(
                    f"limits is {shorten(str(value))!r}, where {shorten(unnamed[-1])!r} has no measure",
                    hint="write a decimal point, and name the measure of each limit: forward_kl<0.1; jeffreys<0.2",
                )
            return limits


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in _SEPARATOR.split(text) if word)
