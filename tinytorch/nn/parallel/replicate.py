"""A module on several devices at once, whose gradients come to its own parameters."""

from tinytorch.modes import no_grad
from tinytorch.nn.modules.module import Module
from tinytorch.nn.parallel.scatter_gather import place_of


def replicate(network: Module, devices, detach: bool = False) -> list[Module]:
    """Copies of a module, one on each device, whose parameters are computed from its own unless `detach`."""
    return [copied(network, place_of(each), detach, {}) for each in devices]


def copied(module, place, detach, known):
    """A copy of a module on a device; `known` has the copies of modules and tensors that several share."""
    if id(module) in known:
        return known[id(module)]
    replica = known[id(module)] = module._replicate_for_data_parallel()
    for name, child in module._modules.items():
        replica._modules[name] = None if child is None else copied(child, place, detach, known)
    for name, parameter in module._parameters.items():
        if parameter is None:
            replica._parameters[name] = None
            continue
        if id(parameter) not in known:
            known[id(parameter)] = parameter.detach().to(place) if detach else parameter.to(place).view_as(parameter)
        replica.__dict__[name] = replica._former_parameters[name] = known[id(parameter)]
    with no_grad():
        for name, buffer in module._buffers.items():
            replica._buffers[name] = None if buffer is None else buffer.to(place)
    return replica


replicate.__module__ = "torch.nn.parallel.replicate"
