"""A command of `kl`, its operands and its options: grouped help, completion, and words that begin with a minus sign."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from klcli.cli.answer import WORDS
from klcli.support.registry import Registry
from klcli.support.streams.stdio import stdout_encoding

if TYPE_CHECKING:  # the module of completion is imported where a shell asks for it
    from click.shell_completion import CompletionItem

__all__ = [
    "INPUT", "LIMITS", "NUMBERS", "OTHER", "OUTPUT", "Command", "Decorator", "Function", "Operand", "completer",
    "items", "name_option", "option", "with_options",
]  # fmt: skip

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Any], Any]

INPUT, NUMBERS, OUTPUT, LIMITS, OTHER = "Input", "Numbers", "Output", "Limits", "Other"
_ONCE = (INPUT, NUMBERS, LIMITS)
_GROUPS = (INPUT, NUMBERS, OUTPUT, LIMITS, OTHER)
_NEGATIVE = re.compile(r"-(?:[0-9.]|inf)", re.IGNORECASE)
_KEPT = "\0"  # before a word that is negative while Click parses it; no word of a command line holds one


class Option(click.Option):
    """An option with the group under which help lists it."""

    def __init__(self, *args: Any, group: str = OTHER, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.group = group

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        value = tuple(map(_given, value)) if isinstance(value, (tuple, list)) else _given(value)
        try:
            return super().type_cast_value(ctx, value)
        except click.BadParameter as error:
            from klcli.cli.guesses import hint_for_value  # here, as in parse_args: most runs make no such error

            error.hint = hint_for_value(str(ctx.command.name), self.opts[0], value)  # type: ignore[attr-defined]
            raise


class Command(click.Command):
    """A command whose help groups its options, and whose operands may start with a minus sign: -1.5,0.2."""

    def make_parser(self, ctx: click.Context) -> Any:
        parser = super().make_parser(ctx)
        # Click looks for -f among the long options first; where it is not, it imports difflib to find what resembles it
        parser._long_opt.update(parser._short_opt)
        parse = parser.parse_args

        def parse_args(args: list[str]) -> Any:
            found = parse(args)
            if not ctx.resilient_parsing:
                _refuse_repeated(found[2], ctx)
            return found

        parser.parse_args = parse_args  # type: ignore[method-assign]
        return parser

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[WORDS] = tuple(args)
        # Click would parse a minus sign as an option; Option and Operand take the mark away again
        ctx.allow_extra_args = True  # as they are refused below, without the mark
        try:
            found = super().parse_args(ctx, [_KEPT + arg if _NEGATIVE.match(arg) else arg for arg in args])
        except click.NoSuchOption as error:
            from klcli.cli.guesses import hint_for_option

            known = {flag for each in self.get_params(ctx) for flag in (*each.opts, *each.secondary_opts)}
            hint = hint_for_option(str(self.name), error.option_name, known)
            similar = None if hint else [flag for flag in known if flag.startswith("--")]
            message = f"No such option {error.option_name!r}."  # versions of Click word it otherwise
            own = click.NoSuchOption(error.option_name, message, possibilities=similar, ctx=ctx)
            if hint:
                own.hint = hint  # type: ignore[attr-defined]
            raise own from None
        if found and not ctx.resilient_parsing:
            beyond = " ".join(arg.removeprefix(_KEPT) for arg in found)
            ctx.fail(f"Got unexpected extra argument{'s' * (len(found) > 1)} ({beyond})")
        return found

    def get_help(self, ctx: click.Context) -> str:
        return stdout_encoding().own(super().get_help(ctx))  # click.echo would write UTF-8 for ASCII

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                groups.setdefault(getattr(parameter, "group", OTHER), []).append(record)
        for group in _GROUPS:
            if group in groups:
                with formatter.section(group):
                    formatter.write_dl(groups[group])


class Operand(click.ParamType):  # type: ignore[type-arg]  # generic since Click 8.3
    """A word that stands for a distribution; shell completion completes file names."""

    name = "operand"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        word: str = _given(value)
        return word

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        return items([incomplete], "file")


def _refuse_repeated(order: Iterable[click.Parameter], ctx: click.Context) -> None:
    """Refuses an option of what is compared that has one value and is given twice: Click would keep the last.

    Options of output are settled by the last, as elsewhere, so that a script can override them.
    """
    seen: set[click.Parameter] = set()
    for each in order:
        if not isinstance(each, Option) or each.group not in _ONCE or each.multiple or each.is_flag:
            continue
        if each in seen:
            error = click.UsageError(f"{each.opts[0]} is given twice, and takes one value", ctx)
            error.hint = "leave one of them out"  # type: ignore[attr-defined]
            raise error
        seen.add(each)


def _given(word: Any) -> Any:
    """Returns a word as it stands on the command line, without the mark of a negative one."""
    return word.removeprefix(_KEPT) if isinstance(word, str) else word


def option(*flags: str, group: str, **settings: Any) -> Decorator:
    """Returns a decorator that adds an option, which help lists in a group."""
    return click.option(*flags, cls=Option, group=group, **settings)


def completer(names: Callable[[], Iterable[str]]) -> "Callable[..., list[CompletionItem]]":
    """Returns a completion function for Click; a hyphen equals an underscore."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        start = incomplete.replace("-", "_")
        return items(name for name in names() if name.replace("-", "_").startswith(start))

    return complete


def name_option(*flags: str, registry: Registry[Any], **settings: Any) -> Decorator:
    """Returns an option that accepts the names of a registry, and suggests similar ones for an unknown name."""

    def check(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        if value is not None:
            registry.lookup(value)
        return value

    return option(*flags, callback=check, shell_complete=completer(registry.names), **{"metavar": "NAME", **settings})


def with_options(options: Iterable[Callable[[Any], Any]], function: Any) -> Any:
    """Returns the function with these options, listed by help in this order."""
    for option in reversed(list(options)):
        function = option(function)
    return function


def items(words: Iterable[str], type_: str = "plain") -> "list[CompletionItem]":
    """Returns words as the completions that Click passes to the shell."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(word, type=type_) for word in words]
