"""Every family and every closed form, registered by being imported here."""

from klcli.families import (
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
    skewed,
    truncated,
    unit_interval,
)
from klcli.families.closed_form import CLOSED_FORMS
from klcli.families.family import FAMILIES

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
    skewed,
    truncated,
    unit_interval,
)
