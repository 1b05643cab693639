"""torch.utils.weak: dictionaries whose keys are tensors, told apart by which they are, and held by nobody for that."""

import weakref

TensorWeakRef = weakref.ref
WeakTensorKeyDictionary = weakref.WeakKeyDictionary  # tensors hash by identity; keys that are equal are the same
