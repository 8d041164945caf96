"""What people try because other tools or books have it: read as it is meant, or answered with the word that works."""

import shlex
from math import log, sqrt

import pytest

COIN = ("0.5,0.5", "0.9,0.1")
FORWARD, REVERSE = log(5 / 3), 0.9 * log(9 / 5) + 0.1 * log(1 / 5)
H_P, H_Q = log(2), -0.9 * log(0.9) - 0.1 * log(0.1)
JS = (0.5 * log(0.5 / 0.7) + 0.5 * log(0.5 / 0.3) + 0.9 * log(0.9 / 0.7) + 0.1 * log(0.1 / 0.3)) / 2
HELLINGER = sqrt(1 - sqrt(0.45) - sqrt(0.05))

MEANT = [
    ("rkl", REVERSE), ("fkl", FORWARD), ("kld", FORWARD), ("KL", FORWARD), ("D_KL", FORWARD), ("js", JS), ("jsd", JS),
    ("kl-divergence", FORWARD), ("hellinger_distance", HELLINGER), ("tvd", 0.4), ("ce", H_P + FORWARD),
    ("js-divergence", JS), ("H(P)", H_P), ("H(Q)", H_Q), ("H(P,Q)", H_P + FORWARD), ("H(Q, P)", H_Q + REVERSE),
    ("D(P||Q)", FORWARD), ("KL(Q||P)", REVERSE), ("KL(P‖Q)", FORWARD), ("d_kl(q | p)", REVERSE), ("JS(Q,P)", JS),
    ("TV(P, Q)", 0.4), ("renyi(2)", log(25 / 9)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), MEANT)
def test_an_abbreviation_or_a_notation_of_the_field_selects_its_measure(kl, name, value):
    result = kl("compute", *COIN, "-m", name, "-f", "value")
    assert float(result.out) == pytest.approx(value, rel=4e-15), result.err


def test_a_notation_with_a_comma_stands_among_others(document):
    found = document("compute", *COIN, "-m", "H(P,Q),rkl", "-m", "H(P), H(Q)")["measures"]
    assert list(found) == ["cross_entropy", "reverse_kl", "entropy_p", "entropy_q"]


SMOOTH = "write add:A, floor:E, mix:W; see kl list smoothing"
HALF = "add:0.5 adds it to every mass, floor:0.5 raises smaller probabilities to it"
SAMPLES = "the operands are samples in any case: leave --as out, or write --as labels or --as numbers"
MASSES = "samples are observations, or counts of them by --as counts; kl compute compares probabilities"
GUESSES = [
    (("-m", "hellingr"), "did you mean hellinger?"),
    (("-m", "jd"), "did you mean jensen_shannon?"),
    (("-m", "nll"), "did you mean cross_entropy? Its unit is that of one draw"),
    (("-m", "ppl"), "perplexity_p and perplexity_q are of P and of Q; cross_perplexity is of Q on draws from P"),
    (("-m", "wasserstein"), "outcomes have no order here; kl drift has wasserstein and ks of columns of numbers"),
    (("--smooth", "laplace"), "Laplace's smoothing is add:1, of counts"),
    (("--smooth", "add-one"), "Laplace's smoothing is add:1, of counts"),
    (("--smooth", "jeffreys"), "it is add:0.5, of counts"),
    (("--smooth", "kt"), "it is add:0.5, of counts"),
    (("--smooth", "lidstone:0.1"), "it is add:A, such as add:0.1"),
    (("--smooth", "epsilon:1e-9"), "it is floor:E, such as floor:1e-9; add:A adds to every mass"),
    (("--smooth", "jelinek-mercer"), "it is mix:W, such as mix:0.01: W of the uniform distribution"),
    (("--smooth", "0.5"), HALF),
    (("--smooth", "add=1"), "write add:1"),
    (("--smooth", "wat"), SMOOTH),
    (("-f", "yaml"), "json is nearest; yq -P makes YAML of it: kl … -f json | yq -P"),
    (("-f", "excel"), "csv is what spreadsheets open"),
    (("-f", "pretty"), "table is the one for people, and the default"),
    (("--nats",), "write --base e, which is the default"),
    (("--json",), "write -f json"),
    (("--threshold", "0.1"), "write --fail-above LIMIT"),
    (("--normalize",), "write --as weights"),
    (("--epsilon=1e-9",), "write --smooth HOW, such as add:0.5"),
    (("--sep", ";"), "write --delimiter CHAR"),
    (("--entropy",), "write -m entropy"),
    (("-m", "alpha:2"), "renyi:A and tsallis:A have an order"),
    (("--as", "log_softmax"), "did you mean logprobs?"),
    (("--as", "softmax"), "probs if it has been applied, logits if it is to be"),
    (("--cols", "x,y"), "write --p COLUMN and --q COLUMN"),
    (("--reverse",), "both directions are printed; -m reverse_kl is KL(Q‖P) alone"),
    (("--explain",), "kl explain P Q shows what each outcome adds to the value of one pair"),
    (("--missing", "drop"),
     "a label that one side lacks has mass 0 there; rows without a label are dropped by --missing-label drop"),
]  # fmt: skip
OF_ESTIMATES = [
    (("--as", "samples"), SAMPLES),
    (("--as", "probs"), MASSES),
    (("--conf", "0.9"), "write --level L, such as 0.95"),
    (("--confidence-level", "0.9"), "write --level L, such as 0.95"),
    (("--reverse",), "write -m reverse_kl"),
]


@pytest.mark.parametrize(
    ("command", "words", "hint"),
    [*(("compute", *each) for each in GUESSES), *(("estimate", *each) for each in OF_ESTIMATES)],
)
def test_a_word_of_another_tool_is_answered_with_the_one_that_works(kl, command, words, hint):
    result = kl(command, *COIN, *words)
    assert result.err.splitlines()[1:] == [f"kl: hint: {hint}"]
    assert (result.code, result.out) == (2, "")


OTHERS = [
    (("compute", "0.5 0.5", "0.9,0.1"), 3, "write 0.5,0.5"),
    (("compute", "(0.5, 0.5)", "0.9,0.1"), 3, "write 0.5,0.5"),
    (("compute", "a:0.5,b:0.5", "a=0.9,b=0.1"), 3, "write a=0.5,b=0.5"),
    (("compute", "exp(1)", "0.9,0.1"), 3, "did you mean exponential(rate)?"),
    (("0.5,0.5", "0.9 0.1"), 2, "kl compute 0.5,0.5 '0.9 0.1'"),
    (("entropy", "0.5,0.5"), 2, "kl compute P Q -m entropy"),
    (("check", "p.csv", "q.csv"), 2, "kl compute P Q --fail-above LIMIT, or kl batch for many pairs"),
    (("diff",), 2, "kl compute P Q of two distributions, kl drift REF CUR of two tables"),
    (("COMPUTE",), 2, "did you mean kl compute?"),
    (("version",), 2, "kl --version"),
    (("-q", "compute"), 2, "options follow the command, as in kl compute P Q -q; see kl --help"),
    (("list", "metrics"), 2, "did you mean measures?"),
    (("list", "distributions"), 2, "did you mean families?"),
    (("rows", "a", "b", "-T", "2"), 2, "write --temperature T"),
    (("rows", "a", "b", "--labels", "y.npy"), 2, "write --target FILE or COLUMN"),
    (("rows", "a", "b", "--mean"), 2, "write --summary"),
    (("rows", "a", "b", "--limit", "5"), 2, "write --top N, or --fail-above LIMIT"),
    (("batch", "x.csv", "--junit", "y.xml"), 2, "write --report junit=FILE"),
    (("batch", "x.csv", "--warn-only"), 2,
     "limits of the manifest and of kl.toml exit with 1, too; `|| true` ignores it in a shell"),
    (("compute", "0,1", "1,0", "--warn-only"), 2,
     "without --fail-above nothing exits with 1; `|| true` ignores it in a shell"),
    *(((command, "x.npy", "y.npy", "--temperature", "2"), 2,
       "divide the logits by T, as with numpy, before they are read; kl rows has --temperature")
      for command in ("compute", "explain", "matrix", "batch")),
    *(((command, "x.npy", "y.npy", option, "2"), 2,
       "every outcome counts: cut P and Q to the outcomes that are wanted, as with numpy, before they are read")
      for command in ("compute", "matrix", "rows") for option in ("--mask", "--top-k")),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "hint"), OTHERS)
def test_a_word_that_is_tried_is_answered_with_what_is_meant(kl, words, code, hint):
    result = kl(*words)
    assert result.err.splitlines()[1:] == [f"kl: hint: {hint}"]
    assert (result.code, result.out) == (code, "")


def test_lines_of_uniq_that_are_read_as_observations_are_noted(kl, tmp_path):
    (tmp_path / "x").write_text("      3 cat\n      5 dog\n")
    note = "each line was counted as one observation, though it begins with a number; --as counts reads uniq -c"
    pair = (tmp_path / "x", tmp_path / "x")
    assert f"kl: note: {tmp_path / 'x'}: {note}\n" in kl("estimate", *pair).err
    assert note not in kl("estimate", *pair, "--as", "counts").err


def test_a_sample_on_one_line_is_noted(kl, tmp_path):
    (tmp_path / "x").write_text("3 4 5 3\n")
    note = "'3 4 5 3' was counted as one observation; those of a sample stand one a line, as after: tr ' ' '\\n'"
    assert f"kl: note: {tmp_path / 'x'}: {note}\n" in kl("compute", tmp_path / "x", "3,4", "--as", "samples").err
    (tmp_path / "x").write_text("3\n4\n5\n3\n")
    assert "one observation" not in kl("compute", tmp_path / "x", "3,4", "--as", "samples").err


@pytest.mark.parametrize(("name", "is_noted"), [("json", True), ("csv", True), ("value", True), ("table", False)])
def test_digits_of_a_format_that_carries_all_are_noted(kl, name, is_noted):
    note = f"kl: note: --digits has no effect on {name}, which carries all digits\n"
    assert (note in kl("compute", *COIN, "-f", name, "--digits", "3").err) is is_noted
    assert "--digits" not in kl("compute", *COIN, "-f", name).err


@pytest.mark.parametrize("command", ["compute", "estimate"])
@pytest.mark.parametrize("name", ["xml", "junit"])
def test_a_format_of_limits_says_how_to_set_one(kl, command, name):
    result = kl(command, "a,b,a,a", "a,b,b,b", *(("--as", "samples") if command == "compute" else ()), "-f", name)
    assert result.err.endswith("; JUnit shows limits, which --fail-above sets\n")
    assert (result.code, result.out) == (2, "")


@pytest.mark.parametrize("command", ["compute", "estimate", "rows"])
def test_text_is_the_table(kl, command, tmp_path):
    (tmp_path / "p.csv").write_text("a,b\n1,3\n2,2\n")
    operands = (tmp_path / "p.csv",) * 2 if command == "rows" else ("1,2,3,4", "1,2,2,2")
    assert kl(command, *operands, "-f", "text").out == kl(command, *operands, "-f", "table").out != ""


def test_a_missing_word_is_answered_with_those_known_in_one_line(kl):
    result = kl("completion")
    assert result.err.splitlines()[0] == "kl: error: missing argument '{bash|zsh|fish}'. Choose from: bash, zsh, fish"
    assert result.code == 2


@pytest.mark.parametrize("word", ["0.5,0.25,0.25", "one.csv", "one.json", "normal(0,1)"])
@pytest.mark.parametrize(
    "words", [("compute", "-m", "entropy_p"), ("explain", "-m", "entropy_q"), ("compute", "-m", "entropy_p,entropy_q")]
)
def test_the_entropy_of_one_operand_is_led_to_the_operand_given_twice(kl, tmp_path, word, words):
    (tmp_path / "one.csv").write_text("a,1\nb,3\n")
    (tmp_path / "one.json").write_text('{"a": 1, "b": 3}')
    word = str(tmp_path / word) if word.startswith("one.") else word
    refused = kl(words[0], word, *words[1:])
    assert refused.out == ""
    cure = shlex.split(refused.err.splitlines()[-1].partition("so give it as P and as Q: ")[2])
    assert cure == [word, word]
    if words[0] == "compute" or "(" not in word:  # of families, forward_kl alone is explained
        assert kl(words[0], *cure, *words[1:]).code == 0


def test_a_missing_q_of_a_divergence_is_not_led_to_p_given_twice(kl):
    for options in ((), ("-m", "forward_kl"), ("-m", "entropy_p,forward_kl")):
        assert kl("compute", "0.5,0.5", *options).err.splitlines()[-1] == "kl: hint: give a second operand"
