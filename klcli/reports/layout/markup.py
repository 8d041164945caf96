"""Escaping for GitHub-flavoured Markdown."""

import re
from collections.abc import Sequence

from klcli.reports.cell_texts import texts_of
from klcli.support.text.safe_text import visible

__all__ = ["escaped", "escaped_texts"]

# characters that GitHub reads as markup, a formula or an address; an underscore inside a word is literal
_MARKUP = re.compile(r"[\\`*\[\]<|~#&$]|:(?=//)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def escaped(text: str) -> str:
    """Returns the text with every character escaped that GitHub would read as markup."""
    return _MARKUP.sub(r"\\\g<0>", visible(text))


def escaped_texts(texts: Sequence[str]) -> Sequence[str]:
    """Returns each text escaped; where none holds markup, which one search finds out, the texts as they are."""
    whole = " ".join(texts)
    return texts if whole.isprintable() and not _MARKUP.search(whole) else texts_of(texts, escaped)
