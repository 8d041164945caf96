"""Reads P and Q, each as its kind: where one alone is wrong, the hint of the error names its kind alone.

A hint of `--as logits` for Q would have a P of probabilities read as logits, which gives another number in silence.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from klcli.errors import KlError, NotADistribution

__all__ = ["read_both"]

Found = TypeVar("Found")
_KIND_OF_BOTH = r"--as (?=[a-z])(?!samples for both)"
_OTHER_MEANING = (
    r"--as (?=[a-z])(?!weights|samples for both)"  # as weights, masses of any kind are the same distribution
)


def read_both(
    kinds: Sequence[str],
    reads: Sequence[Callable[[], Found]],
    run: Callable[[Callable[[], Found], Callable[[], Found]], tuple[Found, Found]] = lambda p, q: (p(), q()),
) -> tuple[Found, Found]:
    """Returns P and Q as two functions read them.

    Args:
        kinds: those asked for, of P and of Q. reads: of P and of Q; one is called again where the other fails.
        run: calls both.

    Raises:
        NotADistribution: as the functions do, with a hint for one side where that is what cures it.
    """

    def guarded(side: int) -> Callable[[], Found]:
        def read() -> Found:
            try:
                return reads[side]()
            except NotADistribution as error:
                error.hint = error.hint and _cure(error.hint, side, kinds, reads[1 - side])
                raise

        return read

    return run(guarded(0), guarded(1))


def _cure(hint: str, side: int, kinds: Sequence[str], read_other: Callable[[], object]) -> str:
    are_apart = kinds[0] != kinds[1]
    of_side = re.sub(_KIND_OF_BOTH if are_apart else _OTHER_MEANING, f"--{'pq'[side]}-as ", hint)
    if are_apart or of_side == hint:
        return of_side
    try:
        other = read_other()
    except KlError:
        return hint
    may_be_logits = getattr(other, "kind", "") == "counts" and hint.endswith("--as logits")  # which whole numbers are
    return f"{of_side}, or --as logits if those of {'QP'[side]} are, too" if may_be_logits else of_side
