"""The population stability index as credit scoring has it: ten deciles of the reference (Siddiqi 2006)."""

from klcli.tables.presets.feature_engine import decile_counts, filled_psi
from klcli.tables.presets.preset import Method, Options, Preset, registered
from klcli.tables.presets.samples import Labels, Numbers


def _of_numbers(sample: Numbers, options: Options) -> float:
    return filled_psi(*decile_counts(sample.x, sample.y))


def _of_labels(sample: Labels, options: Options) -> float:
    return filled_psi(sample.p, sample.q)


registered(
    Preset(
        name="psi-classic",
        tool="the classic PSI",
        version="of Siddiqi 2006",
        does="PSI in ten deciles of REF (linear interpolation, right-closed, no end outside), or by label; an empty "
        "share counts as 1e-4, and nothing is normalised again",
        limits="above 0.2; 0.1 to 0.2 is called moderate",
        methods=(
            Method(name="psi", title="PSI", ours="jeffreys", numbers=_of_numbers, labels=_of_labels, limit=0.2),
        ),
        chosen=lambda sample: "psi",
    )
)  # fmt: skip
