"""The tests, in rooms that mirror the library's."""
