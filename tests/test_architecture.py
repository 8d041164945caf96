"""The architecture is what it is drawn to be."""

import ast
import re
import sys
import tomllib
from importlib import import_module
from importlib.util import find_spec

import pytest
from conftest import ROOT

from klcli.cli.commands import COMMANDS
from klcli.core.measures.measure import MEASURES
from klcli.reports.renderers import FORMATS

SOURCES = sorted((ROOT / "klcli").rglob("*.py"))


def names_of(folder, beside):
    return {path.stem for path in (ROOT / "klcli" / folder).glob("*.py")} - {"__init__", *beside}


def test_the_layers_are_kept():
    pytest.importorskip("importlinter")
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_no_modules_import_each_other_in_a_circle():
    grimp = pytest.importorskip("grimp")
    graph = grimp.build_graph("klcli", cache_dir=None)
    imports = {name: set(graph.find_modules_directly_imported_by(name)) for name in graph.modules}
    while ends := {name for name, imported in imports.items() if not imported}:
        imports = {name: imported - ends for name, imported in imports.items() if name not in ends}
    assert imports == {}, "what is left imports itself by way of others"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_of_the_house_are_imported_by_import_statements(path):
    importers = {"need", "installed", "imported", "import_module", "__import__", "find_spec"}
    named = [
        word.value
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in importers
        for word in ast.walk(call)
        if isinstance(word, ast.Constant) and isinstance(word.value, str)
    ]
    assert [name for name in named if name.partition(".")[0] in ("klcli", "")] == []


def test_every_command_file_is_in_the_command_table():
    assert names_of("cli/commands", []) == set(COMMANDS)


@pytest.mark.parametrize("name", FORMATS.names())
def test_a_declared_format_is_registered_by_its_module(name):
    assert FORMATS.lookup(name).name == name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_and_can_be_imported(path):
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    assert import_module(name).__doc__


def test_no_file_is_called_like_a_module_of_the_standard_library_that_it_would_hide():
    hidden = {path.stem for path in SOURCES} & set(sys.stdlib_module_names) - {
        "numbers",
        "types",
        "profile",
        "__main__",
    }
    assert hidden == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_below_cli_prints_exits_or_evaluates(path):
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called.isdisjoint({"print", "exit", "quit", "eval", "exec"})


def test_the_wheel_declares_what_it_imports():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {name.split(">=")[0] for name in project["dependencies"]} == {"click", "numpy", "pandas", "rich"}


def test_one_module_alone_writes_the_schema_number_of_json():
    found = {path.relative_to(ROOT).as_posix() for path in SOURCES if '"schema"' in path.read_text(encoding="utf-8")}
    assert found == {"klcli/document/items.py"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_docstring_opens_with_a_verb_or_a_quantity(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    opened = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, kinds)]
    assert [text for text in opened if text.startswith(("Of ", "As ", "What ", "Whether ", "The same "))] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_that_a_text_names_by_its_path_exists(path):
    rooms = "api|cli|core|families|reports|runs|sources|support"
    named = re.findall(rf"`(?:klcli\.)?((?:{rooms})(?:\.\w+)+)`", path.read_text(encoding="utf-8"))
    assert [name for name in named if find_spec(f"klcli.{name}") is None] == []


def measures_asked_by_name(path):
    """The names of measures that a module compares with, looks up or keeps in a table, each with its line."""
    names = {*MEASURES.names()} - {"renyi", "tsallis"} | {"renyi:", "tsallis:"}
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare):
            asked = [node.left, *node.comparators]
        elif isinstance(node, ast.Dict):
            asked = node.keys
        elif isinstance(node, ast.Subscript):
            asked = [node.slice]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            asked = node.args if name in ("select", "lookup", "get", "answer", "startswith", "endswith") else []
        else:
            continue
        words = [leaf for each in asked if each is not None for leaf in ast.walk(each)]
        found += [
            f"{leaf.value} in line {leaf.lineno}"
            for leaf in words
            if isinstance(leaf, ast.Constant) and leaf.value in names
        ]
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_logic_asks_for_a_measure_by_its_name(path):
    others = (  # tables of integrands, of estimators, and of statistics of a column, which have no record of a measure
        "klcli/families/comparison/numeric.py",
        "klcli/families/integration/",
        "klcli/core/estimation/",
        "klcli/api/",  # names are what its callers write
    )
    if not path.relative_to(ROOT).as_posix().startswith(others):
        assert measures_asked_by_name(path) == []


READ_AS_TEXT = {
    *("search", "match", "fullmatch", "sub", "subn", "findall", "finditer", "split", "rsplit", "partition"),
    *("rpartition", "startswith", "endswith", "removeprefix", "removesuffix", "find", "index", "count", "replace"),
}


def is_said(node):
    """True for what an error or a note says: error.message, error.finding, error.hint, note.text, note.words, hint."""
    if isinstance(node, ast.Attribute):
        of = getattr(node.value, "id", getattr(node.value, "attr", ""))
        return node.attr in ("message", "finding", "hint") or (node.attr in ("text", "words") and of.endswith("note"))
    return isinstance(node, ast.Name) and node.id == "hint"


def texts_taken_apart(path):
    """The lines in which a module searches, cuts or compares what an error or a note says; "is None" asks for one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READ_AS_TEXT:
            looked_at = [node.func.value, *node.args]
        elif isinstance(node, ast.Subscript):
            looked_at = [node.value]
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            asks = any(isinstance(side, ast.Constant) and side.value is None for side in sides)
            looked_at = [] if asks else sides
        else:
            continue
        if any(map(is_said, looked_at)):
            yield f"{ast.unparse(node)} in line {node.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_logic_reads_what_an_error_or_a_note_says(path):
    assert [*texts_taken_apart(path)] == []
