"""Renders reports in the formats that `renderers` registers: looks a format up, begins it, makes a whole report."""

import os

from klcli.errors import UsageError
from klcli.reports.format import Format, Style
from klcli.reports.renderers import FORMATS
from klcli.reports.report import Head, Report

__all__ = ["begun", "format_of_path", "render"]


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
    made, first = begun(name, head or report.head("kl"), style)
    try:
        texts = [first, *map(made.part, report.parts), *made.end(report.ending)]
    finally:
        made.close()
    binary = [text for text in texts if isinstance(text, bytes)]
    return b"".join(binary) if binary else "".join(texts)
