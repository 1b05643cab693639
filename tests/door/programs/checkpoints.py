"""A training that is interrupted, saved and taken up again, and a model that is loaded whole and in part."""

import copy
import os
import pickle
import tempfile

import torch
import torch.nn as nn


class Block(nn.Module):
    def __init__(self, width=6):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, width), nn.GELU(), nn.Linear(width, 2))
        self.register_buffer("steps", torch.tensor(0))

    def forward(self, x):
        self.steps += 1
        return self.net(x)


def train(model, optimizer, steps):
    for _ in range(steps):
        x = torch.randn(16, 3)
        loss = nn.functional.cross_entropy(model(x), (x.sum(1) > 0).long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss


torch.manual_seed(8)
model = Block()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
print("before:", train(model, optimizer, 5))
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "checkpoint.pt")
    state = {"epoch": 5, "model": model.state_dict(), "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state()}
    torch.save(state, path)
    print("went on:", train(model, optimizer, 5))

    again = Block()
    resumed = torch.optim.Adam(again.parameters(), lr=0.5)
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    print(again.load_state_dict(checkpoint["model"]), checkpoint["epoch"], sorted(checkpoint))
    resumed.load_state_dict(checkpoint["optimizer"])
    torch.set_rng_state(checkpoint["rng"])
    print("resumed:", train(again, resumed, 5), again.steps, resumed.param_groups[0]["lr"])
    torch.save(model, os.path.join(folder, "model.pt"))
    whole = torch.load(os.path.join(folder, "model.pt"), weights_only=False)

x = torch.ones(1, 3)
print(torch.equal(whole.net(x), model.net(x)), torch.equal(again.net(x), model.net(x)))
print(whole)
wider = Block(7)
try:
    wider.load_state_dict(model.state_dict())
except RuntimeError as error:
    print(error)
part = {name: value for name, value in model.state_dict().items() if "net.0" in name}
print(Block().load_state_dict(part, strict=False))
for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
    print(type(other), torch.equal(other.net(x), model.net(x)))
