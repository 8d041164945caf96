"""From reports to text: one file an output format, imported when its name is asked for."""

from klcli.renderers.renderer import RENDERERS

RENDERERS.declare(
    table="klcli.renderers.table",
    json="klcli.renderers.json_text",
    jsonl="klcli.renderers.json_text",
    csv="klcli.renderers.delimited_text",
    tsv="klcli.renderers.delimited_text",
    markdown="klcli.renderers.markdown",
    value="klcli.renderers.delimited_text",
)

__all__ = ["RENDERERS"]
