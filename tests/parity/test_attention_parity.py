"""Attention and transformers, live: all options, masks and modes, with dropout from the same stream of numbers."""

import copy
import importlib
import pickle
import warnings

import pytest
import torch

import tinytorch
from tests.parity.results import attempt, numbers, outcomes, refusal, unlike, unlike_gradients

BOTH = (tinytorch, torch)
MADE = [  # arguments of MultiheadAttention
    "8,2", "8,4,dropout=.3", "8,2,bias=False", "8,2,add_bias_kv=True", "8,2,add_zero_attn=True", "8,2,kdim=6,vdim=5",
    "8,2,.2,True,True,True,6,None,True", "8,2,batch_first=True", "8,1,batch_first=True", "8,4,.1,batch_first=True",
    "8,2,bias=False,batch_first=True", "8,2,kdim=6,batch_first=True", "8,2,dtype=torch.float64",
]  # fmt: skip
MASKS = {
    "": "", "padding": "key_padding_mask=padding", "attention": "attn_mask=mask", 
    "both": "key_padding_mask=padding,attn_mask=mask",
    "floats": "key_padding_mask=randn(3,5),attn_mask=randn(4,5)", "each head": "attn_mask=mask.expand(3*heads,4,5)",
    "floats of each head": "attn_mask=randn(3*heads,4,5)", "all hidden": "key_padding_mask=padding|True",
    "mixed": "key_padding_mask=randn(3,5),attn_mask=mask", "hint": "attn_mask=mask,is_causal=True",
    "hint alone": "is_causal=True",
}  # fmt: skip
OF_ITS_OWN = ("Converting mask", "The PyTorch API of nested tensors", "Flash attention kernel")  # warnings of PyTorch's
WEIGHTS = ("", "need_weights=False", "average_attn_weights=False")


class Names:
    """What the expressions of a test name, in one library: random leaves, masks of booleans, settings."""

    def __init__(self, library, dtype, lengths=(4, 5), settings=()):
        self.library, self.dtype, self.leaves, self.settings = library, dtype, [], dict(settings)
        self.mask = library.ones(*lengths, dtype=library.bool).triu(1)
        self.padding = library.tensor([[False] * (lengths[1] - each) + [True] * each for each in (0, 2, 1)])

    def randn(self, *shape):
        """A leaf, the same in both libraries."""
        self.leaves.append(self.library.randn(shape, dtype=self.library.float64).to(self.dtype).requires_grad_())
        return self.leaves[-1]

    def evaluated(self, text):
        """The value of an expression."""
        names = {"torch": self.library, "nn": self.library.nn, "randn": self.randn, "mask": self.mask}
        return eval(text, names | {"padding": self.padding, **self.settings})


def traced(library, made, called, training, learned=True, dtype="float32", **settings):
    """What a module prints and has at first, what it gives, and the gradients of inputs and parameters."""
    library.manual_seed(5)
    names = Names(library, getattr(library, dtype), **settings)
    module = names.evaluated(made)
    module.train(training)
    start = [str([repr(module), *module.state_dict()]), [numbers(each).tolist() for each in module.parameters()]]
    with library.set_grad_enabled(learned):
        result = names.evaluated(f"(lambda module: {called})")(module)
        outputs = [each for each in (result if isinstance(result, tuple) else (result,)) if each is not None]
        grads = ()
        if learned:
            wanted = [*names.leaves, *module.parameters()]
            grads = library.autograd.grad([(each**2).sum() for each in outputs], wanted, allow_unused=True)
    return start, outputs, list(grads), library.rand(1).item()


def compare(made, called, training=True, learned=True, dtype="float32", **settings):
    """Assert that both libraries do the same, refusals and warnings included."""
    found = []
    for library in BOTH:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            answer, error = attempt(traced, library, made, called, training, learned, dtype, **settings)
        words = [str(each.message) for each in warned if each.category is not RuntimeWarning]
        words = [each for each in words if not each.startswith(OF_ITS_OWN)]
        found.append((answer, error, words))
    (ours, error, warned), (theirs, refused, expected) = found
    if ours is None or theirs is None:
        assert not list(outcomes(ours and ours[1], error, theirs and theirs[1], refused))
        return
    assert warned == expected
    assert ours[0] == theirs[0]
    assert ours[3] == theirs[3]
    assert len(ours[1]) == len(theirs[1])
    for one, other in zip(ours[1], theirs[1], strict=True):
        assert not list(unlike(one, other))
        assert one.stride() == other.stride() or 0 in one.shape
    for one, other in zip(ours[2], theirs[2], strict=True):
        assert not list(unlike_gradients(one, other))


def in_turn(every, some, made):
    """Pairs of each of the first and one of the second, of which each comes with each for some row of a table."""
    start = len(made)
    return [(each, some[(start + place) % len(some)]) for place, each in enumerate(every)]


def inputs_of(made, lengths=(4, 5), batch=3):
    """Query, key and value for a module that is made so."""
    kdim, vdim = 6 if "kdim=6" in made or ",6," in made else 8, 5 if "vdim=5" in made else 8
    first = "batch_first=True" in made or made.endswith("None,True")
    shapes = zip((lengths[0], lengths[1], lengths[1]), (8, kdim, vdim), strict=True)
    return ",".join(f"randn({batch},{length},{width})" if first else f"randn({length},{batch},{width})"
                    for length, width in shapes)  # fmt: skip


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("made", MADE)
def test_attention_is_pytorchs_with_every_mask(made, training):
    heads = int(made.split(",")[1])
    for mask, weights in in_turn(MASKS.values(), WEIGHTS, made):
        asked = ",".join(filter(None, (inputs_of(made), mask, weights)))
        dtype = "float64" if "float64" in made else "float32"
        compare(f"nn.MultiheadAttention({made})", f"module({asked})", training, dtype=dtype, settings={"heads": heads})


@pytest.mark.parametrize("learned", [True, False])
@pytest.mark.parametrize("made", [each for each in MADE if "dim=" not in each and ",6," not in each])
def test_attention_of_a_sequence_to_itself_is_pytorchs(made, learned):
    shape = "3,4,8" if "batch_first" in made else "4,3,8"
    dtype = "float64" if "float64" in made else "float32"
    settings = {"lengths": (4, 4), "settings": {"heads": int(made.split(",")[1])}}
    for mask, weights in in_turn(MASKS.values(), WEIGHTS, made):
        asked = ",".join(filter(None, (mask.replace(",5)", ",4)"), weights)))
        called = f"(lambda x: module(x,x,x,{asked}))(randn({shape}))"
        compare(f"nn.MultiheadAttention({made})", called, False, learned, dtype, **settings)


@pytest.mark.parametrize(
    "asked",
    ["", "attn_mask=mask", "key_padding_mask=padding[1]", "key_padding_mask=padding[1],attn_mask=mask.expand(2,4,5)",
     "need_weights=False", "average_attn_weights=False,attn_mask=randn(4,5)"],
)  # fmt: skip
@pytest.mark.parametrize("made", ["8,2", "8,2,.3,batch_first=True", "8,2,add_bias_kv=True,add_zero_attn=True"])
def test_attention_without_a_batch_is_pytorchs(made, asked):
    for training in (True, False):
        compare(f"nn.MultiheadAttention({made})", f"module(randn(4,8),randn(5,8),randn(5,8),{asked})", training)


REFUSED = [
    ("nn.MultiheadAttention(0,2)", ""), ("nn.MultiheadAttention(7,2)", ""),
    ("nn.MultiheadAttention(8,2)", "module(randn(4,3,6),randn(5,3,8),randn(5,3,8))"),
    ("nn.MultiheadAttention(8,2)", "module(randn(4,3,8),randn(5,3,8),randn(4,3,8))"),
    ("nn.MultiheadAttention(8,2)", "module(randn(4,8),randn(5,3,8),randn(5,3,8))"),
    ("nn.MultiheadAttention(8,2)", "module(randn(4,3,8,1),randn(5,3,8),randn(5,3,8))"),
    ("nn.MultiheadAttention(8,2)", "module(randn(4,3,8),randn(5,3,8),randn(5,3,8),padding[:,:4])"),
    ("nn.MultiheadAttention(8,2)", "module(randn(4,3,8),randn(5,3,8),randn(5,3,8),padding[0])"),
    ("nn.MultiheadAttention(8,2)", "module(randn(4,3,8),randn(5,3,8),randn(5,3,8),padding.long())"),
    ("nn.MultiheadAttention(8,2)", "module(randn(4,3,8),randn(5,3,8),randn(5,3,8),attn_mask=mask[0])"),
    ("nn.MultiheadAttention(8,2)", "module(randn(4,3,8),randn(5,3,8),randn(5,3,8),attn_mask=mask.T)"),
    ("nn.MultiheadAttention(8,2)", "module(randn(4,3,8),randn(5,3,8),randn(5,3,8),attn_mask=mask.expand(2,4,5))"),
    ("nn.MultiheadAttention(8,2,kdim=6)", "module(randn(4,3,8),randn(5,3,8),randn(5,3,8))"),
    ("nn.MultiheadAttention(8,2,kdim=6)", "module(randn(4,3,8),randn(5,3,6),randn(4,3,8))"),
    ("nn.TransformerEncoderLayer(8,2,16,activation='tanh')", ""), ("nn.TransformerEncoderLayer(8,3,16)", ""),
    ("nn.Transformer(8,2,1,1,16)", "module(randn(4,3,8),randn(5,2,8))"),
    ("nn.Transformer(8,2,1,1,16)", "module(randn(4,3,6),randn(5,3,6))"),
    ("nn.Transformer(8,2,1,1,16,batch_first=True)", "module(randn(4,3,8),randn(5,3,8))"),
    ("nn.TransformerEncoder(nn.TransformerEncoderLayer(8,2,16),1)", "module(randn(4,3,8),padding.long())"),
    ("nn.TransformerEncoder(nn.ReLU(),1)", "module(randn(4,3,8))"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "called"), REFUSED)
def test_what_does_not_fit_is_refused_in_pytorchs_words(made, called):
    errors = [attempt(traced, library, made, called or "module()", True)[1] for library in BOTH]
    assert None not in errors
    assert refusal(errors[0]) == refusal(errors[1])


@pytest.mark.parametrize(
    ("masks", "what"),
    [("attn_mask=mask[:3]", "of another length"), ("attn_mask=mask.expand(2,4,4)", "of another batch"),
     ("key_padding_mask=padding[:2]", "of another batch"), ("key_padding_mask=padding[0]", "without a batch")],
)  # fmt: skip
def test_masks_that_do_not_fit_are_refused_in_the_words_of_the_single_step(masks, what):
    for asked in (f"(lambda x: module(x,x,x,{masks}))(randn(3,4,8))", "(lambda x: module(x,x,x))(randn(3,4,6))"):
        compare("nn.MultiheadAttention(8,2,batch_first=True)", asked, False, False, lengths=(4, 4))


LAYERS = [  # arguments behind d_model, nhead and dim_feedforward
    "", "activation='gelu'", "activation=nn.GELU()", "activation=nn.GELU('tanh')", "activation=torch.tanh",
    "norm_first=True", "bias=False", "batch_first=True,activation=torch.nn.functional.gelu",
    "batch_first=True,norm_first=True", "batch_first=True,bias=False", "layer_norm_eps=1e-3,batch_first=True",
]  # fmt: skip
SOURCE = {
    "": "", "padding": "src_key_padding_mask=padding", "mask": "src_mask=mask",
    "both": "src_key_padding_mask=padding,src_mask=mask", "floats": "src_mask=randn(5,5)",
    "hint": "src_mask=mask,is_causal=True",
    "floats of padding": "src_key_padding_mask=randn(3,5)",
    "not last": "src_key_padding_mask=padding.flip(1)",
    "made": "src_mask=nn.Transformer.generate_square_subsequent_mask(5)",
    "all hidden": "src_key_padding_mask=padding|True",
}  # fmt: skip
STACKED = ("", ",nn.LayerNorm(8)", ",enable_nested_tensor=False", ",mask_check=False")
MODES = [(True, True), (False, True), (False, False)]  # training, whether gradients are wanted


@pytest.mark.parametrize(("training", "learned"), MODES)
@pytest.mark.parametrize("made", LAYERS)
def test_an_encoder_layer_is_pytorchs(made, training, learned):
    x = "randn(3,5,8)" if "batch_first" in made else "randn(5,3,8)"
    for asked in (f"{x},{mask}" for mask in SOURCE.values()):
        layer = f"nn.TransformerEncoderLayer(8,2,16,.2,{made})"
        compare(layer, f"module({asked})", training, learned, lengths=(5, 5))


@pytest.mark.parametrize(("training", "learned"), MODES)
@pytest.mark.parametrize("made", LAYERS)
def test_an_encoder_is_pytorchs_also_where_padding_is_left_out(made, training, learned):
    x = "randn(3,5,8)" if "batch_first" in made else "randn(5,3,8)"
    layer = f"nn.TransformerEncoderLayer(8,2,16,.2,{made})"
    for mask, rest in in_turn(SOURCE.values(), STACKED, made):
        if "mask_check" in rest and ("randn" in mask or "flip" in mask):
            continue  # PyTorch then reads other elements than those that the mask shows
        asked = mask.replace("src_mask", "mask")
        compare(f"nn.TransformerEncoder({layer},2{rest})", f"module({x},{asked})", training, learned, lengths=(5, 5))


TARGET = [
    "", "tgt_mask=mask[:4,:4]", "tgt_mask=nn.Transformer.generate_square_subsequent_mask(4)", "memory_mask=mask[:4]",
    "tgt_key_padding_mask=padding[:,1:],memory_key_padding_mask=padding", "tgt_mask=mask[:4,:4],tgt_is_causal=True",
    "memory_mask=randn(4,5)",
]  # fmt: skip


@pytest.mark.parametrize(("training", "learned"), MODES)
@pytest.mark.parametrize("made", LAYERS)
def test_a_decoder_layer_and_a_decoder_are_pytorchs(made, training, learned):
    x = "randn(3,4,8),randn(3,5,8)" if "batch_first" in made else "randn(4,3,8),randn(5,3,8)"
    layer = f"nn.TransformerDecoderLayer(8,2,16,.2,{made})"
    for asked in TARGET:
        compare(layer, f"module({x},{asked})", training, learned, lengths=(5, 5))
        compare(f"nn.TransformerDecoder({layer},2)", f"module({x},{asked})", training, learned, lengths=(5, 5))
        compare(
            f"nn.TransformerDecoder({layer},1,nn.LayerNorm(8))",
            f"module({x},{asked})",
            training,
            learned,
            lengths=(5, 5),
        )


WHOLE = ["", "src_mask=mask", "tgt_mask=mask[:4,:4],src_key_padding_mask=padding", "memory_key_padding_mask=padding",
         "src_mask=mask,src_is_causal=True,tgt_mask=mask[:4,:4],tgt_is_causal=False"]  # fmt: skip


@pytest.mark.parametrize(("training", "learned"), MODES)
@pytest.mark.parametrize(
    "made", ["", "batch_first=True", "norm_first=True,activation='gelu'", "batch_first=True,bias=False,dropout=.3"]
)
def test_a_transformer_is_pytorchs(made, training, learned):
    x = "randn(3,5,8),randn(3,4,8)" if "batch_first" in made else "randn(5,3,8),randn(4,3,8)"
    for asked in WHOLE:
        compare(f"nn.Transformer(8,2,2,1,16,{made})", f"module({x},{asked})", training, learned, lengths=(5, 5))
    compare(f"nn.Transformer(8,2,1,2,16,{made})", "module(randn(5,8),randn(4,8))", training, learned)


@pytest.mark.parametrize("text", ["4", "3,dtype=torch.float64", "2,'cpu',torch.float16"])
def test_the_mask_that_hides_what_comes_later_is_pytorchs(text):
    made = [eval(f"torch.nn.Transformer.generate_square_subsequent_mask({text})", {"torch": each}) for each in BOTH]
    assert not list(unlike(*made))


def test_copies_and_pickles_of_transformers_are_the_same_again():
    for library in BOTH:
        library.manual_seed(0)
        model = library.nn.Transformer(8, 2, 2, 2, 16, batch_first=True).eval()
        source, target = library.randn(3, 5, 8), library.randn(3, 4, 8)
        for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            assert repr(again) == repr(model)
            assert again(source, target).tolist() == model(source, target).tolist()
        first, second = model.encoder.layers
        assert first.linear1.weight is not second.linear1.weight


@pytest.mark.parametrize("made", ["causal_upper_left(2,3)", "causal_lower_right(2,3)", "causal_lower_right(3,2)"])
def test_a_causal_bias_hides_what_pytorchs_hides(made):
    found = []
    for library in BOTH:
        library.manual_seed(0)
        bias = importlib.import_module(f"{library.__name__}.nn.attention.bias")
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            mask = eval(made, vars(bias))
        query, key = library.randn(1, 2, mask.seq_len_q, 4), library.randn(1, 2, mask.seq_len_kv, 4)
        result = library.nn.functional.scaled_dot_product_attention(query, key, key, attn_mask=mask)
        found.append((repr(mask), int(mask.variant), [str(each.message) for each in warned], result))
    assert found[0][:3] == found[1][:3]
    assert not list(unlike(found[0][3], found[1][3]))


@pytest.mark.parametrize("kernels", ["MATH", "FLASH_ATTENTION", "EFFICIENT_ATTENTION", "CUDNN_ATTENTION", "ERROR"])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_attention_is_computed_by_the_kernels_that_are_allowed(kernels, dropout):
    found = []
    for library in BOTH:
        rooms, query = library.nn.attention, library.ones(1, 2, 3, 4, requires_grad=True)
        attend = library.nn.functional.scaled_dot_product_attention
        with warnings.catch_warnings(), rooms.sdpa_kernel(getattr(rooms.SDPBackend, kernels)):
            warnings.simplefilter("ignore")
            result, error = attempt(attend, query, query, query, dropout_p=dropout)
        fused = result is not None and "Flash" in result.grad_fn.name()
        found.append((fused, error and refusal(error), repr(getattr(rooms.SDPBackend, kernels))))
    assert found[0] == found[1]
