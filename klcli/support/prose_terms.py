"""Options in sentences of plain text, in terms of Python; sentences of parts (`support.sentence`) replace them."""

import re

__all__ = ["prose_names_option_of_files", "python_prose", "settings_prose"]

# as texts, which re compiles when they are first used: at import all four take a millisecond of every run
_FLAG = (
    r"--(as|p-as|q-as|smooth|missing|base|max-expand|temperature|target|id|estimator|bins|seed)(?![\w-])"
    r"(?:[ =](?!(?:or|and|if|to)\b)('[^']*'|[\w:.%]*[\w%]))?"
)
_TRUE = r"--(jitter|allow-duplicates)(?![\w-])"
_ARGUMENTS = {"as": "as_", "id": "id_column"}
# commands, except at the end of a shell's pipe
_COMMAND = (
    r"(?<!\| )(?<![\w.])kl (rows|compute|drift|estimate|profile|matrix)(?: ([A-Z])(?: ([A-Z]))?)?(?=[ ,;.]|$)(?! -)"
)
_FUNCTIONS = {"rows": "compare_rows", "compute": "compare", "matrix": "pairwise"}
_MEASURE = r"-m ([\w:.]+)"
_COLUMNS = r"--columns ([\w,]+)"

# options of what a file is read with, which are arguments of klcli.read; sides have one argument between them, and
# what stands behind --null is a cell of the data, also in capitals, which elsewhere say what kind of value is meant
_OF_READ = (
    r"--p(?: \w+)? (?:or|and) --q(?![\w-])"
    r"|--(header|no-header|delimiter|decimal|thousands|null|label|column|p|q|input-format|missing-label)(?![\w-])"
    r"(?: (?!(?:or|and|if|to|is|alone)\b|(?<!null )[A-Z]+\b)('[^']*'|(?<=null )[^\s,;)]+|[\w.,;]+?)(?=[ ,;)]|$))?"
)
_OF_FILES = r"--(?!(?:as|p-as|q-as|smooth|temperature|missing|id)\b)[a-z]"  # all but those that functions of rows take
_SIDE_BY_SIDE = r'(?<=") (?=\w+=["T])'


def python_prose(hint: str | None) -> str | None:
    """Returns a sentence with the options of the command line as arguments of a call."""
    if hint is None:
        return None
    hint = re.sub(_COLUMNS, _columns, re.sub(_COMMAND, _call, hint))
    hint = re.sub(_TRUE, lambda flag: f"{flag[1].replace('-', '_')}=True", hint)
    found = re.sub(_MEASURE, r'measures="\1"', re.sub(_FLAG, _argument, hint))
    found, count = re.subn(_OF_READ, _argument_of_read, found)
    found = re.sub(_SIDE_BY_SIDE, ", ", found)
    functions = "klcli.read and klcli.estimate" if "header=" in found else "klcli.read"
    return f"{found} ({'an argument' if count == 1 else 'arguments'} of {functions})" if count else found


def settings_prose(hint: str | None) -> str | None:
    """Returns a sentence with the options of kl drift as arguments of klcli.drift."""
    if hint is None:
        return None
    hint = re.sub(r"--type ('?)([^'=]+)=(\w+)\1", r'types={"\2": "\3"}', hint)
    hint = re.sub(r"--((?:[pq]-)?(?:decimal|delimiter|thousands|null)) (?:'([^']*)'|(\S+))", _setting, hint)
    return re.sub(r"(?<![\w-])--([a-z][a-z-]*)", lambda found: found[1].replace("-", "_"), hint)


def _setting(found: re.Match[str]) -> str:
    value = found[3] if found[2] is None else found[2]
    return f'{found[1].replace("-", "_")}="{value}"'


def prose_names_option_of_files(sentence: str) -> bool:
    """Returns True if a sentence names an option of the command line that the functions of rows do not take."""
    return re.search(_OF_FILES, sentence) is not None


def _columns(found: re.Match[str]) -> str:
    return "columns=[" + ", ".join(f'"{name}"' for name in found[1].split(",")) + "]"


def _call(found: re.Match[str]) -> str:
    words = [word.lower() for word in found.groups()[1:] if word]
    arguments = f"({', '.join(words)})" if words else ""
    return f"klcli.{_FUNCTIONS.get(found[1], found[1])}{arguments}"


def _argument(found: re.Match[str]) -> str:
    name = _ARGUMENTS.get(found[1], found[1].replace("-", "_"))
    if name in ("seed", "bins") and found[2]:
        return f"{name}={found[2]}"
    return f'{name}="{found[2].strip(chr(39))}"' if found[2] else f"{name}="


def _argument_of_read(found: re.Match[str]) -> str:
    if found[1] in ("header", "no-header"):
        return f"header={found[1] == 'header'}"
    name = "column" if found[1] in (None, "p", "q") else found[1].replace("-", "_")
    return f'{name}="{found[2].strip(chr(39))}"' if found[2] else f"{name}="
