"""Modules that look rows up in a table, one by one or in bags."""

from tinytorch.modes import no_grad
from tinytorch.nn import embedding as functional
from tinytorch.nn import init
from tinytorch.nn.modules.module import Module
from tinytorch.nn.parameter import Parameter
from tinytorch.ops.create import empty
from tinytorch.tensor import Tensor


class Table(Module):
    """What both share: a table of rows, normal numbers but for zeros in the row `padding_idx`."""

    def _make(self, name, padding_idx, sparse, given, requires_grad=True, **place):
        """The table, drawn or given; an AssertionError for a padding row that there is not, or another shape."""
        shape = self.num_embeddings, self.embedding_dim
        if padding_idx is not None:
            if not -shape[0] <= padding_idx < max(shape[0], 1):
                raise AssertionError(f"{name} must be within num_embeddings")
            padding_idx += shape[0] if padding_idx < 0 else 0
        self.padding_idx = padding_idx
        if given is None:
            self.weight = Parameter(empty(shape, **place), requires_grad)
            self.reset_parameters()
        elif tuple(given.shape) == shape:
            self.weight = Parameter(given, requires_grad)
        else:
            raise AssertionError("Shape of weight does not match num_embeddings and embedding_dim")
        self.sparse = sparse

    def reset_parameters(self) -> None:
        """Draw the table anew."""
        init.normal_(self.weight)
        self._fill_padding_idx_with_zero()

    def _fill_padding_idx_with_zero(self):
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)


class Embedding(Table):
    """The rows of a table, (num_embeddings, embedding_dim), at the indices in the input: (...) -> (..., embedding_dim).

    The row `padding_idx` starts at 0 and gets no gradient. Rows above `max_norm` are scaled down to it in the table
    itself when they are looked up. With `sparse` the gradient is a sparse tensor: the rows that were looked up.

    >>> import tinytorch as torch
    >>> torch.nn.Embedding(10, 3, padding_idx=0)(torch.tensor([[0, 2, 0, 5]])).shape
    torch.Size([1, 4, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device=None,
        dtype=None,
    ) -> None:
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self._make("Padding_idx", padding_idx, sparse, _weight, not _freeze, device=device, dtype=dtype)

    def forward(self, input: Tensor) -> Tensor:
        settings = self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse
        return functional.embedding(input, self.weight, *settings)

    def extra_repr(self) -> str:
        shown = [f"{self.num_embeddings}, {self.embedding_dim}", *shown_of(self, "padding_idx", "max_norm")]
        return ", ".join([*shown, *unusual(self), *["sparse=True"] * self.sparse])

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> "Embedding":
        """One whose table is given, and learned unless `freeze`; an AssertionError if it has not two dimensions."""
        return cls(
            *shape_of(embeddings),
            padding_idx=padding_idx,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            sparse=sparse,
            _weight=embeddings,
            _freeze=freeze,
        )


class EmbeddingBag(Table):
    """The "sum", "mean" or "max" of the rows of each bag: a row of the input, (bags, n), or (n,) cut at the offsets.

    The row `padding_idx` starts at 0, gets no gradient and does not count. With `sparse` the gradient is a
    sparse tensor: the rows that were looked up.

    >>> import tinytorch as torch
    >>> bags = torch.nn.EmbeddingBag(10, 3, mode="sum")
    >>> bags(torch.tensor([1, 2, 4, 5, 4, 3, 2, 9]), torch.tensor([0, 4])).shape
    torch.Size([2, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device=None,
        dtype=None,
    ) -> None:
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self._make("padding_idx", padding_idx, sparse, _weight, device=device, dtype=dtype)
        self.mode = mode
        self.include_last_offset = include_last_offset

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        return functional.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        shown = [f"{self.num_embeddings}, {self.embedding_dim}", *shown_of(self, "max_norm"), *unusual(self)]
        return ", ".join([*shown, f"mode={self.mode!r}", *shown_of(self, "padding_idx")])

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> "EmbeddingBag":
        """One whose table is given, and learned unless `freeze`; an AssertionError if it has not two dimensions."""
        made = cls(
            *shape_of(embeddings),
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            mode=mode,
            sparse=sparse,
            _weight=embeddings,
            include_last_offset=include_last_offset,
            padding_idx=padding_idx,
        )
        made.weight.requires_grad = not freeze
        return made


def shape_of(embeddings):
    """The shape of a table."""
    if embeddings.ndim != 2:
        raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
    return embeddings.shape


def shown_of(module, *names):
    """Settings that are not None, as they are printed."""
    return [f"{name}={getattr(module, name)}" for name in names if getattr(module, name) is not None]


def unusual(module):
    """What is printed of norm and gradient if it is not the default."""
    usual = {"norm_type": 2.0, "scale_grad_by_freq": False}
    return [f"{name}={getattr(module, name)}" for name, value in usual.items() if getattr(module, name) != value]
