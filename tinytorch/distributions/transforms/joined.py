"""Transforms that treat the pieces of a tensor differently, along one dimension."""

from tinytorch.distributions import constraints
from tinytorch.distributions.parameters import lazy_property, sum_rightmost
from tinytorch.distributions.transforms.transform import Transform
from tinytorch.ops.join import concatenate, stack_of


class JoinedTransform(Transform):
    """What both kinds share: a list of transforms, and the dimension that is cut into their pieces."""

    def __init__(self, tseq, dim, cache_size):
        assert all([isinstance(each, Transform) for each in tseq]), "All elements of tseq must be Transform instances"
        super().__init__(cache_size=cache_size)
        self.transforms = [each.with_cache(cache_size) for each in tseq] if cache_size else list(tseq)
        self.dim = dim

    @property
    def bijective(self):
        return all([each.bijective for each in self.transforms])

    def _call(self, x):
        return self._join([transform(piece) for transform, piece in self._pieces(x)])

    def _inverse(self, y):
        return self._join([transform.inv(piece) for transform, piece in self._pieces(y, "y")])

    def _need_dim(self, tensor, length, wanted, name="x"):
        """An AssertionError for a tensor that cannot be cut."""
        dim = self.dim
        assert -tensor.dim() <= dim < tensor.dim(), f"dim {dim} out of range for tensor with {tensor.dim()} dimensions"
        assert tensor.size(dim) == length, f"{name}.size({dim}) = {tensor.size(dim)} must equal {wanted} {length}"


class CatTransform(JoinedTransform):
    """Pieces of the lengths that are given, 1 each else, along `dim`."""

    def __init__(self, tseq, dim=0, lengths=None, cache_size=0):
        super().__init__(tseq, dim, cache_size)
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)
        assert len(self.lengths) == len(self.transforms), (
            f"lengths ({len(self.lengths)}) must match transforms ({len(self.transforms)})"
        )

    @lazy_property
    def event_dim(self):
        return max([each.event_dim for each in self.transforms])

    @lazy_property
    def length(self):
        """The length along `dim`."""
        return sum(self.lengths)

    def _again(self, cache_size):
        return CatTransform(self.transforms, self.dim, self.lengths, cache_size)

    def _pieces(self, tensor, name="x"):
        self._need_dim(tensor, self.length, "length", name)
        start = 0
        for transform, length in zip(self.transforms, self.lengths, strict=True):
            yield transform, tensor.narrow(self.dim, start, length)
            start += length

    def _join(self, pieces):
        return concatenate(pieces, dim=self.dim)

    def log_abs_det_jacobian(self, x, y):
        logarithms = []
        for (transform, before), (_, after) in zip(self._pieces(x), self._pieces(y, "y"), strict=True):
            logarithm = transform.log_abs_det_jacobian(before, after)
            logarithms.append(sum_rightmost(logarithm, max(self.event_dim - transform.event_dim, 0)))
        dim = self.dim - x.dim() if self.dim >= 0 else self.dim
        dim += self.event_dim
        return concatenate(logarithms, dim=dim) if dim < 0 else sum(logarithms)

    @constraints.dependent_property
    def domain(self):
        return constraints.cat([each.domain for each in self.transforms], self.dim, self.lengths)

    @constraints.dependent_property
    def codomain(self):
        return constraints.cat([each.codomain for each in self.transforms], self.dim, self.lengths)


class StackTransform(JoinedTransform):
    """One transform for each place along `dim`."""

    def __init__(self, tseq, dim=0, cache_size=0):
        super().__init__(tseq, dim, cache_size)

    def _again(self, cache_size):
        return StackTransform(self.transforms, self.dim, cache_size)

    def _pieces(self, tensor, name="x"):
        self._need_dim(tensor, len(self.transforms), "len(transforms)", name)
        for place, transform in enumerate(self.transforms):
            yield transform, tensor.select(self.dim, place)

    def _join(self, pieces):
        return stack_of(pieces, dim=self.dim)

    def log_abs_det_jacobian(self, x, y):
        pairs = zip(self._pieces(x), self._pieces(y, "y"), strict=True)
        return self._join([each.log_abs_det_jacobian(before, after) for (each, before), (_, after) in pairs])

    @constraints.dependent_property
    def domain(self):
        return constraints.stack([each.domain for each in self.transforms], self.dim)

    @constraints.dependent_property
    def codomain(self):
        return constraints.stack([each.codomain for each in self.transforms], self.dim)
