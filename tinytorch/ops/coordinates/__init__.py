"""Sparse tensors: where their elements stand and what they are, and what operations mean for them."""

from tinytorch.ops.coordinates import compressed, making, methods, moves, pointwise, products, sums

__all__ = ["compressed", "making", "methods", "moves", "pointwise", "products", "sums"]
