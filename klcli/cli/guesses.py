"""Options, commands and values that people try because other tools have them, and the hint for each."""

from collections.abc import Container

__all__ = ["hint_for_command", "hint_for_option", "hint_for_value"]

_NO_LIMIT = "without --fail-above nothing exits with 1; `|| true` ignores it in a shell"
_NO_LIMIT_OF_PAIRS = "limits of the manifest and of kl.toml exit with 1, too; `|| true` ignores it in a shell"
_DIVIDE = "divide the logits by T, as with numpy, before they are read; kl rows has --temperature"
_CUT = "every outcome counts: cut P and Q to the outcomes that are wanted, as with numpy, before they are read"
_EXPLAINED = "kl explain P Q shows what each outcome adds to the value of one pair"
_LOGITS = ("compute", "explain", "batch", "matrix", "rows")
# options of other commands, by the command at which they are tried
_ELSEWHERE = {
    ("compute", "--reverse"): "both directions are printed; -m reverse_kl is KL(Q‖P) alone",
    ("drift", "--fail-above"): "limits are set by --limit, as in --limit psi=0.2",
    **{("rows", name): "write --top N" for name in ("--worst", "--sort", "--head", "-n")},
    ("rows", "--limit"): "write --top N, or --fail-above LIMIT",
    ("explain", "--row"): "it explains one distribution: cut the row out first, as with numpy.save('p.npy', rows[0])",
    ("matrix", "--heatmap"): "-o x.svg draws it",
    **{(command, name): _NO_LIMIT for command in ("compute", "rows") for name in ("--exit-zero", "--warn-only")},
    **{("batch", name): _NO_LIMIT_OF_PAIRS for name in ("--exit-zero", "--warn-only")},
    **{(command, name): _DIVIDE for command in _LOGITS[:-1] for name in ("--temperature", "--temp", "--tau", "-T")},
    **{(command, name): _CUT for command in _LOGITS for name in ("--mask", "--top-k", "--topk", "--top-p")},
    **{(command, "--explain"): _EXPLAINED for command in (*_LOGITS, "estimate")},
    ("compute", "--alpha"): "write --smooth add:A to smooth, or -m renyi:A for an order",
}

# options of other tools, by the words for them here, which are said at a command that has the first of these words
_SAID_HERE = {
    "--base e, which is the default": ("--nats", "--nat", "--ln"),
    "--base bans": ("--bans", "--dits", "--hartleys", "--log10"),
    "--base B, such as 2 or bits": ("--log-base", "--unit", "--units", "--shannon", "--log2"),
    "--level L, such as 0.95": ("--conf", "--confidence", "--confidence-level", "--ci", "--alpha", "--conf-level"),
    "--fail-above LIMIT": (
        "--threshold", "--max", "--limit", "--fail-on", "--fail-if", "--fail-over", "--fail", "--max-kl",
    ),
    "--limit [COLUMN:]MEASURE=X, such as psi=0.2": (
        "--threshold", "--max", "--limits", "--fail-if", "--fail-over", "--fail", "--psi", "--max-psi",
    ),
    "--alpha A, such as 0.01": ("--significance", "--p-value", "--pvalue", "--confidence", "--confidence-level"),
    "--columns GLOB": ("--column", "--include", "--only", "--select", "--features"),
    "--exclude GLOB": ("--ignore", "--skip", "--drop", "--ignore-columns", "--exclude-columns"),
    "--type COLUMN=KIND": ("--types", "--categorical", "--numeric", "--dtype", "--kind"),
    "--where SQL": ("--filter", "--query"),
    "--smooth HOW, such as add:0.5": (
        "--epsilon", "--eps", "--laplace", "--pseudocount", "--smoothing", "--add", "--floor", "--clip", "--mix",
    ),
    "--as KIND": ("--kind", "--is"),
    "--as weights": ("--normalize", "--normalise", "--norm", "--weights"),
    "--as counts": ("--counts",),
    "--as probs": ("--probs", "--probabilities"),
    "--as logits": ("--logits", "--softmax"),
    "--as logprobs": ("--logprobs", "--log-probs", "--log"),
    "--temperature T": ("-T", "--temp", "--tau"),
    "--target FILE or COLUMN": ("--labels", "--gold", "--truth", "--targets"),
    "--summary": ("--mean", "--reduce", "--aggregate", "--stats", "--average"),
    "-j N": ("--parallel", "--threads", "--workers", "--processes", "--n-jobs"),
    "--report junit=FILE": ("--junit", "--junitxml", "--junit-xml"),
    "--p COLUMN and --q COLUMN": ("--cols", "--columns", "--col", "--x", "--y"),
    "-m NAME": ("--metric", "--metrics", "--divergence", "--distance", "--measures"),
    "-m reverse_kl": ("--reverse", "--swap"),
    "-m jeffreys or -m jensen_shannon": ("--symmetric", "--sym"),
    "--digits N": ("--precision", "--round", "--decimals", "--significant"),
    "-f json": ("--json",),
    "-f csv": ("--csv",),
    "-f tsv": ("--tsv",),
    "-f markdown": ("--markdown", "--md"),
    "-f html -o FILE": ("--html",),
    "-q": ("--silent", "--no-notes"),
    "--color never": ("--no-color", "--no-colour", "--monochrome"),
    "--delimiter CHAR": ("--sep", "--separator", "-d", "-F"),
    "--null TEXT": ("--na", "--na-values", "--null-value", "--nullvalue", "--missing-value"),
    "--label COLUMN": ("--index-col", "--key", "--index", "--on", "--join"),
    "--no-header": ("--no-headers", "--noheader", "--headerless", "--no-header-row"),
    "--input-format NAME": ("--from", "--informat", "--input", "--type"),
}  # fmt: skip

_GATE = "kl compute P Q --fail-above LIMIT, or kl batch for many pairs"
_COMMANDS = {
    **dict.fromkeys(("check", "test", "gate", "assert", "ci", "validate"), _GATE),
    "diff": "kl compute P Q of two distributions, kl drift REF CUR of two tables",
    **dict.fromkeys(("tutorial", "example", "demo"), "kl examples, and docs/tutorial.md"),
    **dict.fromkeys(("plot", "draw", "chart"), "kl compute P Q --plot FILE.svg"),
    **dict.fromkeys(("measures", "families", "formats", "inputs"), "kl list"),
    "version": "kl --version",
    "man": "kl help, or man kl where the pages are installed",
}

_SAMPLES = "the operands are samples in any case: leave --as out, or write --as labels or --as numbers"
_MASSES = "samples are observations, or counts of them by --as counts; kl compute compares probabilities"
_ABSENT = "a label that one side lacks has mass 0 there; rows without a label are dropped by --missing-label drop"
# values that other commands take, by command and option
_VALUES = {
    ("drift", "--fail-on", "error"): "a column that could not be judged exits 3 in any case; --allow-… name exceptions",
    ("drift", "--fail-on", "unclear"): "write --strict",
    ("estimate", "--as", "samples"): _SAMPLES,
    **{("estimate", "--as", kind): _MASSES for kind in ("probs", "probabilities", "weights", "logits", "logprobs")},
    ("estimate", "--as", "categories"): "write --as labels",
    ("estimate", "--as", "continuous"): "write --as numbers",
    **{(command, "--missing", "drop"): _ABSENT for command in ("compute", "explain")},
}


def hint_for_option(command: str, option: str, known: Container[str]) -> str | None:
    """Returns what an option that a command does not have is called there, given the flags that it has."""
    hint = _ELSEWHERE.get((command, option))
    if hint is not None:
        return hint
    if "-m" in known and _is_measure(option.removeprefix("--")):
        return f"write -m {option.removeprefix('--')}"
    return next(
        (f"write {said}" for said, guesses in _SAID_HERE.items() if option in guesses and said.split()[0] in known),
        None,
    )


def hint_for_command(name: str) -> str | None:
    """Returns the command that does what an unknown one asks for; None if its name does not tell."""
    return f"kl compute P Q -m {name}" if _is_measure(name) else _COMMANDS.get(name)


def _is_measure(name: str) -> bool:
    from klcli.core.measures.measure import MEASURES  # here, as help does without numpy

    return name in MEASURES


def hint_for_value(command: str, option: str, value: object) -> str | None:
    """Returns what to write in place of a value that an option of a command does not take."""
    return _VALUES.get((command, option, value)) if isinstance(value, str) else None
