"""torch.utils.model_zoo: an older name of what `torch.hub` has."""

from tinytorch.hub import load_state_dict_from_url

load_url = load_state_dict_from_url
