"""Creation, conversion and random numbers against PyTorch: the same text under both gives the same text or refusal."""

import warnings

import numpy as np
import pytest
import torch

import tinytorch

ERRORS = (RuntimeError, TypeError, ValueError, IndexError, AttributeError, AssertionError)

CREATION = r"""
torch.zeros()
torch.zeros(-1)
torch.zeros(2,-3)
torch.zeros(2.5)
torch.zeros((2,2.5))
torch.zeros("a")
torch.zeros(np.int64(3))
torch.zeros(torch.tensor(2))
torch.zeros((np.int32(2),torch.tensor(1)))
torch.zeros(True)
torch.zeros([[2]])
torch.zeros(2, dtype=float)
torch.zeros(2, dtype="float32")
torch.zeros(2, dtype=torch.int64, requires_grad=True)
torch.tensor([1], requires_grad=True)
torch.zeros(2, pin_memory=True)
torch.zeros(2, layout=3)
torch.zeros(2, foo=3)
torch.zeros(2, out=torch.zeros(3,dtype=torch.int64)).dtype
torch.zeros(2, dtype=torch.float32, out=torch.zeros(2,dtype=torch.int64))
torch.zeros(2, out=torch.zeros(3,requires_grad=True))
torch.zeros(2, out=torch.empty(0))
torch.zeros(2**62,2)
torch.empty(2**40)
torch.full((2,), 3)
torch.full((2,), True)
torch.full((2,), 1.5)
torch.full((2,), 1j)
torch.full((2,), torch.tensor(3))
torch.full((2,), 1.5, dtype=torch.int64)
torch.full((2,), 300, dtype=torch.uint8)
torch.full((2,), torch.tensor(1.5, requires_grad=True))
torch.full(2, 1)
torch.full((2,), "a")
torch.full((2,), 2**63)
torch.full((2,), np.float32(2))
torch.eye(3)
torch.eye(2,3)
torch.eye(-1)
torch.eye(2,-1)
torch.eye(2.5)
torch.eye(2, dtype=torch.bool)
torch.arange(5)
torch.arange(5.)
torch.arange(1,5,2)
torch.arange(1,2.5,0.5)
torch.arange(5,1,-2)
torch.arange(5,1)
torch.arange(1,5,0)
torch.arange(1,float("inf"))
torch.arange(float("nan"))
torch.arange(5, dtype=torch.float16)
torch.arange(5, dtype=torch.bool)
torch.arange(2, dtype=torch.bool)
torch.arange(3, dtype=torch.complex64)
torch.arange(0, 1, 0.1, dtype=torch.int64)
torch.arange(torch.tensor(3))
torch.arange(torch.tensor(3.))
torch.arange(torch.tensor([3,4]))
torch.arange(True)
torch.arange(1j)
torch.arange(0.5, 3, 1, dtype=torch.int64)
torch.arange(end=3)
torch.arange(start=1,end=3)
torch.arange(-3)
torch.linspace(0,1,5)
torch.linspace(0,10,5,dtype=torch.int64)
torch.linspace(0,1,0)
torch.linspace(0,1,1)
torch.linspace(0,1,-1)
torch.linspace(0,1j,3)
torch.linspace(0,5,3,dtype=torch.bool)
torch.linspace(3,-7,6,dtype=torch.int32)
torch.linspace(torch.tensor(0.),torch.tensor(1.),3)
torch.linspace(torch.tensor([0.,1.]),1,3)
torch.logspace(0,2,3)
torch.logspace(0,2,3,base=2)
torch.logspace(0,2,5,2,dtype=torch.int64)
torch.logspace(0,2,0)
torch.range(1,4)
torch.empty_strided((2,3),(1,2)).stride()
torch.empty_strided((2,3),(1,))
torch.empty_strided((2,3),(-1,2))
torch.empty_strided((-2,3),(1,2))
torch.scalar_tensor(3)
torch.scalar_tensor(True)
torch.scalar_tensor(2, dtype=torch.int64)
torch.zeros_like(torch.zeros(2,3).t()).stride()
torch.zeros_like(torch.zeros(2,6)[:,::2]).stride()
torch.zeros_like(torch.zeros(3,1).expand(3,4)).stride()
torch.zeros_like(torch.zeros(2,3,4).permute(2,0,1)[::2]).stride()
torch.zeros_like(torch.zeros(2,3).t(), memory_format=torch.contiguous_format).stride()
torch.zeros_like(torch.zeros(2,3,4,5), memory_format=torch.channels_last).stride()
torch.zeros_like(3)
torch.zeros_like(torch.zeros(2), dtype=torch.int64)
torch.full_like(torch.zeros(2,dtype=torch.int64), 1.5)
torch.full_like(torch.zeros(2), torch.tensor(2))
torch.ones_like(torch.zeros(2,requires_grad=True))
torch.empty_like(torch.zeros(2,3).t()).stride()
torch.zeros(2).new_zeros(3)
torch.zeros(2).new_zeros((3,), dtype=torch.int64)
torch.zeros(2).new_full((3,), 2)
torch.zeros(2).new_ones(2,2)
torch.zeros(2).new_empty(2,2).shape
torch.zeros(2).new_tensor([1,2])
torch.zeros(2).new_empty_strided((2,2),(1,2)).stride()
torch.zeros(2, dtype=torch.int64).new_tensor([1.5,2])
torch.complex(torch.tensor([1.]),torch.tensor([2.]))
torch.complex(torch.tensor([1.]),torch.tensor([2.],dtype=torch.float64))
torch.complex(torch.tensor([1]),torch.tensor([2]))
torch.polar(torch.tensor([1.]),torch.tensor([2.]))
torch.empty(2, memory_format=torch.channels_last)
torch.empty(1,2,3,4, memory_format=torch.channels_last).stride()
torch.empty(2, memory_format=torch.preserve_format)
torch.arange(0.5,3.7,1.5,dtype=torch.int64)
torch.arange(0,3,1.5,dtype=torch.int32)
torch.arange(0.9,5,dtype=torch.int64)
torch.arange(0,2.5,dtype=torch.int64)
torch.arange(0,1,0.1,dtype=torch.int32)
torch.arange(-0.5,3,1,dtype=torch.int64)
torch.arange(0,5,1.9,dtype=torch.uint8)
torch.arange(250,260,dtype=torch.uint8)
torch.arange(0,1,0.1,dtype=torch.float16)
torch.arange(0,1,0.1,dtype=torch.bfloat16)
torch.arange(0,1,0.1)[-1].item()
torch.arange(0,1,0.1,dtype=torch.float64).tolist()
torch.arange(1,2,0.3).tolist()
torch.arange(0,10000,0.7)[12345].item()
torch.arange(3,3)
torch.arange(3,3,-1)
torch.linspace(0,1,7).tolist()
torch.linspace(-3,5,11).tolist()
torch.linspace(-3,5,1000).tolist()[123]
torch.linspace(-3,5,1000).double().sum().item()
torch.linspace(-3,5,1000,dtype=torch.float64).sum().item()
torch.linspace(-3,5,11,dtype=torch.float16)
torch.linspace(-3,5,11,dtype=torch.bfloat16)
torch.linspace(0,255,7,dtype=torch.uint8)
torch.linspace(-7,100,13,dtype=torch.int64)
torch.linspace(0,1+1j,5)
torch.logspace(-2,2,9).tolist()
torch.logspace(0,3,7,dtype=torch.float16)
torch.logspace(0,1,5,base=0)
torch.logspace(0,1,5,base=-2)
torch.logspace(0.1,1,1)
torch.eye(3,2,dtype=torch.complex64)
torch.full((), 3.5)
torch.full((2,), float("nan"), dtype=torch.int64)
torch.full((2,), -5, dtype=torch.uint8)
torch.full((2,), 1e300)
torch.full((2,), 1j, dtype=torch.float32)
torch.full((2,), 1+0j, dtype=torch.float32)
torch.zeros(2).new_full((2,), 1j)
torch.zeros(2).fill_(1j)
torch.zeros(2,dtype=torch.int64).fill_(1.7)
torch.full((2,2), 2, out=torch.empty(0))
torch.ones(2,out=torch.zeros(3))
torch.arange(3,out=torch.zeros(2))
torch.eye(2,out=torch.zeros(2,dtype=torch.int64))
torch.zeros(size=(2,3)).shape
torch.zeros(*[2,3]).shape
torch.zeros(torch.Size([2,3])).shape
torch.zeros(()).shape
torch.zeros([]).shape
torch.zeros((2,),3)
torch.device("cuda:x")
torch.zeros(2,device=torch.device("meta")).shape
torch.zeros(2,device="cpu:0").device
torch.zeros(2,device="cpu:1").device
torch.rand(3,device="meta").shape
torch.randperm(3,device="meta")
torch.arange(3,device="meta")
torch.linspace(0,1,3,device="meta")
torch.zeros(2,3,device="meta").normal_()
torch.empty(2,3,device="meta").t().contiguous().stride()
torch.bernoulli(torch.zeros(2,device="meta"))
torch.multinomial(torch.zeros(2,device="meta"),1)
torch.empty_like(torch.zeros(2,3).t(),device="meta").stride()
torch.full((2,),1e6,dtype=torch.float16)
torch.full((2,),1e39,dtype=torch.bfloat16)
torch.full((2,),1j,dtype=torch.float16)
torch.full((2,),1j,dtype=torch.int64)
torch.full((2,),1j,dtype=torch.bool)
torch.full((2,),2**40,dtype=torch.int32)
torch.full((2,),1e39,dtype=torch.complex64)
torch.full((2,),1e40,dtype=torch.int64)
torch.full((2,),-300,dtype=torch.uint8)
torch.full((2,),-300,dtype=torch.int8)
torch.zeros(2).fill_(1e300)
torch.zeros(2,dtype=torch.uint8).fill_(-1)
torch.zeros(2,dtype=torch.uint8).fill_(-300)
""".strip().splitlines()

VALUES = r"""
torch.tensor(1)
torch.tensor(1.5)
torch.tensor(True)
torch.tensor(1j)
torch.tensor([])
torch.tensor(())
torch.tensor([1,2.5])
torch.tensor([True,2])
torch.tensor([True,2.])
torch.tensor([1,1j])
torch.tensor([[1,2],[3]])
torch.tensor([[1],2])
torch.tensor([1,[2]])
torch.tensor([1.,[2]])
torch.tensor([[1,2],[3,4,5]])
torch.tensor([[[1,2]],[[3]]])
torch.tensor("a")
torch.tensor(["a"])
torch.tensor([1,"a"])
torch.tensor(None)
torch.tensor([None])
torch.tensor([1,None])
torch.tensor({1:2})
torch.tensor({1,2})
torch.tensor([{}])
torch.tensor(range(3))
torch.tensor(x for x in [1])
torch.tensor(2**63)
torch.tensor([2**63])
torch.tensor([2**64])
torch.tensor(2**63-1)
torch.tensor(-2**63)
torch.tensor([2**62,2**63])
torch.tensor([2**70])
torch.tensor([2**70, 1.])
torch.tensor(2**70, dtype=torch.float64)
torch.tensor([300],dtype=torch.uint8)
torch.tensor([-1],dtype=torch.uint8)
torch.tensor([-2],dtype=torch.bool)
torch.tensor([1.7,-1.7],dtype=torch.int64)
torch.tensor([1.7,300.],dtype=torch.uint8)
torch.tensor(float("nan"),dtype=torch.int64)
torch.tensor([float("inf")],dtype=torch.int64)
torch.tensor([40000],dtype=torch.int16)
torch.tensor([1e300],dtype=torch.float32)
torch.tensor([70000.],dtype=torch.float16)
torch.tensor([1j],dtype=torch.float32)
torch.tensor([1j],dtype=torch.int64)
torch.tensor([1j],dtype=torch.bool)
torch.tensor([1.5],dtype=torch.complex64)
torch.tensor([0.1],dtype=torch.bfloat16)
torch.tensor([None],dtype=torch.float32)
torch.tensor(["a"],dtype=torch.float32)
torch.tensor([0.5],dtype=torch.bool)
torch.tensor(np.float64(1.5))
torch.tensor(np.float32(1.5))
torch.tensor(np.int32(1))
torch.tensor(np.bool_(True))
torch.tensor([np.float64(1.5)])
torch.tensor([np.float32(1.5)])
torch.tensor([np.float32(1.5), 2])
torch.tensor([np.int32(1)])
torch.tensor([np.int16(1), np.int32(3)])
torch.tensor([np.bool_(True), 3])
torch.tensor(np.arange(3))
torch.tensor([np.arange(3),np.arange(3)])
torch.tensor([np.arange(3.),[1,2,3]])
torch.tensor(np.arange(6).reshape(2,3).T)
torch.tensor(np.arange(3)[::-1])
torch.tensor(ro)
torch.tensor(np.arange(3,dtype=">i4"))
torch.tensor(np.float16([1]))
torch.tensor(torch.tensor([1.,2]))
torch.tensor(torch.tensor([1.,2], requires_grad=True), requires_grad=True)
torch.tensor([torch.tensor(1.), 2])
torch.tensor([torch.tensor(1.,dtype=torch.float64), 2])
torch.tensor([torch.tensor([1,2]), torch.tensor([3,4])])
torch.tensor([torch.tensor([1]), torch.tensor([3])])
torch.tensor([[torch.tensor(1), torch.tensor(2.5)]])
torch.tensor([1,2], dtype=int)
torch.tensor([1,2], device="meta")
torch.tensor([1], 2)
torch.tensor(data=[1])
torch.tensor(np.array(3))
torch.tensor(bytearray(b"ab"))
torch.tensor(b"ab")
torch.tensor([[1,2],(3,4)])
torch.as_tensor([1,2])
torch.as_tensor(np.arange(3))
torch.as_tensor(3)
torch.as_tensor(np.float32(3))
torch.as_tensor([1.5], dtype=torch.int64)
torch.asarray([1,2.])
torch.asarray(3)
torch.asarray(np.arange(3), dtype=torch.float32)
torch.asarray(torch.tensor([1.,2]), copy=True)
torch.asarray(torch.tensor([1.,2]), dtype=torch.int64, copy=False)
torch.asarray([1,2], copy=False)
torch.asarray(np.float32(2))
torch.from_numpy(3)
torch.from_numpy([1])
torch.from_numpy(np.arange(3)[::-1])
torch.from_numpy(ro)
torch.from_numpy(np.arange(3,dtype=">i4"))
torch.from_numpy(np.float64(1))
torch.from_numpy(np.zeros((3,0)))
torch.from_numpy(np.ndarray((2,),np.int16,bytes(8),0,(3,)))
torch.frombuffer(bytearray(8), dtype=torch.int32)
torch.Tensor([1,2])
torch.Tensor(2,3).shape
torch.FloatTensor([1,2])
torch.LongTensor([1,2])
torch.zeros(3).resize_(2)
torch.from_numpy(np.arange(3)).resize_(2)
torch.from_numpy(np.arange(3)).resize_(5)
torch.zeros(3,requires_grad=True).resize_(2)
torch.arange(3)[1:].resize_(2,1)
torch.arange(6).reshape(2,3).t().resize_(2,2)
torch.zeros(3).resize_(2.5)
torch.zeros(3).resize_as_(torch.zeros(2,2)).shape
torch.zeros(3).t().untyped_storage()
torch.zeros(3).untyped_storage().nbytes()
torch.arange(6)[2:].storage_offset()
""".strip().splitlines()

CONVERSION = r"""
x.to(torch.int64)
x.to("cpu") is x
x.to(torch.float32) is x
x.to(torch.float32, copy=True) is x
x.to(x.double()).dtype
x.to("cpu", torch.float64).dtype
x.to(device="cpu", dtype=torch.int32, non_blocking=True, copy=False).dtype
x.to()
x.to(None)
x.to(None, torch.float64).dtype
x.to("meta")
x.t().to(torch.float64).stride()
x.to(torch.float64, memory_format=torch.contiguous_format).stride()
x.t().to(torch.float64, memory_format=torch.contiguous_format).stride()
x.to(dtype=float).dtype
x.to(float)
x.to([1])
g.to(torch.float64)
g.int()
g.clone().to("meta")
x.type()
x.type(torch.float64).dtype
x.type("torch.DoubleTensor").dtype
x.type("torch.FooTensor")
x.type(torch.IntTensor).dtype
x.type_as(x.int()).dtype
x.float() is x
x.double().dtype
x.half().dtype
x.bfloat16().dtype
x.int().dtype
x.long().dtype
x.short().dtype
x.char().dtype
x.byte().dtype
x.bool().dtype
x.cfloat().dtype
x.cdouble().dtype
torch.tensor([1+2j]).float()
torch.tensor([1+2j]).to(torch.int64)
torch.tensor([300.,-1.5]).byte()
torch.tensor([float('nan')]).int()
g.numpy()
g.detach().numpy()
g.numpy(force=True)
b.numpy()
torch.ones(2,device="meta").numpy()
torch.ones(2,device="meta").item()
torch.ones(1,device="meta").tolist()
np.exp(x)
np.array(x)
np.asarray(x, dtype=np.int32)
np.add(x, np.ones(3,np.float32))
np.exp(g)
np.array(g)
np.array(b)
np.stack([x,x]).shape
float(torch.tensor([1.5]))
float(x)
int(torch.tensor(2.7))
int(torch.tensor(True))
complex(torch.tensor(1+2j))
float(torch.tensor(1+2j))
int(torch.tensor(1+2j))
complex(torch.tensor(1.5))
bool(x)
bool(torch.tensor([]))
bool(torch.tensor([0.]))
bool(torch.tensor([[1.]]))
[1,2,3][torch.tensor(1)]
[1,2,3][torch.tensor(1.)]
[1,2,3][torch.tensor([1])]
[1,2,3][torch.tensor([1,2])]
[1,2,3][torch.tensor(True)]
f"{torch.tensor(1.5):.3f}"
f"{torch.tensor(3):d}"
f"{x:.2f}"
f"{x}"
f"{torch.tensor([1.5]):.1f}"
f"{g.sum():.1f}"
f"{torch.tensor(1.5)}"
3. in x
7 in x
"a" in x
torch.tensor(1.) in x
[1.] in x
None in x
x.tolist()
torch.tensor(2).tolist()
torch.tensor([True]).tolist()
b.tolist()
torch.tensor([1+1j]).tolist()
x.item()
torch.tensor([[2]]).item()
torch.tensor([]).item()
torch.tensor(1j).item()
b[0].item()
x.element_size()
x.nbytes
x.itemsize
x.is_cuda
x.is_meta
x.is_sparse
x.is_quantized
x.is_mkldnn
x.is_mps
x.is_xpu
x.is_xla
x.is_leaf
x.is_nested
x.is_cpu
x.get_device()
x.is_pinned()
x.pin_memory()
x.layout
x.is_contiguous(memory_format=torch.channels_last)
x.contiguous(memory_format=torch.preserve_format)
x.names
x.is_signed()
torch.is_tensor(x)
torch.is_floating_point(x)
torch.is_complex(x)
torch.is_storage(3)
torch.numel(x)
torch.is_nonzero(torch.tensor([1.]))
torch.is_nonzero(x)
x.is_same_size(x)
x.is_shared()
x.is_inference()
x.is_conj()
x.is_neg()
x.resolve_conj() is x
x.data_ptr() == x.untyped_storage().data_ptr()
x[1:].data_ptr() - x.data_ptr()
x[1:].storage_offset()
x.get_device()
x.dense_dim()
x.has_names()
x.output_nr
x.__array_priority__
np.from_dlpack(x)
torch.from_dlpack(np.arange(3))
x.is_distributed()
x.cpu() is x
""".strip().splitlines()

REFUSALS = r"""
torch.zeros(2,3,4,5).contiguous(memory_format=torch.channels_last).stride()
torch.zeros(2,3,4,5).to(memory_format=torch.channels_last).to(torch.float64).stride()
torch.cuda.is_available()
torch.cuda.device_count()
torch.cuda.memory_allocated()
torch.cuda.max_memory_allocated()
torch.cuda.memory_reserved()
torch.cuda.empty_cache()
torch.cuda.manual_seed(1)
torch.cuda.manual_seed_all(1)
torch.cuda.is_initialized()
torch.cuda.is_bf16_supported()
torch.rand(-1)
torch.rand(2, dtype=torch.int64)
torch.randn(2, dtype=torch.int64)
torch.randint(3, (2,), dtype=torch.bool)
torch.randint(3, 2)
torch.randint(0,0,(2,))
torch.randint(1.5,(2,))
torch.randint(5,1,(2,))
torch.randint(10,(2,),dtype=torch.float32).dtype
torch.randint(300,(2,),dtype=torch.uint8)
torch.randperm(-1)
torch.randperm(2.5)
torch.randperm(3, dtype=torch.float32).dtype
torch.normal(0.,1.,(2,),dtype=torch.int64)
torch.normal(torch.zeros(2),-1)
torch.normal(torch.zeros(2),torch.tensor([-1.,1]))
torch.normal(torch.zeros(2),torch.ones(3))
torch.normal(torch.zeros(2,dtype=torch.int64),1.)
torch.bernoulli(torch.tensor([2.]))
torch.bernoulli(torch.tensor([1]))
torch.bernoulli(torch.tensor([.5]), 1.5)
torch.multinomial(torch.tensor([1.,2]), 3)
torch.rand_like(torch.zeros(2,dtype=torch.int64))
torch.randn_like(3)
torch.randint_like(torch.zeros(2), 3).dtype
torch.zeros(2).uniform_(2,1)
torch.zeros(2,dtype=torch.int64).uniform_()
torch.zeros(2).normal_(0,-1)
torch.zeros(2).random_(3,3)
torch.zeros(2).uniform_(**{"from":1,"to":1})
torch.zeros(1).expand(3).uniform_()
g.uniform_()
torch.normal(g*.5, 1).requires_grad
torch.multinomial(g,1).requires_grad
torch.rand_like(g).requires_grad
torch.get_rng_state().shape
""".strip().splitlines()

RANDOM = r"""
torch.manual_seed(3) and torch.rand(5)
torch.rand(2,3,dtype=torch.float64)
torch.rand(5,dtype=torch.float16)
torch.rand(3,dtype=torch.complex64)
torch.randn(20)
torch.randn(3,dtype=torch.complex128)
torch.randn(17,dtype=torch.bfloat16)
torch.randint(100,(5,))
torch.randint(-5,2**40,(3,))
torch.randint(0,2,(3,),dtype=torch.bool)
torch.randperm(10)
torch.rand_like(torch.zeros(2,3).t())
torch.randn_like(torch.zeros(4,5).t())
torch.randn_like(torch.zeros(2,6)[:,::2])
torch.randint_like(torch.zeros(3),5,10)
torch.zeros(4,5).t().normal_()
torch.zeros(2,6)[:,::2].normal_()
torch.zeros(2,6)[:,::2].uniform_()
torch.zeros(6,4).t().uniform_()
torch.zeros(3,20)[:, :18].normal_()
torch.zeros(3,4,dtype=torch.int64).t().random_(10)
torch.zeros(5,dtype=torch.uint8).random_()
torch.zeros(5).random_()
torch.zeros(3,2).t().bernoulli_(0.3)
torch.zeros(3,2).bernoulli_(torch.tensor([0.2,0.9]))
torch.zeros(3,2).bernoulli_(torch.tensor(0.5,dtype=torch.float64))
torch.zeros(3,2,dtype=torch.int64).bernoulli_(torch.tensor(0.5))
torch.zeros(3).exponential_(2)
torch.zeros(3).geometric_(0.3)
torch.zeros(3).log_normal_(0.3)
torch.zeros(3).cauchy_()
torch.zeros(3,2).t().cauchy_()
torch.bernoulli(torch.rand(3,2).t())
torch.bernoulli(torch.rand(4), 0.2)
torch.multinomial(torch.tensor([1.,2,3]),2)
torch.multinomial(torch.tensor([[1.,2,3],[3,2,1]]),5,replacement=True)
torch.normal(torch.zeros(3),torch.ones(3))
torch.normal(0.,torch.ones(3)*2)
torch.normal(torch.zeros(2,1),torch.ones(3))
torch.normal(torch.arange(3.),2.)
torch.normal(2.,3.,(3,))
torch.normal(2,3,(17,)).sum()
torch.normal(torch.zeros(4,5).t(),1.)
torch.randn(2,out=torch.zeros(3))
torch.randperm(4,out=torch.zeros(3))
torch.randint(3,(2,),out=torch.zeros(2))
torch.rand(3, generator=torch.Generator().manual_seed(5))
torch.randn(3, generator=torch.Generator().manual_seed(-1))
torch.rand(3)
""".strip().splitlines()


def names(library):
    """What the expressions may name."""
    read_only = np.zeros(3)
    read_only.flags.writeable = False
    return {
        "torch": library,
        "np": np,
        "ro": read_only,
        "x": library.arange(6.0).reshape(2, 3),
        "g": library.ones(2, requires_grad=True),
        "b": library.ones(2, dtype=library.bfloat16),
    }


def seen(expression, scope):
    """What an expression gives: its text, dtype and strides, or the class and words of the refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = eval(expression, scope)
        except ERRORS as error:
            return type(error).__name__, str(error)
    strides = getattr(found, "stride", None)
    steps = [step for step, size in zip(strides(), found.shape, strict=True) if size > 1] if callable(strides) else None
    steps = None if steps is None or 0 in found.shape else steps
    return repr(found), str(getattr(found, "dtype", "")), steps


@pytest.mark.parametrize("expression", [*CREATION, *VALUES, *CONVERSION, *REFUSALS])
def test_an_expression_gives_the_same_text_or_refusal(expression):
    assert seen(expression, names(tinytorch)) == seen(expression, names(torch))


def test_a_sequence_of_draws_gives_the_same_numbers():
    ours, theirs = names(tinytorch), names(torch)
    for expression in RANDOM:
        assert (expression, *seen(expression, ours)) == (expression, *seen(expression, theirs))
