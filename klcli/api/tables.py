"""Drift between two tables, and profiles of tables, from Python."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klcli.errors import UsageError
from klcli.support.optional_package import need
from klcli.support.python_terms import in_settings
from klcli.support.text.text_table import Shown, TextTable

if TYPE_CHECKING:
    from klcli.engines.countable import Countable
    from klcli.reports.pictures.model import View
    from klcli.runs.drift.results import ColumnDrift, DriftResult
    from klcli.sources.drift.settings import DriftSettings, Written

__all__ = ["DriftReport", "drift", "profile"]

_ON_COLUMNS = ("columns", "exclude", "allow_missing", "pairs", "types", "limits")


class DriftReport(Shown):
    """The drift of every column of a reference: `report["plan"].status`, `.columns`, `.to_pandas()`, `.to_dict()`."""

    def __init__(self, result: "DriftResult") -> None:
        self.result = result

    @property
    def columns(self) -> "list[ColumnDrift]":
        """The columns, the worst first."""
        return self.result.columns

    @property
    def exit_code(self) -> int:
        """The exit code of `kl drift`: 0 every limit kept, 1 a limit exceeded, 3 a column could not be judged."""
        from klcli.reports.drift.document import exit_code

        return int(exit_code(self.result))

    def __getitem__(self, name: str) -> "ColumnDrift":
        for each in self.columns:
            if each.name == name:
                return each
        raise KeyError(name)

    def __iter__(self) -> "Iterator[ColumnDrift]":
        return iter(self.columns)

    def to_dict(self) -> dict[str, object]:
        """Returns the JSON document of `kl drift -f json`, with plain values."""
        from klcli.reports.drift.document import drift_document

        return drift_document(self.result)

    def to_pandas(self) -> Any:
        """Returns a pandas DataFrame with a row for each column."""
        frame = need("pandas", purpose="to_pandas").DataFrame
        return frame([self._record(each) for each in self.columns])

    def _record(self, each: "ColumnDrift") -> dict[str, object]:
        decision = each.counted.decision
        return {
            "column": each.name, "status": each.status.value, "kind": None if decision is None else decision.kind.value,
            **each.measures, **{f"{name}_error": error for name, error in each.errors.items()},
            "noise": each.noise.get("jeffreys"), "p_adjusted": each.p_adjusted,
            "missing_change": each.missing_change, "unseen": each.unseen, "reason": each.why,
        }  # fmt: skip

    def __repr__(self) -> str:
        from klcli.reports.drift.report import drift_summary

        return f"<DriftReport {drift_summary(self.result).sentence}>"

    def _text_table(self) -> TextTable:
        from klcli.reports.drift.columns import drift_cases
        from klcli.reports.drift.report import drift_summary

        cases = drift_cases(self.result)
        rows = [(case.status.value, *row) for row, case in zip(cases.rows, cases.cases, strict=True)]
        titles = ("status", *(each.title for each in cases.columns))
        return TextTable(drift_summary(self.result).sentence, titles, rows)

    def views(self) -> "tuple[View, ...]":
        """Returns the pictures: the ranking of the columns, then their distributions."""
        from klcli.reports.drift.pictures import drift_picture

        if self.result.settings.preset is not None:
            raise UsageError("the numbers of a preset have no picture", hint="leave out preset")
        return drift_picture(self.result).views()


def drift(
    reference: Any, current: Any, *, limits: str | float | Sequence[str | float] | Mapping[str, float] | None = None,
    types: Mapping[str, str] | None = None,
    config: str | os.PathLike[str] | None = None, **settings: Any,
) -> DriftReport:  # fmt: skip
    """Returns the drift of each column between two tables.

    Args:
        reference, current: Paths, as on the command line, profiles included; texts of profiles; DataFrames of pandas
            or polars, pyarrow Tables, or mappings from names to sequences.
        limits: As `--limit`, one or several: 0.2, "jeffreys=0.2", "amount*:ks=0.1"; or a mapping from measures to
            limits.
        types: Kinds by column or pattern, as `--type`.
        config: A settings file, whose table [drift] holds where nothing is passed here; none is searched for.
        settings: As in the table [drift]: measure, bins, alpha, adjust, min_rows, missing, columns, exclude, pairs, …;
            None is the default.

    Raises:
        InputError (a ValueError): A table cannot be read. UsageError (a ValueError): A setting is wrong.
    """
    from klcli.runs.drift.run import drift as run
    from klcli.sources.drift.layers import drift_layers

    if isinstance(limits, Mapping):
        words = tuple(f"{name}={value}" for name, value in limits.items())
    else:
        several = () if limits is None else limits
        words = tuple(map(str, [several] if isinstance(several, str) or not hasattr(several, "__iter__") else several))
    tables: list[Countable] = []
    try:
        with in_settings():
            if not (config is None or isinstance(config, (str, os.PathLike))):
                raise UsageError(f"config: {config!r} is not a path", hint='as in config="kl.toml"')
            file = Path(os.devnull if config is None else config)
            chosen = _in_terms_of_calls(drift_layers(settings, types or {}, words, file).settings)
            for side, name, written in ((reference, "reference", chosen.p), (current, "current", chosen.q)):
                tables.append(_opened(side, name, written))
            return DriftReport(run(tables[0], tables[1], chosen))
    finally:
        for table in tables:
            table.close()


def profile(table: Any, *, types: Mapping[str, str] | None = None, hash_labels: bool = False, **settings: Any) -> str:
    """Returns the profile of a table as the text of a *.kl.json file; arguments and errors as in `drift`."""
    from klcli.engines.profile_table import profile_of
    from klcli.runs.drift.matching import profiled
    from klcli.sources.drift.layers import drift_layers
    from klcli.support.version import __version__

    with in_settings():
        chosen = _in_terms_of_calls(drift_layers(settings, types or {}, (), Path(os.devnull)).settings)
        opened = _opened(table, "table", chosen.p)
    try:
        with in_settings():
            return profile_of(opened, profiled(opened, chosen), hashes=hash_labels).text(__version__)
    finally:
        opened.close()


def _in_terms_of_calls(settings: "DriftSettings") -> "DriftSettings":
    """Returns settings whose patterns of columns are at arguments, where they stand in no file."""
    return replace(settings, origins={**{(name, ""): name for name in _ON_COLUMNS}, **settings.origins})


def _opened(side: Any, name: str, written: "Written") -> "Countable":
    from klcli.sources.tables.open_table import open_frame, open_table, text_table

    if isinstance(side, str) and (side.lstrip()[:1] == "{" or "\n" in side):
        return text_table(side, name)
    if isinstance(side, (str, os.PathLike)):
        return open_table(os.fspath(side), written.options)
    return open_frame(side, name, written.options)
