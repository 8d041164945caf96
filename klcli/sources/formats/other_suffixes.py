"""Suffixes that name no format here: of texts, which are read by their content, and of files that others convert."""

from shlex import quote

from klcli.support.sentence import Command, Sentence

__all__ = ["OF_TEXT", "cure_of_suffix"]

# what shells and tools save tables of text under; a file without a suffix is one, too
OF_TEXT = frozenset({
    "", ".md", ".markdown", ".text", ".log", ".out", ".dat", ".data", ".tab", ".psv", ".asc", ".lst", ".list",
})  # fmt: skip

_PICKLED = "a pickle, which can run code, so kl does not open it; convert one that you trust: "
_TO_CSV = "import pandas; pandas.{}({{path!r}}).to_csv({{csv!r}}, index=False)"
_WITH_PYTHON = "python -c {program}"

# what is said, and the code in it
_CURES = {
    **dict.fromkeys(
        (".pt", ".pth", ".ckpt"),
        (
            f"{_PICKLED}{_WITH_PYTHON}, or save safetensors",
            "import torch, numpy; numpy.save({npy!r}, torch.load({path!r}, weights_only=True).double().numpy())",
        ),
    ),
    **dict.fromkeys(
        (".pkl", ".pickle"),
        (f"{_PICKLED}{_WITH_PYTHON}", "import pandas; pandas.read_pickle({path!r}).to_csv({csv!r})"),
    ),
    ".joblib": (f"{_PICKLED}{{code}}", "numpy.save({npy!r}, joblib.load({path!r}))"),
    ".bin": (
        f"if it holds bare numbers, name their type and save them: {_WITH_PYTHON}",
        "import numpy; numpy.save({npy!r}, numpy.fromfile({path!r}, 'float32'))",
    ),
    **dict.fromkeys(
        (".h5", ".hdf5", ".nc"), ("h5py reads it: {code}", "numpy.save({npy!r}, h5py.File({path!r})['NAME'][:])")
    ),
    ".mat": ("scipy reads it: {code}", "numpy.save({npy!r}, scipy.io.loadmat({path!r})['NAME'].ravel())"),
    ".rds": ("Rscript -e {program}", "write.csv(readRDS({path!r}), {csv!r}, row.names=FALSE)"),
    **dict.fromkeys((".xls", ".ods"), ("save it as .xlsx or .csv", "")),
    ".dta": (_WITH_PYTHON, _TO_CSV.format("read_stata")),
    ".sav": (_WITH_PYTHON, _TO_CSV.format("read_spss")),
    ".sas7bdat": (_WITH_PYTHON, _TO_CSV.format("read_sas")),
    ".orc": (_WITH_PYTHON, _TO_CSV.format("read_orc")),
    **dict.fromkeys(
        (".yaml", ".yml", ".toml", ".xml"),
        (Sentence("make JSON of it, as with: yq -o json {path} | ", Command("compute", "-", "…")), ""),
    ),
    ".html": ("pandas reads its tables: {code}", "pandas.read_html({path!r})[0].to_csv({csv!r}, index=False)"),
    ".gguf": (
        Sentence(
            "it holds weights of a model; ",
            Command("rows"),
            " reads what llama-perplexity --kl-divergence-base FILE writes",
        ),
        "",
    ),
}
_EXPANDED = frozenset('"$`\\!')  # characters that mean something to a shell between double quotes


def cure_of_suffix(path: str, suffix: str) -> str | None:
    """Returns how a file of a kind that is not read here becomes one that is; None if its suffix says nothing."""
    cure = _CURES.get(suffix.lower())
    if cure is None:
        return None
    words, template = cure
    stem = path.removesuffix(suffix)
    code = template.format(path=path, npy=f"{stem}.npy", csv=f"{stem}.csv")
    return words.format(code=code, program=_shell_word(code), path=quote(path))


def _shell_word(code: str) -> str:
    """Returns a program as one word of a shell, in double quotes where they keep it as it is: it has single ones."""
    return f'"{code}"' if _EXPANDED.isdisjoint(code) else quote(code)
