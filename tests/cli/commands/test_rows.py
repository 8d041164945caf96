"""`kl rows`: row i of P against row i of Q, in every format, with limits and a summary."""

import csv
import io
import json
import os
import re
import sys
from math import exp, inf, log

import numpy as np
import pytest
from row_files import llama_base, safetensors

import klcli
from klcli.reports.renderers import FORMATS
from klcli.runs.rows.run import RowRun

random = np.random.default_rng(8)
P = random.dirichlet([0.5] * 6, 40)
Q = random.dirichlet([0.5] * 6, 40)
TEXTS = [each.name for each in FORMATS if "rows" in each.shows]
KL = [klcli.kl_divergence(p, q) for p, q in zip(P, Q, strict=True)]


@pytest.fixture
def pair(tmp_path):
    np.save(tmp_path / "p.npy", P)
    np.save(tmp_path / "q.npy", Q)
    return tmp_path / "p.npy", tmp_path / "q.npy"


@pytest.fixture
def written(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def values(text):
    return [inf if line == "Infinity" else float(line) for line in text.split()]


def test_a_row_gives_what_it_gives_alone(kl, pair):
    assert values(kl("rows", *pair, "-f", "value").out) == pytest.approx(KL, rel=8e-15)


@pytest.mark.parametrize("words", [(), ("--summary",), ("-j", "2"), ("-f", "value")])
def test_rows_of_one_outcome_are_said_to_be_alike(kl, written, words):
    p, q = written("p.csv", "1\n2\n3\n"), written("q.csv", "4\n1\n0.5\n")
    result = kl("rows", p, q, "--as", "logits", *words)
    assert "kl: note: P and Q: each distribution has one outcome, so all are alike\n" in result.err
    assert "1 outcomes" not in result.out
    assert "one outcome" not in kl("rows", *(written(name, "1,2\n2,1\n") for name in "pq"), "--as", "logits").err


def test_arrays_and_pairs_of_one_outcome_have_the_note_too():
    for found in (
        klcli.compare_rows([[1.0], [2.0]], [[3.0], [1.0]], as_="logits"),
        klcli.compare([1], [2], as_="logits"),
    ):
        assert [note.text for note in found.notes] == ["P and Q: each distribution has one outcome, so all are alike"]


def test_an_interval_stays_within_the_range_of_its_measure(kl, written):
    p, q = written("p.csv", "0.5,0.5\n1,0\n1,0\n"), written("q.csv", "0.5,0.5\n0,1\n1,0\n")
    asked = ("-m", "perplexity_p", "-m", "total_variation", "-m", "jensen_shannon", "--bits")
    summary = json.loads(kl("rows", p, q, *asked, "--summary", "-f", "json").out)["summary"]
    ends = {"perplexity_p": (1, 4), "total_variation": (0, 1), "jensen_shannon": (0, 1)}
    for name, (low, high) in ends.items():
        found = summary[name]["mean_estimate"]
        assert low == found["lower"] < found["upper"] <= high
        assert found["method"].endswith("cut at the range of the values")


def test_a_row_that_does_not_sum_to_1_is_counted_once_for_each_file(kl, written):
    note = "kl: note: {} row{} of {} do{} not sum to 1"
    p = written("p.csv", "0.5,0.505\n0.5,0.5\n0.5,0.503\n")
    q = written("q.csv", "0.5,0.5\n0.5,0.502\n0.5,0.5\n")
    assert note.format(2, "s", p, "") + " (the furthest to 1.005)" in kl("rows", p, p).err
    both = kl("rows", p, q).err
    assert note.format(2, "s", p, "") in both
    assert note.format(1, "", q, "es") in both


@pytest.mark.parametrize("is_json_first", [True, False])
def test_a_format_for_both_sides_that_is_wrong_for_one_leads_to_those_of_one_side(kl, written, is_json_first):
    files = [written("p.jsonl", "[0.5, 0.5]\n"), written("q.csv", "0.5,0.5\n")]
    hint = "kl: hint: it was read as {}, though its suffix says {}; --p-format and --q-format are for one side alone"
    for option, other in (("jsonl", "csv"), ("csv", "jsonl")):
        err = kl("rows", *(files if is_json_first else files[::-1]), "--input-format", option).err
        assert err.splitlines()[-1] == hint.format(option, other)
    sides = ("jsonl", "csv") if is_json_first else ("csv", "jsonl")
    found = kl("rows", *(files if is_json_first else files[::-1]), "--p-format", sides[0], "--q-format", sides[1])
    assert found.code == 0


@pytest.mark.parametrize("kind", ["logits", "logprobs", "weights"])
def test_kinds_are_those_of_compute(kl, tmp_path, kind):
    given = [each * 3 if kind == "weights" else np.log(each) for each in (P, Q)]
    for name, each in zip("pq", given, strict=True):
        np.save(tmp_path / f"{name}.npy", each)
    found = values(kl("rows", tmp_path / "p.npy", tmp_path / "q.npy", "--as", kind, "-f", "value").out)
    alone = [klcli.kl_divergence(p, q, as_=kind) for p, q in zip(*given, strict=True)]
    assert found == pytest.approx(alone, rel=8e-15)


def test_a_temperature_divides_logits(kl, tmp_path):
    for name, each in zip("pq", (P, Q), strict=True):
        np.save(tmp_path / f"{name}.npy", np.log(each))
    found = values(kl("rows", tmp_path / "p.npy", tmp_path / "q.npy", "--as", "logits", "--temperature", "2", "-f",
                      "value").out)  # fmt: skip
    assert found == pytest.approx([klcli.kl_divergence(np.sqrt(p), np.sqrt(q), as_="weights") for p, q in
                                   zip(P, Q, strict=True)], rel=1e-12)  # fmt: skip


def test_every_format_carries_the_same_numbers(kl, pair):
    options = ("-m", "forward_kl", "-m", "total_variation", "--bits")
    out = {name: kl("rows", *pair, *options, "-f", name).out for name in TEXTS}
    document = json.loads(out["json"])
    lines = [json.loads(line) for line in out["jsonl"].splitlines()]
    assert document["rows"] == lines
    assert [line["row"] for line in lines] == list(range(1, 41))
    assert [line["forward_kl"] for line in lines] == pytest.approx([value / log(2) for value in KL], rel=8e-15)
    for name, delimiter in (("csv", ","), ("tsv", "\t")):
        table = list(csv.DictReader(io.StringIO(out[name]), delimiter=delimiter))
        assert [float(row["forward_kl"]) for row in table] == [line["forward_kl"] for line in lines]
        assert {(row["unit"], row["smoothing"]) for row in table} == {("bits", "none")}
    assert values(out["value"]) == [line[name] for line in lines for name in ("forward_kl", "total_variation")]
    for name in ("table", "markdown"):
        assert f"{lines[39]['total_variation']:.6g}" in out[name]
        assert "in bits" in out[name] or "bits" in out[name]
    assert (document["p"]["rows"], document["p"]["outcomes"], document["unit"]) == (40, 6, "bits")


def test_rows_are_named_by_a_column(kl, written):
    p = written("p.csv", "name,a,b\nfirst,1,1\nsecond,1,3\n")
    q = written("q.csv", "name,b,a\nfirst,1,1\nsecond,1,1\n")
    lines = [json.loads(line) for line in kl("rows", p, q, "--id", "name", "-f", "jsonl").out.splitlines()]
    assert [line["id"] for line in lines] == ["first", "second"]
    assert lines[1]["forward_kl"] == pytest.approx(klcli.kl_divergence([1, 3], [1, 1]))
    assert "\nsecond   0.130812\n" in kl("rows", p, q, "--id", "name").out
    other = written("o.csv", "name,a,b\nsecond,1,1\nfirst,1,3\n")
    result = kl("rows", p, other, "--id", "name")
    assert result.code == 3
    assert "line 2: the row is called 'first' in" in result.err


def test_labels_are_joined_and_missing_ones_are_noted_or_refused(kl, written):
    p, q = written("p.csv", "a,b,c\n1,1,2\n0,1,1\n"), written("q.csv", "c,b,d\n1,2,1\n1,1,0\n")
    result = kl("rows", p, q, "-f", "value")
    alone = [klcli.kl_divergence({"a": 0, "b": 1, "c": 1}, {"c": 1, "b": 1, "d": 0})]
    assert values(result.out) == [inf, *alone]
    assert "1 label of" in result.err
    assert "forward_kl is infinite in 1 row: 1" in result.err
    assert kl("rows", p, q, "--missing", "error").code == 3
    logits = kl("rows", p, q, "--as", "logits", "-m", "jensen_shannon", "-f", "value")
    expected = klcli.compare({"a": exp(1), "b": exp(1), "c": exp(2)}, {"c": exp(1), "b": exp(2), "d": exp(1)},
                             as_="weights").jensen_shannon  # fmt: skip
    assert values(logits.out)[0] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("how", ["add:1", "floor:0.01", "mix:0.1"])
def test_rows_are_smoothed_as_a_pair_is(kl, written, how):
    p, q = written("p.csv", "1,0,3\n2,2,0\n"), written("q.csv", "0,1,1\n1,0,1\n")
    alone = [klcli.compare(a, b, smooth=how).forward_kl for a, b in (([1, 0, 3], [0, 1, 1]), ([2, 2, 0], [1, 0, 1]))]
    result = kl("rows", p, q, "--smooth", how, "-f", "value")
    assert values(result.out) == pytest.approx(alone, rel=1e-14)
    assert result.err.count("kl: note: ") == 1


def test_pairs_on_lines_may_differ_in_their_outcomes(kl, written):
    path = written("t.jsonl", '{"p": [1, 1], "q": [1, 3]}\n{"p": {"a": 1, "b": 3}, "q": {"b": 1, "a": 1}}\n'
                              '{"p": [1, 1, 2], "q": [1, 1, 1]}\n')  # fmt: skip
    alone = [klcli.kl_divergence(*each) for each in (([1, 1], [1, 3]), ([1, 3], [1, 1]), ([1, 1, 2], [1, 1, 1]))]
    assert values(kl("rows", path, "-f", "value").out) == pytest.approx(alone, rel=1e-14)


def test_one_file_of_arrays_or_tensors_holds_a_pair(kl, tmp_path):
    np.savez(tmp_path / "a.npz", p=P, q=Q)
    (tmp_path / "a.safetensors").write_bytes(safetensors({"base": P, "quantised": Q}))
    assert values(kl("rows", tmp_path / "a.npz", "-f", "value").out) == pytest.approx(KL, rel=8e-15)
    found = kl("rows", tmp_path / "a.safetensors", "--p", "base", "--q", "quantised", "-f", "value")
    assert values(found.out) == pytest.approx(KL, rel=8e-15)
    result = kl("rows", tmp_path / "a.safetensors")
    assert (result.code, "no tensor 'p'; there are base, quantised" in result.err) == (3, True)


@pytest.mark.parametrize(
    ("p", "q", "words", "code"),
    [
        ("1,1\n", "1,1\n1,1\n", "p.csv ends after 1 rows, but", 3),
        ("1,1\n", "1,1,1\n", "has 2 outcomes and", 3),
        ("a,b\n1,1\n", "1,1\n", "has labels and", 3),
        ("1,1\n1,-1\n", "1,1\n1,1\n", "p.csv: line 2: column 2: a negative mass, -1", 3),
        ("0.5,0.4\n", "1,1\n", "line 1: the values sum to 0.9", 3),
        ("a,b\n1,nan\n", "a,b\n1,1\n", "line 2: column 2: 'b': NaN is not a valid mass", 3),
    ],
)
def test_bad_rows_are_refused_at_their_place(kl, written, p, q, words, code):
    result = kl("rows", written("p.csv", p), written("q.csv", q))
    assert result.code == code
    assert words in result.err


def test_one_table_alone_is_told_of_a_second_operand(kl, pair):
    result = kl("rows", pair[0])
    assert (result.code, "give Q as a second operand" in result.err) == (2, True)


# limits


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        ("forward_kl={}", max(KL)),
        ("max:forward_kl={}", max(KL)),
        ("{}", max(KL)),
        ("mean:forward_kl={}", sum(KL) / 40),
        ("median:forward_kl={}", float(np.median(KL))),
        ("p99:forward_kl={}", float(np.quantile(KL, 0.99))),
        ("p99.9:forward_kl={}", float(np.quantile(KL, 0.999))),
        ("min:forward_kl={}", min(KL)),
        ("mean:total_variation={}", float(np.abs(P - Q).sum() / 80)),
        ("max:renyi:2={}", max(klcli.compare(p, q)["renyi:2"] for p, q in zip(P, Q, strict=True))),
        ("top1_rms_difference={}", float(np.sqrt(np.mean([(q[p.argmax()] - p.max()) ** 2 for p, q in
                                                          zip(P, Q, strict=True)])))),
    ],
)  # fmt: skip
@pytest.mark.parametrize("more", [(), ("--summary",)])
def test_a_limit_is_held_against_its_statistic(kl, pair, limit, value, more):
    above, below = (limit.format(value * (1 + part)) for part in (1e-9, -1e-9))
    assert kl("rows", *pair, *more, "--fail-above", above).code == 0
    assert kl("rows", *pair, *more, "--fail-above", below).code == 1
    if ":" in limit or "top1" in limit:
        assert kl("rows", *pair, *more, "--fail-below", below).code == 0
        assert kl("rows", *pair, *more, "--fail-below", above).code == 1


def test_agreement_below_a_limit_fails_and_says_so(kl, document, pair):
    share = float((P.argmax(axis=1) == Q.argmax(axis=1)).mean())
    result = kl("rows", *pair, "--fail-below", "top1_agreement=0.99")
    assert result.code == 1
    assert f"limit exceeded: top1_agreement = {share} < 0.99" in result.err
    verdict = {"measure": "top1_agreement", "limit": 0.99, "value": share, "passed": False, "is_least": True}
    assert document("rows", *pair, "--fail-below", "top1_agreement=0.99")["verdicts"] == [verdict]


def test_a_limit_in_bits_is_a_limit_in_bits(kl, pair):
    bits = max(KL) / log(2)
    assert kl("rows", *pair, "--bits", "--fail-above", str(bits * 1.0001)).code == 0
    assert kl("rows", *pair, "--bits", "--fail-above", str(bits * 0.9999)).code == 1


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("mean:forward_kl=x", "is not a limit"),
        ("avg:forward_kl=1", "no statistic is called 'avg'"),
        ("p101:forward_kl=1", "no statistic is called 'p101'"),
        ("mean:nope=1", "no measure is called 'nope'"),
        ("target_perplexity_q=1", "needs the outcome that occurred"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--summary",)])
def test_a_wrong_limit_is_a_wrong_command_line_before_anything_is_printed(kl, pair, limit, words, more):
    result = kl("rows", *pair, *more, "--fail-above", limit)
    assert (result.code, result.out, words in result.err) == (2, "", True)


def test_what_does_not_compare_fails_and_is_null_in_json(kl, document, written):
    p, next_ = written("p.csv", "1,0\n1,1\n"), written("next.txt", "1\n0\n")
    words = ("rows", p, p, "--target", next_, "--fail-above", "target_perplexity_ratio=2")
    assert document(*words)["verdicts"][0]["value"] is None
    ratio = document(*words, "--summary")["figures"]["target_perplexity_ratio"]
    assert (ratio["value"], ratio["error"], ratio["standard_error"]) == (None, None, None)
    result = kl(*words)
    assert result.code == 3
    assert result.err.endswith(
        "kl: error: target_perplexity_ratio is undefined for this data, so the limit 2 cannot be judged\n"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--tail-floor", "0.1"), "for lists of the most probable outcomes"),
        (("--temperature", "2"), "a temperature is for logits"),
        (("--temperature", "0", "--as", "logits"), "not a number above 0"),
        (("--as", "samples"), "a row cannot be read as samples"),
        (("--missing", "none"), "invalid value"),
        (("--input-format", "nope"), "no input format is called 'nope'"),
    ],
)
def test_an_option_that_does_not_go_with_the_data_is_refused(kl, pair, options, words):
    result = kl("rows", *pair, *options)
    assert (result.code, words in result.err) == (2, True)


@pytest.mark.parametrize("name", ["p.npy", "p.csv"])
def test_a_name_of_an_array_is_refused_where_there_are_none(kl, pair, written, name):
    path = pair[0] if name == "p.npy" else written("p.csv", "1,1\n")
    result = kl("rows", path, path, "--p", "x")
    assert (result.code, "no arrays with names here" in result.err) == (3, True)


def test_an_infinite_row_exceeds_every_limit(kl, written):
    p, q = written("p.csv", "1,1\n1,1\n"), written("q.csv", "1,0\n1,1\n")
    for limit in ("1e308", "mean:forward_kl=1e308"):
        assert kl("rows", p, q, "--fail-above", limit, "-q").code == 1
    assert kl("rows", p, q, "--fail-above", "median:forward_kl=1e308", "-q").code == 1
    assert kl("rows", p, q, "--fail-above", "min:forward_kl=0", "-q").code == 0


# the summary


def test_the_summary_is_that_of_the_rows(document, pair):
    found = document("rows", *pair, "--summary", "-m", "forward_kl", "-m", "entropy_p")
    spread = found["summary"]["forward_kl"]
    assert found["count"] == 40
    assert spread["mean"] == pytest.approx(np.mean(KL), rel=1e-12)
    assert spread["mean_error"] == pytest.approx(np.std(KL, ddof=1) / 40**0.5, rel=1e-12)
    assert spread["percentiles"]["99.9"] == pytest.approx(np.quantile(KL, 0.999), rel=1e-12)
    assert (spread["minimum"], spread["maximum"]) == pytest.approx((min(KL), max(KL)), rel=1e-14)
    assert spread["maximum_row"] == str(KL.index(max(KL)) + 1)
    assert list(spread["percentiles"]) == ["0.1", "1", "5", "10", "25", "50", "75", "90", "95", "99", "99.9"]
    same = P.argmax(axis=1) == Q.argmax(axis=1)
    assert found["figures"]["top1_agreement"]["value"] == same.mean()
    assert found["figures"]["top1_agreement"]["error"] == pytest.approx((same.mean() * (1 - same.mean()) / 39) ** 0.5)
    assert list(found["summary"]) == ["forward_kl", "entropy_p"]


def test_an_interval_is_written_with_the_digits_that_tell_its_ends_apart(kl, document, tmp_path):
    random = np.random.default_rng(2)
    for name in "pq":
        np.save(tmp_path / f"{name}.npy", random.dirichlet(np.full(4, 50.0), 5000))
    words = ("rows", tmp_path / "p.npy", tmp_path / "q.npy", "--summary")
    low, high = re.search(r"mean +\S+ +(\S+) to (\S+) +nats", kl(*words).out).groups()
    mean = document(*words)["summary"]["forward_kl"]["mean_estimate"]
    assert float(high) - float(low) == pytest.approx(mean["upper"] - mean["lower"], rel=0.1)
    assert max(map(len, (low, high))) <= 9


@pytest.mark.parametrize("form", ["column", "file", "npy"])
def test_a_target_gives_perplexities_with_paired_errors(document, tmp_path, written, form):
    targets = random.integers(0, 6, 40)
    header = ",".join("abcdef")
    tables = {}
    for name, rows in zip("pq", (P, Q), strict=True):
        lines = [
            ",".join([*map(repr, row.tolist()), "abcdef"[target]]) for row, target in zip(rows, targets, strict=True)
        ]
        tables[name] = written(f"{name}.csv", "\n".join([f"{header},next", *lines, ""]))
    words = [tables["p"], tables["q"], "--target", "next"]
    if form != "column":
        for name, rows in zip("pq", (P, Q), strict=True):
            np.save(tmp_path / f"{name}.npy", rows)
        np.save(tmp_path / "next.npy", targets)
        file = tmp_path / "next.npy" if form == "npy" else written("next.txt", "".join(f"{each}\n" for each in targets))
        words = [tmp_path / "p.npy", tmp_path / "q.npy", "--target", file]
    figures = document("rows", *words, "--summary")["figures"]
    logs = [np.log(rows[np.arange(40), targets]) for rows in (P, Q)]
    ratio = logs[0] - logs[1]
    assert figures["target_perplexity_p"]["value"] == pytest.approx(exp(-logs[0].mean()), rel=1e-12)
    assert figures["target_perplexity_q"]["value"] == pytest.approx(exp(-logs[1].mean()), rel=1e-12)
    assert figures["target_log_perplexity_ratio"]["value"] == pytest.approx(ratio.mean(), rel=1e-11)
    assert figures["target_log_perplexity_ratio"]["error"] == pytest.approx(ratio.std(ddof=1) / 40**0.5, rel=1e-11)
    differences = np.exp(logs[1]) - np.exp(logs[0])
    assert figures["target_rms_difference"]["value"] == pytest.approx(np.sqrt((differences**2).mean()), rel=1e-11)
    assert figures["target_mean_difference"]["value"] == pytest.approx(differences.mean(), rel=1e-11)
    assert figures["target_mean_difference"]["error"] == pytest.approx(differences.std(ddof=1) / 40**0.5, rel=1e-11)
    assert figures["target_log_correlation"]["value"] == pytest.approx(np.corrcoef(*logs)[0, 1], rel=1e-11)


def test_clusters_make_the_error_robust(document, pair, written):
    names = [f"document {row // 8}" for row in range(40)]
    clusters = written("clusters.txt", "".join(f"{name}\n" for name in names))
    found = document("rows", *pair, "--summary", "--cluster", clusters)
    off = np.array(KL) - np.mean(KL)
    sums = off.reshape(5, 8).sum(axis=1)
    assert found["clusters"] == 5
    assert found["summary"]["forward_kl"]["mean_error"] == pytest.approx(
        (5 / 4 * (sums**2).sum()) ** 0.5 / 40, rel=1e-12
    )


def test_an_array_of_an_archive_is_no_target_until_it_stands_alone(kl, tmp_path):
    arrays = {"p": np.eye(2), "q": np.eye(2), "target": np.array([0, 1])}
    np.savez(tmp_path / "z.npz", **arrays)
    np.save(tmp_path / "target.npy", arrays["target"])
    words = ("rows", tmp_path / "z.npz", "--as", "logits", "--target")
    result = kl(*words, "target")
    assert "no column 'target' in P or Q, and no file of that name" in result.err
    assert "save the array alone, as with numpy.save" in result.err
    result = kl(*words, tmp_path / "z.npz")
    assert "z.npz: an archive, not one array or a text" in result.err
    assert result.code == 3
    assert kl(*words, tmp_path / "target.npy").code == 0


@pytest.mark.parametrize(("lines", "words"), [(39, "ends after 39 of the rows"), (41, "has 41 values for 40")])
def test_as_many_targets_as_rows(kl, pair, written, lines, words):
    result = kl("rows", *pair, "--summary", "--target", written("next.txt", "1\n" * lines))
    assert (result.code, words in result.err) == (3, True)


def test_a_limit_on_every_row_names_the_largest(kl, document, written):
    p = written("p.csv", "picture,cat,dog\na.png,1,1\nb\x1b.png,1,9\n")
    q = written("q.csv", "picture,cat,dog\na.png,1,1\nb\x1b.png,9,1\n")
    words = ("rows", p, q, "--id", "picture", "--fail-above", "1")
    assert kl(*words, "-q").err.endswith(" > 1 nats (row b\\x1b.png)\n")
    assert "limit EXCEEDED  max:forward_kl = 1.75778 > 1 nats (row b\\x1b.png)" in kl(*words).out  # 0.8·log(9)
    assert "(row b\\\\x1b.png)" in kl(*words, "-f", "markdown").out
    assert document(*words)["verdicts"][0]["place"] == "row b\x1b.png"


def test_an_operand_with_one_array_is_no_pair(kl, tmp_path):
    np.savez(tmp_path / "x.npz", x=P)
    result = kl("rows", tmp_path / "x.npz")
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith("one operand, which holds one array and no pair\nkl: hint: give Q as a second operand\n")
    assert kl("rows", tmp_path / "x.npz", "--p", "x", "--q", "x", "-f", "value").out == "0.0\n" * len(P)


def test_an_empty_pipe_is_no_wrong_command_line(kl_process):
    result = kl_process("rows", "-", input=b"")
    assert (result.code, result.err) == (3, "kl: error: stdin: empty: there are no rows\n")


@pytest.mark.parametrize("text", ["6", "-1", "-100", "x", "1.5"])
def test_a_target_is_an_outcome(kl, pair, written, text):
    result = kl("rows", *pair, "--summary", "--target", written("next.txt", f"0\n{text}\n" + "1\n" * 38))
    assert result.code == 3
    assert f"next.txt: row 2: the target {text!r} is not a number from 0 to 5" in result.err
    assert ("leave out the rows without a target" in result.err) == (text[0] == "-")


def test_infinite_rows_are_counted_and_named_and_the_mean_says_so(kl, document, written):
    p, q = written("p.csv", "1,1\n1,1\n1,1\n"), written("q.csv", "1,0\n1,3\n1,1\n")
    spread = document("rows", p, q, "--summary")["summary"]["forward_kl"]
    assert (spread["mean"], spread["mean_error"], spread["infinite"]) == ("Infinity", None, 1)
    assert spread["mean_of_finite"] == pytest.approx(klcli.kl_divergence([1, 1], [1, 3]) / 2)
    result = kl("rows", p, q, "--summary")
    assert "mean of the finite rows" in result.out
    assert "forward_kl is infinite in 1 row: 1" in result.err


# llama.cpp

LOGITS = random.normal(0, 4, (2, 6, 9)).astype(np.float32)  # P and Q, 2 chunks of 3 rows, 9 tokens
TOKENS = random.integers(0, 9, 16)


def test_llama_files_give_the_kl_of_their_logits_and_the_perplexity_of_their_tokens(document, written):
    p, q = (written(f"{name}.bin", llama_base(each, TOKENS, 8)) for name, each in zip("pq", LOGITS, strict=True))
    found = document("rows", p, q, "--summary")
    exact = [klcli.kl_divergence(a, b, as_="logits") for a, b in zip(*LOGITS.astype(float), strict=True)]
    step = 16 / 65535
    assert found["summary"]["forward_kl"]["mean"] == pytest.approx(np.mean(exact), abs=step * np.sqrt(np.mean(exact)))
    targets = TOKENS.reshape(2, 8)[:, 5:].ravel()
    logs = LOGITS.astype(float) - np.log(np.exp(LOGITS.astype(float)).sum(axis=-1, keepdims=True))
    perplexity = exp(-logs[0][np.arange(6), targets].mean())
    assert found["figures"]["target_perplexity_p"]["value"] == pytest.approx(perplexity, rel=2 * step)
    assert [note["code"] for note in found["notes"]] == ["sixteen_bits", "sixteen_bits"]


def test_the_floor_of_sixteen_bits_is_where_the_note_says(kl, tmp_path, written):
    logits = random.normal(0, 2, (3000, 50)).astype(np.float32)
    tokens = random.integers(0, 50, 8 * 1000)
    base = written("base.bin", llama_base(logits, tokens, 8))
    np.save(tmp_path / "same.npy", logits)
    found = values(kl("rows", base, tmp_path / "same.npy", "--q-as", "logits", "-f", "value", "-q").out)
    steps = np.maximum(logits.max(axis=1) - logits.min(axis=1), 0) / 65535
    assert (np.array(found) <= steps**2 / 8 * 1.01).all()
    # the errors are uniform, but the mass of few outcomes weighs most
    assert 0.3 < np.mean(found) / np.mean(steps**2 / 24) < 1.05


def test_files_of_different_texts_are_refused(kl, written):
    other = TOKENS.copy()
    other[5] = (other[5] + 1) % 9
    p, q = (
        written(f"{name}.bin", llama_base(LOGITS[0], each, 8)) for name, each in zip("pq", (TOKENS, other), strict=True)
    )
    result = kl("rows", p, q)
    assert (result.code, "they are of different texts" in result.err) == (3, True)


# lists of the most probable outcomes

TOPS = """{"p": {"top": {"a": -0.1, "b": -3}}, \
"q": {"top": [{"token": "a", "logprob": -0.2}, {"token": "c", "logprob": -2.5}]}}
"""


def test_lists_give_a_lower_and_an_upper_bound_and_say_what_bounds_it(kl, document, written):
    path = written("t.jsonl", TOPS)
    found = document("rows", path)
    (row,) = found["rows"]
    assert 0 < row["forward_kl_lower"] < 0.1
    assert row["forward_kl_upper"] == "Infinity"
    assert [note["code"] for note in found["notes"]] == ["unbounded"]
    assert "--tail-floor" in found["notes"][0]["text"]
    (row,) = document("rows", path, "--tail-floor", "1e-9", "--bits")["rows"]
    assert row["forward_kl_lower"] < row["forward_kl_upper"] < 10
    assert kl("rows", path, "--fail-above", "forward_kl=100").code == 1
    assert kl("rows", path, "--fail-above", "mean:forward_kl=5", "--tail-floor", "1e-9").code == 0
    assert kl("rows", path, "--fail-below", "forward_kl=0.2", "--tail-floor", "1e-9").code == 1
    assert kl("rows", path, "-m", "jeffreys").code == 2
    assert kl("rows", path, "--fail-below", "top1_agreement=0.5").code == 2


def test_a_limit_on_bounds_says_which_of_them_it_is_held_against(kl, document, written):
    path = written("t.jsonl", TOPS)
    (row,) = document("rows", path, "--tail-floor", "1e-9")["rows"]
    lower, upper = row["forward_kl_lower"], row["forward_kl_upper"]
    above = ("rows", path, "--tail-floor", "1e-9", "--fail-above", "mean:forward_kl=0.2")
    assert f"> 0.2 nats (its upper bound; at least {lower:.6g})" in kl(*above).err
    (verdict,) = document(*above)["verdicts"]
    assert verdict["value"] == upper
    assert verdict["place"].startswith("its upper bound")
    found = kl("rows", path, "--tail-floor", "1e-9", "--fail-below", "forward_kl=0.2")
    assert f"its lower bound; at most {upper:.6g}" in found.err


@pytest.mark.parametrize(("floor", "code"), [("0.03", 0), ("0.04", 3), ("0.3", 3), ("1", 3)])
def test_a_tail_floor_that_a_list_contradicts_is_refused_with_its_row(kl, written, floor, code):
    # Q leaves 0.1 to all others, each of which has at most 0.1, and P lists three that Q does not
    row = '{"p": {"top": {"a": -0.8, "b": -2, "c": -3, "d": -4}}, "q": {"top": {"a": -0.10536051565782628}}}\n'
    found = kl("rows", written("t.jsonl", row), "--tail-floor", floor)
    assert found.code == code
    if code:
        assert f"row 1: --tail-floor {floor}, but" in found.err
        assert "at most 0.03333" in found.err


@pytest.mark.parametrize("unlisted", ["", ', "c": -9999.0'])
def test_a_tail_floor_of_a_list_that_is_whole_is_refused_where_it_would_count(kl, written, unlisted):
    whole = f'{{"top": {{"a": -0.5108256237659907, "b": -0.916290731874155{unlisted}}}}}'
    found = kl("rows", written("t.jsonl", f'{{"p": {{"top": {{"a": -0.4}}}}, "q": {whole}}}\n'), "--tail-floor", "1e-6")
    assert found.code == 3
    assert "row 1: --tail-floor 1e-06, but what Q lists sums to 1" in found.err
    assert "leave --tail-floor out" in found.err
    same = kl("rows", written("s.jsonl", f'{{"p": {whole}, "q": {whole}}}\n'), "--tail-floor", "1e-6", "-f", "value")
    assert same.code == 0


@pytest.mark.parametrize("others", ["", TOPS.replace("\n", "") + "\n"])
def test_no_note_recommends_the_tail_floor_that_a_whole_list_refuses(kl, document, written, others):
    whole = '{"top": {"a": -0.5108256237659907, "b": -0.916290731874155}}'
    path = written("t.jsonl", f'{others}{{"p": {{"top": {{"a": -0.4}}}}, "q": {whole}}}\n')
    assert kl("rows", path, "--tail-floor", "1e-6").code == 3
    texts = [note["text"] for note in document("rows", path)["notes"]]
    assert not [text for text in texts if "--tail-floor" in text]
    assert "forward_kl_upper is infinite in 1 row: " + str(1 + bool(others)) in texts


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"p": {"top": {"a": "x"}}, "q": {"top": {"a": -1}}}', "line 1: p: 'a': the text 'x' where a log-probability"),
        ('{"p": {"top": {"a": 0.5}}, "q": {"top": {"a": -1}}}', "line 1: p: their probabilities sum to 1.64872"),
        ('{"p": {"top": {}}, "q": {"top": {"a": -1}}}', "is empty"),
        ('{"p": {"top": [{"t": 1}]}, "q": {"top": {"a": -1}}}', "not an object with token and logprob"),
        ('{"p": {"top": {"a": -1}, "x": 1}, "q": {"top": {"a": -1}}}', "there are fields beside 'top': x"),
        ('{"p": {"top": {"a": true}}, "q": {"top": {"a": -1}}}', "p: 'a': true where a log-probability belongs"),
        ('{"p": {"top": {"a": -1}}, "q": {"top": {"a": 1e400}}}', "q: 'a': inf is not a log-probability"),
        (
            '{"p": {"top": {"a": -1}}, "q": [1, 1]}',
            "line 1: p: 'a' is not an outcome of the array beside it, 0 to 1",
        ),
        ('{"p": [1, 1], "q": {"top": {"2": -1}}}', "line 1: q: '2' is not an outcome of the array beside it"),
        (TOPS + '{"p": [1, 1], "q": [1, 1]}', "row 2: whole distributions and lists"),
    ],
)
def test_a_bad_list_is_refused_at_its_place(kl, written, line, words):
    result = kl("rows", written("t.jsonl", line))
    assert (result.code, words in result.err) == (3, True)


def test_a_list_of_positions_goes_with_an_array(document, written):
    by_label = '{"p": {"top": {"a": -0.7, "c": -1.3}}, "q": {"a": 2, "b": 1, "c": 1}}'
    by_position = '{"p": {"top": {"0": -0.7, "2": -1.3}}, "q": [2, 1, 1]}'
    rows = [document("rows", written(f"{len(line)}.jsonl", line))["rows"] for line in (by_label, by_position)]
    assert rows[0] == rows[1]
    assert 0 < rows[0][0]["forward_kl_lower"] < 1


GOOD = '{"p": [0.5, 0.5], "q": [0.9, 0.1]}'


@pytest.mark.parametrize(
    "bad",
    [
        '{"p": [0.5, -0.5], "q": [0.9, 0.1]}', '{"p": [0.5, 0.5], "q": [0.9, 0, 0.1]}', '{"p": [0.5, 0.5]}',
        '{"p": [0.5, "a"], "q": [0.9, 0.1]}', '{"p": [], "q": []}', '{"p": [0.5', '{"p": 7, "q": 7}',
        '{"p": [0.5, 0.6], "q": [0.9, 0.1]}',
    ],
)  # fmt: skip
@pytest.mark.parametrize(("before", "after"), [(0, 3), (1, 0), (4, 2), (37, 40)])
def test_what_comes_before_a_bad_line_of_a_pipe_is_answered(kl, monkeypatch, bad, before, after):
    text = "".join(f"{line}\n" for line in [GOOD] * before + [bad] + [GOOD] * after)
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    with open(reader) as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        result = kl("rows", "-", "-f", "jsonl", "--as", "probs")
    assert (result.code, len(result.out.splitlines())) == (3, before)
    assert f" {before + 1}" in result.err


def test_the_name_of_a_row_is_kept_to_the_letter(kl, written):
    names = ['a,"b"', "two\nlines", " x ", "NA"]
    lines = "".join(json.dumps({"id": name, "p": [1, 1], "q": [1, 1]}) + "\n" for name in names)
    path = written("t.jsonl", lines)
    table = csv.DictReader(io.StringIO(kl("rows", path, "--id", "id", "-f", "csv").out))
    assert [row["id"] for row in table] == names
    assert [json.loads(line)["id"] for line in kl("rows", path, "--id", "id", "-f", "jsonl").out.splitlines()] == names


def test_points_stand_below_each_other_also_where_a_later_row_has_more_digits(kl, written):
    lines = '{"p": [1, 1], "q": [1, 1]}\n' * 3 + '{"p": [1, 1, 1], "q": [1, 1, 4000]}\n'
    table = kl("rows", written("t.jsonl", lines)).out.split("─\n")[1].splitlines()
    points = [line.index(".") if "." in line else len(line) for line in table]
    assert points[:3] == [points[3]] * 3


def test_a_label_is_data_and_never_controls_a_terminal(kl, written):
    p = written("p.csv", "id,a,b\n\x1b[31mred,1,1\n")
    for name in ("table", "markdown", "json", "jsonl"):
        assert "\x1b" not in kl("rows", p, p, "--id", "id", "-f", name).out


def test_missing_labels_of_both_sides_are_named_where_they_are_refused(kl, written):
    p, q = written("p.csv", "a,b\n1,1\n"), written("q.csv", "b,c\n1,1\n")
    result = kl("rows", p, q, "--missing", "error")
    assert result.code == 3
    assert f"1 label of {p} not in {q}: a; 1 label of {q} not in {p}: c" in result.err


def test_rows_before_a_refused_line_stand_in_a_whole_document_with_the_error(kl, tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"p": [1, 1], "q": [1, 3]}\n{"p": [1], oops}\n')
    result = kl("rows", path, "-f", "json")
    assert result.code == 3
    found = json.loads(result.out)
    assert [row["row"] for row in found["rows"]] == [1]
    assert f"kl: error: {found['error']['message']}\n" in result.err


def test_a_summary_that_was_interrupted_says_so_in_its_heading(kl, document, tmp_path, monkeypatch):
    (tmp_path / "p.csv").write_text("a,b\n1,3\n2,2\n")
    words = ("rows", tmp_path / "p.csv", tmp_path / "p.csv", "--summary")
    assert "not all rows" not in kl(*words).out
    answers = RowRun.answers

    def interrupted(run):
        yield from answers(run)
        raise KeyboardInterrupt

    monkeypatch.setattr(RowRun, "answers", interrupted)
    result = kl(*words)
    assert result.code == 130
    assert re.search(r"^rows +2 +interrupted: not all rows$", result.out, re.MULTILINE)
    assert document(*words)["ending"] == "interrupted"


@pytest.mark.parametrize("word", ["duckdb:x.duckdb#t", "postgresql://host/db?sslmode=require#t", "spark:db.t"])
def test_a_table_at_an_engine_has_no_order_of_rows(kl, word):
    for words in (("rows", word, "q.npy"), ("matrix", word)):
        answer = kl(*words)
        assert answer.code == 3
        assert "rows of distributions are read from files" in answer.err


def test_top_prints_the_rows_with_the_largest_values(kl, pair):
    order = sorted(range(len(KL)), key=lambda row: -KL[row])[:5]
    rows = list(csv.DictReader(io.StringIO(kl("rows", *pair, "--top", "5", "-f", "csv").out)))
    assert [int(each["row"]) for each in rows] == [row + 1 for row in order]
    assert [float(each["forward_kl"]) for each in rows] == pytest.approx([KL[row] for row in order], rel=4e-15)
    shown = kl("rows", *pair, "--top", "5").out.splitlines()[6:]
    assert [int(line.split()[0]) for line in shown] == [row + 1 for row in order]


def test_the_page_of_the_rows_on_top_does_not_say_how_all_lie(kl, pair, tmp_path):
    pytest.importorskip("jinja2")
    for words, titles in (((), 2), (("--top", "3"), 1)):
        assert kl("rows", *pair, *words, "-o", tmp_path / "x.html").code == 0
        page = (tmp_path / "x.html").read_text(encoding="utf-8")
        assert "The rows that are farthest off" in page
        assert ("at or below" in page) == (titles == 2)


def test_top_judges_all_rows_and_keeps_the_first_of_equal_ones(kl, tmp_path):
    np.save(tmp_path / "p.npy", np.tile([[0.5, 0.5]], (40_000, 1)))
    np.save(tmp_path / "q.npy", np.tile([[0.5, 0.5], [0.9, 0.1]], (20_000, 1)))
    sides = (tmp_path / "p.npy", tmp_path / "q.npy")
    found = kl("rows", *sides, "--top", "3", "-f", "jsonl", "--fail-below", "min:forward_kl=0.1")
    assert [json.loads(line)["row"] for line in found.out.splitlines() if '"row"' in line][:3] == [2, 4, 6]
    assert found.code == 1  # of a row that is not shown
    assert kl("rows", *sides, "--top", "3", "--summary").code == 2


def test_a_column_of_lists_of_lists_in_parquet_is_refused_with_a_cure(kl, tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "x.parquet"
    parquet.write_table(arrow.table({"a": [1.0] * 3, "the p": [[[0.5, 0.5]]] * 3}), path)
    found = kl("rows", path, path)
    assert found.code == 3
    assert re.search(r"the column 'the p' holds list<\w+: list<\w+: double>>, not numbers", found.err)
    assert "hint: write JSON lines and pass --column 'the p', or one column for each outcome, or .npy" in found.err
    assert "each column is an outcome: leave the name out" in kl("rows", path, path, "--column", "a").err


@pytest.mark.parametrize(
    ("name", "write", "hint"),
    [
        ("x.jsonl", lambda path: path.write_text('{"p": [0.5, 0.5]}\n'), "name the field: --column p"),
        ("x.jsonl", lambda path: path.write_text('{"id": 1, "a b": [0.5, 0.5]}\n'), "name the field: --column 'a b'"),
    ],
)
def test_a_row_whose_distribution_is_a_field_names_the_option(kl, tmp_path, name, write, hint):
    write(tmp_path / name)
    (tmp_path / "p.jsonl").write_text("[0.5, 0.5]\n")
    found = kl("rows", tmp_path / "p.jsonl", tmp_path / name, *(("--id", "id") if "id" in hint else ()))
    assert found.code == 3
    assert hint in found.err


@pytest.mark.parametrize("is_array", [False, True])
def test_standard_input_is_not_both_operands(kl_process, pair, is_array):
    with open(pair[0], "rb") as stream:
        found = kl_process("rows", "-", "-", stdin=stream if is_array else None)
    assert found.code == 2
    assert "standard input can be one operand, not both" in found.err
