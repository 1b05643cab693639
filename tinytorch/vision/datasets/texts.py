"""Arguments that are one of a few words."""


def verify_str_arg(value: str, arg: str | None = None, valid_values=None, custom_msg: str | None = None) -> str:
    """The word that was given; a ValueError for one that is not among the valid ones."""
    if not isinstance(value, str):
        of = "" if arg is None else f" for argument {arg}"
        raise ValueError(f"Expected type str{of}, but got type {type(value)}.")
    if valid_values is not None and value not in valid_values:
        shown = iterable_to_str(valid_values)
        raise ValueError(custom_msg or f"Unknown value '{value}' for argument {arg}. Valid values are {{{shown}}}.")
    return value


def iterable_to_str(iterable) -> str:
    """Words between quotes, with commas."""
    return ", ".join([f"'{each}'" for each in iterable])
