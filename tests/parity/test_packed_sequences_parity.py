"""Packed sequences under both libraries: what they hold and print, their gradients, and what is refused."""

import pytest
import torch

import tinytorch
from tests.parity.results import attempt, outcomes, unlike

BOTH = (tinytorch, torch)
PACKED = [  # programs with `rows`, (4, 3, 2), and `sequence`, packed of lengths 2, 4 and 1
    "pack_padded_sequence(rows,[4,4,1])", "pack_padded_sequence(rows,[2,2,1])",
    "pack_padded_sequence(rows.transpose(0,1),[4,2,1],True)", "pack_padded_sequence(rows,[1,4,3],enforce_sorted=False)",
    "pack_padded_sequence(rows,torch.tensor([4,4,1],dtype=torch.int32))", "pack_padded_sequence(rows[...,0],[3,2,2])",
    "pack_padded_sequence(rows.transpose(0,1),torch.tensor([1.,2.,4.]),True,False)",
    "pack_padded_sequence(rows.long(),[4,3,2])", "pack_sequence([rows[:,0],rows[:2,1]])",
    "pack_sequence([rows[:2,0],rows[:,1]],enforce_sorted=False)", "PackedSequence(rows[0],torch.tensor([2,1]))",
    "PackedSequence((rows[0],torch.tensor([2,1])))",
    "PackedSequence(rows[0],torch.tensor([3]),torch.tensor([2,0,1]))", "sequence", "sequence.to(torch.float64)",
    "sequence.half().data", "sequence.long().data", "sequence.int().data", "sequence.short().data",
    "sequence.char().data", "sequence.byte().data", "sequence.to(dtype=torch.float64).batch_sizes",
    "sequence._replace(data=rows[0])", "sequence._fields", "sequence[1]", "sequence.to('meta').unsorted_indices",
    "sequence.cpu() is sequence", "sequence.float() is sequence", "sequence.is_cuda", "sequence.is_pinned()",
    "sequence.cpu(torch.float64)", "len(sequence)", "[type(each).__name__ for each in sequence]",
    "pad_packed_sequence(sequence)", "pad_packed_sequence(sequence,True)", "pad_packed_sequence(sequence,True,-1.)",
    "pad_packed_sequence(sequence,total_length=6)", "pad_packed_sequence(pack_padded_sequence(rows,[4,4,1]),True,.5,5)",
    "pad_packed_sequence(pack_padded_sequence(rows[...,0].long(),[4,2,1]),padding_value=1.5)",
    "unpack_sequence(sequence)", "unpack_sequence(pack_padded_sequence(rows,[4,2,1]))",
    "unpad_sequence(rows,torch.tensor([1,2,4,4]),True)", "invert_permutation(torch.tensor([2,0,3,1]))",
    "invert_permutation(None)",
]  # fmt: skip
REFUSED = [
    "pack_padded_sequence(rows,[4,3,0])", "pack_padded_sequence(rows,[2,3,1])", "pack_padded_sequence(rows,[3])",
    "pack_padded_sequence(rows[:0],[1,1,1])", "pack_padded_sequence(rows,[[3,2,1]])", "pack_padded_sequence(rows,3)",
    "pack_padded_sequence(rows[:,0,0],[3])", "pack_padded_sequence(rows[0,0,0],[1])",
    "pack_padded_sequence(rows,torch.tensor(3),enforce_sorted=False)", "pack_padded_sequence(3,[3])",
    "pack_padded_sequence(rows,[4,3,2],'x')", "pack_padded_sequence(rows,[3,-1,1],enforce_sorted=False)",
    "pad_packed_sequence(sequence,total_length=2)", "pad_packed_sequence(sequence,padding_value='a')",
    "pad_packed_sequence(3)", "pad_packed_sequence(PackedSequence(rows[0],torch.tensor([2,1],dtype=torch.int32)))",
    "pad_packed_sequence(PackedSequence(rows[0],torch.tensor([2.,1.])))", "PackedSequence(rows)", "PackedSequence(3)",
    "PackedSequence(3,4)", "pack_sequence([rows[:2,0],rows[:,1]])", "pack_sequence([])", "sequence.pin_memory()",
    "PackedSequence(rows[0],torch.ones(1,device='meta'))",
]  # fmt: skip


def run(library, text, requires_grad=True):
    """What a program gives, and the rows that it packs."""
    rnn = library.nn.utils.rnn
    rows = (library.arange(24.0).reshape(4, 3, 2) / 7).requires_grad_(requires_grad)
    sequence = rnn.pack_padded_sequence(rows, [2, 4, 1], enforce_sorted=False)
    names = {name: getattr(rnn, name) for name in torch.nn.utils.rnn.__all__}
    return attempt(eval, text, names | {"rows": rows, "sequence": sequence, "torch": library}), rows


@pytest.mark.parametrize("text", PACKED)
def test_packed_sequences_are_pytorchs(text):
    found, expected = [run(library, text)[0] for library in BOTH]
    assert list(outcomes(*found, *expected)) == []
    assert repr(found[0]) == repr(expected[0])


@pytest.mark.parametrize("text", [each for each in PACKED if each.startswith(("pack", "pad", "unp"))])
def test_gradients_are_pytorchs(text):
    grads = []
    for library in BOTH:
        (result, _), rows = run(library, text)
        parts = [each for each in result if isinstance(each, library.Tensor) and each.requires_grad]
        grads += [library.autograd.grad(sum((each * each).sum() for each in parts), rows) if parts else ()]
    assert list(unlike(*grads)) == []


@pytest.mark.parametrize("text", REFUSED)
def test_refusals_are_pytorchs(text):
    found, expected = [run(library, text)[0] for library in BOTH]
    assert expected[1] is not None
    assert list(outcomes(*found, *expected)) == []
