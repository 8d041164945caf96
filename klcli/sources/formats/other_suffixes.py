"""Suffixes that name no format here: of texts, which are read by their content, and of files that others convert."""

from shlex import quote

__all__ = ["OF_TEXT", "cure_of_suffix"]

# what shells and tools save tables of text under; a file without a suffix is one, too
OF_TEXT = frozenset({
    "", ".md", ".markdown", ".text", ".log", ".out", ".dat", ".data", ".tab", ".psv", ".asc", ".lst", ".list",
})  # fmt: skip

_TORCH = (
    'python -c "import torch, numpy; numpy.save({npy!r}, torch.load({path!r}, weights_only=True).double().numpy())"'
)
_RAW = "python -c \"import numpy; numpy.save({npy!r}, numpy.fromfile({path!r}, 'float32'))\""
_PICKLE = 'python -c "import pandas; pandas.read_pickle({path!r}).to_csv({csv!r})"'
_R = 'Rscript -e "write.csv(readRDS({path!r}), {csv!r}, row.names=FALSE)"'
_WITH_PANDAS = 'python -c "import pandas; pandas.{reader}({path!r}).to_csv({csv!r}, index=False)"'
_HDF = "h5py reads it: numpy.save({npy!r}, h5py.File({path!r})['NAME'][:])"
_MAT = "scipy reads it: numpy.save({npy!r}, scipy.io.loadmat({path!r})['NAME'].ravel())"
_NOT_RUN = "a pickle, which can run code, so kl does not open it; convert one that you trust: "
_CURES = {
    **dict.fromkeys((".pt", ".pth", ".ckpt"), f"{_NOT_RUN}{_TORCH}, or save safetensors"),
    **dict.fromkeys((".pkl", ".pickle"), f"{_NOT_RUN}{_PICKLE}"),
    ".joblib": f"{_NOT_RUN}numpy.save({{npy!r}}, joblib.load({{path!r}}))",
    ".bin": "if it holds bare numbers, name their type and save them: " + _RAW,
    **dict.fromkeys((".h5", ".hdf5", ".nc"), _HDF),
    ".mat": _MAT,
    ".rds": _R,
    **dict.fromkeys((".xls", ".ods"), "save it as .xlsx or .csv"),
    ".dta": _WITH_PANDAS.replace("{reader}", "read_stata"),
    ".sav": _WITH_PANDAS.replace("{reader}", "read_spss"),
    ".sas7bdat": _WITH_PANDAS.replace("{reader}", "read_sas"),
    ".orc": _WITH_PANDAS.replace("{reader}", "read_orc"),
    **dict.fromkeys((".yaml", ".yml", ".toml", ".xml"), "make JSON of it, as with: yq -o json {path} | kl compute - …"),
    ".html": "pandas reads its tables: pandas.read_html({path!r})[0].to_csv({csv!r}, index=False)",
    ".gguf": "it holds weights of a model; kl rows reads what llama-perplexity --kl-divergence-base FILE writes",
}


def cure_of_suffix(path: str, suffix: str) -> str | None:
    """Returns how a file of a kind that is not read here becomes one that is; None if its suffix says nothing."""
    cure = _CURES.get(suffix.lower())
    if cure is None:
        return None
    stem = path.removesuffix(suffix)
    return cure.replace("{path}", quote(path)).format(path=path, npy=f"{stem}.npy", csv=f"{stem}.csv")
