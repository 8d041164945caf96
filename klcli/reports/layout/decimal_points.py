"""Numbers in a column, padded so that their decimal points stand below each other."""

from collections.abc import Sequence

__all__ = ["Places", "aligned", "places_of"]

Places = tuple[int, int]  # characters before the decimal point, and from it on


def places_of(title: str, numbers: Sequence[str]) -> Places:
    """Returns the places of a column, which is at least as wide as its title."""
    before = [len(number.partition(".")[0]) for number in numbers]
    after = max([len(number) - start for number, start in zip(numbers, before, strict=True)], default=0)
    return max(max(before, default=0), len(title) - after), after


def aligned(numbers: Sequence[str], places: Places) -> list[str]:
    """Returns the numbers padded to their places; a number that needs more is longer."""
    blanks, width = " " * places[0], sum(places)
    return [(blanks[len(number.partition(".")[0]) :] + number).ljust(width) for number in numbers]
