"""The families and their closed forms, as rows for `kl list`."""

from klcli.families.closed_forms.closed_form import can_cover, expected_form, has_closed_form
from klcli.families.family.family import Family
from klcli.families.registrations import CLOSED_FORMS, FAMILIES

__all__ = ["closed_form_rows", "family_rows"]


def family_rows() -> list[tuple[str, str, str, str]]:
    """Returns name, parameters, support, and the families to which there is a closed form."""
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
    """Returns P, Q, the formula and its source, for every pair that has one, or is infinite whatever the parameters."""
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
    form = CLOSED_FORMS.get((p.name, q.name)) or expected_form(p, q)
    return form.formula, form.source
