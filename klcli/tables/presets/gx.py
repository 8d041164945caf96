"""Great Expectations' expect_column_kl_divergence_to_be_less_than, against the partition of the reference."""

import numpy as np

from klcli.tables.presets import shares
from klcli.tables.presets.preset import Method, Options, Preset, registered
from klcli.tables.presets.samples import Labels, Numbers

_BINS = 10


def _of_labels(sample: Labels, options: Options) -> float:
    """Returns KL(Q‖P); labels that the reference lacks share the weight of the tails."""
    p, q = sample.p / sample.p.sum(), sample.q / sample.q.sum()
    unseen = p == 0
    if unseen.any():
        p = np.where(unseen, options.holdout / np.count_nonzero(unseen), p * (1 - options.holdout))
    return shares.kl(q, p)


def _of_numbers(sample: Numbers, options: Options) -> float:
    """Returns KL(Q‖P) over 10 bins of equal width of the reference and a cell on each side of them."""
    x, y = sample.x, sample.y
    shares.finite("Great Expectations", x, y)
    counts, edges = np.histogram(x, _BINS)
    tail = options.holdout / 2
    p = np.concatenate([[tail], counts / len(x) * (1 - options.holdout), [tail]])
    inside = shares.histogram(y, edges)
    q = np.concatenate([[np.count_nonzero(y < edges[0])], inside, [np.count_nonzero(y > edges[-1])]]) / len(y)
    return shares.kl(q, p)


registered(
    Preset(
        name="gx",
        tool="Great Expectations",
        version="1.24.1",
        does="KL(Q‖P) in nats, in 10 bins of equal width of REF and one on each side of them, or label by label; "
        "infinite (null in its JSON) where CUR has what REF lacks, unless --holdout gives the tails a weight",
        limits="above 0.1, as its users often set; it has no limit of its own",
        methods=(
            Method(
                name="kl_divergence", title="KL(Q‖P)", ours="reverse_kl", numbers=_of_numbers, labels=_of_labels,
                limit=0.1,
            ),
        ),
        chosen=lambda sample: "kl_divergence",
        refused={"internal_weight_holdout": "its number could not be reproduced (1e-4 apart)"},
    )
)  # fmt: skip
