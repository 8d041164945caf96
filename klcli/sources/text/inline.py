"""Inline distributions, in one shell word: 0.5,0.5 · heads=0.5,tails=0.5 · [0.5,0.5] · {"heads":0.5,"tails":0.5}."""

import re
from shlex import quote

import numpy as np

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import NotADistribution, Unreadable, UsageError
from klcli.notes import pairs_counted
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.number_forms import cure_of
from klcli.sources.columns.written_numbers import is_written, parse_column
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.sources.formats.query import Query
from klcli.support.sentence import Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = ["as_family", "has_labels", "is_inline", "read_inline"]

_DECIMAL_PERCENT = re.compile(r"\d+,\d+\s*%")  # 12,5 %
_JSON = 'inline JSON is as in [0.5,0.5] or {"heads":0.5,"tails":0.5}'


def is_inline(word: str) -> bool:
    """Returns True if a word is an inline distribution: JSON, or a list with at least one number."""
    text = word.strip()
    return _is_json(text) or any(is_written(piece.rpartition("=")[2]) for piece in text.split(","))


def has_labels(word: str) -> bool:
    """Returns True if a word spells a label for each number: heads=10,tails=12 or {"heads":10,"tails":12}."""
    text = word.strip()
    pieces = text.split(",")
    return text.startswith("{") or all("=" in each and is_written(each.rpartition("=")[2]) for each in pieces)


def read_inline(word: str, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions that a word spells.

    Raises:
        Unreadable: the word begins as JSON, and is not JSON of a distribution.
        NotADistribution: a piece is not a number, only some pieces have labels, or semicolons part the numbers.
        UsageError: the query wants a pair, and the word is one distribution.
    """
    text = word.strip()
    name = shorten(text, 40)
    if _is_json(text):
        source = ByteSource.from_bytes(name, text.encode(errors="surrogatepass"))
        try:
            return INPUT_FORMATS.lookup("json").distributions(source, query)
        except Unreadable as error:
            raise Unreadable(error.finding, place=error.place, hint=error.hint or _JSON) from None
    query.refuse_columns(name)
    if query.is_pair:
        raise UsageError("one distribution, but two are compared", place=name, hint="give a second operand")
    pieces = text.split(",")
    if query.samples[0]:
        observations = tuple(piece.strip() for piece in pieces)
        are_masses = all("=" in piece and is_written(piece.rpartition("=")[2]) for piece in pieces)
        notes = (pairs_counted(name, observations[0]),) if are_masses else ()
        return (RawNumbers(np.ones(len(observations)), observations, name, notes=notes),)
    _refuse_semicolons(text, name)
    are_labelled = ["=" in piece for piece in pieces]
    decimal = _DECIMAL_PERCENT.search(text)
    commas = decimal and Sentence(
        f"commas part numbers here: write {decimal[0].replace(',', '.')}; in files ",
        Option("--decimal", ","),
        " reads it",
    )
    if any(are_labelled) and not all(are_labelled):
        bare = pieces[are_labelled.index(False)]
        hint = commas or "as in heads=0.5,tails=0.5"
        raise NotADistribution(f"{bare!r} has no label, but others have", place=name, hint=hint)
    labels = tuple(piece.rpartition("=")[0].strip() for piece in pieces) if all(are_labelled) else None
    texts = [piece.rpartition("=")[2] for piece in pieces]
    values, are_numbers = parse_column(texts)
    if are_numbers is not None:
        index = int(np.argmin(are_numbers))
        place = RawNumbers(np.empty(0), labels, name).where(index)
        raise NotADistribution(
            f"{texts[index].strip()!r} is not a number",
            place=place,
            hint=commas or as_family(text) or cure_of(texts[index]),
        )
    return (RawNumbers(values, labels, name),)


def as_family(text: str) -> str | None:
    """Returns the cure for a family with its parameters in other marks, as normal,0,1; None for any other text."""
    name, *numbers = re.split(r"[\s,;:()]+", text.strip().rstrip(")"))
    if not numbers or not all(map(is_written, numbers)):
        return None
    from klcli.families.catalogue import FAMILIES

    return f"write {quote(name + '(' + ', '.join(numbers) + ')')}" if name in FAMILIES else None


def _is_json(text: str) -> bool:
    """Returns True if a text begins as JSON does, unless it ends as a list of LABEL=NUMBER does: [a]=0.5,[b]=0.5."""
    return text.startswith(("[", "{")) and not ("=" in text and is_written(text.rpartition("=")[2]))


def _refuse_semicolons(text: str, name: str) -> None:
    """Refuses a list such as 0,5;0,5 or a=0,5;b=1, of which the commas may be decimal marks.

    Cut at its commas, the second would be the labels "a" and "5;b".
    """
    pieces = [piece.replace(",", ".") for piece in text.split(";")]
    numbers = [piece.partition("=")[2] for piece in pieces if "=" in piece]
    if len(pieces) > 1 and all(map(is_written, numbers or pieces)) and len(numbers) in (0, len(pieces)):
        raise NotADistribution(
            "numbers with semicolons between them, where commas were expected",
            place=name,
            hint=f"write {shorten(','.join(pieces), 40)}",
        )
