"""Instants that texts spell, by arithmetic on their digits: engines whose casts fail, or accept other forms, agree."""

__all__ = ["iso_micros"]

_HOUR, _MINUTE, _SECOND = 3_600_000_000, 60_000_000, 1_000_000


def iso_micros(text: str, days: str) -> str:
    """Returns an expression: the microseconds since 1970 of a text that matches TIME, NULL for an impossible date.

    Args:
        days: Days since 1970 of a date, as a template such as "days({year}, {month}, {day})".
    """
    year, month, day, hour, minute, second = (
        _number(text, at, width) for at, width in ((1, 4), (6, 2), (9, 2), (12, 2), (15, 2), (18, 2))
    )
    is_leap = f"{year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0)"
    last = f"CASE WHEN {month} = 2 THEN CASE WHEN {is_leap} THEN 29 ELSE 28 END WHEN {month} IN (4, 6, 9, 11) THEN 30 ELSE 31 END"  # noqa: E501
    rest = f"substr({text}, 20)"  # of the text: a fraction of a second, a zone
    zone = f"greatest(position('+' IN {rest}), position('-' IN {rest}), position('Z' IN {rest}))"
    digits = f"rpad(substr({rest}, 2, CASE WHEN {zone} > 0 THEN {zone} - 2 ELSE 6 END), 6, '0')"
    fraction = f"CASE WHEN substr({rest}, 1, 1) = '.' THEN CAST({digits} AS INT) ELSE 0 END"
    offset = f"replace(substr({rest}, {zone}), ':', '')"  # +hhmm
    hours = f"CAST(substr({offset}, 2, 2) AS INT)"
    minutes = f"CASE WHEN length({offset}) > 3 THEN CAST(substr({offset}, 4, 2) AS INT) ELSE 0 END"
    sign = f"CASE WHEN substr({offset}, 1, 1) = '-' THEN -1 ELSE 1 END"
    shift = f"({sign}) * ({hours} * {_HOUR} + ({minutes}) * {_MINUTE})"
    has_offset = f"length({text}) > 19 AND {zone} > 0 AND position('Z' IN {rest}) = 0"
    impossible_offset = f"CASE WHEN {has_offset} THEN {hours} > 23 OR ({minutes}) > 59 ELSE 1 = 0 END"
    since_midnight = f"""CASE WHEN length({text}) < 16 THEN 0 ELSE {hour} * CAST({_HOUR} AS BIGINT) + {minute} * CAST({_MINUTE} AS BIGINT) END
        + CASE WHEN length({text}) < 19 THEN 0 ELSE {second} * CAST({_SECOND} AS BIGINT) + {fraction} END
        - CASE WHEN {has_offset} THEN {shift} ELSE 0 END"""  # noqa: E501
    days = days.format(year=year, month=month, day=day)
    return f"""CASE WHEN {year} < 1 OR {month} NOT BETWEEN 1 AND 12 OR {day} < 1 THEN NULL WHEN {day} > {last} THEN NULL
        WHEN {impossible_offset} THEN NULL ELSE {days} * CAST({24 * _HOUR} AS BIGINT) + {since_midnight} END"""


def _number(text: str, at: int, width: int) -> str:
    return f"CAST(substr({text}, {at}, {width}) AS INT)"
