"""A baseline renewed: the profile of the table that was compared with it, written over it."""

import os

from klcli.cli.answer import write_answer
from klcli.engines.countable import Countable
from klcli.engines.profile_table import ProfileTable, profile_of
from klcli.errors import ExitCode, UsageError
from klcli.notes.wording import listing, plural
from klcli.runs.batch_results import Status
from klcli.runs.drift.matching import decisions_of
from klcli.runs.drift.results import DriftResult
from klcli.sources.drift.settings import DriftSettings
from klcli.support.streams.stdio import say
from klcli.support.version import __version__
from klcli.tables.table_profile import Profile

__all__ = ["refuse_no_baseline", "renew", "renewed"]


def refuse_no_baseline(reference: Countable, path: str, settings: DriftSettings) -> None:
    """Refuses to renew what is not the file of a profile, or holds columns that would be renewed unjudged.

    Raises:
        UsageError: it is not such a file, or holds such columns.
    """
    if not isinstance(reference, ProfileTable) or not os.path.isfile(path):
        raise UsageError(
            f"--update-baseline: {reference.name} is not the file of a profile", hint="make it with kl profile"
        )
    unjudged = [each.name for each in reference.columns if not settings.is_chosen(each.name)]
    if unjudged:
        raise UsageError(
            f"--update-baseline: {path} also holds columns that are left out here: {listing(unjudged)}",
            hint="leave out --columns and --exclude, in kl.toml, too, or make the baseline of the columns that are "
            "judged: kl profile TABLE --columns NAMES -o BASE.kl.json",
        )


def renewed(reference: Countable, current: Countable, settings: DriftSettings) -> Profile:
    """Returns the profile of the current table, with the kinds of the reference, and of columns that this lacks."""
    assert isinstance(reference, ProfileTable)
    if isinstance(current, ProfileTable):
        return current.profile
    known = reference.decisions
    new = [each for each in current.columns if each.name not in known and settings.is_chosen(each.name)]
    decisions = decisions_of(current, new, current.facts(new), settings) if new else {}
    kept = {each.name: known[each.name] for each in current.columns if each.name in known}
    return profile_of(current, kept | decisions, hashes=bool(reference.salt))


def renew(
    path: str, profile: Profile, result: DriftResult, code: ExitCode, where: str, *, quiet: bool
) -> ExitCode:  # fmt: skip
    """Writes a new baseline over the old one, and notes what changes; not if a column could not be judged.

    Args:
        where: The condition on the rows of the current table, empty for all. quiet: Print no note.
    """
    if code is ExitCode.BAD_DATA:
        say(f"error: {path} was not updated, as a column could not be judged")
        return code
    write_answer([profile.text(__version__)], path)
    if quiet:
        return ExitCode.OK
    moved = [each.name for each in result.columns if each.status in (Status.EXCEEDED, Status.CHANGED)]
    lost = [each.name for each in result.columns if each.counted.column_q is None]
    chosen = f" where {' '.join(where.split())}" if where else ""
    parts = [f"{plural(result.q.rows, 'row')} of {result.q.name}{chosen}, before {result.p.rows:,}"]
    parts += [f"changed: {listing(moved)}" if moved else "no column changed beyond noise"]
    parts += [f"new: {listing(result.new_columns)}"] if result.new_columns else []
    parts += [f"left out: {listing(lost)}"] if lost else []
    say(f"note: {path} was updated: {'; '.join(parts)}")
    return ExitCode.OK
