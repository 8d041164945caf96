"""A note: data that accompanies numbers. Its words are made on access, by the function that declares its kind."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, ParamSpec

from klcli.notes.wording import joined
from klcli.support.sentence import Sentence

__all__ = ["Note", "is_note", "note", "together"]

_SUBJECTS = "subjects"
_SUBJECT = ("name", "subject", "source", "path", "file")  # names of a first value with which a sentence begins

Values = ParamSpec("Values")


class Note(NamedTuple):
    """A remark on a result.

    Attributes:
        kind: Name of the function of this module that words it. values: Arguments of that function.
        alike: Number of further notes of this kind, for which this one stands.
        in_python: The sentence names arguments of calls, not options of the command line.
    """

    kind: str
    values: tuple[object, ...]
    alike: int = 0
    in_python: bool = False

    def __repr__(self) -> str:
        return f"<note {self.code}: {self.text}>" if self.kind in _KINDS else f"<note of the kind {self.kind}>"

    @property
    def code(self) -> str:
        """The stable code, for machines."""
        return _KINDS[self.kind].code

    @property
    def words(self) -> Sentence:
        """The sentence, which knows the options and commands that it names."""
        return Sentence(_KINDS[self.kind].words(*self.values))

    @property
    def text(self) -> str:
        """The sentence, for people, as the command line or Python has it."""
        words = str(self.words)
        if self.in_python:
            from klcli.support.python_terms import python_hint

            words = python_hint(self.words) or ""
        return f"{words}; and the like in {self.alike:,} more" if self.alike else words

    @property
    def subject(self) -> str:
        """The name that the sentence begins with, if it begins with one."""
        names = _KINDS[self.kind].names
        return str(self.values[0]) if names and names[0] in _SUBJECT else joined(self.subjects)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of the note, if its function takes `subjects`; one note can then be about P and about Q."""
        names = _KINDS[self.kind].names
        return self.values[names.index(_SUBJECTS)] if _SUBJECTS in names else ()  # type: ignore[return-value]

    def with_values(self, **changed: object) -> "Note":
        """Returns the note with some of its values changed, by the names that its function gives them."""
        given = dict(zip(_KINDS[self.kind].names, self.values, strict=True)) | changed
        return self._replace(values=tuple(given.values()))


class _Kind(NamedTuple):
    code: str
    words: Callable[..., str]
    names: tuple[str, ...]


_KINDS: dict[str, _Kind] = {}


class note:  # noqa: N801, a decorator is written as a function; as a class its annotations are evaluated once
    """Registers the decorated function, which returns a sentence, as a kind of note with this code."""

    def __init__(self, code: str) -> None:
        self._code = code

    def __call__(self, words: Callable[Values, str]) -> Callable[Values, Note]:
        kind, names = words.__name__, words.__code__.co_varnames[: words.__code__.co_argcount]
        optional = words.__defaults__ or ()
        defaults = dict(zip(names[len(names) - len(optional) :], optional, strict=True))
        _KINDS[kind] = _Kind(self._code, words, names)

        def noted(*args: Values.args, **kwargs: Values.kwargs) -> Note:
            given = defaults | dict(zip(names, args, strict=False)) | kwargs
            return Note(kind, tuple(given[name] for name in names))

        noted.__name__, noted.__doc__ = kind, words.__doc__
        return noted


def is_note(kind: str) -> bool:
    """Returns True if notes have this kind."""
    return kind in _KINDS


def together(p: Sequence[Note], q: Sequence[Note]) -> tuple[Note, ...]:
    """Returns the notes of P and of Q, with one note for both if they differ in their subjects alone."""
    found = list(p)
    for note in q:
        at = next((at for at, other in enumerate(found) if _say_the_same(note, other)), None)
        if at is None:
            found.append(note)
        elif found[at].subjects != note.subjects:
            found[at] = found[at].with_values(subjects=(*found[at].subjects, *note.subjects))
    return tuple(found)


def _say_the_same(note: Note, other: Note) -> bool:
    if note == other:
        return True
    has_subjects = note.kind == other.kind and note.subjects and other.subjects
    return bool(has_subjects) and note.with_values(subjects=()) == other.with_values(subjects=())
