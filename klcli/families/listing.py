"""The families and their closed forms, as rows of `kl list`."""

from klcli.families.catalogue import FAMILIES
from klcli.families.closed_forms.lookup import has_closed_form, listed_form
from klcli.families.family.family import Family
from klcli.families.family.support import can_cover

__all__ = ["closed_form_rows", "family_rows"]


def family_rows() -> list[tuple[str, str, str, str]]:
    """Returns for each family its name, parameters, support, and the families Q with a closed form of KL(P‖Q)."""
    return [
        (
            cls.name,
            ", ".join(parameter.name for parameter in cls.parameters) or cls.title,
            cls.support,
            ", ".join(other.name for other in FAMILIES if has_closed_form(cls, other)) or "none",
        )
        for cls in FAMILIES
    ]


def closed_form_rows() -> list[tuple[str, str, str, str]]:
    """Returns P, Q, formula and source for every pair with a closed form, or infinite for all parameters."""
    univariate = [cls for cls in FAMILIES if cls.kind == "continuous" and cls.parameters]
    finite = [(p.name, q.name, *_formula(p, q)) for p in FAMILIES for q in FAMILIES if has_closed_form(p, q)]
    infinite = [
        (p.name, q.name, "infinite", f"P has mass on {p.support}, Q only on {q.support}")
        for p in univariate
        for q in univariate
        if not can_cover(p, q)
    ]
    return finite + infinite


def _formula(p: type[Family], q: type[Family]) -> tuple[str, str]:
    form = listed_form(p, q)
    return str(form.formula), form.source
