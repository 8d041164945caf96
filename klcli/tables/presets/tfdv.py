"""TensorFlow Data Validation's drift comparator, for strings; that for numbers compares sketches."""

from math import log

from klcli.tables.presets import shares
from klcli.tables.presets.preset import Method, NotReplayed, Options, Preset, Use, registered
from klcli.tables.presets.samples import Labels, Numbers, Sample


def _jensen_shannon(sample: Labels, options: Options) -> float:
    return min(1.0, shares.jensen_shannon(sample.p, sample.q) / log(2))


def _infinity_norm(sample: Labels, options: Options) -> float:
    return shares.l_infinity(sample.p / sample.p.sum(), sample.q / sample.q.sum())


def _use(sample: Sample) -> Use:
    if isinstance(sample, Numbers):
        raise NotReplayed("TFDV compares sketches of numbers; not reproduced")
    return Use.LABELS


registered(
    Preset(
        name="tfdv",
        tool="TensorFlow Data Validation",
        version="1.21.0",
        does="Jensen-Shannon divergence in bits, label by label; L∞ with -m infinity_norm; numbers are not reproduced",
        limits="above the limit of --limit; it has none of its own",
        methods=(
            Method(
                name="jensen_shannon_divergence", title="JS, bits", ours="jensen_shannon", labels=_jensen_shannon,
            ),
            Method(name="infinity_norm", title="L∞", ours="l_infinity", labels=_infinity_norm),
        ),
        use=_use,
        chosen=lambda sample: "jensen_shannon_divergence",
    )
)  # fmt: skip
