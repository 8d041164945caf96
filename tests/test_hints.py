"""Hints name options and commands by terms, so that the command line and Python each spell them their own way."""

import ast
import re
from functools import cache
from pathlib import Path

from klcli.cli.commands import COMMANDS

ROOT = Path(__file__).parents[1] / "klcli"
OPTION = re.compile(r"(?<![\w-])(?:--[a-z][a-z-]*|-m)(?![\w-])")
COMMAND = re.compile(rf"(?<![\w/.-])kl (?:{'|'.join(COMMANDS)})\b")
HOLDS = re.compile(r"hint|cure|doubt", re.IGNORECASE)  # names of constants, arguments and functions
TAKE_A_HINT = ("fail", "refuse", "refuse_all", "unreadable")  # as what stands behind the message
TERMS = ("Option", "Command", "Term")


@cache
def options():
    """The options of all commands; those of other programs are plain text."""
    return {
        flag
        for entry in COMMANDS.values()
        for option in entry.load().params
        for flag in (*option.opts, *option.secondary_opts)
    }


@cache
def modules():
    """The modules whose hints are by terms; those of the command line and of its reports are for it alone."""
    paths = [
        path
        for path in sorted(ROOT.rglob("*.py"))
        if path.relative_to(ROOT).parts[0] not in ("cli", "reports", "support")
    ]
    return [(path.relative_to(ROOT), ast.parse(path.read_text())) for path in paths]


def hints(tree):
    """Yields the expressions of a module that are hints, or parts of one."""
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = []
    for node in ast.walk(tree):
        if (
            (isinstance(node, ast.keyword) and node.arg and HOLDS.search(node.arg))
            or (isinstance(node, ast.Assign) and any(HOLDS.search(ast.unparse(each)) for each in node.targets))
            or (isinstance(node, ast.AugAssign) and HOLDS.search(ast.unparse(node.target)))
        ):
            found.append(node.value)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in TAKE_A_HINT:
            found += node.args[1:]
        elif isinstance(node, ast.FunctionDef) and HOLDS.search(node.name):
            found += [each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value]
    for each in found:
        yield each
        yield from (
            constants[name.id] for name in ast.walk(each) if isinstance(name, ast.Name) and name.id in constants
        )


def is_term(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TERMS


def texts(node):
    """Yields the plain texts in an expression, without those of its terms."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not is_term(node):
        for child in ast.iter_child_nodes(node):
            yield from texts(child)


def holds_a_term(node):
    """Whether what an f-string formats may be, or hold, a term."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return is_term(node) or HOLDS.search(name) is not None


def test_no_plain_hint_names_an_option():
    found = {
        f"{path}:{hint.lineno}: {text}"
        for path, tree in modules()
        for hint in hints(tree)
        for text in texts(hint)
        if COMMAND.search(text) or (options() & {*OPTION.findall(text)} and not OPTION.fullmatch(text))
    }
    assert not found


def test_no_f_string_makes_plain_text_of_a_hint():
    found = {
        f"{path}:{node.lineno}: {ast.unparse(node)}"
        for path, tree in modules()
        for hint in hints(tree)
        for node in ast.walk(hint)
        if isinstance(node, ast.FormattedValue) and holds_a_term(node.value)
    }
    assert not found


def test_every_option_that_a_hint_names_exists():
    calls = [node for _, tree in modules() for node in ast.walk(tree) if is_term(node) and node.func.id == "Option"]
    named = {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}
    assert named
    assert not named - options() - {"--help"}


def test_every_command_that_a_hint_names_exists():
    calls = [node for _, tree in modules() for node in ast.walk(tree) if is_term(node) and node.func.id == "Command"]
    assert calls
    assert not {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)} - {*COMMANDS}
