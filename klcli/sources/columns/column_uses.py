"""Words on the use of the columns of a table, for notes and cures."""

from collections.abc import Sequence

from klcli.core.distributions.labels import have_repeats
from klcli.notes import Note, Use, labels_added_up
from klcli.sources.columns.column_choice import Choice, option_of_labels
from klcli.sources.formats.query import Query
from klcli.support.text.safe_text import shorten

__all__ = ["cure_of_joint_labels", "notes_on_repeats", "shown_name", "uses"]


def uses(names: Sequence[str], choice: Choice, query: Query) -> tuple[tuple[str, ...], tuple[str, ...], int, Use]:
    """Returns the names of the columns of labels and of the first of values, the count of those, and their use."""
    is_headed = list(names) != [str(at + 1) for at in range(len(names))]
    shown = [shown_name(name if is_headed else "", at) for at, name in enumerate(names)]
    use = Use.PAIR if query.is_pair else Use.OBSERVATIONS if query.samples[0] else Use.MASSES
    labels, values = (tuple(shown[index] for index in those) for those in (choice.labels, choice.values[:5]))
    return labels, values, len(choice.values), use


def cure_of_joint_labels(names: Sequence[str], choice: Choice, texts: Sequence[int]) -> str:
    """Returns the cure for repeated labels beside columns of texts that nothing uses; an empty text without such."""
    if not choice.labels or not texts:
        return ""
    together = option_of_labels([names[at] for at in (*choice.labels, *texts)])
    return f"pass {together} if these columns are labels together"


def notes_on_repeats(
    source: str, names: Sequence[str], choice: Choice, texts: Sequence[int], labels: Sequence[str] | None
) -> tuple[Note, ...]:
    """Returns a note if labels that nobody chose repeat, beside columns of texts that nothing uses."""
    if not texts or labels is None or not have_repeats(labels):
        return ()
    together = [names[at] for at in (*choice.labels, *texts)]
    return (labels_added_up((source,), together[0], tuple(together[1:]), option_of_labels(together)),)


def shown_name(name: str, at: int) -> str:
    """Returns the shortened name of the column at a position; its number if it has no name."""
    return shorten(name) if name.strip() else f"column {at + 1}"
