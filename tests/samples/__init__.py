"""Sample inputs of every operation, a family a file as in `ops/`; importing this package fills the table."""

from tests.samples import (
    activation,
    arithmetic,
    copies,
    create,
    differences,
    fft,
    foreach,
    indexing,
    join,
    linalg,
    loss,
    masked,
    matmul,
    parts,
    random,
    reduce,
    shape,
    sort,
    special,
    views,
    vision,
)
from tests.samples.table import Input, Named, Row, Sample, rows
