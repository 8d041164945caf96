"""A commented kl.toml for `kl drift`, from the kinds of the columns of a reference."""

import json
import re
from collections.abc import Iterable

from klcli.engines.countable import Countable
from klcli.runs.drift.matching import decisions_of
from klcli.sources.drift.settings import DEFAULT_LIMITS, DriftSettings, matches
from klcli.support.text.safe_text import exact, visible

__all__ = ["settings_file"]

_HEAD = """\
# Settings of `kl drift`, for {name}; the command line overrides them.
[drift]
# measure = ["jeffreys", "jensen_shannon"]
# bins = "quantile:10"
# alpha = 0.05             # chance of any false alarm in a run
# adjust = "holm"
# min_rows = 50
# missing = "apart"        # or bin, drop, fail
# exclude = ["*_id"]
"""
_WILDCARD = re.compile(r"[*?[]")


def settings_file(table: Countable, settings: DriftSettings) -> str:
    """Returns the text of a settings file that pins the kinds of the columns of a table."""
    chosen = [column for column in table.columns if settings.is_chosen(column.name)]
    decisions = decisions_of(table, chosen, table.facts(chosen), settings)
    lines = [_HEAD.format(name=visible(table.name)), "[drift.types]"]
    for name, decision in decisions.items():
        mark = "# " if decision.kind.value == "empty" else ""
        lines.append(f'{mark}{_key(name, decisions)} = "{decision.kind.value}"  # {visible(decision.why)}')
    lines += ["", "[drift.limits]"]
    lines += [f"{limit.measure} = {exact(limit.limit)}" for limit in DEFAULT_LIMITS]
    lines += ["", '# [drift.limits."amount*"]', "# wasserstein_sd = 0.1", ""]
    return "\n".join(lines)


def _key(name: str, names: Iterable[str]) -> str:
    """Returns the name of a column as a key of TOML, and as a pattern that matches no other column."""
    if any(matches(other, (name,)) for other in names if other != name):
        name = _WILDCARD.sub(r"[\g<0>]", name)
    quoted = json.dumps(name, ensure_ascii=False)  # each escape of JSON is one of TOML
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in quoted)
