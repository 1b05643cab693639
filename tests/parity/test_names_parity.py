"""Small names of torch and Tensor against PyTorch: the same text under both gives the same text or refusal."""

import pytest
import torch

import tinytorch
from tests.parity.test_create_parity import seen

EXPRESSIONS = r"""
torch.triu_indices(2,2,dtype=torch.int16)
torch.triu_indices(2,2,dtype=torch.uint8)
torch.triu_indices(2,2,dtype=torch.bool)
torch.triu_indices(2,2,dtype=torch.int32)
torch.tril_indices(2.5,2)
torch.tril_indices(2,'a')
torch.tril_indices(2,2,0.5)
torch.tril_indices(-1,2)
torch.tril_indices(2,-1)
torch.tril_indices(3,2,-5)
torch.tril_indices(2,2,device='meta')
torch.tril_indices(2,2,layout=torch.strided)
torch.tril_indices(2,2,pin_memory=False)
torch.cartesian_prod(x)
torch.cartesian_prod()
torch.cartesian_prod(i,x)
torch.cartesian_prod(i).shape
torch.cartesian_prod(i,i.double())
torch.combinations(i)
torch.combinations(i,0)
torch.combinations(i,-1)
torch.combinations(x)
torch.polar(x,i)
torch.complex(x,x.double())
torch.can_cast(torch.int,torch.bool)
torch.can_cast(3,torch.bool)
torch.promote_types(3,torch.int)
x.to(x.double()).dtype
x.to(dtype=torch.int64,copy=True).dtype
x.cpu() is x
x.pin_memory()
x.type('torch.LongTensor')
x.type('foo')
x.type(torch.FloatTensor) is x
x.type(3)
x.type(float).dtype
x.type(dtype='torch.HalfTensor').dtype
x.type_as(3)
x.new_zeros(2,3,dtype=torch.int64)
x.new_zeros(())
x.new_zeros([])
x.new_zeros(2.5)
x.new_ones((2,),requires_grad=True)
x.new_full((2,),1.5,dtype=torch.int64)
x.new_full(2,1.5)
x.new_tensor(i)
x.new_tensor([1,2],dtype=torch.int64)
x.new_tensor(3)
x.new_tensor('a')
x.storage_offset()
x[1].storage_offset()
x.element_size()
x.contiguous(memory_format=3)
x.contiguous(memory_format=torch.channels_last_3d)
x.contiguous(memory_format=torch.preserve_format) is x
x.t().contiguous(memory_format=torch.preserve_format)
x4.is_contiguous(memory_format=torch.channels_last_3d)
torch.empty_strided((2,3),(3,))
torch.empty_strided((2,3),(3,-1))
torch.empty_strided((-2,3),(3,1))
torch.preserve_format
torch.channels_last
torch.strided
x.share_memory_() is x
x.nbytes
x.itemsize
x.has_names()
x.names
x.output_nr
x.T.shape
x.mT.shape
x.H.shape
x4.T
x.ndim
x.real is x
x.imag
x.retains_grad
x.grad_fn
x.layout
x.device
x.__len__()
len(s)
torch.is_tensor(3)
torch.is_storage(3)
torch.is_complex(c)
torch.Size([2]) + torch.Size([3])
torch.Size([2]) * 2
torch.Size((2,3))[0]
torch.Size([2,3])[:1]
torch.Size(3)
torch.Size(['a'])
torch.Size([2.5])
torch.Size([torch.tensor(2)])
torch.complex64.to_real()
torch.zeros(1).device
torch.get_default_device()
torch.Tensor.__module__
x.new(x) is x
x.new(x).shape
x.new(i)
x.new((2,3))
i.new([1.5])
x.new('a')
torch.FloatTensor(torch.Size([2])).shape
torch.FloatTensor((2,3))
torch.LongTensor(x)
isinstance(x, torch.cuda.FloatTensor)
torch.broadcast_shapes((2,3),(4,1,3),5)
torch.broadcast_shapes((2,3),(4,1,3),1)
torch.broadcast_shapes((3,2),(3,),(2,))
torch.broadcast_shapes([2,1],[3])
torch.broadcast_shapes((0,),(1,))
torch.broadcast_shapes((0,),(2,))
torch.broadcast_shapes(-1)
torch.broadcast_shapes((-1,2))
torch.broadcast_shapes((2.5,))
torch.broadcast_shapes(i)
x.set_(torch.ones(2)).shape
x.set_().shape
x.set_(i)
x.clone().set_(x.untyped_storage())
x.clone().set_(x.storage())
x.clone().set_(x.storage(),1,(2,),(2,))
x.clone().set_(x.storage(),1,(2,))
x.clone().set_(x.untyped_storage(),1,torch.Size([2]))
y.set_(x)
torch.FloatStorage([1,2]).tolist()
torch.FloatStorage.dtype
isinstance(x.storage(), torch.FloatStorage)
isinstance(x.storage(), torch.LongStorage)
isinstance(x.storage(), torch.TypedStorage)
type(x.storage())
x.storage()[1:3]
x.storage()[-1]
x.storage()[6]
x.storage().fill_(2)
x.storage().type()
x.storage().pickle_storage_type()
x.storage().is_pinned()
x.storage().is_cuda
x.storage().cpu()
x.storage().copy_(torch.ones(6).storage())
x.t().storage().tolist()
x[1:].storage().tolist()
x[1:].untyped_storage().nbytes()
x.storage()==x.storage()
x.storage().untyped()==x.untyped_storage()
x.storage()._untyped_storage
x.untyped_storage().type()
torch.UntypedStorage([1,2]).tolist()
x.untyped_storage().is_cuda
x.untyped_storage().element_size()
x.untyped_storage()[0:2]
x.untyped_storage()[100]
x.untyped_storage().cpu()
x.untyped_storage().is_shared()
x.untyped_storage().is_pinned()
torch.typename(torch.nn.Linear)
torch.typename(len)
torch.typename('a')
torch.is_floating_point('a')
torch.is_same_size(x,3)
torch.get_float32_matmul_precision()
torch._assert(torch.tensor(False),'m')
torch._assert([], 'm')
x.dim_order(ambiguity_check=True)
torch.ones(1,2).dim_order()
torch.ones(2,1,3).expand(2,2,3).dim_order()
torch.ones(2,1,3).dim_order(ambiguity_check=True)
torch.iinfo(torch.int64)
torch.finfo('a')
torch.finfo(3)
torch.is_inference(x)
torch.is_distributed(3)
torch.is_conj(3)
torch.numel('a')
torch.is_nonzero(3)
x.size(2)
s.size(0)
x.stride(2)
torch.empty_permuted((2,3),(1,0)).stride()
torch.empty_permuted((2,3),(0,0)).stride()
torch.empty_permuted((2,3),(0,)).stride()
torch.empty_permuted((2,3),(0,2)).stride()
torch.empty_permuted((2,3),(0,-1)).stride()
torch.empty_permuted((2,3,4),(0,2,1),dtype=torch.int64,requires_grad=False).stride()
torch.empty_permuted((-2,3),(0,1)).stride()
torch.inf
torch.nan
torch.pi
torch.e
torch.newaxis
torch.is_nonzero(x)
torch.is_same_size(x,x)
torch.finfo(torch.bfloat16)
torch.finfo(torch.complex64)
torch.finfo(torch.int32)
torch.finfo()
torch.iinfo(torch.int8)
torch.iinfo(torch.bool)
x.apply_(3)
torch.typename(x)
torch.typename(torch.nn.Linear(1,1))
torch.typename(3)
torch.typename(torch.FloatTensor)
torch.clone(x,memory_format=torch.contiguous_format)
x.clone(memory_format=torch.preserve_format).stride()
x.T.clone(memory_format=torch.contiguous_format).stride()
x4.clone(memory_format=torch.channels_last).stride()
x.clone(memory_format=torch.channels_last)
x.untyped_storage()
torch.is_conj(x)
torch.get_device(x)
torch.legacy_contiguous_format
x.dim_order()
x.t().dim_order()
x4.contiguous(memory_format=torch.channels_last).dim_order()
""".strip().splitlines()


def names(library):
    """What the expressions may name."""
    return {
        "torch": library,
        "x": library.arange(6.0).reshape(2, 3),
        "b": library.tensor([True, False]),
        "i": library.arange(3),
        "c": library.ones(2, dtype=library.complex64),
        "s": library.tensor(2.5),
        "y": library.ones(2, 3, requires_grad=True),
        "x4": library.ones(1, 2, 3, 4),
    }


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_gives_the_same_text_or_refusal(expression):
    assert seen(expression, names(tinytorch)) == seen(expression, names(torch))
