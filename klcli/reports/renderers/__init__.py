"""Output formats, one file each, imported when the name is looked up.

A name or an alias is also the suffix by which `-o FILE` chooses the format.
"""

from klcli.reports.format import FORMATS

__all__ = ["FORMATS"]


FORMATS.answer("yaml", "yml", "toml", hint="json is nearest; yq -P makes YAML of it: kl … -f json | yq -P")
FORMATS.answer("excel", "xlsx", "xls", "ods", hint="csv is what spreadsheets open")
FORMATS.answer(
    "pretty", "plain", "human", "console", "ascii", "grid", hint="table is the one for people, and the default"
)
FORMATS.answer("parquet", "arrow", "feather", hint="csv and jsonl carry every digit; duckdb makes Parquet of them")


@FORMATS.loads("table", aliases=("txt", "text"))
def _table() -> object:
    from klcli.reports.renderers import table

    return table


@FORMATS.loads("json")
def _json_text() -> object:
    from klcli.reports.renderers import json_text

    return json_text


FORMATS.loads("jsonl", aliases=("ndjson", "jsonlines"))(_json_text)


@FORMATS.loads("csv", "tsv")
def _delimited_text() -> object:
    from klcli.reports.renderers import delimited_text

    return delimited_text


@FORMATS.loads("markdown", aliases=("md",))
def _markdown() -> object:
    from klcli.reports.renderers import markdown

    return markdown


@FORMATS.loads("latex", aliases=("tex",))
def _latex() -> object:
    from klcli.reports.renderers import latex

    return latex


FORMATS.loads("value")(_delimited_text)


@FORMATS.loads("junit", aliases=("xml",))
def _junit() -> object:
    from klcli.reports.renderers import junit

    return junit


@FORMATS.loads("github")
def _github() -> object:
    from klcli.reports.renderers import github

    return github


FORMATS.loads("step_summary")(_markdown)


@FORMATS.loads("npy")
def _npy() -> object:
    from klcli.reports.renderers import npy

    return npy


@FORMATS.loads("html")
def _html_page() -> object:
    from klcli.reports.renderers import html_page

    return html_page


@FORMATS.loads("svg", "png", "pdf")
def _plot() -> object:
    from klcli.reports.renderers import plot

    return plot
