"""Rooms that a door shows by name and imports at their first use, so that a start does not wait for them."""

import importlib


def on_demand(package, names):
    """The `__getattr__` of a package, which imports the rooms of these names below it; an AttributeError for others."""
    names = frozenset(names.split())

    def find(name):
        if name in names:
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"module '{package}' has no attribute '{name}'")

    return find
