"""Every family and every closed form, registered by being imported here."""

from klcli.families.catalogue import (
    bounded,
    discrete,
    gamma_powers,
    gaussian,
    heavy_tailed,
    location,
    mixture,
    multivariate,
    positive_and_circular,
    scipy_family,
    truncated,
    unit_interval,
)
from klcli.families.closed_forms import pairs, pairs_of_beta, pairs_of_vectors
from klcli.families.closed_forms.closed_form import CLOSED_FORMS
from klcli.families.family.family import FAMILIES

__all__ = ["CLOSED_FORMS", "FAMILIES"]
_MODULES = (
    bounded,
    discrete,
    gamma_powers,
    gaussian,
    heavy_tailed,
    location,
    mixture,
    multivariate,
    pairs,
    pairs_of_beta,
    pairs_of_vectors,
    scipy_family,
    positive_and_circular,
    truncated,
    unit_interval,
)
