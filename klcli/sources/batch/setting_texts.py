"""How the values of settings are written: for people, and in TOML."""

__all__ = ["as_in", "shown", "written"]


def written(value: object) -> str:
    """Returns the value of a setting as TOML has it, where it is of the wrong type: a text in quotes."""
    return f'"{value}"' if isinstance(value, str) else shown(value)


def as_in(example: str, value: object) -> str:
    """Returns the hint that shows how a setting of TOML is written that is no text, in the place of a value."""
    return f"as in {example}" + ", without quotes" * isinstance(value, str)


def shown(value: object) -> str:
    """Returns the value of a setting as a person would write it."""
    match value:
        case bool():
            return str(value).lower()
        case None:
            return "as many as there are processors"
        case tuple() | list():
            return " ".join(map(str, value))
        case _:
            return str(value)
