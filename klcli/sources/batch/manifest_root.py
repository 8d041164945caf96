"""The folder of a manifest: where its paths start, and whether one of them leaves it."""

import os
import stat
from functools import lru_cache

from klcli.notes import Note, file_outside
from klcli.sources.batch.batch_entry import Entry
from klcli.sources.operands.read_options import Statuses

__all__ = ["look_at", "tree_of"]


class _Tree:
    """What stands under a folder, which may be "" for that where kl runs; the folders in it are looked at once."""

    def __init__(self, folder: str) -> None:
        self._root = _real(folder)
        self._real_folder = lru_cache(1024)(self._resolved)

    def look(self, path: str) -> tuple[os.stat_result | None, bool]:
        """Returns the status of what stands at a path, where that is no link, and whether it stands outside.

        What does not exist stands nowhere.
        """
        try:
            status = os.lstat(path)
        except (OSError, ValueError):  # a name too long, or with a NUL, is no file
            return None, False
        if stat.S_ISLNK(status.st_mode):
            return None, not _real(path).startswith(self._root) and os.path.exists(path)
        folder, slash, _ = path.rpartition("/")
        return status, not self._real_folder(folder or slash).startswith(self._root)

    def _resolved(self, folder: str) -> str:
        """The real path of a folder, by that of the folder above, which many have in common."""
        above, _, name = folder.rpartition("/")
        if name in ("", ".", "..") or not above or os.path.islink(folder):
            return _real(folder)
        return f"{self._real_folder(above)}{name}{os.sep}"


@lru_cache(8)
def tree_of(folder: str) -> _Tree:
    """Returns the tree of a folder, the same each time."""
    return _Tree(folder)


def look_at(entry: Entry) -> tuple[Statuses, tuple[Note, ...]]:
    """Returns what is known of the files of a pair before they are read, and a note for each outside of its tree."""
    if entry.tree is None:
        return (None, None), ()
    look = tree_of(entry.tree).look
    p_status, is_p_outside = look(entry.p)
    q_status, is_q_outside = look(entry.q) if entry.q else (None, False)
    if not (is_p_outside or is_q_outside):
        return (p_status, q_status), ()
    outside = [path for path, is_outside in ((entry.p, is_p_outside), (entry.q or "", is_q_outside)) if is_outside]
    return (p_status, q_status), tuple(map(file_outside, outside))


def _real(path: str) -> str:
    """The real path, with a slash at its end, so that what stands within begins with it."""
    return os.path.join(os.path.realpath(path), "")
