"""Joint labels: combinations of the labels of several columns."""

from collections.abc import Sequence

__all__ = ["joint_labels"]


def joint_labels(parts: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Returns the combinations of labels, each as a line of CSV, so that different combinations stay different."""
    return tuple(",".join(map(_quoted, cells)) for cells in zip(*parts, strict=True))


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell else cell
