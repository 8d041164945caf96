"""Names of measures as people write them: one or several, `a,b`, and `all`; and the measure of an unnamed limit."""

import re
from collections.abc import Iterable, Sequence

from klcli.core.measures.measure import MEASURES, Measure, select
from klcli.errors import UsageError

__all__ = ["limited_measure", "names_of"]

_DEFAULT = "forward_kl"


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
