"""Columns of two tables by name: the kind of each, from the reference, and how the current table reads it."""

from collections.abc import Collection, Mapping, Sequence

from klcli.engines.countable import Countable
from klcli.errors import NotComparable, UsageError
from klcli.notes import integers_beyond_doubles, numbers_as_text, numbers_exact_to, type_differs, type_skipped
from klcli.runs.drift.counted import NUMBERS, CountedColumn
from klcli.runs.drift.not_numbers import cure_of_column, note_skipped
from klcli.runs.drift.patterns import refuse_unknown
from klcli.runs.drift.planning import planned
from klcli.runs.drift.times import note_order_of_times
from klcli.sources.drift.settings import DriftSettings, matches
from klcli.support.registry import nearest
from klcli.support.sentence import Command, Option, Sentence
from klcli.tables.column import Column, Kind, Read, Reading, Storage
from klcli.tables.facts import Facts
from klcli.tables.kinds import Decision, decide, forced, needs_labels

__all__ = ["LIKE_REFERENCE", "decisions_of", "matched", "profiled", "without_type"]

_ENOUGH_NUMBERS = 0.999
_WORDS = {Storage.TEXT: "text", Storage.BOOLEAN: "boolean", Storage.INSTANT: "a time", Storage.UNSUPPORTED: "nested"}
_FEW_LABELS = 8
LIKE_REFERENCE = Sentence("make the profile with ", Command("profile", Option("--like", "REF.kl.json")))


def matched(
    reference: Countable, current: Countable, settings: DriftSettings, kinds: Mapping[str, Kind] | None = None
) -> list[CountedColumn]:
    """Returns the columns of the reference, each with its kind and with the column of the current table.

    Args:
        kinds: Kinds by the name of a column, where no setting decides it, as a preset takes them.

    Raises:
        UsageError: a setting names a column that does not exist.
    """
    refuse_unknown(reference, settings, current)
    columns = [CountedColumn(column.name, column) for column in reference.columns]
    chosen = [each for each in columns if settings.is_chosen(each.name)]
    for each in columns:
        if not settings.is_chosen(each.name):
            each.skipped = "excluded"
    facts = reference.facts([each.column_p for each in chosen])
    decisions = decisions_of(reference, [each.column_p for each in chosen], facts, settings, kinds)
    found = {column.name: column for column in current.columns}
    for each in chosen:
        each.facts_p, each.decision = facts[each.name], decisions[each.name]
        each.column_q = found.get(each.name)
        if each.decision.numbers_in_text:
            each.notes.append(numbers_as_text(each.name))
        note_skipped(each, reference, settings)
    shared = [each for each in chosen if each.column_q is not None]
    plan = planned(shared, reference, current, settings) if kinds is None else {}  # a preset asks for rows
    facts_q = current.facts([each.column_q for each in shared if each.column_q is not None], plan)
    names = {column.name for column in reference.columns}
    for each in chosen:
        each.facts_q = facts_q.get(each.name)
        _check(each, current, settings, names)
    note_order_of_times(chosen, reference, current)
    return columns


def profiled(table: Countable, settings: DriftSettings) -> dict[str, Decision]:
    """Returns the kinds of the columns of a table that are chosen for its profile.

    Raises:
        UsageError: a setting names a column that does not exist, or none is chosen.
    """
    refuse_unknown(table, settings)
    chosen = [column for column in table.columns if settings.is_chosen(column.name)]
    if not chosen:
        raise UsageError("no column is left for the profile", place=table.name, hint="exclude fewer")
    return decisions_of(table, chosen, table.facts(chosen), settings)


def decisions_of(
    table: Countable, columns: Sequence[Column], facts: dict[str, Facts], settings: DriftSettings,
    kinds: Mapping[str, Kind] | None = None,
) -> dict[str, Decision]:  # fmt: skip
    """Returns the kinds of columns of the reference."""
    known: dict[str, Decision] = getattr(table, "decisions", {})
    doubtful = [Read(each, Reading.LABEL) for each in columns if needs_labels(each, facts[each.name])]
    words = table.labels(doubtful, _FEW_LABELS) if doubtful else {}
    found = {}
    for each in columns:
        kind = settings.kind_of(each.name) or (kinds or {}).get(each.name)
        labels = {str(value) for value, _ in words[each.name].counts} if each.name in words else None
        natural = known[each.name] if each.name in known else decide(each, facts[each.name], labels)
        # a setting that names the kind which a column has anyway, as those of --init do, changes no reading; a preset
        # does, as pandas reads a whole column as numbers or as texts
        if kind is not None and (kind is not natural.kind or kinds is not None):
            found[each.name] = forced(kind, own=natural.kind)
        else:
            found[each.name] = natural
        if settings.bins.name == "values" and found[each.name].kind is Kind.NUMERIC:
            found[each.name] = found[each.name]._replace(kind=Kind.CATEGORY)
        if each.name in known and found[each.name].is_compared and found[each.name].kind is not known[each.name].kind:
            raise NotComparable(
                f"{each.name} was counted as {known[each.name].kind.value}, not as {found[each.name].kind.value}",
                place=table.name,
                hint=Sentence(
                    "make the profile anew with ",
                    Option("--type", f"{each.name}={found[each.name].kind.value}"),
                ),
            )
    return found


def without_type(name: str) -> str:
    """Returns the hint for a column of P that is not what the type says that a setting forces on it."""
    return "leave the type out, or pass " + Option("--type", f"{name}=category")


def _renamed(name: str, names: Collection[str], current: Countable) -> str:
    """Returns the hint for a column that the current table lacks: the new column that may be it."""
    new = [column.name for column in current.columns if column.name not in names]
    near = nearest(name, new) or (new if len(new) == 1 else [])
    was = f"Q has {near[0]}; was it renamed? " if near else ""
    return Sentence(was, Option("--allow-missing", name), " passes over it")


def _check(each: CountedColumn, current: Countable, settings: DriftSettings, names: Collection[str]) -> None:
    """Says why a column is not compared, or cannot be; `names` are of the columns of the reference."""
    decision, facts_p, facts_q = each.decision, each.facts_p, each.facts_q
    assert decision is not None
    assert facts_p is not None
    if each.column_q is None or facts_q is None:
        if matches(each.name, settings.allow_missing):
            each.skipped = "not in Q, as --allow-missing allows"
        else:
            each.fail("Q lacks this column", _renamed(each.name, names, current))
        return
    if settings.missing == "fail" and (facts_p.missing or facts_q.missing):
        each.fail(
            f"{facts_p.missing:,} cells of P and {facts_q.missing:,} of Q are missing",
            Option("--missing", "apart") + " counts them",
        )
        return
    if decision.kind is Kind.EMPTY:
        if facts_q.present:
            each.fail(
                f"P has no values, and Q has {facts_q.present:,}",
                "make the reference anew, or " + Option("--exclude") + " it",
            )
        else:
            each.skipped = "no values on either side"
        return
    if not decision.is_compared:
        is_counted = each.column_p.storage is not Storage.UNSUPPORTED
        each.skipped = f"{decision.kind.value}: {decision.why}" if is_counted else decision.why
        p, q = each.column_p, each.column_q
        if facts_q.present and (
            p.storage is not q.storage or (p.storage is Storage.INSTANT and p.declared != q.declared)
        ):
            each.notes.append(type_skipped(each.name, p.declared, q.declared))
        return
    if facts_q.present and not _is_counted_otherwise(each, current):
        _read_long_integers(each)
        _check_types(each, current, settings)


def _read_long_integers(each: CountedColumn) -> None:
    """Compares integers in a text that doubles do not tell apart to the letter if they are categories, and says so."""
    decision, sides = each.decision, ((each.column_p, each.facts_p), (each.column_q, each.facts_q))
    assert decision is not None
    texts = [facts for column, facts in sides if column and facts and column.storage is Storage.TEXT]
    if any(0 < facts.numbers == facts.whole and facts.are_beyond_doubles for facts in texts):
        if decision.kind is Kind.CATEGORY:
            each.decision = forced(Kind.CATEGORY, own=decision.kind)._replace(why=decision.why)
        each.notes.append(integers_beyond_doubles(each.name, decision.kind is Kind.CATEGORY))


def _is_counted_otherwise(each: CountedColumn, current: Countable) -> bool:
    """Returns True, and says so, if Q is a profile that counted the column as another kind."""
    known: dict[str, Decision] = getattr(current, "decisions", {})
    assert each.decision is not None
    if each.name not in known or known[each.name].kind is each.decision.kind:
        return False
    kinds = each.decision.kind.value, known[each.name].kind.value
    each.fail(f"it is {kinds[0]} in P, and the profile Q counted it as {kinds[1]}", LIKE_REFERENCE)
    return True


def _check_types(each: CountedColumn, current: Countable, settings: DriftSettings) -> None:
    decision, column_p, column_q = each.decision, each.column_p, each.column_q
    facts_p, facts_q = each.facts_p, each.facts_q
    assert decision is not None
    assert column_q is not None
    assert facts_p is not None
    assert facts_q is not None
    p, q = column_p.storage, column_q.storage
    is_number = decision.reading is not Reading.LABEL
    what = "a time" if decision.reading is Reading.TIME else "a number"
    spelt = facts_p.times if decision.reading is Reading.TIME else facts_p.numbers
    if is_number and p is Storage.TEXT and not spelt:
        each.fail(
            f"it is text in P, and not {what} as its type says",
            without_type(each.name),
        )
        return
    if is_number and q is Storage.TEXT:
        read = Read(column_q, decision.reading)
        numbers = current.value_counts([read])[each.name]
        if p is Storage.TEXT and numbers and spelt < _ENOUGH_NUMBERS * facts_p.present:
            return  # a setting asks for the numbers among the texts of both
        if numbers < _ENOUGH_NUMBERS * facts_q.present and settings.kind_of(each.name) is Kind.CATEGORY:
            each.decision = forced(Kind.CATEGORY, own=decision.kind)  # integers in P, compared to the letter
            return
        if numbers < _ENOUGH_NUMBERS * facts_q.present:
            bad = current.first_row(column_q, read)
            place = "" if bad is None else f": {bad[1]!r} first in row {bad[0]:,}"
            cure = cure_of_column(bad and bad[1], column_q, settings.q.options.dialect, "Q")
            each.fail(f"it is {what} in P and text in Q{place}", cure)
            return
        if p is not Storage.TEXT:
            if column_q.is_typed:
                each.notes.append(type_differs(each.name, column_p.declared, column_q.declared))
            return
    elif is_number and (q not in NUMBERS) != (p is Storage.INSTANT):
        each.fail(f"it is a number in P and {_WORDS.get(q, 'a number')} in Q", "write both tables with one schema")
        return
    elif not is_number and q in (Storage.INSTANT, Storage.UNSUPPORTED):
        each.fail(f"it is {_WORDS.get(p, 'a number')} in P and {_WORDS[q]} in Q", "write both tables with one schema")
        return
    if p is not q and not (p is Storage.TEXT and not column_p.is_typed):
        each.notes.append(type_differs(each.name, column_p.declared, column_q.declared))
    if {p, q} == {Storage.INTEGER, Storage.FLOAT} and (facts_p.are_beyond_doubles or facts_q.are_beyond_doubles):
        each.notes.append(numbers_exact_to(each.name))
