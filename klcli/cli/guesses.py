"""Options and words that people try because other tools have them, and what is said there instead."""

from collections.abc import Container

__all__ = ["hint_for_option", "hint_for_value"]

# options of other commands, by the command at which they are tried
_ELSEWHERE = {
    ("compute", "--reverse"): "both directions are printed; -m reverse_kl is KL(Q‖P) alone",
    ("drift", "--fail-above"): "limits are set by --limit, as in --limit psi=0.2",
    **{("rows", name): "write --top N" for name in ("--worst", "--sort", "--head", "-n", "--limit")},
    ("compute", "--alpha"): "write --smooth add:A to smooth, or -m renyi:A for an order",
}

# options of other tools, by what they are called here; said at a command that has the option at the start
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

_SAMPLES = "what is read is samples in any case: leave it out, or say --as labels or --as numbers"
_MASSES = "samples are observations, or --as counts of them; kl compute compares probabilities"
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
    return next(
        (f"write {said}" for said, guesses in _SAID_HERE.items() if option in guesses and said.split()[0] in known),
        None,
    )


def hint_for_value(command: str, option: str, value: object) -> str | None:
    """Returns what to write in place of a value that an option of a command does not take."""
    return _VALUES.get((command, option, value)) if isinstance(value, str) else None
