"""From words and bytes to distributions: one file for each input format, imported when its name or suffix comes up."""

from klcli.sources.reader import READERS

__all__ = ["READERS"]


@READERS.loads("csv")
def _delimited() -> object:
    from klcli.sources.text import delimited

    return delimited


@READERS.loads("json", "jsonl")
def _document() -> object:
    from klcli.sources.json_text import document

    return document


@READERS.loads("npy", "npz")
def _arrays() -> object:
    from klcli.sources.binary import arrays

    return arrays


@READERS.loads("parquet")
def _parquet() -> object:
    from klcli.sources.binary import parquet

    return parquet
