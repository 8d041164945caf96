"""The report on drift between two tables: head, facts, and ending."""

from collections.abc import Iterator

from klcli.core.measures.measure import MEASURES
from klcli.notes.wording import listing, plural
from klcli.reports.drift.columns import TITLES
from klcli.reports.drift.document import code_of, document_ending, document_head, exit_code
from klcli.reports.parts import Facts, Joint, Prose
from klcli.reports.report import Ending, Head
from klcli.runs.batch_results import BatchSummary
from klcli.runs.drift.judging.judge import SMOOTHING
from klcli.runs.drift.results import DriftResult, JointDrift, TableSide
from klcli.support.text.safe_text import exact, rounded
from klcli.tables.presets import PRESETS
from klcli.tables.presets.preset import Preset

__all__ = [
    "drift_facts", "drift_report_ending", "drift_report_head", "drift_summary", "joint_parts", "named_summary",
    "preset_prose", "table_facts",
]  # fmt: skip


def drift_report_head(result: DriftResult) -> Head:
    """Returns the head of the report."""
    title = f"{result.p.name} vs {result.q.name}"
    preset = None if result.settings.preset is None else PRESETS.lookup(result.settings.preset)
    kinds = frozenset({"case", "facts", "prose" if preset else "picture"})
    return Head(
        "drift reports", kinds, "kl drift", title,
        "columns", document_head(result),
        definition=preset.does if preset else _definition(result.settings.measures[0]),
    )  # fmt: skip


def _definition(name: str) -> str:
    """Returns the formula of the measure by which columns are ranked."""
    if name not in MEASURES:
        return TITLES.get(name, name)
    return f"{TITLES.get(name, name)} = {MEASURES.lookup(name).formula}, of shares smoothed with {SMOOTHING}"


def drift_report_ending(result: DriftResult, summary: BatchSummary) -> Ending:
    """Returns the ending of the report."""
    return Ending(lambda: document_ending(result), batch=summary, notes=result.notes, exit_code=int(exit_code(result)))


def drift_summary(result: DriftResult) -> BatchSummary:
    """Returns the number of columns of each status."""
    summary = BatchSummary(f"{result.p.name} vs {result.q.name}", noun="column")
    for each in result.columns:
        summary.count(each.status, code_of(each.status, result.settings))
    if result.nothing_compared:
        summary.ending = "nothing was compared"
    elif result.refused_columns:
        summary.ending = f"{result.p.name} lacks {listing(result.refused_columns)}, which --new-columns fail refuses"
    return summary


def named_summary(result: DriftResult) -> str:
    """Returns the number of columns of each status, and the names of those that make the exit code."""
    code = exit_code(result)
    names = [each.name for each in result.columns if code_of(each.status, result.settings) is code]
    return drift_summary(result).sentence + (f"; exit code {int(code)} by {listing(names)}" if names else "")


def drift_facts(result: DriftResult, digits: int = 3) -> Facts:
    """Returns both tables, and how they are compared; `digits` are those of the numbers of pairs of columns."""
    settings = result.settings
    if settings.preset is not None:
        return _preset_facts(result, PRESETS.lookup(settings.preset))
    tests = plural(result.tests, "test")
    how = f"{settings.adjust} over {tests}" if settings.adjust != "none" else tests
    how += ", by relabelling" * settings.is_exact
    return Facts(
        (
            ("P", result.p.name, f"reference, {_size(result.p)}"),
            ("Q", result.q.name, f"current, {_size(result.q)}"),
            ("tests", f"{how[:1].upper()}{how[1:]}, α = {exact(settings.alpha)}", ""),
            *(_pair_fact(pair, digits) for pair in result.pairs),
        )
    )  # fmt: skip


def _preset_facts(result: DriftResult, preset: Preset) -> Facts:
    return Facts((*table_facts(result), ("as", f"{preset.tool} {preset.version}", "prints it")))


def table_facts(result: DriftResult) -> tuple[tuple[str, str, str], ...]:
    """Returns the rows of facts that name both tables."""
    return (
        ("P", result.p.name, f"reference, {_size(result.p)}"), ("Q", result.q.name, f"current, {_size(result.q)}"),
    )  # fmt: skip


def preset_prose(name: str) -> Prose:
    """Returns what the tool of a preset does, and when a column fails."""
    preset = PRESETS.lookup(name)
    return Prose((f"{preset.tool}: {preset.does}.", f"A column fails: {preset.limits}."))


def joint_parts(result: DriftResult, digits: int = 3) -> Iterator[Joint]:
    """Yields the joint divergence of each pair of columns, for formats without facts."""
    for pair in result.pairs:
        _, name, words = _pair_fact(pair, digits)
        document = pair._asdict()
        values = {each: document[each] for each in ("joint", "of_first", "of_second_given_first")}
        yield Joint(name, values, document, words, result.p.name, result.q.name)


def _pair_fact(pair: JointDrift, digits: int) -> tuple[str, str, str]:
    joint, first, second = (rounded(each, digits) for each in (pair.joint, pair.of_first, pair.of_second_given_first))
    given = f"{second} of {pair.second} given it"
    words = f"KL {joint} = {first} of {pair.first} + {given}, nats"
    return "pair", f"{pair.first}, {pair.second}", words


def _size(side: TableSide) -> str:
    kind = ", a profile" if side.kind == "profile" else ""
    return f"{plural(side.rows, 'row')}, {plural(side.columns, 'column')}{kind}"
