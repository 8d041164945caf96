"""`kl sample`: independent draws from a family or from masses."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import click
import numpy as np

from klcli.cli.answer import Output, conclude, refuse_bytes_on_a_terminal, write_answer
from klcli.cli.command import (
    INPUT,
    NUMBERS,
    OTHER,
    OUTPUT,
    Command,
    Operand,
    option,
    with_options,
)
from klcli.cli.destination import Destinations
from klcli.cli.given import given_options, hinted_at_column, noting_unused
from klcli.cli.options import access_options, input_options, text_options
from klcli.errors import ExitCode, UsageError
from klcli.notes import Note, options_without_effect, sample_seed
from klcli.sources.operands.operand import is_family, load

__all__ = ["command"]

_FORMATS = ("csv", "jsonl", "npy")

_OPTIONS = [
    option("-n", "--count", "count", group=NUMBERS, type=click.IntRange(1), default=1000, show_default=True,
           metavar="N", help="Number of draws."),
    option("--seed", group=NUMBERS, type=click.IntRange(0), metavar="S",
           help="Seed; the same seed gives the same draws. By default a new one, which a note says."),
    *input_options("as_", "label"),
    option("--column", group=INPUT, metavar="COLUMN", help="Column, by name or number, that holds the masses."),
    *input_options("input_format", "header", "missing_label", "max_expand"),
    text_options,
    access_options,
    option("-f", "--format", "format_", group=OUTPUT, type=click.Choice(_FORMATS),
           help="Output format, by default that of the suffix of -o, else csv: a draw on each line, without header."),
    option("-o", "--output", group=OUTPUT, type=click.Path(), metavar="FILE", help="Write to a file."),
    option("-q", "--quiet", group=OTHER, is_flag=True, help="Print no notes."),
    click.option("--traceback", is_flag=True, expose_value=False, hidden=True),
]  # fmt: skip


def _sample_options(function: Any) -> Any:
    return with_options(_OPTIONS, function)


@click.command("sample", cls=Command)
@click.argument("source", type=Operand(), metavar="FAMILY|MASSES")
@_sample_options
def command(
    source: str, *, count: int, seed: int | None, format_: str | None, output: str | None, quiet: bool,
    label: tuple[str, ...], **reading: Any,
) -> ExitCode:  # fmt: skip
    """Draw independent observations from a family, or labels from masses.

    \b
    kl sample 'normal(1, 1)' -n 1000 --seed 7
    kl sample coin.csv -n 1000 -o tosses.txt
    kl estimate <(kl sample 'normal(1,1)') <(kl sample 'normal(2,0.5)')
    """
    Destinations([output] if output else []).refuse((source,))
    drawn_with = int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else seed
    with hinted_at_column():
        draws, notes = _draws(source, count, drawn_with, {**reading, "label": label or None})
    form = format_ or next((name for name in _FORMATS if (output or "").endswith(f".{name}")), "csv")
    answer = Output(form, None if output == "-" else output, 17, "never", quiet)
    if not is_family(source, reading["as_"]):
        answer = noting_unused(answer, (source,), (reading["input_format"],))
    elif given := sorted(given_options((INPUT,))):
        answer = answer._replace(notes=(options_without_effect(tuple(given), ("a family",)),))
    text = _WRITERS[form](draws)
    if isinstance(text, bytes):
        refuse_bytes_on_a_terminal(answer)
    write_answer([text], answer.path)
    return conclude([*notes, *([sample_seed(drawn_with)] if seed is None else [])], (), answer)


def _draws(
    source: str, count: int, seed: int, reading: Mapping[str, Any]
) -> tuple[np.ndarray[Any, Any], tuple[Note, ...]]:
    """Returns the draws, numbers of shape (n,) or (n, …) or labels of shape (n,), and notes on how masses were read."""
    if is_family(source, reading["as_"]):
        from klcli.families.grammar import parse

        return parse(source).sample(count, seed=seed), ()
    masses = load(source, **reading)
    total = masses.mass / masses.mass.max()
    chosen = np.random.default_rng(seed).choice(len(total), count, p=total / total.sum())
    labels = np.array([str(at + 1) for at in range(len(total))] if masses.labels is None else list(masses.labels))
    return labels[chosen], masses.notes


def _csv(draws: np.ndarray[Any, Any]) -> str:
    if draws.dtype.kind == "f":
        rows = draws.reshape(len(draws), -1).tolist()
        return "".join(",".join(map(_shown, row)) + "\n" for row in rows)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([label] for label in draws.tolist())
    return text.getvalue()


def _shown(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _jsonl(draws: np.ndarray[Any, Any]) -> str:
    return "".join(json.dumps(draw, ensure_ascii=False) + "\n" for draw in draws.tolist())


def _npy(draws: np.ndarray[Any, Any]) -> bytes:
    if draws.dtype.kind != "f":
        raise UsageError("labels are not written as an array of numbers", hint="pass -f csv or -f jsonl")
    stream = io.BytesIO()
    np.save(stream, draws, allow_pickle=False)
    return stream.getvalue()


_WRITERS: dict[str, Any] = {"csv": _csv, "jsonl": _jsonl, "npy": _npy}
