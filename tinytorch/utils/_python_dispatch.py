"""torch.utils._python_dispatch: the name of a mode in which programs see PyTorch's own operators."""

from tinytorch import absent

absent.stand_ins(__name__, "operators of PyTorch's dispatcher", "TorchDispatchMode return_and_correct_aliasing")
