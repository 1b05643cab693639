"""Rows for what `import` takes in a fresh interpreter."""

from benchmarks.harness import Row

rows = [Row("import/fresh interpreter", "import torch", measure="import", at_most={"numpy": 2.5})]
