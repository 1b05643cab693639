"""torch.functional: the functions that PyTorch has in Python."""

from tinytorch.ops.distances import cdist
from tinytorch.ops.einsum import einsum
from tinytorch.ops.join import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    block_diag,
    broadcast_tensors,
    cartesian_prod,
    meshgrid,
)
from tinytorch.ops.linalg.lu import torch_lu as lu
from tinytorch.ops.linalg.pseudoinverse import pca_lowrank, svd_lowrank
from tinytorch.ops.norms import norm
from tinytorch.ops.places import unravel_index
from tinytorch.ops.products import chain_matmul, tensordot
from tinytorch.ops.sort import unique, unique_consecutive
from tinytorch.ops.spectrogram import istft, stft
from tinytorch.ops.split import split

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "broadcast_tensors",
    "cartesian_prod",
    "cdist",
    "chain_matmul",
    "einsum",
    "istft",
    "lu",
    "meshgrid",
    "norm",
    "pca_lowrank",
    "split",
    "stft",
    "svd_lowrank",
    "tensordot",
    "unique",
    "unique_consecutive",
    "unravel_index",
]
