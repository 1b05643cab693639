"""The list of the kinds of statement."""

STATEMENTS = []


def statement(weight):
    """Puts a function that writes one statement, or returns None, on the list as often as `weight` says."""

    def register(function):
        STATEMENTS.extend([function] * weight)
        return function

    return register
