"""The Bhattacharyya distance -log ∫ √(p·q) of two members of one family of vectors, if it has a closed form.

The distance is near 0 for nearly equal members; `refinement.refine` recovers the digits that then cancel.
"""

from collections.abc import Callable

from klcli.families.closed_forms.closed_form import ClosedForm, Evaluation
from klcli.families.family.family import Family
from klcli.families.family.formula import Formula

__all__ = ["bhattacharyya_form", "closed_bhattacharyya"]

_FORMS: dict[str, ClosedForm] = {}


def closed_bhattacharyya(
    family: type[Family], *, formula: str, source: str, where: str = ""
) -> Callable[[Evaluation], Evaluation]:
    """Registers the decorated function as the Bhattacharyya distance of two members of a family."""

    def register(evaluate: Evaluation) -> Evaluation:
        _FORMS[family.name] = ClosedForm(Formula(formula, where), source, evaluate)
        return evaluate

    return register


def bhattacharyya_form(p: Family, q: Family) -> ClosedForm | None:
    """Returns the closed form of the distance of P and Q; None if they have none."""
    return _FORMS.get(p.name) if p.name == q.name else None
