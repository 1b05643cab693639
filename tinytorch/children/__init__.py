"""A folder for PYTHONPATH: Python imports its `sitecustomize` by itself, before the program."""
