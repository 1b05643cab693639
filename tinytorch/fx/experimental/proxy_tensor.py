"""torch.fx.experimental.proxy_tensor: graphs of operations below functions, which tinytorch does not record."""

from tinytorch import absent

absent.stand_ins(__name__, "graphs of operations below functions (make_fx)", "make_fx")
