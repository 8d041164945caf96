"""From files to rows: one file for each format, imported when its name, suffix or first bytes come up."""

from klcli.sources.rows.row_source import ROW_FORMATS

__all__ = ["ROW_FORMATS"]


@ROW_FORMATS.loads("csv")
def _delimited_rows() -> object:
    from klcli.sources.rows import delimited_rows

    return delimited_rows


@ROW_FORMATS.loads("jsonl")
def _json_rows() -> object:
    from klcli.sources.rows import json_rows

    return json_rows


@ROW_FORMATS.loads("npy", "npz")
def _numpy_rows() -> object:
    from klcli.sources.rows import numpy_rows

    return numpy_rows


@ROW_FORMATS.loads("safetensors")
def _safetensors_rows() -> object:
    from klcli.sources.rows import safetensors_rows

    return safetensors_rows


@ROW_FORMATS.loads("parquet")
def _parquet_rows() -> object:
    from klcli.sources.rows import parquet_rows

    return parquet_rows


@ROW_FORMATS.loads("llama")
def _llama_base() -> object:
    from klcli.sources.rows import llama_base

    return llama_base
