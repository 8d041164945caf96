"""Which closed form of KL(P‖Q) a pair has.

The first of these that exists: the form registered for the two families; the form of their common base class (two
powers of a gamma variable with one exponent); H(P, Q) - H(P), if P knows every expectation that Q needs; the form of a
one-to-one function of x that maps both members to simpler families.
"""

from dataclasses import replace

from klcli.families.closed_forms.closed_form import (
    CLOSED_FORMS,
    KIN_FORMS,
    ClosedForm,
    Evaluation,
    form_from_expectations,
    has_expectations,
)
from klcli.families.closed_forms.sources import KULLBACK_LEIBLER
from klcli.families.family.family import Family, cached_by_family
from klcli.families.family.support import can_cover

__all__ = ["closed_form_of", "form_for_all_parameters", "has_closed_form", "listed_form"]


def closed_form_of(p: Family, q: Family) -> ClosedForm | None:
    """Returns the closed form of KL(P‖Q) for these parameters; None if they have none."""
    first, second = type(p), type(q)
    always = form_for_all_parameters(first, second)
    if always is not None:
        return always
    registered = _registered(first, second)
    if registered is not None and registered.applies is not None and registered.applies(p, q):
        return registered
    if has_expectations(first, second):
        return form_from_expectations(first, second)
    images_p, images_q = p.images(), q.images()
    for name in images_p.keys() & images_q.keys():
        inner = closed_form_of(images_p[name], images_q[name])
        if inner is not None:
            return ClosedForm(
                inner.formula.within(f"that of {name}: "),
                f"{inner.source}; invariance: {KULLBACK_LEIBLER}",
                _of_images(name, inner.evaluate),
            )
    return None


@cached_by_family
def form_for_all_parameters(p: type[Family], q: type[Family]) -> ClosedForm | None:
    """Returns the closed form that two families have for all parameters; None if it depends on the parameters."""
    registered = _registered(p, q)
    if registered is not None:
        return None if registered.applies else registered
    return form_from_expectations(p, q) if has_expectations(p, q) else None


@cached_by_family
def _registered(p: type[Family], q: type[Family]) -> ClosedForm | None:
    form = CLOSED_FORMS.get((p.name, q.name))
    if form is not None:
        return form
    for base, form_of in KIN_FORMS.items():
        if issubclass(p, base) and issubclass(q, base):
            return form_of(p, q)
    return None


def _of_images(name: str, evaluate: Evaluation) -> Evaluation:
    return lambda p, q: evaluate(p.images()[name], q.images()[name])


def has_closed_form(p: type[Family], q: type[Family]) -> bool:
    """Returns True if a pair of families has a closed form that is finite for some parameters."""
    if not can_cover(p, q):
        return False
    return _registered(p, q) is not None or has_expectations(p, q) or bool(p.image_families.keys() & q.image_families)


def listed_form(p: type[Family], q: type[Family]) -> ClosedForm:
    """Returns the closed form that `kl list` shows for two families; `has_closed_form` must hold."""
    if (p.name, q.name) in CLOSED_FORMS:
        return CLOSED_FORMS[p.name, q.name]
    if has_expectations(p, q):
        return form_from_expectations(p, q)
    registered = _registered(p, q)
    if registered is not None:
        return registered
    name = next(iter(p.image_families.keys() & q.image_families.keys()))
    images = p.image_families[name], q.image_families[name]
    inner = _registered(*images) or listed_form(*images)
    return replace(inner, formula=inner.formula.within(f"that of {name}: "))
