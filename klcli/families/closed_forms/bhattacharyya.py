"""The Bhattacharyya distance -log ∫ √(p·q) of two members of one family of vectors, if it has a closed form.

The distance is near 0 for nearly equal members; `refinement.refine` recovers the digits that then cancel.
"""

from collections.abc import Callable

from klcli.families.closed_forms.closed_form import ClosedForm, Formula
from klcli.families.family.family import Family

__all__ = ["bhattacharyya_form", "closed_bhattacharyya"]

_FORMS: dict[str, ClosedForm] = {}


def closed_bhattacharyya(family: type[Family], *, formula: str, source: str) -> Callable[[Formula], Formula]:
    """Registers the decorated function as the Bhattacharyya distance of two members of a family."""

    def register(evaluate: Formula) -> Formula:
        _FORMS[family.name] = ClosedForm(formula, source, evaluate)
        return evaluate

    return register


def bhattacharyya_form(p: Family, q: Family) -> ClosedForm | None:
    """Returns the closed form of the distance of P and Q; None if there is none."""
    return _FORMS.get(p.name) if p.name == q.name else None
