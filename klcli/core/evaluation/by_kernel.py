"""The first form of the cascade: what the compiled kernel can vouch for, of a pair and of rows."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from klcli.core.arithmetic.parallel import blocks
from klcli.core.arithmetic.types import Array
from klcli.core.kernel.library import kernel
from klcli.core.kernel.values import Answer, can_read, pair_values, row_values
from klcli.core.measures.measure import Measure

if TYPE_CHECKING:  # a pair needs no rows
    from klcli.core.distributions.rows import Rows

__all__ = ["answers", "kernel_values", "row_answer", "row_kernel_values"]

_CONVERTED = 16  # times what the second-level cache holds is converted at once


def kernel_values(chosen: Sequence[Measure], p: Array, q: Array, *, are_logits: bool = False) -> dict[str, Any]:
    """Returns values of masses, or of logits, shape (k,) or (n, k), by name; NaN where a row's is unknown."""
    compiled = kernel()
    able = [each for each in chosen if each.kernel_form]
    if compiled is None or not able or p.ndim > 2 or not can_read(p, q):
        return {}
    if p.ndim == 1 and not are_logits:
        values = answers(able, pair_values(compiled, p, q, _columns(able)))
    else:
        temperatures = (1.0, 1.0) if are_logits else None
        rows = np.atleast_2d(p), np.atleast_2d(q)
        values = answers(able, row_values(compiled, *rows, _columns(able), temperatures=temperatures))
        if p.ndim == 2:
            return values
        values = {name: float(value[0]) for name, value in values.items()}
    return {name: value for name, value in values.items() if value == value}


def row_answer(chosen: Sequence[Measure], p: "Rows", q: "Rows") -> Answer | None:
    """Returns what the kernel finds of rows as they were given, masses or logits; None if it is not for them.

    Numbers that the kernel does not read, such as integers, are made doubles, some rows at a time.
    """
    compiled = kernel()
    if compiled is None or not len(p) or p.are_logarithms is not q.are_logarithms:
        return None
    columns = _columns(chosen)
    temperatures = (p.temperature, q.temperature) if p.are_logarithms else None
    if can_read(p.values, q.values):
        return row_values(compiled, p.values, q.values, columns, temperatures=temperatures)
    as_doubles = (1.0, 1.0) if p.are_logarithms else None
    parts = [
        row_values(compiled, p.block(where), q.block(where), columns, temperatures=as_doubles)
        for where in blocks(len(p), p.at_once(_CONVERTED))
    ]
    _, *facts = (np.concatenate(each) if index else each for index, each in enumerate(zip(*parts, strict=True)))
    return Answer({name: np.concatenate([part.values[name] for part in parts]) for name in columns}, *facts)


def row_kernel_values(chosen: Sequence[Measure], p: "Rows", q: "Rows") -> dict[str, Array]:
    """Returns the values that the kernel finds, and refuses the first row that is wrong, as `Rows.check` does.

    Of smoothed rows, which are rounded and were checked, measures whose value may be large enough not to show it.
    """
    are_rounded = p.before is not None
    able = [each for each in chosen if each.kernel_form and not (are_rounded and np.isinf(each.rounded_above))]
    answer = row_answer(able, p, q) if able else None
    if answer is not None and not are_rounded:
        for side, least, totals, is_whole in (
            (p, answer.least_p, answer.total_p, answer.is_whole_p),
            (q, answer.least_q, answer.total_q, answer.is_whole_q),
        ):
            side.put_facts(np.where(answer.is_sound, least, np.nan), totals, is_whole)
    p.check()
    q.check()
    return {} if answer is None else answers(able, answer)


def answers(chosen: Iterable[Measure], found: Answer) -> dict[str, Any]:
    """Returns the value of each measure that has a form by the kernel, by name; NaN where unknown."""
    forms = {each.name: each.kernel_form for each in chosen}
    with np.errstate(all="ignore"):
        return {
            name: form.finish(*(found.values[column] for column in form.columns))
            for name, form in forms.items()
            if form
        }


def _columns(chosen: Iterable[Measure]) -> tuple[str, ...]:
    forms = [each.kernel_form for each in chosen]
    return tuple(dict.fromkeys(column for form in forms if form for column in form.columns))
