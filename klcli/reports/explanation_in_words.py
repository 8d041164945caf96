"""Says in words what makes a measure that is a sum large, small or infinite."""

from math import inf

import numpy as np

from klcli.core.comparison import Comparison, Terms
from klcli.core.contribution import largest_contributions
from klcli.core.measures.kl import forward_kl
from klcli.core.measures.measure import Measure
from klcli.notes import outcomes_of_one_side, outcomes_without_q
from klcli.notes.wording import listing
from klcli.reports.parts import Own
from klcli.support.text.safe_text import rounded

__all__ = ["has_shares", "in_words"]

_MOST = 0.5  # share of the total from which one outcome explains most of it
_CANCELLING = 100.0  # times the total; single terms this large cancel and explain nothing
_TIED = 1e-12  # relative; terms that differ by less, as by rounding, are equal
_ROUNDING = 2.0**-53  # relative, of each term


def in_words(comparison: Comparison, measure: Measure, terms: Terms) -> tuple[str | tuple[str, ...], ...]:
    """Returns sentences on what makes a measure large, small or infinite; of the forward KL in terms of coding."""
    return _of_forward_kl(comparison, terms) if measure is forward_kl else _in_general(comparison, measure, terms)


def has_shares(terms: Terms, total: float) -> bool:
    """Returns True if each term has a share in the total; not if it is infinite, or if the terms cancel in it."""
    return 0 < total < inf and float(np.max(np.abs(terms.contribution))) <= _CANCELLING * total


def _in_general(comparison: Comparison, measure: Measure, terms: Terms) -> tuple[str, ...]:
    """Returns sentences on what makes any measure large, small or infinite."""
    total = comparison.value(measure)
    if total == 0:
        return ("Every term is 0.",)
    causes = largest_contributions(comparison, measure, len(terms.outcomes) if total == inf else 1)
    if total == inf:
        words = outcomes_of_one_side([cause.outcome for cause in causes[:5]], len(causes))
        return (
            f"It is infinite because of {words}.",
            "If that zero means never seen rather than impossible, smooth it (--smooth), or ask for jensen_shannon.",
        )
    if not causes:
        return ()
    if not has_shares(terms, total):
        return (_cancelled(terms, total), measure.meaning)
    if tie := _tie(terms, total):
        return (tie, measure.meaning)
    (cause,) = causes
    share = float(np.max(terms.contribution)) / total
    most = "Most of it comes from" if share >= _MOST else "The largest part comes from"
    masses = {"both": f"P gives it {rounded(cause.p)}, Q {rounded(cause.q)}", "p": f"P gives it {rounded(cause.p)}",
              "q": f"Q gives it {rounded(cause.q)}"}  # fmt: skip
    return (f"{most} {cause.outcome}: {masses[measure.depends_on]}.", measure.meaning)


def _of_forward_kl(comparison: Comparison, terms: Terms) -> tuple[str | tuple[str, ...], ...]:
    """Returns sentences on what makes the forward KL large, small or infinite."""
    total, unit = comparison.value(forward_kl), comparison.unit
    if total == 0:
        return ("P and Q are the same distribution, so no outcome surprises Q more than it surprises P.",)
    if total == inf:
        where = np.flatnonzero(np.isinf(terms.contribution))
        cause = outcomes_without_q([terms.outcomes[index] for index in where[:5]], where.size)
        return (
            f"It is infinite because of {cause}.",
            "If Q's zero means never seen rather than impossible, smooth it (--smooth), or ask for jensen_shannon.",
        )
    sentences: list[str | tuple[str, ...]] = [
        f"Coding outcomes of P with a code made for Q costs {rounded(total)} {unit} more than H(P) for each."
    ]
    largest = int(np.argmax(terms.contribution))
    p, q, contribution = terms.p[largest], terms.q[largest], terms.contribution[largest]
    if not has_shares(terms, total):
        return (*sentences, _cancelled(terms, total))
    most = "Most of it comes from" if contribution >= _MOST * total else "The largest part comes from"
    tie = _tie(terms, total)
    less = f"{rounded(q)}, {_times(p, q)} less" if q else "less than any double"
    sentences.append(tie or f"{most} {terms.outcomes[largest]}: P gives it {rounded(p)}, Q {less}.")
    if (terms.contribution < 0).any():
        smallest = int(np.argmin(terms.contribution))
        amount = Own(f" ({rounded(terms.contribution[smallest])} {unit}).")
        against = "Outcomes that Q gives more mass than P count against it, most of all "
        sentences.append((against, terms.outcomes[smallest], amount))
    return tuple(sentences)


def _tie(terms: Terms, total: float) -> str:
    """Returns a sentence on the outcomes that share the largest term, or "" if it is of one outcome."""
    largest = float(np.max(terms.contribution))
    tied = np.flatnonzero(terms.contribution >= largest * (1 - _TIED))
    if tied.size == 1:
        return ""
    first = listing([terms.outcomes[index] for index in tied[:5]], tied.size)
    return f"The largest terms are equal, {100 * largest / total:.3g} % each: {first}."


def _cancelled(terms: Terms, total: float) -> str:
    """Returns a sentence on terms that cancel, so that none has a share in their sum."""
    exact = "the sum is computed from q - p and is right to its last digits; terms of -m jeffreys have one sign"
    if total <= float(np.abs(terms.contribution).sum()) * _ROUNDING:
        return (
            "P and Q differ by less than the terms resolve, which are rounded to doubles and cancel, so no term has a "
            f"share; {exact}."
        )
    return (
        "P and Q nearly agree: single terms are far larger than their sum, in which they cancel, so no term has a "
        f"share; {exact}."
    )


def _times(p: float, q: float) -> str:
    ratio = p / q
    return f"{ratio:.3g} times" if ratio >= 2 else f"{100 * (1 - q / p):.2g} %"
