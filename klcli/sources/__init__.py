"""From words and bytes to distributions and rows: one module per input format, imported when it is needed."""

from klcli.sources.formats.input_format import INPUT_FORMATS

__all__ = ["INPUT_FORMATS"]


@INPUT_FORMATS.loads("csv")
def _delimited() -> object:
    from klcli.sources.text import delimited

    return delimited


@INPUT_FORMATS.loads("json", "jsonl")
def _json() -> object:
    from klcli.sources.json_text import document

    return document


@INPUT_FORMATS.loads("npy", "npz")
def _numpy_files() -> object:
    from klcli.sources.binary import numpy_files

    return numpy_files


@INPUT_FORMATS.loads("safetensors")
def _safetensors() -> object:
    from klcli.sources.binary import safetensors

    return safetensors


@INPUT_FORMATS.loads("parquet")
def _parquet() -> object:
    from klcli.sources.binary import parquet

    return parquet


@INPUT_FORMATS.loads("arrow")
def _arrow() -> object:
    from klcli.sources.binary import arrow_files

    return arrow_files


@INPUT_FORMATS.loads("xlsx")
def _excel() -> object:
    from klcli.sources.binary import excel

    return excel


@INPUT_FORMATS.loads("sqlite", "duckdb")
def _databases() -> object:
    from klcli.sources.binary import databases

    return databases


@INPUT_FORMATS.loads("llama")
def _llama_base() -> object:
    from klcli.sources.binary import llama_base

    return llama_base
