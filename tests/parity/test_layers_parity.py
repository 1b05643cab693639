"""Modules that PyTorch's database of them has not, or has few samples of, live: values, gradients, words, places."""

import inspect
import warnings

import pytest
import torch

import tinytorch
from tests.parity.results import attempt, numbers, outcomes, refusal, unequal, unlike, unlike_gradients

BOTH = (tinytorch, torch)
CALLS = [  # the module, what it is called with
    ("nn.Conv1d(4,6,3,padding='same',groups=2,padding_mode='replicate')", "randn(2,4,9)"),
    ("nn.Conv2d(4,6,(3,2),stride=(1,2),padding=(2,1),dilation=(2,1),padding_mode='reflect')", "randn(2,4,9,8)"),
    ("nn.Conv2d(4,6,3,padding='same',padding_mode='circular')", "randn(4,9,8)"),
    ("nn.Conv2d(4,4,4,padding='same',bias=False)", "randn(1,4,9,8)"),
    ("nn.Conv3d(2,4,2,padding='valid',groups=2)", "randn(1,2,4,5,6)"),
    ("nn.ConvTranspose1d(4,6,3,stride=2,groups=2,output_padding=1)", "randn(2,4,5)"),
    ("nn.ConvTranspose2d(3,2,3,stride=2,padding=1)", "randn(2,3,4,5),[8,10]"),
    ("nn.ConvTranspose2d(3,2,3,stride=(2,3),dilation=2)", "randn(3,4,5),(2,11,18)"),
    ("nn.ConvTranspose3d(3,2,(2,3,2),stride=2)", "randn(1,3,2,3,2)"),
    ("nn.MaxPool2d(2,return_indices=True)", "randn(2,3,6,6)"),
    ("nn.MaxPool1d(3,2,1,1)", "randn(2,3,7)"),
    ("nn.MaxUnpool1d(2)", "randn(1,1,3),torch.tensor([[[1,2,5]]])"),
    ("nn.MaxUnpool2d(2,2)", "randn(1,1,2,2),torch.tensor([[[[1,2],[9,14]]]])"),
    ("nn.MaxUnpool3d((1,2,2))", "randn(1,1,1,1,2),torch.tensor([[[[[1,6]]]]]),(1,1,1,2,4)"),
    ("nn.AvgPool1d(3,2,1,True,False)", "randn(2,3,8)"),
    ("nn.AdaptiveMaxPool1d(3,return_indices=True)", "randn(2,3,8)"),
    ("nn.FractionalMaxPool2d(2,output_ratio=(.5,.6),return_indices=True)", "randn(2,3,8,9)"),
    ("nn.BatchNorm1d(3,momentum=None)", "randn(4,3)"),
    ("nn.BatchNorm1d(3,bias=False)", "randn(4,3,5)"),
    ("nn.BatchNorm2d(3,track_running_stats=False).eval()", "randn(4,3,2,2)"),
    ("nn.BatchNorm3d(3,affine=False)", "randn(2,3,2,2,2)"),
    ("nn.SyncBatchNorm(3)", "randn(4,3,5)"),
    ("nn.SyncBatchNorm(3,momentum=None)", "randn(4,3)"),
    ("nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.BatchNorm1d(3),nn.ReLU()))", "randn(4,3)"),
    ("nn.InstanceNorm1d(3,affine=True,track_running_stats=True)", "randn(3,5)"),
    ("nn.InstanceNorm2d(3,track_running_stats=True).eval()", "randn(2,3,4,4)"),
    ("nn.InstanceNorm2d(2)", "randn(2,3,4,4)"),
    ("nn.LayerNorm([3,4],bias=False)", "randn(2,3,4)"),
    ("nn.GroupNorm(2,4,affine=False)", "randn(2,4,3)"),
    ("nn.RMSNorm(4,eps=1e-3)", "randn(2,4)"),
    ("nn.CrossMapLRN2d(3,alpha=1.,k=2)", "randn(2,6,2,2),"),
    ("nn.Embedding(10,3,padding_idx=-2)", "torch.tensor([[1,8],[8,3]])"),
    ("nn.Embedding(10,3,max_norm=1.,norm_type=1.,scale_grad_by_freq=True)", "torch.tensor([1,1,4])"),
    ("nn.Embedding.from_pretrained(torch.arange(6.).view(3,2))", "torch.tensor([2,0])"),
    ("nn.Embedding.from_pretrained(torch.arange(6.).view(3,2),freeze=False,padding_idx=1)", "torch.tensor([2,1])"),
    ("nn.EmbeddingBag(10,3)", "torch.tensor([1,2,4,5,4,3]),torch.tensor([0,4])"),
    ("nn.EmbeddingBag(10,3,mode='max',padding_idx=2)", "torch.tensor([[1,2],[4,5]])"),
    ("nn.EmbeddingBag(10,3,mode='sum',include_last_offset=True,max_norm=2.,norm_type=3.)",
     "torch.tensor([1,2,4,5]),torch.tensor([0,1,4]),randn(4)"),
    ("nn.EmbeddingBag.from_pretrained(torch.arange(6.).view(3,2),mode='sum')", "torch.tensor([[2,0]])"),
    ("nn.Upsample(scale_factor=2)", "randn(1,2,3)"),
    ("nn.Upsample(scale_factor=(2,1.5),mode='bilinear',align_corners=True)", "randn(1,2,3,4)"),
    ("nn.Upsample(size=(5,7),mode='bicubic')", "randn(1,2,3,4)"),
    ("nn.UpsamplingNearest2d(scale_factor=2)", "randn(1,2,3,4)"),
    ("nn.UpsamplingBilinear2d(size=5)", "randn(1,2,3,4)"),
    ("nn.PixelShuffle(2)", "randn(1,8,2,3)"),
    ("nn.PixelUnshuffle(2)", "randn(1,2,4,6)"),
    ("nn.ChannelShuffle(2)", "randn(1,4,2,2)"),
    ("nn.Unfold((2,3),padding=1,stride=2)", "randn(2,3,5,6)"),
    ("nn.Fold((4,5),(2,2),dilation=1)", "randn(1,8,12)"),
    ("nn.CosineSimilarity(dim=0,eps=1e-4)", "randn(4,5),randn(4,5)"),
    ("nn.PairwiseDistance(1.,keepdim=True)", "randn(4,5),randn(4,5)"),
    ("nn.RReLU()", "randn(4,5)"),
    ("nn.RReLU(.1,.4,True)", "randn(4,5)*1"),
    ("nn.RReLU().eval()", "randn(4,5)"),
    ("nn.Dropout3d(.4)", "randn(2,6,2,2,2)"),
    ("nn.FeatureAlphaDropout(.4)", "randn(2,6,4)"),
    ("nn.TripletMarginLoss(swap=True,p=1)", "randn(4,5),randn(4,5),randn(4,5)"),
    ("nn.TripletMarginWithDistanceLoss(margin=2.)", "randn(4,5),randn(4,5),randn(4,5)"),
    ("nn.TripletMarginWithDistanceLoss(distance_function=nn.CosineSimilarity(),reduction='sum')",
     "randn(4,5),randn(4,5),randn(4,5)"),
    ("nn.CTCLoss(reduction='sum')",
     "randn(6,2,5).log_softmax(2),torch.tensor([[1,2],[3,3]]),torch.tensor([6,5]),torch.tensor([2,2])"),
    ("nn.LinearCrossEntropyLoss(4,3,out_features=(2,),bias=True)", "randn(5,4),torch.tensor([[0,2]]*5)"),
    ("nn.AdaptiveLogSoftmaxWithLoss(8,20,[4,10],div_value=2.,head_bias=True)", "randn(4,8),torch.tensor([0,5,12,19])"),
    ("nn.AdaptiveLogSoftmaxWithLoss(8,20,[4])", "randn(8),torch.tensor(7)"),
    ("nn.LazyLinear(3)", "randn(2,5)"),
    ("nn.LazyLinear(3,bias=False)", "randn(2,5)"),
    ("nn.LazyConv2d(4,3,groups=2,padding='same')", "randn(2,6,5,5)"),
    ("nn.LazyConv1d(4,3,1,1,1,1,False)", "randn(6,5)"),
    ("nn.LazyConvTranspose2d(4,3,2,1,1,1,False)", "randn(6,5,5)"),
    ("nn.LazyBatchNorm1d()", "randn(6,5)"),
    ("nn.LazyBatchNorm2d(bias=False)", "randn(6,5,2,2)"),
    ("nn.LazyBatchNorm3d(affine=False,track_running_stats=False)", "randn(6,5,2,2,2)"),
    ("nn.LazyInstanceNorm1d()", "randn(6,5,3)"),
    ("nn.LazyInstanceNorm2d(affine=False)", "randn(6,5,3,3)"),
    ("nn.LazyInstanceNorm3d(track_running_stats=False)", "randn(6,5,2,2,2)"),
    ("nn.utils.fuse_conv_bn_eval(nn.Conv2d(2,3,2).eval(),nn.BatchNorm2d(3).eval())", "randn(1,2,4,4)"),
    ("nn.utils.fuse_conv_bn_eval(nn.ConvTranspose1d(2,3,2).eval(),nn.BatchNorm1d(3).eval(),True)", "randn(1,2,4)"),
    ("nn.utils.fuse_linear_bn_eval(nn.Linear(2,3,bias=False).eval(),nn.BatchNorm1d(3).eval())", "randn(4,2)"),
]  # fmt: skip
OTHER_GRADIENT = ("CrossMapLRN2d",)  # PyTorch's is not that of its own numbers


def called(library, made, given):
    """A module of a seed, its result, and the gradients of inputs and parameters."""
    library.manual_seed(5)
    module = eval(made, {"nn": library.nn, "torch": library})
    shown = [repr(module), repr(type(module)), [(n, each.dtype) for n, each in module.state_dict().items()]]
    leaves = []

    def randn(*shape):
        leaves.append(library.randn(shape, dtype=library.float64).float().requires_grad_())
        return leaves[-1] * 1

    args = eval(f"({given},)" if given[-1] != "," else given, {"torch": library, "randn": randn})
    result = module(*args)
    outputs = [each for each in (result if isinstance(result, tuple) else (result,)) if each.requires_grad]
    wanted = leaves + [each for each in module.parameters() if each.requires_grad]
    grads = library.autograd.grad([(each**2).sum() for each in outputs], wanted, allow_unused=True) if outputs else ()
    shown += [repr(module), repr(type(module)), list(module.state_dict())]
    return str(shown).replace("tinytorch", "torch"), result, list(grads), list(module.state_dict().values())


@pytest.mark.parametrize(("made", "given"), CALLS)
def test_a_module_computes_what_pytorchs_does(made, given):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one, other = [called(library, made, given) for library in BOTH]
    assert one[0] == other[0]
    differs = [*unlike(one[1], other[1]), *unlike(one[3], other[3])]
    if not any(name in made for name in OTHER_GRADIENT):
        differs += [words for pair in zip(one[2], other[2], strict=True) for words in unlike_gradients(*pair)]
    assert differs == []


REFUSED = [
    "nn.Conv2d(3,4,3,groups=2)", "nn.Conv2d(4,3,3,groups=2)", "nn.Conv2d(4,4,3,groups=0)",
    "nn.Conv2d(4,4,3,stride=2,padding='same')", "nn.ConvTranspose2d(3,4,3,padding_mode='reflect')",
    "nn.ConvTranspose2d(3,4,3,stride=2)(torch.ones(1,3,4,4),output_size=(20,20))",
    "nn.ConvTranspose2d(3,4,3,stride=2)(torch.ones(1,3,4,4),output_size=(9,))",
    "nn.Conv2d(3,4,3)(torch.ones(2,3))", "nn.Conv2d(3,4,3)(torch.ones(1,2,5,5))",
    "nn.BatchNorm1d(3)(torch.ones(3))", "nn.BatchNorm1d(3)(torch.ones(1,3))", "nn.BatchNorm2d(3)(torch.ones(2,3))",
    "nn.BatchNorm3d(3)(torch.ones(2,3))", "nn.BatchNorm1d(3)(torch.ones(2,4))", "nn.SyncBatchNorm(3)(torch.ones(3))",
    "nn.SyncBatchNorm(3)(torch.ones(2,0))", "nn.InstanceNorm1d(3)(torch.ones(2))",
    "nn.InstanceNorm2d(3,affine=True)(torch.ones(2,4,3,3))", "nn.InstanceNorm3d(3)(torch.ones(2,4))",
    "nn.InstanceNorm1d(3)(torch.ones(2,3,1))", "nn.GroupNorm(2,3)", "nn.GroupNorm(2,4)(torch.ones(3,5))",
    "nn.LayerNorm(3)(torch.ones(2,4))", "nn.RMSNorm(3)(torch.ones(2,4))", "nn.LocalResponseNorm(2)(torch.ones(2,2))",
    "nn.CrossMapLRN2d(2)(torch.ones(2))", "nn.Embedding(3,2,padding_idx=3)", "nn.Embedding(3,2,padding_idx=-4)",
    "nn.Embedding(3,2)(torch.tensor([3]))", "nn.Embedding.from_pretrained(torch.ones(3))",
    "nn.Embedding(3,2,_weight=torch.ones(2,2))", "nn.EmbeddingBag(3,2,padding_idx=3)",
    "nn.EmbeddingBag(3,2,mode='x')(torch.tensor([[1]]))", "nn.EmbeddingBag(3,2)(torch.tensor([1]))",
    "nn.FractionalMaxPool2d(2)", "nn.FractionalMaxPool2d(2,output_size=2,output_ratio=.5)",
    "nn.FractionalMaxPool2d(2,output_ratio=1.5)", "nn.FractionalMaxPool3d(0,output_size=2)",
    "nn.FractionalMaxPool3d((1,0,1),output_size=2)", "nn.FractionalMaxPool3d(2)",
    "nn.CircularPad1d(1)(torch.ones(2))", "nn.CircularPad2d(1)(torch.ones(2))", "nn.CircularPad3d(1)(torch.ones(2))",
    "nn.ReflectionPad1d(3)(torch.ones(1,3))", "nn.MaxPool2d(2,padding=2)(torch.ones(1,4,4))",
    "nn.MultiMarginLoss(p=3)", "nn.MultiMarginLoss(weight=torch.ones(2,2))", "nn.TripletMarginLoss(margin=0)",
    "nn.TripletMarginWithDistanceLoss(margin=-1)", "nn.HuberLoss(delta='x')",
    "nn.LinearCrossEntropyLoss(2,3,weight=torch.ones(2))", "nn.LinearCrossEntropyLoss(2,3,label_smoothing=2)",
    "nn.AdaptiveLogSoftmaxWithLoss(4,9,[])", "nn.AdaptiveLogSoftmaxWithLoss(4,9,[3,2])",
    "nn.AdaptiveLogSoftmaxWithLoss(4,9,[9])", "nn.AdaptiveLogSoftmaxWithLoss(4,9,[0])",
    "nn.AdaptiveLogSoftmaxWithLoss(4,9,[3])(torch.ones(2,4),torch.tensor([0,9]))",
    "nn.AdaptiveLogSoftmaxWithLoss(4,9,[3])(torch.ones(2,4),torch.tensor([0]))",
    "nn.AdaptiveLogSoftmaxWithLoss(4,9,[3])(torch.ones(2),torch.tensor([0,1]))",
    "nn.AdaptiveLogSoftmaxWithLoss(4,9,[3])(torch.ones(2,4),torch.tensor([[0]]))",
    "nn.AdaptiveLogSoftmaxWithLoss(4,9,[3])(torch.ones(2,4),torch.tensor(0))",
    "nn.LazyConv2d(4,3)(torch.ones(2,2))", "nn.LazyConv2d(4,3,groups=2)(torch.ones(1,3,5,5))",
    "nn.LazyLinear(2).weight.shape", "nn.Linear(2,3).load_state_dict(nn.LazyLinear(3).state_dict())",
    "nn.LazyLinear(2).weight.share_memory_()",
    "nn.Dropout3d(2)", "nn.modules.batchnorm._NormBase(3)._check_input_dim(1)",
    "nn.Sequential(nn.ReLU()).set_submodule('',nn.ReLU())", "nn.Sequential(nn.ReLU()).set_submodule('0',3)",
    "nn.Sequential(nn.ReLU()).set_submodule('1',nn.ReLU(),True)", "nn.Linear(2,3).set_submodule('weight',nn.ReLU())",
    "nn.Sequential(nn.ReLU()).set_submodule('1.2',nn.ReLU())",
    "nn.utils.fuse_conv_bn_eval(nn.Conv1d(1,1,1),nn.BatchNorm1d(1))",
    "nn.utils.fuse_conv_bn_eval(nn.Conv1d(1,1,1).eval(),nn.BatchNorm1d(1,track_running_stats=False).eval())",
    "nn.utils.fuse_linear_bn_eval(nn.Linear(1,3).eval(),nn.BatchNorm1d(2).eval())",
    "nn.utils.skip_init(nn.ReLU)", "nn.utils.skip_init(dict)", "nn.init.orthogonal_(torch.ones(2))",
    "nn.init.dirac_(torch.ones(2,2))", "nn.init.dirac_(torch.ones(3,2,1),2)",
    "nn.modules.utils._list_with_default([1,None],[3])",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_refusals_are_pytorchs(text):
    (found, error), (expected, refused) = [
        attempt(eval, text, {"nn": library.nn, "torch": library}) for library in BOTH
    ]
    assert refused is not None, expected
    assert error is not None and refusal(error).replace("tinytorch", "torch") == refusal(refused), found


def test_every_module_has_the_arguments_and_the_place_of_pytorchs():
    def told(found):
        named = lambda value: getattr(value, "__name__", value)  # functions are of either library
        made, called = [inspect.signature(each).parameters.values() for each in (found, found.forward)]
        return found.__module__, *[[(each.name, named(each.default)) for each in given] for given in (made, called)]

    names = [name for name, each in vars(torch.nn).items() if inspect.isclass(each) and hasattr(tinytorch.nn, name)]
    modules = [name for name in names if issubclass(getattr(torch.nn, name), torch.nn.Module) and name != "Module"]
    assert len(modules) > 140
    for name in modules:
        assert told(getattr(tinytorch.nn, name)) == told(getattr(torch.nn, name))


def test_an_order_of_memory_is_taken_over_and_drawn_alike():
    found = []
    for library in BOTH:
        library.manual_seed(0)
        layer = library.nn.Sequential(library.nn.Conv2d(3, 4, 3), library.nn.BatchNorm2d(4))
        layer.to(memory_format=library.channels_last)
        layer[0].reset_parameters()
        other = library.nn.Sequential(library.nn.ConvTranspose3d(2, 3, 2))
        library.nn.utils.convert_conv3d_weight_memory_format(other, library.channels_last_3d)
        wrong = attempt(layer.to, memory_format=library.channels_last_3d)[1]
        found.append([layer[0].weight, layer(library.randn(1, 3, 5, 5)), other[0].weight, repr(wrong)])
    assert list(unlike(found[0], found[1])) == []


SEQUENCES = [
    "([o(2),o(3)])", "([o(2),o(3)],True,2.,'left')", "(o(2,3))", "([o(2,2),o(3,2)],True)", "([o(0),o(2).int()])",
    "([o(2).int(),o(3)],padding_value=1.5)", "([])", "(3)", "([o(2),o(2,3)])", "([o(2,3),o(2,4)])", "([o(2),3])",
    "([o(2)],padding_side='x')", "([o(2)],padding_value='a')",
]  # fmt: skip


@pytest.mark.parametrize("text", SEQUENCES)
def test_sequences_are_put_side_by_side_as_pytorchs(text):
    found = []
    for library in BOTH:
        shown = lambda *shape, library=library: library.ones(shape, requires_grad=True)
        rnn = library.nn.utils.rnn
        found.append(attempt(eval, f"pad_sequence{text}", {"pad_sequence": rnn.pad_sequence, "o": shown}))
    assert list(outcomes(*found[0], *found[1])) == []


def test_sequences_are_taken_apart_again():
    found = []
    for library in BOTH:
        rows = library.arange(12.0).reshape(2, 3, 2)
        unpad = library.nn.utils.rnn.unpad_sequence
        found.append([unpad(rows, library.tensor([1, 3]), True), unpad(rows, library.tensor([1, 2, 0]))])
    assert list(unlike(found[0], found[1])) == []


def test_no_class_is_absent():
    found = [name for name, each in vars(torch.nn).items() if inspect.isclass(each) and not hasattr(tinytorch.nn, name)]
    assert not found


@pytest.mark.parametrize(
    "text",
    ["orthogonal_(t)", "orthogonal_(t.T, 2)", "orthogonal_(t[:0])", "dirac_(u)", "dirac_(u[:2], 2)", "dirac_(u[0])",
     "uniform(t)", "constant(t, 3)"],
)  # fmt: skip
def test_fillings_are_pytorchs(text):
    found = []
    for library in BOTH:
        library.manual_seed(1)
        names = vars(library.nn.init) | {"t": library.zeros(3, 5), "u": library.zeros(4, 3, 3, 2)}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            filled = eval(text, names)
        found.append((numbers(filled), [str(each.message) for each in caught]))
    assert not unequal(found[0][0], found[1][0], 1e-5)
    assert found[0][1] == found[1][1]


def test_running_statistics_and_their_state_go_on_as_pytorchs():
    states = []
    for library in BOTH:
        library.manual_seed(0)
        norm = library.nn.BatchNorm1d(3, momentum=None)
        for _ in range(3):
            norm(library.randn(4, 3))
        state = norm.state_dict()
        del state["num_batches_tracked"]
        state._metadata[""]["version"] = 1
        again = library.nn.BatchNorm1d(3)
        again.load_state_dict(state)
        norm.reset_running_stats()
        old = library.nn.InstanceNorm1d(3).load_state_dict
        wrong = attempt(old, {"running_mean": library.ones(3), "running_var": library.ones(3)})[1]
        states.append([again.running_var, again.num_batches_tracked, norm.running_mean, repr(wrong)])
    assert list(outcomes(states[0], None, states[1], None)) == []


def test_the_parts_of_an_adaptive_softmax_are_pytorchs():
    found = []
    for library in BOTH:
        library.manual_seed(0)
        model = library.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [2, 10], 2)
        rows = library.randn(6, 8)
        found.append([model.log_prob(rows), model.predict(rows), model.predict(rows * 0), repr(model)])
    assert list(unlike(found[0], found[1])) == []
