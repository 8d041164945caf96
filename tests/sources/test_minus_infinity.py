"""-inf among logits and log-probabilities, in every format that a distribution or rows are read from."""

import json
from math import inf, log

import numpy as np
import pytest
from oracle import exact_value_of_logits

import klcli

P, Q = [1.0, 2.0, -inf], [1.5, 2.0, -inf]
KL = float(exact_value_of_logits("forward_kl", P, Q))


def labelled(values, as_text):
    return "{" + ", ".join(f'"{label}": {as_text(value)}' for label, value in zip("abc", values, strict=True)) + "}"


def bare(value):
    return "-Infinity" if value == -inf else str(value)


def quoted(value):
    return '"-Infinity"' if value == -inf else str(value)


def npy(values, path, dtype):
    np.save(path, np.array(values, dtype))


TEXTS = {
    "csv": lambda values: "".join(f"{label},{value}\n" for label, value in zip("abc", values, strict=True)),
    "tsv": lambda values: "".join(f"{label}\t{bare(value)}\n" for label, value in zip("abc", values, strict=True)),
    "json": lambda values: labelled(values, bare),
    "json as a text": lambda values: labelled(values, quoted),
    "json by python": lambda values: json.dumps(dict(zip("abc", values, strict=True))),
    "json records": lambda values: json.dumps([{"label": k, "x": v} for k, v in zip("abc", values, strict=True)]),
    "jsonl records": lambda values: "".join(
        f'{{"label": "{label}", "x": {quoted(value)}}}\n' for label, value in zip("abc", values, strict=True)
    ),
}


@pytest.mark.parametrize("form", TEXTS)
def test_every_text_is_read(form, document, tmp_path):
    suffix = form.split()[0]
    paths = [tmp_path / f"{name}.{suffix}" for name in "pq"]
    for path, values in zip(paths, (P, Q), strict=True):
        path.write_text(TEXTS[form](values))
    found = document("compute", *paths, "--as", "logits")
    assert found["measures"]["forward_kl"] == pytest.approx(KL, rel=4e-15)
    assert found["notes"] == []


@pytest.mark.parametrize(
    ("p", "q"),
    [("1,2,-inf", "1.5,2,-Infinity"), ("[1,2,-Infinity]", '[1.5,2,"-inf"]'), ("a=1,b=2,c=-inf", "a=1.5,b=2,c=-inf")],
)
def test_inline_operands_are_read(p, q, document):
    assert document("compute", p, q, "--as", "logits")["measures"]["forward_kl"] == pytest.approx(KL, rel=4e-15)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "longdouble"])
def test_arrays_of_every_float_are_read(dtype, document, tmp_path):
    npy(P, tmp_path / "p.npy", dtype)
    npy(Q, tmp_path / "q.npy", dtype)
    found = document("compute", tmp_path / "p.npy", tmp_path / "q.npy", "--as", "logits")
    assert found["measures"]["forward_kl"] == pytest.approx(KL, rel=4e-15)


def test_many_labels_are_read_by_the_fast_readers_as_by_the_careful(document, tmp_path):
    lines = [f"l{number},{-number / 1000}" for number in range(20_000)]
    (tmp_path / "p.csv").write_text("\n".join([*lines, "x,-inf"]))
    (tmp_path / "q.csv").write_text("\n".join(lines))
    found = document("compute", tmp_path / "p.csv", tmp_path / "q.csv", "--as", "logits", "-m", "all")["measures"]
    assert (found["forward_kl"], found["reverse_kl"], found["total_variation"]) == (0, 0, 0)


def test_log_probabilities_of_mass_0_are_read(document):
    half = log(0.5)
    found = document(
        "compute", f"{half},{half},-inf", f"{half},-inf,{half}", "--as", "logprobs", "-m", "total_variation"
    )
    assert found["measures"]["total_variation"] == pytest.approx(0.5, rel=4e-15)


def test_the_python_face_reads_it():
    assert klcli.compare(P, Q, as_="logits").forward_kl == pytest.approx(KL, rel=4e-15)
    assert klcli.compare({"a": 0, "b": -inf}, {"a": 0, "b": 0}, as_="logits").reverse_kl == inf


ROWS = {
    "csv": lambda values: "a,b,c\n" + 2 * (",".join(map(str, values)) + "\n"),
    "jsonl": lambda values: 2 * (json.dumps(values) + "\n"),
    "jsonl of texts": lambda values: 2 * (f"[{', '.join(map(quoted, values))}]\n"),
    "jsonl of objects": lambda values: 2 * (labelled(values, quoted) + "\n"),
}


@pytest.mark.parametrize("form", ROWS)
def test_rows_of_every_text_are_read(form, document, tmp_path):
    suffix = form.split()[0]
    paths = [tmp_path / f"{name}.{suffix}" for name in "pq"]
    for path, values in zip(paths, (P, Q), strict=True):
        path.write_text(ROWS[form](values))
    found = document("rows", *paths, "--as", "logits")
    assert [row["forward_kl"] for row in found["rows"]] == pytest.approx([KL, KL], rel=4e-15)


def test_a_list_of_the_most_probable_outcomes_may_end_in_mass_0(document, kl, tmp_path):
    top, beside = tmp_path / "top.jsonl", tmp_path / "finite.jsonl"
    top.write_text('{"p": {"top": {"a": -0.1, "b": "-Infinity"}}, "q": {"top": {"a": -0.2, "c": -Infinity}}}\n')
    beside.write_text('{"p": {"top": {"a": -0.1, "b": -9999}}, "q": {"top": {"a": -0.2, "c": -9999}}}\n')
    found, expected = (document("rows", path, "--tail-floor", "1e-9")["rows"] for path in (top, beside))
    assert found == expected
    assert found[0]["forward_kl_lower"] <= found[0]["forward_kl_upper"] < inf


@pytest.mark.parametrize("text", ["[1, 2, -inf]", '{"a": 1, "c": -inf}', '{"p": [1, -inf], "q": [1, 2]}\n'])
@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_minus_infinity_as_python_prints_it_is_answered_with_how_json_has_it(text, suffix, kl, tmp_path):
    path = tmp_path / f"p.{suffix}"
    path.write_text(text)
    for command in (("compute", path, path), ("rows", path, path)):
        result = kl(*command, "--as", "logits")
        assert result.code == 3
        assert f'line 1, column {text.index("-inf") + 1}: not JSON: write -inf as -Infinity or "-inf"' in result.err


@pytest.mark.parametrize("word", ["inf", "+inf", "Infinity", "nan"])
def test_plus_infinity_and_nan_are_refused_with_their_place_and_a_hint(word, kl, tmp_path):
    (tmp_path / "p.csv").write_text(f"a,1\nb,{word}\n")
    result = kl("compute", tmp_path / "p.csv", tmp_path / "p.csv", "--as", "logits")
    assert result.code == 3
    assert "p.csv: line 2: 'b': " in result.err
    assert "kl: hint: a logarithm is a finite number, or -inf for mass 0" in result.err
