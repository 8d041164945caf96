"""From files to rows: one file a format, imported when its name, suffix or first bytes come up."""

from klcli.sources.rows.row_source import ROW_FORMATS

__all__ = ["ROW_FORMATS"]

ROW_FORMATS.declare(
    csv="klcli.sources.rows.delimited_rows",
    jsonl="klcli.sources.rows.json_rows",
    npy="klcli.sources.rows.numpy_rows",
    npz="klcli.sources.rows.numpy_rows",
    safetensors="klcli.sources.rows.safetensors_rows",
    parquet="klcli.sources.rows.parquet_rows",
    llama="klcli.sources.rows.llama_base",
)
