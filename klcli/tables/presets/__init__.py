"""Drift as other tools compute it: one tool a file, found by its name; importing a file registers its preset."""

from klcli.tables.presets.preset import PRESETS

__all__ = ["PRESETS"]


@PRESETS.loads("evidently", "gx", "nannyml", "tfdv", "deepchecks", "popmon", "psi-classic", "frouros", "feature-engine")
def _load() -> object:
    from klcli.tables.presets import (  # fmt: skip
        deepchecks,
        evidently,
        feature_engine,
        frouros,
        gx,
        nannyml,
        popmon,
        psi_classic,
        tfdv,
    )

    return deepchecks, evidently, feature_engine, frouros, gx, nannyml, popmon, psi_classic, tfdv
