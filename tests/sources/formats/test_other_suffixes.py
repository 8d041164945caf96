"""Commands that convert a file which is not read here: a shell passes on its name, whatever that holds."""

import ast
import shutil
import subprocess

import pytest

from klcli.sources.formats.other_suffixes import cure_of_suffix

STEMS = (
    "plain", "two words", "it's", 'said "so"', "$(echo run)", "`echo run`", "a$HOME", "back\\slash", "{brace}", "!!",
)  # fmt: skip
SHELL = shutil.which("sh")


@pytest.mark.skipif(SHELL is None, reason="there is no shell")
@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("suffix", [".pkl", ".bin", ".orc", ".yaml", ".rds"])
def test_a_shell_gives_the_program_the_name_of_the_file_to_the_letter(stem, suffix):
    path = stem + suffix
    cure = cure_of_suffix(path, suffix)
    _, marker, command = cure.partition({".yaml": "yq -o json ", ".rds": "Rscript -e "}.get(suffix, "python -c "))
    assert marker
    words = command.removesuffix(" | kl compute - …")
    word = subprocess.run([SHELL, "-c", f"printf %s {words}"], capture_output=True, text=True, check=True).stdout
    if suffix == ".yaml":
        assert word == path
    elif suffix != ".rds":
        named = [each.value for each in ast.walk(ast.parse(word)) if isinstance(each, ast.Constant)]
        assert path in named
    else:
        assert repr(path) in word


@pytest.mark.parametrize("suffix", [".csv", ".unknown", ""])
def test_a_suffix_that_says_nothing_has_no_cure(suffix):
    assert cure_of_suffix(f"p{suffix}", suffix) is None
