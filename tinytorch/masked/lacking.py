"""What torch.masked has beside its functions: tensors that carry their mask, refused where they are made."""

from tinytorch.absent import stand_in

MaskedTensor, as_masked_tensor, masked_tensor = [
    stand_in("tinytorch.masked", name, "tensors that carry a mask (torch.masked has functions that take one)")
    for name in ("MaskedTensor", "as_masked_tensor", "masked_tensor")
]


def is_masked_tensor(obj):
    """False: there are none."""
    return isinstance(obj, MaskedTensor)
