"""Kinds of samples, and ways to treat an observation without a value, by name."""

from klcli.errors import UnknownName

__all__ = ["KINDS_OF_SAMPLES", "MISSING", "refuse_unknown_missing"]

KINDS_OF_SAMPLES = {
    "auto": "numbers if every cell is one, else labels; numbers in several columns are vectors",
    "labels": "each observation is a label; of several columns, each combination is one",
    "numbers": "one column of numbers, in bins of equal pooled mass, the outer two cut finer; few values are outcomes",
    "vectors": "several columns of numbers, or of numbers and labels",
    "counts": "labels with their counts, as in kl compute --as counts",
}
MISSING = {
    "error": "a row without a value is refused",
    "drop": "it is left out, with a note",
    "label": "to have no value is an outcome of its own",
}


def refuse_unknown_missing(name: str) -> None:
    """Refuses a way to treat observations without a value that does not exist.

    Raises:
        UnknownName: it is not a key of MISSING.
    """
    if name not in MISSING:
        raise UnknownName(f"no way to treat a missing value is called {name!r}", hint=f"it is {', '.join(MISSING)}")
