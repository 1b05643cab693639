"""Functions of functions: they map, differentiate and linearize others, as `torch.func` does."""

from tinytorch.func.batch_norm import replace_all_batch_norm_modules_
from tinytorch.func.forward import jacfwd, jvp
from tinytorch.func.functional_call import functional_call, stack_module_state
from tinytorch.func.functionalize import functionalize
from tinytorch.func.linear import linearize
from tinytorch.func.reverse import grad, grad_and_value, hessian, jacrev, vjp
from tinytorch.func.vmap import vmap
