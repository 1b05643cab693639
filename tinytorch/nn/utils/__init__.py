"""`torch.nn.utils`: gradients kept small, and parameters as one vector."""

from tinytorch.nn.utils import stateless
from tinytorch.nn.utils.clip_grad import clip_grad_norm_, clip_grad_value_, clip_grads_with_norm_, get_total_norm
from tinytorch.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters
