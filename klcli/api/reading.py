"""Reading a distribution from a file, with the options that `kl compute` has for it."""

import os
from collections.abc import Sequence
from typing import Any

from klcli.core.distributions.distribution import Distribution
from klcli.sources.bytes.expansion import MAX_EXPAND
from klcli.sources.formats.text_dialect import AUTO, parse_dialect
from klcli.sources.operands.operand import load
from klcli.support.python_terms import in_python_terms

__all__ = ["read"]


@in_python_terms
def read(
    path: str | os.PathLike[str],
    *,
    as_: str = "auto",
    column: str | None = None,
    label: str | Sequence[str] | None = None,
    input_format: str | None = None,
    header: bool | None = None,
    delimiter: str = AUTO,
    decimal: str = ".",
    thousands: str = "",
    null: str | Sequence[str] = (),
    missing_label: str = "error",
    max_expand: str = MAX_EXPAND,
) -> Distribution:
    """Returns the distribution in a file, for `compare` and the measures.

        >>> klcli.compare(klcli.read("p.csv", decimal=","), klcli.read("q.csv", column="share"))  # doctest: +SKIP

    Args:
        path: File, or word, as on the command line: "p.csv", "book.xlsx#sheet", "shop.db#sales", "a=0.5,b=0.5".
        as_: Meaning of the numbers: auto, probs, counts, weights, logits, logprobs, samples.
        column, label: Column of the numbers, and that of the labels (or several, each combination of which is an
            outcome), by name or number; None where the rules of the format find them.
        input_format: One of `kl list inputs`; None where the suffix decides.
        header: True if the first row of a text names the columns, False if it is data; None where the row decides.
        delimiter, decimal, thousands, null: How a text writes cells and numbers, as in `kl compute --help`.
        missing_label: "error", "keep" or "drop", for a row without a label.
        max_expand: Limit on the expansion of a compressed file, such as "100x,4GiB".

    Raises:
        InputError (a ValueError): The file cannot be read as a distribution.
        UsageError (a ValueError): A name is unknown, or options contradict each other.
    """
    nulls = (null,) if isinstance(null, str) else tuple(null)
    labels = label if isinstance(label, str) or label is None else tuple(label)
    return loaded(
        os.fspath(path), as_=as_, column=column, label=labels, input_format=input_format,
        header=header, dialect=parse_dialect(delimiter, decimal, thousands, nulls),
        missing_label=missing_label, max_expand=max_expand,
    )  # fmt: skip


def loaded(word: str, **options: Any) -> Distribution:
    """Returns what `load` returns, with notes in terms of Python."""
    found = load(word, **options)
    object.__setattr__(found, "notes", tuple(note._replace(in_python=True) for note in found.notes))
    return found
