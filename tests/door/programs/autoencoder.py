"""An autoencoder that squeezes curves into two numbers, with a schedule of the learning rate."""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
phase = 2 * math.pi * torch.rand(200, 1)
data = torch.sin(torch.linspace(0, 2 * math.pi, 20) + phase)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(20, 12), nn.Tanh(), nn.Linear(12, 2))
        self.decoder = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 20))

    def forward(self, x):
        return self.decoder(self.encoder(x))


model = Autoencoder()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=1e-5)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=5)
loader = DataLoader(TensorDataset(data), batch_size=40, shuffle=True, drop_last=True)
for epoch in range(5):
    total = 0.0
    for (batch,) in loader:
        loss = nn.functional.mse_loss(model(batch), batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total += loss.item()
    scheduler.step()
    print(f"epoch {epoch}: loss {total / len(loader):.4f}, norm {norm:.4f}, lr {scheduler.get_last_lr()[0]:.6f}")
model.eval()
with torch.inference_mode():
    code = model.encoder(data[:3])
print(code)
print(optimizer)
