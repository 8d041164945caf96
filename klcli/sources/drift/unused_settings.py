"""Settings of how tables are written and reached that neither table has a use for: a note says so."""

from collections.abc import Collection, Iterator, Sequence

from klcli.engines.countable import Countable, Form
from klcli.notes import Note, nulls_absent, options_without_effect
from klcli.sources.drift.setting_values import SIDES, WRITTEN

__all__ = ["unused_settings"]

_TYPED = frozenset({"null", "na"})
_OF_FILES = _TYPED | {"format"}
_REACHED = ("timeout", "engine")
# the fields of Written that the reader of each form looks at, and how an engine is reached
_USED = {
    Form.MEMORY: _TYPED, Form.STORE: _TYPED, Form.ARROW: _TYPED, Form.SQLITE: _TYPED, Form.PROFILE: frozenset(),
    Form.ENGINE: _TYPED | {"timeout"}, Form.SPARK: _TYPED | {"timeout", "engine"},
    Form.PARQUET: _OF_FILES, Form.JSON: _OF_FILES, Form.EXCEL: _TYPED | {"header", "decimal", "thousands"},
    Form.TEXT: _OF_FILES | {"header", "delimiter", "decimal", "thousands"},
}  # fmt: skip


def unused_settings(given: Collection[str], tables: Sequence[Countable]) -> Iterator[Note]:
    """Yields notes on the settings that no table, of those that they are for, has a use for.

    Args:
        given: Names of settings that this run was given itself, not by a settings file. tables: One, or P and Q.
    """
    unused: dict[tuple[str, ...], list[str]] = {}
    for name in (*WRITTEN, *SIDES, *_REACHED):
        if name not in given:
            continue
        side, field = SIDES.get(name, ("", name))
        field = WRITTEN[name][0] if name in WRITTEN else field
        concerned = [table.form for at, table in zip("pq", tables, strict=False) if side in ("", at)]
        if all(field not in _USED[form] for form in concerned):
            nouns = tuple(dict.fromkeys(form.value for form in concerned))
            unused.setdefault(nouns, []).append(f"--{name.replace('_', '-')}")
    for nouns, options in unused.items():
        yield options_without_effect(tuple(options), nouns)
    for name in ("null", "p_null", "q_null"):
        held = [table for at, table in zip("pq", tables, strict=False) if name in ("null", f"{at}_null")]
        if name in given and all("null" in _USED[table.form] for table in held):
            absent = [table.absent for table in held]
            texts = tuple(text for text in absent[0] if all(text in each for each in absent))
            if texts:
                names = tuple(dict.fromkeys(table.name for table in held))
                yield nulls_absent(texts, names, f"--{name.replace('_', '-')}")
