"""Outcomes that occurred in rows, as a call gives them: by label or by number, as `kl rows --target` reads them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from klcli.core.rows.target_labels import Targets, targets_among
from klcli.support.foreign_arrays import refuse_masked
from klcli.support.text.label_text import label_texts

__all__ = ["targets_of_call"]


def targets_of_call(target: Any, labels: Sequence[str] | None, outcomes: int) -> Targets | None:
    """Returns the outcomes that labels or numbers name; None where outcomes have no labels, or no row one target.

    Raises:
        NotComparable: a target is not an outcome. NotADistribution: one is masked.
    """
    if labels is None or np.ndim(target) != 1:
        return None
    refuse_masked(target, "the targets")
    texts = label_texts(np.asarray(target).tolist())
    return targets_among(labels, outcomes, texts, name="target")
