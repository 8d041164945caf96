"""Options of reading and comparing that were given although neither operand has a use for them: a note says so."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from klcli.core.comparison import Comparison
from klcli.core.distributions.units import UnitKind
from klcli.engines.address import is_address, parse_address
from klcli.notes import Note, options_without_effect
from klcli.sources.bytes.files import is_stream, split_table, status_of
from klcli.sources.formats.input_format import INPUT_FORMATS, OF_COLUMNS, format_of_suffix
from klcli.sources.operands.operand import is_family
from klcli.sources.operands.read_options import ReadOptions

if TYPE_CHECKING:
    from klcli.families.comparison.comparison import FamilyComparison

__all__ = ["with_unused_options"]

Compared = TypeVar("Compared", "Comparison", "FamilyComparison", "Comparison | FamilyComparison")

# options of one side, and which side that is
_OF_ONE = {"--p-as": 0, "--p-format": 0, "--p": 0, "--q-as": 1, "--q-format": 1, "--q": 1}
_OF_BOTH = (
    "--as", "--label", "--column", "--input-format", "--header", "--max-expand", "--delimiter",
    "--decimal", "--thousands", "--null", "--timeout", "--engine",
)  # fmt: skip
_OF_MASSES = frozenset({"--as", "--p-as", "--q-as"})
_OF_FILES = _OF_MASSES | {"--input-format", "--p-format", "--q-format", "--max-expand"}
_OF_LABELS = ("--missing", "--missing-label", "--null")  # a row without a number is left out by its label
_OF_MONTE_CARLO = ("--samples", "--seed")


def with_unused_options(
    comparison: Compared, given: Collection[str], words: tuple[str, str | None], reading: ReadOptions
) -> Compared:
    """Returns the comparison with notes on the options, of those given, that had no effect on it.

    Args:
        given: The options that are on the command line, such as "--as". words: Its operands.
    """
    of_labels: tuple[str, ...]
    if isinstance(comparison, Comparison):
        of_labels = () if comparison.p.labels is not None else _OF_LABELS
        unlabelled, undrawn = "outcomes without labels", "masses"
    else:
        p, q = words
        are_both = is_family(p, reading.kinds[0]) and is_family(q or p, reading.kinds[1])
        of_labels = _OF_LABELS if are_both else _OF_LABELS[:1]  # rows of masses beside a family have labels
        is_drawn = any(answer.draws is not None for answer in comparison.answers.values())
        unlabelled, undrawn = "families", "" if is_drawn else "families with a formula, a sum or an integral"
    notes: list[Note] = list(_of_operands(set(given) - set(of_labels), words, reading))
    for options, noun in ((_OF_MONTE_CARLO if undrawn else (), undrawn), (of_labels, unlabelled)):
        unused = tuple(option for option in options if option in given)
        if unused:
            notes.append(options_without_effect(unused, (noun,)))
    unit = tuple(option for option in ("--base", "--bits") if option in given)
    if unit and all(measure.unit is UnitKind.NONE for measure in comparison.measures):
        notes.append(options_without_effect(unit, tuple(measure.name for measure in comparison.measures)))
    return replace(comparison, reading_notes=(*comparison.reading_notes, *notes)) if notes else comparison


def _of_operands(given: Collection[str], words: tuple[str, str | None], reading: ReadOptions) -> Iterable[Note]:
    """Yields notes on the options that no operand, of those that they are for, has a use for."""
    asked = [option for option in (*_OF_BOTH, *_OF_ONE) if option in given]
    if not asked:
        return
    p, q = words
    sides = [_use(word or p, reading.kinds[side], reading.formats[side]) for side, word in enumerate((p, q))]
    unused: dict[tuple[str, ...], list[str]] = {}
    for option in asked:
        concerned = sides if option in _OF_BOTH else [sides[_OF_ONE[option]]]
        if all(option not in used for _, used in concerned):
            unused.setdefault(tuple(dict.fromkeys(noun for noun, _ in concerned)), []).append(option)
    for nouns, options in unused.items():
        yield options_without_effect(tuple(options), nouns)


def _use(word: str, kind: str, format_: str | None) -> tuple[str, Collection[str]]:
    """Returns what an operand is, in words, and the options that it has a use for."""
    if is_family(word, kind):
        return "a family", ()
    if is_address(word):
        used = {*OF_COLUMNS, *_OF_MASSES, "--timeout"}
        return "a table at an engine", used | {"--engine"} if parse_address(word).scheme == "spark" else used
    if word != "-" and status_of(word) is None:
        return "numbers on the command line", _OF_MASSES
    if format_ is not None:
        found = INPUT_FORMATS.lookup(format_)
    elif word == "-" or is_stream(word):
        found = INPUT_FORMATS.lookup("csv")  # or JSON, which has a use for fewer
    else:
        found = format_of_suffix(split_table(word)[0]) or INPUT_FORMATS.lookup("csv")
    return found.name, _OF_FILES | found.options
