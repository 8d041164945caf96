"""Reads P and Q, each as its kind: where one alone is wrong, the hint of the error names its kind alone.

A hint of `--as logits` for Q would have a P of probabilities read as logits, which gives another number in silence.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from klcli.errors import KlError, NotADistribution
from klcli.support.sentence import Option, Sentence, Term, options

__all__ = ["OF_ONE_SIDE", "read_both"]

Found = TypeVar("Found")
OF_ONE_SIDE = ("--p-as", "--q-as")
_LOGITS = Option("--as", "logits")
_WEIGHTS = Option("--as", "weights")  # as weights, masses of any kind are the same distribution


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
    if not isinstance(hint, Sentence) or any(each.name in OF_ONE_SIDE for each in options(hint)):
        return hint
    are_apart = kinds[0] != kinds[1]

    def of_side(term: Term) -> Term:
        if not isinstance(term, Option) or term.name != "--as" or (term == _WEIGHTS and not are_apart):
            return term
        return Option(OF_ONE_SIDE[side], *term.values)

    found = hint.spelt(of_side)
    if are_apart or found.parts == hint.parts:
        return found
    try:
        other = read_other()
    except KlError:
        return hint
    may_be_logits = getattr(other, "kind", "") == "counts" and hint.parts[-1] == _LOGITS  # which whole numbers are
    return found + ", or " + _LOGITS + f" if those of {'QP'[side]} are, too" if may_be_logits else found
