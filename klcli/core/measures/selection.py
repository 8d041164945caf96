"""Measures by what people write: a name, a notation, several names, `all`, or a limit without a name."""

import re
from collections.abc import Iterable, Sequence

from klcli.core.measures.measure import MEASURES, Measure
from klcli.errors import UsageError

__all__ = ["limited_measure", "names_of", "select"]

_DEFAULT = "forward_kl"


def select(name: str) -> Measure:
    """Returns the measure of this name, `renyi:2` and aliases included, or of this notation: KL(Q||P), H(P, Q).

    Raises:
        UnknownName: no measure has this name.
        UsageError: its order is missing or is not a valid one.
    """
    stem, colon, order = map(str.strip, name.partition(":"))
    found = _by_notation(name) if "(" in name else MEASURES.lookup(stem)
    if colon:
        return found.of_order(order)
    if found.needs_order:
        raise UsageError(f"{found.name} needs an order, {found.orders}", hint=f"as in {found.name}:0.5")
    return found


def _by_notation(text: str) -> Measure:
    """Returns the measure with a notation such as D(P||Q), D_2(P||Q) or renyi(2).

    Raises:
        UnknownName: no measure has this notation.
    """
    with_order = re.fullmatch(r"(\w+)\(([\w.]+)\)", text)
    if with_order is not None and with_order[1] in MEASURES:
        return MEASURES.lookup(with_order[1]).of_order(with_order[2])
    written = _plain_notation(text)
    order = re.search(r"_([\w.]+)\(", written)
    for measure in MEASURES:
        if measure.needs_order:
            if order is not None and _plain_notation(measure.notation.replace("A", order[1])) == written:
                return measure.of_order(order[1])
            continue
        sides = [("P", "Q"), ("Q", "P")] if measure.symmetric else [("P", "Q")]
        if any(_plain_notation(measure.notation_of(*each)) == written for each in sides):
            return measure
    return MEASURES.lookup(text)  # raises


def _plain_notation(text: str) -> str:
    """Returns a notation without blanks and in one spelling: kl(p‖q) for D_KL(P || Q)."""
    plain = "".join(text.casefold().split()).replace("||", "‖").replace("|", "‖").replace(";", ",")
    return re.sub(r"^(d_?kl|d|kld)\(", "kl(", plain)


def names_of(asked: str | Iterable[str], every: Iterable[str] = ()) -> list[str]:
    """Returns the requested names, with `a,b` split and `all` expanded.

    Args:
        asked: A name, several with commas between, or an iterable of such texts.
        every: The names that `all` stands for; by default every measure, those with an order at 0.5.
    """
    texts = [asked] if isinstance(asked, str) else asked
    names = [name for text in texts for name in (filter(None, map(str.strip, _split(text))) if text else [text])]
    if "all" not in names:
        return names
    everything = list(every) or [f"{name}:0.5" if MEASURES.lookup(name).orders else name for name in MEASURES.names()]
    return [each for name in names for each in (everything if name == "all" else [name])]


def _split(text: str) -> list[str]:
    """Returns the names between commas; H(P,Q) is one."""
    return re.split(r",(?![^()]*\))", text) if "(" in text else text.split(",")


def limited_measure(name: str, asked: Sequence[str] = (), *, sign: str = "=") -> Measure:
    """Returns the measure of a limit: the named one, else the requested one, else forward_kl.

    Args:
        sign: What stands before the number of a limit where it was written, for the message.

    Raises:
        UnknownName: No measure has this name. UsageError: It is unnamed, and several are asked for.
    """
    if name:
        return select(name)
    measures = {measure.name: measure for measure in map(select, names_of(asked))} or {_DEFAULT: select(_DEFAULT)}
    if len(measures) > 1:
        raise UsageError(
            f"a limit without a name, but {len(measures)} measures are asked for",
            hint=f"name its measure, as in {next(iter(measures))}{sign}0.1",
        )
    return next(iter(measures.values()))
