"""An error on one side names the kind of that side alone, so that the other is not read as what it is not."""

from math import exp, log

import numpy as np
import pytest

import klcli
from klcli.errors import NotADistribution

P, LOGITS = [0.9, 0.1], [-0.6, 0.69]
KL = 0.9 * log(0.9) + 0.1 * log(0.1) - (0.9 * -0.6 + 0.1 * 0.69) + log(exp(-0.6) + exp(0.69))


@pytest.mark.parametrize(
    ("p", "q", "options", "hint"),
    [
        ("0.9,0.1", "a,-0.6,0.69", (), "if these are logits, pass --q-as logits"),
        ("a,-0.6,0.69", "0.9,0.1", (), "if these are logits, pass --p-as logits"),
        ("a,-0.6,0.69", "a,-0.6,0.69", (), "if these are logits, pass --as logits"),
        ("a,-0.6,0.69", "a,-0.6,0.69", ("--q-as", "logits"), "if these are logits, pass --p-as logits"),
        ("0.9,0.1", "a,-0.6,-0.69", ("--q-as", "logprobs"), "pass --q-as logits to normalise them by softmax"),
        ("3,4", "0.3,0.4", (), "pass --as weights to normalise them"),
        ("0.3,0.4", "a,0,0.69", ("--q-as", "logits"), "pass --p-as weights to normalise them"),
        ("3,4", "a,-0.6,0.69", (), "if these are logits, pass --q-as logits, or --as logits if those of P are, too"),
    ],
)
def test_an_error_on_one_side_names_the_kind_of_that_side(kl, tmp_path, p, q, options, hint):
    p, q = (word.removeprefix("a,") for word in (p, q))
    assert kl("compute", *options, "--", p, q).err.splitlines()[-1] == f"kl: hint: {hint}"
    paths = [str(tmp_path / name) for name in ("p.npy", "q.npy")]
    for path, word in zip(paths, (p, q), strict=True):
        np.save(path, [[float(number) for number in word.split(",")]])
    assert kl("rows", *options, *paths).err.splitlines()[-1] == f"kl: hint: {hint}"
    (tmp_path / "pq.csv").write_text("p,q\n" + "".join(f"{a},{b}\n" for a, b in zip(*_split(p, q), strict=True)))
    assert kl("compute", *options, tmp_path / "pq.csv").err.splitlines()[-1] == f"kl: hint: {hint}"


def _split(*words):
    return [word.split(",") for word in words]


def test_what_is_hinted_gives_the_right_number(kl, tmp_path):
    np.save(tmp_path / "p.npy", [P])
    np.save(tmp_path / "q.npy", [LOGITS])
    assert float(kl("rows", tmp_path / "p.npy", tmp_path / "q.npy", "--q-as", "logits", "-f", "value").out) == (
        pytest.approx(KL, rel=4e-15)
    )
    assert klcli.kl_divergence(P, klcli.Distribution(LOGITS, as_="logits")) == pytest.approx(KL, rel=4e-15)


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: klcli.compare(P, LOGITS), 'q_as="logits"'),
        (lambda: klcli.compare(LOGITS, P), 'p_as="logits"'),
        (lambda: klcli.compare(LOGITS, LOGITS), ' as_="logits"'),
        (lambda: klcli.kl_divergence(P, LOGITS), 'klcli.Distribution(q, as_="logits")'),
        (lambda: klcli.hellinger(LOGITS, P), 'klcli.Distribution(p, as_="logits")'),
        (lambda: klcli.entropy(LOGITS), ' as_="logits"'),
        (lambda: klcli.compare_rows([P], [LOGITS]), 'q_as="logits"'),
        (lambda: klcli.compare_rows([P], [LOGITS], smooth="add:1"), 'q_as="logits"'),
        (lambda: klcli.compare_rows([LOGITS], [LOGITS]), ' as_="logits"'),
    ],
)
def test_a_call_names_the_argument_of_that_side(call, hint):
    with pytest.raises(NotADistribution) as caught:
        call()
    assert caught.value.hint.endswith(f"pass{' ' * (not hint.startswith(' '))}{hint}")


def test_sources_of_one_kind_are_not_told_to_be_read_as_another(kl, tmp_path):
    for name, masses in (("p", P), ("q", LOGITS), ("r", [0.5, 0.5])):
        (tmp_path / f"{name}.csv").write_text(
            "".join(f"{label},{mass}\n" for label, mass in zip("ab", masses, strict=True))
        )
    p, q, r = (str(tmp_path / f"{name}.csv") for name in "pqr")
    for sources in ((p, q), (q, p), (p, r, q)):
        said = kl("matrix", *sources).err.splitlines()[-1]
        assert said.startswith("kl: hint: all sources are read as one kind, and ")
        assert said.endswith("holds probabilities: give probabilities")
    assert kl("matrix", q, q).err.endswith("kl: hint: if these are logits, pass --as logits\n")
    against = kl("matrix", p, r, "--against", q)
    assert against.err.endswith("kl: hint: if these are logits, pass --against-as logits\n")
    nats = [
        float(line) for line in kl("matrix", p, r, "--against", q, "--against-as", "logits", "-f", "value").out.split()
    ]
    assert min(nats, key=lambda value: abs(value - KL)) == pytest.approx(KL, rel=4e-15)
    with pytest.raises(NotADistribution) as caught:
        klcli.pairwise([P], [LOGITS])
    assert caught.value.hint == "x and y are read as one kind: y alone seems to be logits"


def test_a_cure_that_quotes_the_data_is_kept_whatever_the_data_say(kl, tmp_path):
    (tmp_path / "p.csv").write_text("a,z --as log,n\nx,u,0.2\nx,v,0.8\n")
    (tmp_path / "q.csv").write_text("a,n\nx,0.2\ny,0.8\n")
    said = kl("matrix", str(tmp_path / "p.csv"), str(tmp_path / "q.csv"), "--column", "n").err
    assert "all sources are read as one kind" not in said
    assert "--label 'a,z --as log'" in said
