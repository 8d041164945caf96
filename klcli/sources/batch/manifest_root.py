"""The root of a manifest: the folder where its paths start, and the check whether a path leaves it."""

import os
import stat
from functools import lru_cache

from klcli.notes import Note, file_outside
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.operands.read_options import Statuses

__all__ = ["look_at", "manifest_root"]


class _ManifestRoot:
    """A folder, "" for the working folder; the folders in it are resolved only once."""

    def __init__(self, folder: str) -> None:
        self._root = _real(folder)
        self._real_folder = lru_cache(1024)(self._resolved)

    def look(self, path: str) -> tuple[os.stat_result | None, bool]:
        """Returns the status of a path, None for a link, and True if it leads outside of the folder.

        A path that does not exist is not outside.
        """
        try:
            status = os.lstat(path)
        except (OSError, ValueError):  # a name that is too long, or holds NUL, cannot exist
            return None, False
        if stat.S_ISLNK(status.st_mode):
            return None, not _real(path).startswith(self._root) and os.path.exists(path)
        folder, slash, _ = path.rpartition("/")
        return status, not self._real_folder(folder or slash).startswith(self._root)

    def _resolved(self, folder: str) -> str:
        """Returns the real path of a folder, from that of the folder above, which many share."""
        above, _, name = folder.rpartition("/")
        if name in ("", ".", "..") or not above or os.path.islink(folder):
            return _real(folder)
        return f"{self._real_folder(above)}{name}{os.sep}"


@lru_cache(8)
def manifest_root(folder: str) -> _ManifestRoot:
    """Returns the root for a folder, the same object on each call."""
    return _ManifestRoot(folder)


def look_at(entry: BatchEntry) -> tuple[Statuses, tuple[Note, ...]]:
    """Returns the statuses of the files of a pair, and a note for each file outside of its root."""
    if entry.root is None:
        return (None, None), ()
    look = manifest_root(entry.root).look
    p_status, is_p_outside = look(entry.p)
    q_status, is_q_outside = look(entry.q) if entry.q else (None, False)
    if not (is_p_outside or is_q_outside):
        return (p_status, q_status), ()
    outside = [path for path, is_outside in ((entry.p, is_p_outside), (entry.q or "", is_q_outside)) if is_outside]
    return (p_status, q_status), tuple(map(file_outside, outside))


def _real(path: str) -> str:
    """Returns the real path with a slash at its end, a prefix of the paths in it."""
    return os.path.join(os.path.realpath(path), "")
