"""From words to distributions: one file an input format, imported when its name or suffix comes up."""

from klcli.sources.reader import READERS

__all__ = ["READERS"]

READERS.declare(
    csv="klcli.sources.delimited",
    json="klcli.sources.json_document",
    jsonl="klcli.sources.json_document",
    npy="klcli.sources.arrays",
    npz="klcli.sources.arrays",
    parquet="klcli.sources.parquet",
)
