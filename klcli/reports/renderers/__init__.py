"""From reports to text: one file for each output format, imported when its name is asked for."""

from klcli.reports.renderers.renderer import RENDERERS

__all__ = ["RENDERERS"]


@RENDERERS.loads("table")
def _table() -> object:
    from klcli.reports.renderers import table

    return table


@RENDERERS.loads("json", "jsonl")
def _json_text() -> object:
    from klcli.reports.renderers import json_text

    return json_text


@RENDERERS.loads("csv", "tsv")
def _delimited_text() -> object:
    from klcli.reports.renderers import delimited_text

    return delimited_text


@RENDERERS.loads("markdown")
def _markdown() -> object:
    from klcli.reports.renderers import markdown

    return markdown


@RENDERERS.loads("value")
def _value() -> object:
    from klcli.reports.renderers import delimited_text

    return delimited_text
