"""`kl list`: the contents of the registries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click

from klcli.cli.answer import PAGE_WIDTH, Output, emit
from klcli.cli.command import Command, completer
from klcli.cli.output_options import output_options
from klcli.core.distributions.kinds import KINDS
from klcli.core.distributions.smoothing import SMOOTHINGS
from klcli.core.distributions.units import UnitKind, unit_name
from klcli.core.measures.measure import MEASURES, Finite, Measure
from klcli.document.lists import listed
from klcli.errors import ExitCode
from klcli.reports.examples.catalogue import EXAMPLES
from klcli.reports.format import ANSWERS, Format
from klcli.reports.parts import Cell, Column
from klcli.reports.renderers import FORMATS
from klcli.reports.report import Report, listing_report
from klcli.sources.bytes.compression import COMPRESSIONS
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.support.registry import Registry
from klcli.tables.presets import PRESETS

__all__ = ["CATALOGUES", "Catalogue", "command"]


_FOR_MACHINES = ("meaning", "source")  # columns too wide for a table


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A list: its name, its columns, and a function that makes its rows; some columns are for machines alone."""

    name: str
    summary: str
    columns: tuple[str, ...]
    rows: Callable[[], Sequence[tuple[Cell, ...]]]
    for_machines: tuple[str, ...] = _FOR_MACHINES

    def report(self) -> Report:
        """Returns the catalogue as a report."""
        columns = tuple(
            Column(name.replace(" ", "_"), name, is_own=True, for_people=name not in self.for_machines)
            for name in self.columns
        )
        return listing_report("lists", columns, self.rows(), lambda items: listed(self.name, items))


def _measure_row(measure: Measure) -> tuple[Cell, ...]:
    bound, law = measure.bound, measure.finite_when
    return (
        f"{measure.name}:A" if measure.orders else measure.name,
        measure.formula,
        unit_name(measure.unit, "e") if measure.unit is not UnitKind.NONE else "none",
        "depends on A" if callable(bound) else "none" if bound == float("inf") else f"{bound:.6g}",
        law.value if isinstance(law, Finite) else "depends on A",
        "yes" if measure.symmetric else "no",
        measure.meaning,
        measure.source,
        " ".join(MEASURES.aliases(measure.name)),
    )


def _shown(kind: type[Format]) -> str:
    """Returns the answers that a format can show, in words."""
    if kind.shows >= ANSWERS:
        return "any answer"
    if "numbers" in kind.shows:
        return "any numbers"
    if "picture" in kind.shows:
        return "a picture"
    return "limits, kl batch" if "case" in kind.shows else "kl matrix"


def _family_rows() -> Sequence[tuple[Cell, ...]]:
    from klcli.families.listing import family_rows

    return family_rows()


def _closed_form_rows() -> Sequence[tuple[Cell, ...]]:
    from klcli.families.listing import closed_form_rows

    return closed_form_rows()


def _estimator_rows() -> Sequence[tuple[Cell, ...]]:
    from klcli.core.estimation.estimators import ESTIMATORS

    return [(each.written, ", ".join(each.kinds), each.summary, each.source) for each in ESTIMATORS]


def _preset_rows() -> Sequence[tuple[Cell, ...]]:
    return [(each.name, each.version, ", ".join(method.name for method in each.methods), each.does, each.limits)
            for each in PRESETS]  # fmt: skip


CATALOGUES: Registry[Catalogue] = Registry("catalogue", "catalogues")

CATALOGUES.answer("distributions", hint="did you mean families?")
CATALOGUES.answer("metrics", "divergences", "distances", hint="did you mean measures?")

for _catalogue in (
    Catalogue(
        "measures",
        "what can be measured, with -m",
        ("name", "formula", "unit", "bound", "finite when", "symmetric", "meaning", "source", "or"),
        lambda: [_measure_row(each) for each in MEASURES],
        for_machines=(*_FOR_MACHINES, "or"),
    ),
    Catalogue(
        "formats",
        "how an answer can be printed, with -f, --report or the suffix of -o",
        ("name", "or", "shows", "what it is"),
        lambda: [(each.name, " ".join(FORMATS.aliases(each.name)), _shown(each), each.summary) for each in FORMATS],
    ),
    Catalogue(
        "inputs",
        "what can be read, by suffix, by first bytes or with --input-format",
        ("name", "suffixes", "commands", "what it is"),
        lambda: [
            *(
                (each.name, " ".join(each.suffixes) or "by its first bytes", " ".join(each.commands), each.summary)
                for each in INPUT_FORMATS
            ),
            ("", " ".join(COMPRESSIONS), "", "compressed, after any suffix above"),
        ],
    ),
    Catalogue(
        "kinds",
        "what numbers can mean, with --as",
        ("name", "the numbers are"),
        lambda: [(each.name, each.summary) for each in KINDS],
    ),
    Catalogue(
        "smoothing",
        "what can be done to zeros, with --smooth",
        ("name", "what it does"),
        lambda: [(each.formula, each.summary) for each in SMOOTHINGS],
    ),
    Catalogue(
        "estimators",
        "how kl estimate can estimate a divergence, with --estimator",
        ("name", "of", "what it is", "source"),
        _estimator_rows,
    ),
    Catalogue(
        "presets",
        "whose numbers kl drift can print, with --preset",
        ("name", "version", "measures", "what it does", "fails"),
        _preset_rows,
    ),
    Catalogue(
        "examples",
        "worked examples, with kl examples NAME",
        ("name", "what it shows"),
        lambda: [(each.name, each.summary) for each in EXAMPLES],
    ),
    Catalogue(
        "families",
        "what a distribution may be by its parameters, such as normal(0, 1)",
        ("name", "parameters", "support", "closed form to"),
        _family_rows,
    ),
    Catalogue(
        "closed_forms",
        "which pairs of families have a closed form of KL(P‖Q), and which",
        ("name", "to", "formula", "source"),
        _closed_form_rows,
    ),
):
    CATALOGUES.add(_catalogue.name, _catalogue, aliases=("reports",) if _catalogue.name == "formats" else ())


@click.command("list", cls=Command)
@click.argument("name", required=False, shell_complete=completer(CATALOGUES.names))
@output_options
def command(name: str | None, output: Output) -> ExitCode:
    """List measures, formats, inputs, kinds, families and more.

    Without NAME, list the names of the lists.

    \b
    kl list measures
    """
    if name is not None:
        return emit(CATALOGUES.lookup(name).report(), output, width=PAGE_WIDTH)
    everything = Catalogue(
        "catalogues", "", ("name", "what it lists"), lambda: [(each.name, each.summary) for each in CATALOGUES]
    )
    return emit(everything.report(), output, width=PAGE_WIDTH)
