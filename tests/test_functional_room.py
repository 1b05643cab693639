"""torch.functional: what stands there is what stands in the door."""

import tinytorch as torch
import tinytorch.functional


def test_the_functions_are_those_of_the_door():
    for name in ("einsum", "tensordot", "meshgrid", "unique", "split", "norm", "stft", "lu", "cdist", "atleast_2d"):
        assert getattr(torch.functional, name) is getattr(torch, name)
    assert torch.functional.F is torch.nn.functional
