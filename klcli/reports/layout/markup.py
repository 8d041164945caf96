"""Escaping for GitHub-flavoured Markdown."""

import re

from klcli.support.safe_text import visible

__all__ = ["escaped"]

# characters that GitHub reads as markup, a formula or an address; an underscore inside a word is literal
_MARKUP = re.compile(r"[\\`*\[\]<|~#&$]|:(?=//)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def escaped(text: str) -> str:
    """Returns the text with every character escaped that GitHub would read as markup."""
    return _MARKUP.sub(r"\\\g<0>", visible(text))
