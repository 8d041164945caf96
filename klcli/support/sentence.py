"""Sentences for people, made of plain text and of terms: options and commands, which each face spells in its own way.

A term is a text, as the command line spells it, that knows what it names; `+` keeps the terms of a sentence:

    "pass " + Option("--as", "weights") + " to normalise them"

An f-string or `join` makes plain text, in which no other face finds them.
"""

from collections.abc import Callable, Iterator, Mapping

__all__ = ["Command", "Option", "Sentence", "Term", "joined", "options", "renamed"]

_CONJUNCTIONS = frozenset({" or ", " and ", ", ", ", or ", ", and "})


class Sentence(str):
    """A text that knows its parts: plain texts and terms. Its characters are the words of the command line."""

    __slots__ = ("parts",)
    parts: tuple[str, ...]

    def __new__(cls, *parts: str) -> "Sentence":
        found: list[str] = []
        for part in parts:
            for each in part.parts if isinstance(part, Sentence) else (part,):
                if found and not isinstance(each, Sentence) and not isinstance(found[-1], Sentence):
                    found[-1] += each
                elif each:
                    found.append(each)
        made = str.__new__(cls, "".join(found))
        made.parts = tuple(found)
        return made

    def __add__(self, other: str) -> "Sentence":
        return Sentence(self, other)

    def __radd__(self, other: str) -> "Sentence":
        return Sentence(other, self)

    def __reduce__(self) -> "tuple[type[Sentence], tuple[str, ...]]":
        return Sentence, self.parts

    def spelt(self, spell: "Callable[[Term], str]") -> "Sentence":
        """Returns the sentence with each term as `spell` writes it, once where neighbours become the same."""
        found: list[str] = []
        for part in self.parts:
            each = spell(part) if isinstance(part, Term) else part
            if isinstance(part, Term) and found[-1:] and found[-1] in _CONJUNCTIONS and found[-2:-1] == [each]:
                found.pop()
            else:
                found.append(each)
        return Sentence(*found)


class Term(Sentence):
    """A part of a sentence that is more than its characters: here a word as some face spells it."""

    __slots__ = ()

    def __new__(cls, word: str) -> "Term":
        made = str.__new__(cls, word)
        made.parts = (made,)
        return made

    def __reduce__(self) -> "tuple[type[Sentence], tuple[str, ...]]":
        return type(self), (str(self),)


class Option(Term):
    """An option of a command, with its values, if any, which the command line parts by commas.

    >>> Option("--columns", "price", "size in cm")
    "--columns 'price,size in cm'"
    """

    __slots__ = ("name", "values")
    name: str
    values: tuple[str, ...]

    def __new__(cls, name: str, *values: str) -> "Option":
        made = str.__new__(cls, f"{name} {_quoted(','.join(values))}" if values else name)
        made.parts, made.name, made.values = (made,), name, values
        return made

    def __reduce__(self) -> "tuple[type[Sentence], tuple[str, ...]]":
        return Option, (self.name, *self.values)


class Command(Term):
    """A command, with operands as they are written and with options."""

    __slots__ = ("name", "words")
    name: str
    words: tuple[str, ...]

    def __new__(cls, name: str, *words: str) -> "Command":
        made = str.__new__(cls, " ".join(("kl", name, *words)))
        made.parts, made.name, made.words = (made,), name, words
        return made

    def __reduce__(self) -> "tuple[type[Sentence], tuple[str, ...]]":
        return Command, (self.name, *self.words)


def options(sentence: str | None) -> Iterator[Option]:
    """Yields the options in a sentence; plain text has none."""
    for each in sentence.parts if isinstance(sentence, Sentence) else ():
        if isinstance(each, Option):
            yield each


def renamed(sentence: str | None, names: Mapping[str, str]) -> str | None:
    """Returns a sentence with other names of its options."""
    if not isinstance(sentence, Sentence):
        return sentence
    return sentence.spelt(
        lambda term: Option(names.get(term.name, term.name), *term.values) if isinstance(term, Option) else term
    )


def joined(separator: str, *texts: str | None) -> str:
    """Returns the texts that are not empty as one, with a separator between them."""
    found = Sentence()
    for each in filter(None, texts):
        found = found + separator + each if found else Sentence(each)
    return found


def _quoted(value: str) -> str:
    if value.isalnum() and value.isascii():
        return value
    from shlex import quote

    return quote(value)
