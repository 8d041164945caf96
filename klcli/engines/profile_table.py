"""A profile in the place of a table: it is counted by looking up what it holds."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.moments import moments_of
from klcli.engines.countable import HANDS_OVER, Countable, Form, Labels, Plan
from klcli.engines.further_labels import hashed_counts, is_hashed, looked_up
from klcli.errors import NotComparable
from klcli.notes import Note
from klcli.support.sentence import Command, Option, Sentence
from klcli.support.text.safe_text import shorten
from klcli.tables.column import Column, Kind, Read
from klcli.tables.cuts import Cut, nearest_float
from klcli.tables.facts import Facts, Value
from klcli.tables.joint import Axis
from klcli.tables.keys import canonical_counts
from klcli.tables.kinds import Decision
from klcli.tables.table_profile import LABELS, ColumnProfile, Profile, profile_ranks

__all__ = ["ProfileTable", "profile_of"]

_LIKE = "make it with " + Command("profile", Option("--like", "REF.kl.json"))
_CUT = Sentence(
    "as REF, name it first, without ",
    Option("--bins"),
    " of edges or widths; as CUR, ",
    _LIKE,
    "; or pass the table itself",
)


class ProfileTable:
    """A table that is known by its profile.

    Attributes:
        decisions: Kinds of columns, by name. salt: Of hashed labels, or empty.
        sketched: Names of columns of which an order statistic was asked for that is no cut, so that the next cut was
            given.
    """

    engine = "profile"
    notes: tuple[Note, ...] = ()
    absent: tuple[str, ...] = ()

    def __init__(self, profile: Profile) -> None:
        self.profile, self.form = profile, Form.PROFILE
        self.name, self.rows, self.salt = profile.name, profile.rows, profile.salt
        self.columns = tuple(each.column for each in profile.columns)
        self.decisions: dict[str, Decision] = {each.column.name: each.decision for each in profile.columns}
        self._by_name = {each.column.name: each for each in profile.columns}
        self.sketched: set[str] = set()

    def facts(self, columns: Sequence[Column], plan: Plan | None = None) -> dict[str, Facts]:
        return {column.name: self._by_name[column.name].facts for column in columns}

    def value_counts(self, reads: Sequence[Read]) -> dict[str, int]:
        return {read.column.name: self._by_name[read.column.name].values for read in reads}

    def order_statistics(self, ranks: Mapping[Read, Sequence[int]]) -> dict[str, tuple[Value, ...]]:
        found = {}
        for read, wanted in ranks.items():
            stored = self._by_name[read.column.name]
            last = len(stored.cuts) - 1
            at = [min(bisect_left(stored.at_most, rank), last) for rank in wanted if stored.cuts]
            if any(
                not stored.below[each] < rank <= stored.at_most[each] for each, rank in zip(at, wanted, strict=False)
            ):
                self.sketched.add(read.column.name)
            found[read.column.name] = tuple(stored.cuts[each] for each in at)
        return found

    def cumulative(self, cuts: Mapping[Read, Sequence[Cut]]) -> dict[str, tuple[int, ...]]:
        found = {}
        for read, wanted in cuts.items():
            stored = self._by_name[read.column.name]
            width = read.column.width
            at: dict[Value, int] = {nearest_float(value, width): index for index, value in enumerate(stored.cuts)}
            at |= {value: index for index, value in enumerate(stored.cuts)}
            places = [at.get(cut.value, at.get(nearest_float(cut.value, width))) for cut in wanted]
            if None in places:
                text = f"{read.column.name} is not cut at {wanted[places.index(None)].value}"
                raise NotComparable(f"{text}, and a profile knows its own cuts only", place=self.name, hint=_CUT)
            found[read.column.name] = tuple(
                (stored.below if cut.is_below else stored.at_most)[place]
                for cut, place in zip(wanted, places, strict=True)
                if place is not None
            )
        return found

    def labels(self, reads: Sequence[Read], most: int) -> dict[str, Labels]:
        found = {}
        for read in reads:
            stored = self._by_name[read.column.name]
            labels = tuple((label, count) for label, count in stored.labels if count)
            rest = labels[most:]
            found[read.column.name] = Labels(
                labels[:most], stored.other + sum(count for _, count in rest), stored.other_labels + len(rest)
            )
        return found

    def counts_of(self, read: Read, values: Sequence[object]) -> dict[object, int]:
        stored = self._by_name[read.column.name]
        counts: dict[object, int] = dict(stored.labels)
        unknown = [value for value in values if value not in counts]
        if unknown and stored.other:
            raise NotComparable(
                f"{read.column.name}: {shorten(str(unknown[0]))!r} may be one of the "
                f"{stored.other_labels:,} labels that are counted together",
                place=self.name,
                hint=_LIKE,
            )
        return {value: counts[value] for value in values if counts.get(value)}

    def of_column(self, name: str) -> ColumnProfile:
        """Returns what is stored of a column."""
        return self._by_name[name]

    def joint(self, first: Axis, second: Axis) -> dict[tuple[object, object], int]:
        raise NotComparable("a profile has no pairs of columns", place=self.name, hint="pass the table itself")

    def values(self, read: Read) -> Array:
        raise NotComparable(
            "a profile has no rows, which this measure or rule of bins needs",
            place=self.name,
            hint="pass the table itself",
        )

    def in_rows(self, read: Read) -> Array:
        return self.values(read)

    def first_row(self, column: Column, reading_fails: Read) -> tuple[int, str] | None:
        return None

    def close(self) -> None:
        return


def profile_of(
    table: Countable, decisions: Mapping[str, Decision], *, like: Profile | None = None, hashes: bool = False
) -> Profile:
    """Returns the profile of the columns of a table whose kinds were decided.

    Args:
        like: A profile whose cuts and labels are kept, so that both can be compared and merged.
        hashes: Labels of text columns are replaced by hashes.
    """
    columns = [column for column in table.columns if column.name in decisions]
    facts = table.facts(columns)
    reads = {column.name: Read(column, decisions[column.name].reading) for column in columns}
    numeric = [reads[column.name] for column in columns if decisions[column.name].kind is Kind.NUMERIC
               and facts[column.name].present]  # fmt: skip
    labelled = [reads[column.name] for column in columns
                if decisions[column.name].kind in (Kind.CATEGORY, Kind.BOOLEAN)]  # fmt: skip
    base = {} if like is None else {each.column.name: each for each in like.columns}
    counts = table.value_counts(numeric) if numeric else {}
    wanted = {read: profile_ranks(counts[read.column.name]) for read in numeric if read.column.name not in base}
    values = {name: tuple(sorted(set(found))) for name, found in table.order_statistics(wanted).items()}
    values |= {read.column.name: base[read.column.name].cuts for read in numeric if read.column.name in base}
    around = {
        read: [Cut(value, side) for value in values[read.column.name] for side in (True, False)] for read in numeric
    }
    cumulative = table.cumulative(around) if numeric else {}
    labels = table.labels(labelled, LABELS) if labelled else {}
    salt = like.salt if like is not None else f"klcli:{table.name}" if hashes else ""
    found = []
    for column in columns:
        name, decision = column.name, decisions[column.name]
        made = ColumnProfile(column, decision, facts[name], counts.get(name, facts[name].present))
        if name in cumulative:
            sides = cumulative[name]
            made = ColumnProfile(
                column, decision, facts[name], counts[name], values[name], sides[::2], sides[1::2],
                moments=moments_of(table.values(reads[name])) if table.engine in HANDS_OVER else None,
            )  # fmt: skip
        elif name in labels:
            made = _with_labels(made, reads[name], labels[name], table, salt, base.get(name))
        found.append(made)
    return Profile(table.name, table.rows, tuple(found), salt)


def _with_labels(
    made: ColumnProfile, read: Read, labels: Labels, table: Countable, salt: str, like: ColumnProfile | None
) -> ColumnProfile:
    kind = made.decision.kind
    counts, other, other_labels = canonical_counts(labels.counts, kind), labels.other, labels.other_labels
    wanted = [] if like is None else [key for key, _ in like.labels]
    if salt and is_hashed(kind, read):
        every = sorted(hashed_counts(read, labels, table, salt).items(), key=_by_count)
        counts, rest = dict(every[:LABELS]), dict(every[LABELS:])
        further = {key: rest[key] for key in wanted if key in rest}
        other, other_labels = sum(rest.values()), len(rest)
    else:
        lacking = [key for key in wanted if key not in counts] if other else []
        further = looked_up(lacking, read, table, kind)
    if other:  # a label with a count of 0 is known not to be among the others
        counts |= further
        other, other_labels = other - sum(further.values()), other_labels - len(further)
        counts = dict.fromkeys(wanted, 0) | counts
    keyed = sorted(counts.items(), key=_by_count)
    present = made.facts.present
    total = sum(count for _, count in keyed) + other
    return ColumnProfile(made.column, made.decision, made.facts, min(total, present), labels=tuple(keyed), other=other,
                         other_labels=other_labels)  # fmt: skip


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
