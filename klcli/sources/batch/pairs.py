"""The pairs of a batch, from the words on its command line."""

import os
from collections.abc import Iterator, Sequence
from typing import Protocol

from klcli.errors import Unreadable, UsageError
from klcli.sources.batch.batch_entry import BatchEntry
from klcli.sources.batch.folders import Folders, Reference
from klcli.sources.batch.manifest import Manifest
from klcli.support.sentence import Command, Option, Sentence

__all__ = ["Pairs", "pairs_of"]


class Pairs(Protocol):
    """Entries in order, read lazily; `name` describes them."""

    name: str

    def __iter__(self) -> Iterator[BatchEntry]: ...

    def count(self) -> int | None:
        """Returns the number of entries; None if that cannot be known beforehand."""
        ...


def pairs_of(words: Sequence[str], globs: Sequence[str] = (), *, allow_unpaired: bool = False) -> Pairs:
    """Returns the pairs of a manifest, of two folders, or of a reference and files.

    Args:
        globs, allow_unpaired: for two folders, which files count, and True if a file may lack a counterpart.

    Raises:
        UsageError: the words are none of these. Unreadable: beside a folder, the other word is no file or folder.
    """
    folders = [word for word in words if os.path.isdir(word)]
    if len(words) == 2 and len(folders) == 2:
        return Folders(words[0], words[1], globs, allow_unpaired=allow_unpaired)
    if len(words) == 1 and words[0].endswith(".toml"):
        raise UsageError(
            "settings, not a manifest",
            place=words[0],
            hint=Command("batch", "MANIFEST", Option("--config", words[0])),
        )
    if len(words) == 1 and not folders:
        return Manifest(words[0])
    if len(words) == 2 and folders:
        other = words[1] if words[0] in folders else words[0]
        if other != "-" and not os.path.lexists(other):
            raise Unreadable("no such folder", place=other, hint=f"{folders[0]} is compared with another folder")
    if folders:
        raise UsageError(
            "a folder",
            place=folders[0],
            hint=Sentence(Command("batch"), " compares two folders, or a reference with files: REF DIR/*"),
        )
    if not words:
        raise UsageError(
            "there is nothing to compare", hint=Command("batch", "pairs.csv") + ", REF_DIR CAND_DIR, or REF FILE..."
        )
    if "-" in words[1:]:
        raise UsageError(
            "standard input can be a manifest or the reference, but not a file to compare",
            hint=Command("batch", "-", "FILE...") + ", or save it to a file",
        )
    return Reference(words[0], words[1:])
