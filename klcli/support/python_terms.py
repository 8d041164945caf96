"""Sentences in terms of Python: what `--as weights` is on the command line is `as_="weights"` in a call."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from klcli.errors import KlError
from klcli.support.sentence import Command, Option, Sentence, Term, options

__all__ = [
    "ARGUMENTS", "ARGUMENTS_OF_READ", "FUNCTIONS", "in_python_terms", "in_settings", "names_option_of_files",
    "python_hint", "settings_hint", "without_options_of_files",
]  # fmt: skip

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

# by option: the argument of the functions that compare, or the whole of what a flag says
ARGUMENTS = {
    "--as": "as_", "--p-as": "p_as", "--q-as": "q_as", "-m": "measures", "--base": "base", "--smooth": "smooth",
    "--missing": "missing", "--max-expand": "max_expand", "--temperature": "temperature", "--target": "target",
    "--id": "id_column", "--columns": "columns", "--estimator": "estimator", "--bins": "bins",
    "--neighbours": "neighbours", "--relabel": "relabel", "--seed": "seed", "--jitter": "jitter=True",
    "--no-scale": "scale=False", "--allow-duplicates": "allow_duplicates=True",
}  # fmt: skip
# by option: the argument of klcli.read, which reads one side, so that --p and --q are one argument
ARGUMENTS_OF_READ = {
    "--p": "column", "--q": "column", "--column": "column", "--label": "label", "--input-format": "input_format",
    "--header": "header=True", "--no-header": "header=False", "--delimiter": "delimiter", "--decimal": "decimal",
    "--thousands": "thousands", "--null": "null", "--missing-label": "missing_label",
}  # fmt: skip
FUNCTIONS = {
    "compute": "compare", "rows": "compare_rows", "matrix": "pairwise", "estimate": "estimate", "drift": "drift",
    "profile": "profile",
}  # fmt: skip
_LISTS = frozenset({"columns"})
_NUMBERS = frozenset({"bins", "neighbours", "relabel", "seed"})
_OF_ROWS = frozenset({"--as", "--p-as", "--q-as", "--smooth", "--temperature", "--missing", "--id"})
_SETTINGS = {"--type": "types", "--limit": "limits", "-m": "measure"}


class _Argument(Term):
    __slots__ = ()


class _ArgumentOfRead(_Argument):
    __slots__ = ()


def python_hint(hint: str | None) -> str | None:
    """Returns a sentence with the options of the command line as arguments of a call."""
    if not isinstance(hint, Sentence):
        return hint
    parts = hint.spelt(_in_call).parts
    count = sum(isinstance(each, _ArgumentOfRead) for each in parts)
    functions = "klcli.read and klcli.estimate" if any("header=" in each for each in parts) else "klcli.read"
    of_read = f" ({'an argument' if count == 1 else 'arguments'} of {functions})" if count else ""
    return _listed(parts) + of_read


def settings_hint(hint: str | None) -> str | None:
    """Returns a sentence with the options of kl drift as arguments of klcli.drift."""
    return _listed(hint.spelt(_setting).parts) if isinstance(hint, Sentence) else hint


@contextmanager
def in_settings() -> Iterator[None]:
    """Puts errors of kl drift into terms of Python: their hints, part of their text, name arguments."""
    try:
        yield
    except KlError as error:
        error.hint, error.shows_hint = settings_hint(error.hint), True
        raise


def names_option_of_files(sentence: str) -> bool:
    """Returns True if a sentence names an option of the command line that the functions of rows do not take."""
    return any(each.name not in _OF_ROWS for each in options(sentence))


@contextmanager
def without_options_of_files() -> Iterator[None]:
    """Replaces hints that name an option of the command line on files, which the functions of rows do not take."""
    try:
        yield
    except KlError as error:
        if error.hint is not None and names_option_of_files(error.hint):
            error.hint = "read the file, as with numpy or pandas, and pass the array or frame of its rows"
        raise


def in_python_terms(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Decorates a function of the Python face: the hints of its errors, part of their text, name arguments.

    An error from within that an argument of the wrong type caused becomes one that names the argument.
    """

    @wraps(function)
    def translated(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except KlError as error:
            error.hint, error.shows_hint = python_hint(error.hint), True
            raise
        except (AttributeError, TypeError, ValueError):
            from klcli.support.argument_types import wrong_argument

            wrong = wrong_argument(function, args, kwargs)
            if wrong is None:
                raise
            wrong.shows_hint = True
            raise wrong from None

    return translated


def _in_call(term: Term) -> str:
    """Returns a term as a call has it, or as it is, where Python has nothing of the kind."""
    if isinstance(term, Option):
        if (own := ARGUMENTS.get(term.name)) is not None:
            return _Argument(_given(own, term.values))
        if (of_read := ARGUMENTS_OF_READ.get(term.name)) is not None:
            return _ArgumentOfRead(_given(of_read, term.values))
    return _called(term) if isinstance(term, Command) and term.name in FUNCTIONS else term


def _called(command: Command) -> str:
    """Returns a command as a call; as it is if an option of it is no argument, or `-` stands for standard input."""
    words = [_in_call(each) if isinstance(each, Option) else each for each in command.words]
    if any(each == "-" or isinstance(each, Option) for each in words):
        return command
    arguments = ", ".join(each if isinstance(each, _Argument) else each.lower() for each in words)
    return f"klcli.{FUNCTIONS[command.name]}" + (f"({arguments})" if words else "")


def _setting(term: Term) -> str:
    """Returns a term as klcli.drift has it."""
    if not isinstance(term, Option):
        return term
    if term.name == "--type" and term.values:
        name, _, kind = ",".join(term.values).rpartition("=")
        return _Argument(f"types={{{_text(name)}: {_text(kind)}}}")
    name = _SETTINGS.get(term.name, term.name.lstrip("-").replace("-", "_"))
    return _Argument(_given(name, term.values) if term.values else name)


def _given(argument: str, values: Sequence[str]) -> str:
    """Returns an argument with its values, or without any, as in `target=`; a flag has its own, as in `scale=False`."""
    if not values:
        return argument if "=" in argument else f"{argument}="
    if argument in _NUMBERS and values[0].isdigit():
        return f"{argument}={values[0]}"
    shown = ", ".join(map(_text, values))
    return f"{argument}=[{shown}]" if argument in _LISTS else f"{argument}={_text(','.join(values))}"


def _text(value: str) -> str:
    return f'"{value}"' if value.isprintable() and not {*value} & {*'"\\'} else repr(value)


def _listed(parts: Sequence[str]) -> str:
    """Returns the text of parts; commas stand between arguments side by side."""
    are_arguments = [isinstance(each, _Argument) for each in parts]
    is_between = [at > 0 and all(are_arguments[at - 1 : at + 2 : 2]) for at in range(len(parts))]
    return "".join(", " if part == " " and between else part for part, between in zip(parts, is_between, strict=True))
