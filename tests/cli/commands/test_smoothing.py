"""Every command that smooths gives the measures of the exactly smoothed distributions."""

import json
from fractions import Fraction

import mpmath
import pytest
from oracle import exact_value, exact_value_of_smoothed, exactly_smoothed

P, Q = [0.2, 0.3, 0.5], [0.2, 0.30000000000000004, 0.49999999999999994]
SMOOTHINGS = ("add:0.5", "floor:1e-300", "floor:0.25", "mix:0.01")


def written(masses):
    return ",".join(map(repr, masses))


@pytest.fixture(params=SMOOTHINGS)
def smoothing(request):
    return request.param


@pytest.fixture
def exact(smoothing):
    return pytest.approx(float(exact_value_of_smoothed("forward_kl", P, Q, smoothing)), rel=4e-15)


def test_of_a_pair(document, smoothing, exact):
    measures = document("compute", written(P), written(Q), "--smooth", smoothing)["measures"]
    assert measures["forward_kl"] == exact


def test_of_a_batch(kl, smoothing, exact, tmp_path):
    manifest = tmp_path / "pairs.jsonl"
    manifest.write_text(json.dumps({"p": written(P), "q": written(Q), "smooth": smoothing}) + "\n")
    answer = json.loads(kl("batch", manifest, "-f", "jsonl").out.splitlines()[0])
    assert answer["measures"]["forward_kl"] == exact


def test_of_rows(kl, smoothing, exact, tmp_path):
    for name, side in (("p.csv", P), ("q.csv", Q)):
        (tmp_path / name).write_text(f"{written(side)}\n{written(side)}\n")
    out = kl("rows", tmp_path / "p.csv", tmp_path / "q.csv", "--smooth", smoothing, "-f", "csv").out
    assert [float(line.split(",")[1]) for line in out.splitlines()[1:]] == [exact, exact]


def test_of_a_matrix(kl, smoothing, exact, tmp_path):
    (tmp_path / "rows.csv").write_text(f"{written(P)}\n{written(Q)}\n")
    out = kl("matrix", tmp_path / "rows.csv", "--smooth", smoothing, "-f", "csv").out
    assert float(out.splitlines()[1].split(",")[2]) == exact


def test_of_an_explanation(document, smoothing, exact):
    found = document("explain", written(P), written(Q), "--smooth", smoothing)
    assert found["measures"]["forward_kl"] == exact
    p, q = (exactly_smoothed([Fraction(mass) for mass in side], smoothing) for side in (P, Q))
    for term in found["terms"]:
        index = int(term["outcome"].strip("[]")) - 1
        ratio = (p[index] / sum(p)) / (q[index] / sum(q))
        assert term["log_ratio"] == pytest.approx(float(mpmath.log1p(_mpf(ratio - 1))), rel=4e-15)


def _mpf(fraction):
    return mpmath.mpf(fraction.numerator) / fraction.denominator


@pytest.mark.parametrize(("factor", "code"), [(1 - 1e-14, 1), (1 + 1e-14, 0)])
def test_a_limit_is_held_against_the_value_in_the_base(kl, factor, code):
    base = 1.0000000000000002
    p, q = [1.0, 1e-310], [1.0, 2e-310]
    value = float(exact_value("forward_kl", p, q) / mpmath.log(mpmath.mpf(base)))
    gate = ("--base", repr(base), "--fail-above", repr(value * factor))
    assert kl("compute", written(p), written(q), "--as", "weights", *gate).code == code
