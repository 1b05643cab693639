"""Sample inputs of every operation, a family a file as in `ops/`; importing this package fills the table."""

from tests.samples import (
    activation,
    arithmetic,
    attention,
    convolution,
    create,
    embedding,
    fft,
    foreach,
    indexing,
    join,
    linalg,
    loss,
    margin_loss,
    matmul,
    normalization,
    parts,
    pooling,
    random,
    reduce,
    shape,
    sort,
    special,
    views,
    vision,
)
from tests.samples.table import Input, Named, Row, Sample, rows
