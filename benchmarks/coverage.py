"""Coverage of the intervals of `kl estimate`, and false alarms of its test; writes the tables of docs/estimates.md.

`python -m benchmarks.coverage [REPETITIONS]`, 2,000 unless given; some minutes. Truths are closed forms or sums. An
interval covers if neither end excludes the truth, which the pivot tells without searching for the ends.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from klcli.core.estimation.counts.forms import FORMS
from klcli.core.estimation.counts.moments import Gates, from_moments, moments
from klcli.core.estimation.counts.sparsity import LEAST_COVERAGE, coverage
from klcli.core.estimation.estimate import DivergenceEstimate
from klcli.core.estimation.estimation import estimate_numbers
from klcli.core.estimation.settings import Settings
from klcli.core.estimation.several_columns.labelled_numbers import LabelledNumbers, estimate_labelled_numbers
from klcli.core.estimation.several_columns.vectors import estimate_vectors
from klcli.core.estimation.significance.homogeneity import homogeneity_test

PAGE = Path(__file__).parent.parent / "docs" / "estimates.md"
MEASURES = ("forward_kl", "jensen_shannon")
Masses = Any


def main() -> None:
    """Writes the tables."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    text = PAGE.read_text(encoding="utf-8")
    for name, table in (
        ("coverage of labels", labels(repetitions)),
        ("coverage of numbers", numbers(repetitions)),
        ("coverage of vectors", vectors(max(repetitions // 10, 20))),
        ("false alarms", false_alarms(5 * repetitions)),
    ):
        pattern = re.compile(f"<!-- {name} -->.*?<!-- end -->", re.DOTALL)
        text = pattern.sub(lambda _, name=name, table=table: f"<!-- {name} -->\n\n{table}\n\n<!-- end -->", text)
        print(f"{name}\n\n{table}\n", flush=True)
    PAGE.write_text(text, encoding="utf-8")


def labels(repetitions: int) -> str:
    """Returns the coverage of the KL and of Jensen–Shannon of labels."""
    rows = []
    for k, n, m in (
        (2, 100, 100), (2, 1000, 1000), (2, 100, 1000), (10, 100, 100), (10, 1000, 1000), (10, 100, 1000),
        (10, 1000, 100), (100, 1000, 1000), (100, 10_000, 10_000),
    ):  # fmt: skip
        for how, p, q in pairs(k):
            found = _coverage_of_labels(p, q, n, m, repetitions)
            if found is not None:
                rows.append((f"{k}", how, f"{n:,} / {m:,}", *found))
    return _table(
        ("labels", "Q against P", "n / m", "KL: truth", "covered", "of these, ∞", "JS: truth", "covered"), rows
    )


def pairs(k: int) -> list[tuple[str, Masses, Masses]]:
    """Returns pairs of masses: equal, near and far."""
    equal = np.full(k, 1 / k)
    near, far = np.linspace(1, 2, k), np.linspace(1, 6, k)
    return [("equal", equal, equal), ("near", equal, near / near.sum()), ("far", equal, far / far.sum())]


def _coverage_of_labels(p: Masses, q: Masses, n: int, m: int, repetitions: int) -> tuple[str, ...] | None:
    random = np.random.default_rng(2026)
    both = (p + q) / 2
    truths = ((p * np.log(p / q)).sum(), (p * np.log(p / both) + q * np.log(q / both)).sum() / 2)
    kept, covered, infinite = 0, [0, 0], 0
    for x, y in zip(random.multinomial(n, p, repetitions), random.multinomial(m, q, repetitions), strict=True):
        x, y = x.astype(float), y.astype(float)
        if min(coverage(x), coverage(y)) < LEAST_COVERAGE:
            continue
        kept += 1
        gates = Gates(True, homogeneity_test(x, y).p_value)
        for at, (name, truth) in enumerate(zip(MEASURES, truths, strict=True)):
            each = from_moments(FORMS[name], moments(FORMS[name], x, y), 0.95, gates)
            covered[at] += bool(each.lower <= truth <= each.upper)
            infinite += name == "forward_kl" and bool(np.isinf(each.upper))
    if kept < repetitions / 4:
        return None
    kl, js = (f"{100 * each / kept:.1f} %" for each in covered)
    return f"{truths[0]:.4f}", kl, f"{100 * infinite / kept:.0f} %", f"{truths[1]:.4f}", js


def numbers(repetitions: int) -> str:
    """Returns the coverage of the KL of numbers, and of numbers with labels."""
    normal = np.random.Generator.normal

    def zeros(random: np.random.Generator, n: int) -> Any:
        return random.exponential(size=n) * (random.random(n) > 0.6)

    def labelled(random: np.random.Generator, n: int, shift: float = 0.0) -> LabelledNumbers:
        labels = random.choice(["a", "b"], n)
        return LabelledNumbers(labels.tolist(), random.normal(np.where(labels == "a", shift, 0.0)))

    cases: list[tuple[str, Callable[..., Any], Callable[..., Any], float]] = [
        ("normal, the same", lambda r, n: normal(r, size=n), lambda r, n: normal(r, size=n), 0.0),
        ("normal, mean + σ/2", lambda r, n: normal(r, size=n), lambda r, n: normal(r, 0.5, 1, n), 0.125),
        ("exponential, twice the mean", lambda r, n: r.exponential(1, n), lambda r, n: r.exponential(2, n),
         float(np.log(2) - 0.5)),
        ("rounded to 0.5, the same", lambda r, n: np.round(2 * normal(r, size=n)) / 2,
         lambda r, n: np.round(2 * normal(r, size=n)) / 2, 0.0),
        ("60 % zeros, the same", zeros, zeros, 0.0),
        ("2 labels and a normal, the same", labelled, labelled, 0.0),
        ("2 labels and a normal, mean + σ/2 of one", labelled, lambda r, n: labelled(r, n, 0.5), 0.125 / 2),
    ]  # fmt: skip
    rows = []
    for how, draw_x, draw_y, truth in cases:
        for n, m in ((100, 100), (1000, 1000), (200, 2000)):
            random = np.random.default_rng(2026)
            covered = infinite = 0
            for _ in range(repetitions):
                found = _estimated(draw_x(random, n), draw_y(random, m))
                covered += bool(found.lower is not None and found.lower <= truth <= found.upper)
                infinite += bool(found.upper is not None and np.isinf(found.upper))
            shares = (f"{100 * covered / repetitions:.1f} %", f"{100 * infinite / repetitions:.0f} %")
            rows.append((how, f"{n:,} / {m:,}", f"{truth:.4f}", *shares))
    return _table(("P against Q", "n / m", "KL: truth", "covered", "of these, ∞"), rows)


def _estimated(x: Any, y: Any) -> DivergenceEstimate:
    settings = Settings(("forward_kl",), allows_duplicates=True)
    if isinstance(x, LabelledNumbers):
        return estimate_labelled_numbers(("x", "y"), x, y, settings, columns=("label", "number")).first
    return estimate_numbers(("x", "y"), x, y, settings).first


def vectors(repetitions: int) -> str:
    """Returns how often the lower end of a KL of vectors is below the truth, and the value by neighbours."""
    rows = []
    for d, n, shift in ((2, 400, 0.0), (2, 1000, 0.0), (2, 1000, 0.5), (5, 1000, 0.0), (5, 1000, 1.0)):
        random = np.random.default_rng(2026)
        held, values, alarms = 0, [], 0
        truth = shift**2 / 2
        for at in range(repetitions):
            x, y = random.normal(size=(n, d)), random.normal(size=(n, d))
            y[:, 0] += shift
            found = estimate_vectors(("x", "y"), x, y, Settings(("forward_kl",), seed=at))
            held += bool(found.first.lower <= truth)
            alarms += found.p_value < 0.05
            values.append(found.first.value)
        mean = f"{np.mean(values):.3f} ± {np.std(values):.3f}"
        shares = (f"{100 * held / repetitions:.1f} %", f"{100 * alarms / repetitions:.1f} %")
        rows.append((f"{d}", f"{n:,}", f"{truth:.3f}", mean, *shares))
    return _table(("dimensions", "n = m", "KL: truth", "value, mean ± deviation", "lower end held", "p < 0.05"), rows)


def false_alarms(repetitions: int) -> str:
    """Returns how often the test of P = Q fires where P = Q, at three levels."""
    zipf = 1 / np.arange(1, 501)
    populations = {
        "20 equal": np.full(20, 1.0), "zipf 50": zipf[:50], "zipf 500": zipf, "geometric 20": 0.7 ** np.arange(20),
        "one of 90 %, 200 rare": np.r_[0.9, np.full(199, 0.1 / 199)],
    }  # fmt: skip
    rows = []
    for name, masses in populations.items():
        p = masses / masses.sum()
        for n, m in ((50, 50), (300, 300), (10_000, 10_000), (50, 10_000)):
            random = np.random.default_rng(2026)
            p_values = np.array(
                [
                    homogeneity_test(random.multinomial(n, p), random.multinomial(m, p)).p_value
                    for _ in range(repetitions)
                ]
            )
            rows.append(
                (name, f"{n:,} / {m:,}", *(f"{100 * (p_values < a).mean():.2f} %" for a in (0.05, 0.01, 0.001)))
            )
    return _table(("labels", "n / m", "at 5 %", "at 1 %", "at 0.1 %"), rows)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * 2 + ("---:",) * (len(head) - 2), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    main()
