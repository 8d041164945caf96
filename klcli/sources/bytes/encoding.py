"""Text encodings: UTF-8 with or without a byte order mark, and UTF-16 with one."""

import codecs

from klcli.errors import Unreadable

__all__ = ["HEAD", "is_marked_utf16"]

HEAD = 1024  # bytes that are enough to recognise an encoding


def is_marked_utf16(name: str, head: bytes) -> bool:
    """Returns True if a text, by its first HEAD bytes, is UTF-16 with a byte order mark.

    Raises:
        Unreadable: it is UTF-16 without a mark, which shows as NUL in the same half of most pairs of bytes.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    little, big = head[1::2].count(0), head[::2].count(0)
    if 8 * max(little, big) > len(head) and 10 * min(little, big) < max(little, big):
        encoding = "utf-16le" if little > big else "utf-16be"
        hint = f"convert it, as with iconv -f {encoding} -t utf-8"
        raise Unreadable("UTF-16 without a byte order mark", place=name, hint=hint)
    return False
