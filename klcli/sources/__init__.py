"""From words to distributions: one file an input format, imported when its name or suffix comes up."""

from klcli.sources.reader import READERS

__all__ = ["READERS"]

READERS.declare(
    csv="klcli.sources.text.delimited",
    json="klcli.sources.json_text.document",
    jsonl="klcli.sources.json_text.document",
    npy="klcli.sources.binary.arrays",
    npz="klcli.sources.binary.arrays",
    parquet="klcli.sources.binary.parquet",
)
