"""From reports to text: one file an output format, imported when its name is asked for."""

from klcli.reports.renderers.renderer import RENDERERS

RENDERERS.declare(
    table="klcli.reports.renderers.table",
    json="klcli.reports.renderers.json_text",
    jsonl="klcli.reports.renderers.json_text",
    csv="klcli.reports.renderers.delimited_text",
    tsv="klcli.reports.renderers.delimited_text",
    markdown="klcli.reports.renderers.markdown",
    value="klcli.reports.renderers.delimited_text",
)

__all__ = ["RENDERERS"]
