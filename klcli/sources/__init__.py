"""From words to distributions: one file an input format."""

from klcli.sources import arrays as arrays
from klcli.sources import delimited as delimited
from klcli.sources import json_document as json_document
from klcli.sources import parquet as parquet
