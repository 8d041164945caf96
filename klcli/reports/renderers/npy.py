"""The values of a matrix as an array, in numpy's own format and with all their digits."""

import io
from collections.abc import Iterator

from numpy.lib.format import write_array_header_1_0

from klcli.core.matrix.pair_values import row_blocks
from klcli.reports.format import Format, registered
from klcli.reports.parts import Grid

__all__ = ["Npy"]


@registered
class Npy(Format):
    """The bytes of a .npy file."""

    name = "npy"
    title = ".npy"
    summary = "the values of kl matrix as an array of numpy"
    shows = frozenset({"grid"})

    def grid(self, grid: Grid) -> Iterator[bytes]:
        count, head = len(grid.values), io.BytesIO()
        write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (count, count)})
        yield head.getvalue()
        yield from (block.astype("<f8", copy=False).tobytes() for _, block in row_blocks(grid.values))
