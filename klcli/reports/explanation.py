"""A comparison in words: what makes the forward KL large, small or infinite."""

from math import inf

import numpy as np

from klcli.core.comparison import Comparison, Terms
from klcli.core.distributions.note import listing
from klcli.support.safe_text import rounded

__all__ = ["decomposition", "in_words"]

_NEARLY_ALL = 0.5  # of the total, from which one outcome is what makes it
_CANCELLING = 100.0  # times the total: terms this large say little one by one


def decomposition(comparison: Comparison) -> dict[str, float]:
    """Returns H(P, Q) and the two parts that it is the sum of, in the comparison's unit."""
    return {
        "H(P)": comparison["entropy_p"],
        "KL(P‖Q)": comparison["forward_kl"],
        "H(P, Q)": comparison["cross_entropy"],
    }


def in_words(comparison: Comparison, terms: Terms) -> tuple[str, ...]:
    """Returns a few sentences on where the forward KL comes from."""
    total, unit = comparison["forward_kl"], comparison.unit
    if total == 0:
        return ("P and Q are the same distribution, so no outcome surprises Q more than it surprises P.",)
    if total == inf:
        where = np.flatnonzero(np.isinf(terms.contribution))
        names = listing([terms.outcomes[index] for index in where[:5]], where.size)
        return (
            f"It is infinite because of {names}: P gives {_it(where.size)} mass, Q none, and log(p/0) is infinite.",
            "If Q's zero means never seen rather than impossible, smooth it (--smooth), or ask for jensen_shannon.",
        )
    sentences = [f"Coding outcomes of P with a code made for Q costs {rounded(total)} {unit} more than H(P) for each."]
    largest = int(np.argmax(terms.contribution))
    p, q, contribution = terms.p[largest], terms.q[largest], terms.contribution[largest]
    if contribution > _CANCELLING * total:
        sentences.append(
            "P and Q nearly agree: single terms are far larger than their sum, in which they cancel; "
            "the sum is computed from q - p and is right to its last digits."
        )
        return tuple(sentences)
    most = "Most of it comes from" if contribution >= _NEARLY_ALL * total else "The largest part comes from"
    less = f"{rounded(q)}, {_times(p, q)} less" if q else "less than any double"
    sentences.append(f"{most} {terms.outcomes[largest]}: P gives it {rounded(p)}, Q {less}.")
    if (terms.contribution < 0).any():
        smallest = int(np.argmin(terms.contribution))
        sentences.append(
            f"Outcomes that Q gives more mass than P count against it, most of all {terms.outcomes[smallest]} "
            f"({rounded(terms.contribution[smallest])} {unit})."
        )
    return tuple(sentences)


def _times(p: float, q: float) -> str:
    ratio = p / q
    return f"{ratio:.3g} times" if ratio >= 2 else f"{100 * (1 - q / p):.2g} %"


def _it(count: int) -> str:
    return "it" if count == 1 else "them"
