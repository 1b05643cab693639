"""Sample inputs of every operation, a family a file as in `ops/`; importing this package fills the table."""

from tests.samples import (
    activation,
    arithmetic,
    attention,
    create,
    embedding,
    indexing,
    join,
    loss,
    margin_loss,
    matmul,
    normalization,
    parts,
    random,
    reduce,
    shape,
    sort,
    views,
)
from tests.samples.table import Input, Named, Row, Sample, rows
