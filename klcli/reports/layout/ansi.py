"""Terminal colours without rich, which is slow to import."""

__all__ = ["BOLD", "BOLD_RED", "DIM", "GREEN", "YELLOW", "painted"]

# codes of "select graphic rendition", ECMA-48
BOLD, DIM, GREEN, YELLOW, BOLD_RED = "1", "2", "32", "33", "1;31"


def painted(text: str, code: str, *, color: bool) -> str:
    """Returns the text in a colour or weight, if `color` is set and the text is not empty."""
    return f"\x1b[{code}m{text}\x1b[0m" if color and text else text
