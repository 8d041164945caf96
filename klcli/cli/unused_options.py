"""Options of reading and comparing that were given although neither operand has a use for them: a note says so."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from klcli.core.comparison import Comparison
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.measure import Measure
from klcli.engines.address import is_address, parse_address
from klcli.notes import Note, nulls_absent, options_without_effect
from klcli.runs.batch_results import Case
from klcli.sources.bytes.files import is_stream, split_table, status_of
from klcli.sources.formats.input_format import INPUT_FORMATS, OF_COLUMNS, format_of_suffix
from klcli.sources.formats.text_dialect import TextDialect
from klcli.sources.operands.operand import is_family
from klcli.sources.operands.read_options import ReadOptions
from klcli.support import sentence

if TYPE_CHECKING:
    from klcli.families.comparison.comparison import FamilyComparison

__all__ = [
    "OptionsUnused", "notes_on_nulls", "options_of_batch", "options_of_files_unused", "options_of_units_unused",
    "with_unused_options",
]  # fmt: skip

_Use = tuple[str, Collection[str]]  # what an operand is, and the options that it has a use for

Compared = TypeVar("Compared", "Comparison", "FamilyComparison", "Comparison | FamilyComparison")

# options of one side, and which side that is
_OF_ONE = {
    "--p-as": 0, "--p-format": 0, "--p-decimal": 0, "--p": 0, "--q-as": 1, "--q-format": 1, "--q-decimal": 1, "--q": 1,
}  # fmt: skip
_OF_BOTH = (
    "--as", "--label", "--column", "--input-format", "--header", "--max-expand", "--delimiter",
    "--decimal", "--thousands", "--null", "--timeout", "--engine",
)  # fmt: skip
_OF_MASSES = frozenset({"--as", "--p-as", "--q-as", "--missing"})
_OF_FILES = _OF_MASSES | {"--input-format", "--p-format", "--q-format", "--max-expand"}
_OF_LABELS = ("--missing", "--missing-label", "--null")  # a row without a number is left out by its label
_OF_FILES_AND_CELLS = (
    "--label", "--missing-label", "--input-format", "--p-format", "--q-format", "--header", "--max-expand",
    "--delimiter", "--decimal", "--thousands", "--null", "--timeout", "--engine",
)  # fmt: skip
_OF_MONTE_CARLO = ("--samples", "--seed")
_LEFT_OUT = ("missing", "missing_label", "missing_number")  # codes of notes on rows that lack a value
_OF_ESTIMATES = ("--level", "--estimator")


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
    notes += notes_on_nulls(given, words, (*comparison.notes, *notes), reading.dialect)
    notes += options_of_units_unused(given, comparison.measures)
    return replace(comparison, reading_notes=(*comparison.reading_notes, *notes)) if notes else comparison


def notes_on_nulls(
    given: Collection[str], words: Iterable[str | None], notes: Collection[Note], dialect: TextDialect
) -> Iterator[Note]:
    """Yields a note if no cell of the columns that were read is one of --null: a row that has one is left out.

    Args:
        notes: on what was read, and on options.
    """
    texts = tuple(filter(None, dialect.nulls))
    if not texts or "--null" not in given or "--missing-label" in given:
        return
    named = (option.name for note in notes for option in sentence.options(note.words))
    if "--null" not in named and not any(note.code in _LEFT_OUT for note in notes):
        yield nulls_absent(texts, tuple(dict.fromkeys(filter(None, words))))


class OptionsUnused:
    """Options, of those given, that no operand seen so far has a use for."""

    def __init__(self, asked: Iterable[str]) -> None:
        self._nouns: dict[str, dict[str, None]] = {option: {} for option in asked}

    def see(self, uses: Sequence[_Use]) -> None:
        """Looks at the operands of a pair; an option of one side concerns that side alone."""
        for option, nouns in list(self._nouns.items()):
            concerned = [uses[_OF_ONE[option]]] if option in _OF_ONE and len(uses) == len("pq") else uses
            if any(option in used for _, used in concerned):
                del self._nouns[option]
            else:
                nouns.update((noun, None) for noun, _ in concerned)

    def see_case(self, case: Case) -> None:
        """Looks at a pair of a batch, and at whether its values are means over draws."""
        if self._nouns:
            details = case.document.get("details")
            is_drawn = isinstance(details, dict) and any("samples" in found for found in details.values())
            drawn = _OF_MONTE_CARLO if is_drawn else ()
            estimated = _OF_ESTIMATES if "estimates" in case.document else ()
            uses = [_use(word, "auto", None) for word in (case.p, case.q) if word]
            self.see([(noun, {*used, *drawn, *estimated}) for noun, used in uses])

    @property
    def notes(self) -> Iterator[Note]:
        """A note for each group of options that the same operands have no use for."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for option, nouns in self._nouns.items():
            groups.setdefault(tuple(nouns), []).append(option)
        for named, options in groups.items():
            yield options_without_effect(tuple(options), named)


def options_of_batch(given: Collection[str]) -> OptionsUnused:
    """Returns the options of those given that the pairs of a batch are looked at for."""
    return OptionsUnused(
        option
        for option in (*_OF_BOTH, *_OF_ONE, "--missing", "--missing-label", *_OF_MONTE_CARLO, *_OF_ESTIMATES)
        if option in given
    )


def options_of_files_unused(
    given: Collection[str], words: Sequence[str], formats: Sequence[str | None] = (None,), *, are_rows: bool = False
) -> Iterable[Note]:
    """Returns notes on the options of those given, on files, their cells and engines, that no operand has a use for.

    Args:
        formats: of the operands that are asked for, one for each or one for all. are_rows: the operands hold rows.
    """
    found = OptionsUnused(option for option in _OF_FILES_AND_CELLS if option in given)
    every = formats if len(formats) > 1 else [*formats] * len(words)
    uses = [_use(word, "auto", format_) for word, format_ in zip(words, every, strict=False)]
    if are_rows:  # which know no cells that are missing, unless they are texts
        uses = [(noun, used if "--header" in used else set(used) - {"--null"}) for noun, used in uses]
    found.see(uses)
    return found.notes


def options_of_units_unused(given: Collection[str], measures: Iterable[Measure]) -> tuple[Note, ...]:
    """Returns a note on the base of the logarithm, if it is given and no measure has a unit."""
    unit, measures = tuple(option for option in ("--base", "--bits") if option in given), tuple(measures)
    if not unit or any(measure.unit is not UnitKind.NONE for measure in measures):
        return ()
    return (options_without_effect(unit, tuple(measure.name for measure in measures)),)


def _of_operands(given: Collection[str], words: tuple[str, str | None], reading: ReadOptions) -> Iterable[Note]:
    """Returns notes on the options that no operand, of those that they are for, has a use for."""
    asked = [option for option in (*_OF_BOTH, *_OF_ONE) if option in given]
    if not asked:
        return ()
    p, q = words
    found = OptionsUnused(asked)
    found.see([_use(word or p, reading.kinds[side], reading.formats[side]) for side, word in enumerate((p, q))])
    return found.notes


def _use(word: str, kind: str, format_: str | None) -> _Use:
    """Returns what an operand is, in words, and the options that it has a use for."""
    if is_family(word, kind):
        return "a family", ()
    if is_address(word):
        of_spark = {"--engine"} if parse_address(word).scheme == "spark" else set()
        return "a table at an engine", {*OF_COLUMNS, *_OF_MASSES, "--timeout", "--missing-label"} | of_spark
    if word != "-" and status_of(word) is None:
        return "numbers on the command line", _OF_MASSES
    if format_ is not None:
        found = INPUT_FORMATS.lookup(format_)
    elif word == "-" or is_stream(word):
        found = INPUT_FORMATS.lookup("csv")  # or JSON, which has a use for fewer
    else:
        found = format_of_suffix(split_table(word)[0]) or INPUT_FORMATS.lookup("csv")
    used = _OF_FILES | found.options | ({"--p-decimal", "--q-decimal"} if "--decimal" in found.options else set())
    return found.name, used | {"--missing-label"} if "--label" in used else used
