"""Decides whether masses sum to 1, as probabilities must: exactly, up to the rounding of a file, or not."""

from klcli.notes import Note, masses_normalised

__all__ = ["SUM_IS_NEARLY_ONE", "SUM_IS_ONE", "notes_on_sum", "shown_sum"]

# A mass written as a decimal is within 2^-53 of it as a double, relative, and so is the rounded sum of all: decimals
# that sum to exactly 0.99 are within 0.01 of 1, though the doubles sum to 0.01 + 9e-18 less than 1.
_DECIMALS_AS_DOUBLES = 2.0**-51
SUM_IS_ONE = 1e-9 + _DECIMALS_AS_DOUBLES  # as the masses of a file that carries 9 or more digits
SUM_IS_NEARLY_ONE = 1e-2 + _DECIMALS_AS_DOUBLES  # as percentages rounded to a digit


def shown_sum(total: float) -> str:
    """Returns a sum that is not 1 within 0.01, in as few digits as show that it is not."""
    return next(text for digits in range(6, 18) if abs(float(text := f"{total:.{digits}g}") - 1) > SUM_IS_NEARLY_ONE)


def notes_on_sum(name: str, total: float) -> tuple[Note, ...]:
    """Returns a note if probabilities sum to nearly 1, but not to 1."""
    return () if abs(total - 1) <= SUM_IS_ONE else (masses_normalised(name, total),)
