"""Makes HTML of a page. Data is text: every string is escaped, freed of control characters, and bounded on its way."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from klcli.reports.pictures.model import SIGNS, Lane, Mark
from klcli.reports.renderers.html_page import paths
from klcli.reports.renderers.html_page.page import Page
from klcli.support.optional_package import need
from klcli.support.text.safe_text import visible

__all__ = ["page_text"]

_LABEL, _CELL, _SENTENCE, _LINE = 96, 300, 2_000, 10_000  # characters shown
_STEPS = ("#f4f5f7", "#edf3f8", "#d5e5f1", "#b6d2e7", "#8dbadb", "#5f9ecb", "#3880b5", "#1f6296", "#124670")
_FILLED = ("bar", "line", "dot", "shade", "axis", "arrow")  # shapes of one colour


def page_text(page: Page) -> str:
    """Returns a page as HTML: one file, without script and without an address to load from.

    Raises:
        MissingPackage: Jinja2 is not installed.
    """
    environment = _environment()
    style = _resource("style.css").rstrip("\n")
    hashed = b64encode(sha256(style.encode()).digest()).decode()
    markup = need("markupsafe", purpose="-f html", extra="html").Markup
    template = environment.get_template("page.html.j2")
    text: str = template.render(page=page, style=markup(style), hash=hashed)
    return f"{text}\n"


class _Bounded(str):
    """Text that is visible and bounded already."""

    __slots__ = ()


def _bounded(text: object, most: int) -> "_Bounded":
    """Returns text without control characters, cut to a number of characters, with its length if it is longer."""
    if isinstance(text, _Bounded):
        return text
    whole = str(text)
    if len(whole) <= most:
        return _Bounded(visible(whole))
    return _Bounded(f"{visible(whole[: most - 1])}… ({len(whole):,} characters)")


def _finalized(value: object) -> object:
    """Bounds every string that a template prints; markup of the templates themselves is left as it is."""
    return _bounded(value, _SENTENCE) if type(value) is str else value


def _status_cell(status: str) -> Any:
    """Returns the cell of a status: a sign and a word in capitals where it is bad, so that colour is never alone."""
    return _environment().get_template("status.html.j2").module.cell(status)


@cache
def _environment() -> Any:
    jinja2 = need("jinja2", purpose="-f html", extra="html")
    loader = jinja2.FunctionLoader(_resource)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, finalize=_finalized, trim_blocks=False,
    )  # fmt: skip
    environment.filters |= {
        "label": lambda text: _bounded(text, _LABEL),
        "cell": lambda text: _bounded(text, _CELL),
        "long": lambda text: _bounded(text, _LINE),
        "pc": lambda fraction: _Bounded(paths.percent(fraction)),
        "line": lambda curve: _Bounded(paths.line(curve)),
        "area": lambda curve: _Bounded(paths.area(curve)),
        "bars": lambda curve: _Bounded(paths.bars(curve)),
        "tree": lambda links: _Bounded(paths.tree(links)),
        "cells": lambda steps, step: _Bounded(paths.cells(steps, step)),
        "anchor": lambda at: "start" if at < 0.03 else "end" if at > 0.97 else "middle",
        "rise": lambda at: 10 if at > 0.95 else 0 if at < 0.05 else 4,
        "only_role": _only_role,
        "is_lane": _is_lane,
        "is_bad": SIGNS.__contains__,
        "sign": SIGNS.__getitem__,
        "status_cell": _status_cell,
        "tag": _tag,
    }
    environment.globals["steps"] = tuple(enumerate(_STEPS))
    environment.tests |= {"is_lane": _is_lane}
    return environment


def _tag(status: str) -> Any:
    return _environment().get_template("status.html.j2").module.tag(status)


def _only_role(cell: tuple[Mark, ...]) -> str:
    """Returns the role of marks that are all filled with its colour, which then stands once; else an empty string."""
    roles = {mark.role if mark.shape in _FILLED else "" for mark in cell}
    return roles.pop() if len(roles) == 1 else ""


def _is_lane(column: object) -> bool:
    return isinstance(column, Lane)


@cache
def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
