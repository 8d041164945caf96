"""Renders reports in the formats that `renderers` registers: looks a format up, begins it, makes a whole report."""

import os
from collections.abc import Iterator

from klcli.errors import UsageError
from klcli.reports.format import Format, Style
from klcli.reports.renderers import FORMATS
from klcli.reports.report import Head, Report

__all__ = ["begun", "format_of_path", "render", "rendered"]

_BLOCK = 1 << 16  # characters of text that are joined before they are written


def format_of_path(path: str) -> str | None:
    """Returns the name of the format whose name or alias is the suffix of a path; None if no format has it."""
    suffix = os.path.splitext(path)[1].removeprefix(".")
    return FORMATS.lookup(suffix).name if suffix and suffix in FORMATS else None


def begun(name: str, head: Head, style: Style) -> tuple[Format, str]:
    """Returns a format, ready for the parts of a report, and the text before the first part.

    Raises:
        UnknownName: No format has this name. UsageError: The format can show none of the parts to come.
    """
    kind = FORMATS.lookup(name)
    if not head.kinds & kind.shows:
        able = [each.name for each in FORMATS if head.kinds & each.shows]
        found, hint = f"{head.noun} have no {kind.title} form", f"the formats for them are {', '.join(able)}"
        if "verdicts" in kind.shows and head.limit_option:
            found = f"{head.noun} without {head.limit_option} have no {kind.title} form"
            hint = f"{hint}; {kind.title} shows limits, which {head.limit_option} sets"
        raise UsageError(found, hint=hint)
    made = kind(style)
    return made, made.begin(head)


def render(report: Report, name: str, style: Style, head: Head | None = None) -> str | bytes:
    """Returns a whole report as text that ends in a line feed, or as bytes.

    Raises:
        UnknownName, UsageError: As `begun`.
    """
    texts = list(rendered(report, name, style, head))
    binary = [text for text in texts if isinstance(text, bytes)]
    return b"".join(binary) if binary else "".join(text for text in texts if isinstance(text, str))


def rendered(report: Report, name: str, style: Style, head: Head | None = None) -> Iterator[str | bytes]:
    """Yields a report as text, in blocks, so that a long one is never held as a whole, or as bytes.

    Raises:
        UnknownName, UsageError: As `begun`.
    """
    made, first = begun(name, head or report.head("kl"), style)
    held, size = [first], len(first)
    try:
        for text in _texts(made, report):
            if isinstance(text, bytes):
                yield text
                continue
            held.append(text)
            size += len(text)
            if size >= _BLOCK:
                yield "".join(held)
                held, size = [], 0
    finally:
        made.close()
    yield "".join(held)


def _texts(made: Format, report: Report) -> Iterator[str | bytes]:
    for part in report.parts:
        yield from made.texts(part)
    yield from made.end(report.ending)
