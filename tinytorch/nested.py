"""torch.nested: names of tensors whose rows have several lengths, which tinytorch has not."""

from tinytorch import absent

absent.stand_ins(
    __name__,
    "nested tensors",
    "nested_tensor as_nested_tensor nested_tensor_from_jagged to_padded_tensor narrow masked_select",
)
