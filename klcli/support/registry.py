"""Tables from names to things (measures, formats, …), with aliases and suggestions for misspelled names."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from klcli.errors import UnknownName, UsageError

__all__ = ["Registry", "nearest", "renamed"]

T = TypeVar("T")
Loader = TypeVar("Loader", bound=Callable[[], object])


def nearest(name: str, known: Iterable[str], *, count: int = 1) -> list[str]:
    """Returns at most `count` known names that resemble an unknown one but for case, the most similar first."""
    from difflib import get_close_matches  # needed only for an unknown name

    spelt: dict[str, list[str]] = {}
    for each in known:
        spelt.setdefault(each.casefold(), []).append(each)
    found = [each for key in get_close_matches(name.casefold(), spelt, n=count) for each in spelt[key]]
    return found[:count]


def renamed(values: Mapping[str, T], name_of: Callable[[str], str]) -> dict[str, T]:
    """Returns the values under the names that a function gives.

    Raises:
        UsageError: two of them get one name, so one of the two values would be lost.
    """
    found: dict[str, T] = {}
    written: dict[str, str] = {}
    for name, value in values.items():
        key = name_of(name)
        if key in found:
            raise UsageError(f"{written[key]!r} and {name!r} mean the same", hint="leave one of them out")
        found[key], written[key] = value, name
    return found


class Registry(Generic[T]):
    """A table from names to things. Names are compared without case, and a hyphen equals an underscore.

    A name may be declared with `loads` before the module that registers it is imported, so a slow module is imported
    only when its name is looked up.

    Args:
        noun, plural: Name of the kind of thing, for messages.
    """

    def __init__(self, noun: str, plural: str) -> None:
        self.noun = noun
        self.plural = plural
        self._items: dict[str, T] = {}
        self._names: dict[str, str] = {}  # as they are written, by key
        self._aliases: dict[str, str] = {}
        self._guesses: dict[str, str] = {}  # what to say to words that are no names
        self._loaders: dict[str, Callable[[], object]] = {}

    def add(self, name: str, item: T, *, aliases: tuple[str, ...] = ()) -> None:
        """Registers an item.

        Raises:
            ValueError: The name is taken.
        """
        for each in (name, *aliases):
            if _key(each) in self._items or _key(each) in self._aliases:
                raise ValueError(f"the {self.noun} {each!r} is registered twice")
        self._items[_key(name)] = item
        self._names[_key(name)] = name
        self._aliases.update((_key(alias), _key(name)) for alias in aliases)

    def remove(self, name: str) -> None:
        """Takes out the item with this name, and its aliases."""
        key = _key(name)
        del self._items[key], self._names[key]
        self._aliases = {alias: each for alias, each in self._aliases.items() if each != key}

    def loads(self, *names: str, aliases: tuple[str, ...] = ()) -> Callable[[Loader], Loader]:
        """Decorates a function that imports the module which registers these names; `lookup` calls it.

        Args:
            aliases: Other words for the first of the names.
        """

        def declare(loader: Loader) -> Loader:
            self._loaders.update((_key(name), loader) for name in names)
            self._names.update((_key(name), name) for name in names)
            self._aliases.update((_key(alias), _key(names[0])) for alias in aliases)
            return loader

        return declare

    def answer(self, *guesses: str, hint: str) -> None:
        """Sets the hint for words that people try although no item has them as a name."""
        self._guesses.update((_key(guess), hint) for guess in guesses)

    def answer_to(self, name: str) -> str | None:
        """Returns the hint for a word that is no name, if one was set for it."""
        return self._guesses.get(_key(name))

    def lookup(self, name: str) -> T:
        """Returns the item with this name or alias.

        Raises:
            UnknownName: No item has this name; the hint suggests similar ones.
        """
        if name in self._items:
            return self._items[name]
        key = _key(name)
        key = self._aliases.get(key, key)
        if key not in self._items and key in self._loaders:
            self._loaders[key]()
        if key not in self._items:
            raise UnknownName(f"no {self.noun} is called {name!r}", hint=self.answer_to(key) or self._suggestion(key))
        return self._items[key]

    def names(self) -> list[str]:
        """Returns every name, declared ones first, without importing anything."""
        return [self._names[key] for key in dict.fromkeys([*self._loaders, *self._items])]

    def aliases(self, name: str) -> list[str]:
        """Returns the aliases of a name."""
        return [alias for alias, key in self._aliases.items() if key == _key(name)]

    def __iter__(self) -> Iterator[T]:
        return (self.lookup(name) for name in self.names())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (_key(name) in self._aliases or _key(name) in map(_key, self.names()))

    def similar(self, name: str) -> list[str]:
        """Returns at most three names that an unknown one resembles, itself or by an alias."""
        near = nearest(_key(name), [*map(_key, self.names()), *self._aliases], count=3)
        return list(dict.fromkeys(self._names[self._aliases.get(each, each)] for each in near))

    def _suggestion(self, key: str) -> str:
        near = self.similar(key)
        return f"did you mean {' or '.join(near)}?" if near else f"the {self.plural} are {', '.join(self.names())}"


def _key(name: str) -> str:
    return name.replace("-", "_").lower()
