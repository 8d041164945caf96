"""Strict JSON: infinity is the string "Infinity", NaN does not occur, and no character in it can control a terminal."""

import json
import re
from collections.abc import Mapping
from math import isinf

from klcli.reports.renderers.renderer import Style, renderer
from klcli.reports.report import Report

__all__ = ["dumps", "render_json", "render_json_lines"]

# what json.dumps leaves as it is, though a terminal would obey it; these stand only inside strings
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False).encode


@renderer("json", summary="one strict JSON document")
def render_json(report: Report, style: Style) -> str:
    """Returns the document, indented."""
    return f"{dumps(report.document, indent=2)}\n"


@renderer("jsonl", summary="JSON lines: one result on each")
def render_json_lines(report: Report, style: Style) -> str:
    """Returns the document on one line, or each of its lines."""
    return "".join(f"{dumps(line)}\n" for line in report.lines or (report.document,))


def dumps(value: object, *, indent: int | None = None) -> str:
    """Returns a value as strict JSON, on one line unless it is indented."""
    encode = _encode if indent is None else json.JSONEncoder(indent=indent, ensure_ascii=False, allow_nan=False).encode
    try:
        text = encode(value)
    except (TypeError, ValueError):  # it holds an infinity, or a mapping that is no dict
        text = encode(_strict(value))
    if text.isascii() and "\x7f" not in text:
        return text
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _strict(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(item) for item in value]
    if isinstance(value, float) and isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
