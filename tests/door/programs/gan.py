"""A generator and a discriminator, each with its optimizer, learn points on a circle."""

import torch
import torch.nn as nn

torch.manual_seed(7)
latent_size, batch_size = 8, 64


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Linear") != -1:
        nn.init.normal_(m.weight, 0.0, 0.3)
        nn.init.zeros_(m.bias)


D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1), nn.Sigmoid())
G = nn.Sequential(nn.Linear(latent_size, 32), nn.ReLU(), nn.BatchNorm1d(32), nn.Linear(32, 2))
D.apply(weights_init)
print(G.apply(weights_init))

criterion = nn.BCELoss()
d_optimizer = torch.optim.Adam(D.parameters(), lr=0.002, betas=(0.5, 0.999))
g_optimizer = torch.optim.Adam(G.parameters(), lr=0.002, betas=(0.5, 0.999))
real_labels = torch.ones(batch_size, 1)
fake_labels = torch.zeros(batch_size, 1)

for step in range(30):
    angle = torch.empty(batch_size, 1).uniform_(0, 6.2831853)
    real = torch.cat([angle.cos(), angle.sin()], dim=1)
    outputs = D(real)
    d_loss_real = criterion(outputs, real_labels)
    real_score = outputs
    fake = G(torch.randn(batch_size, latent_size))
    outputs = D(fake.detach())
    d_loss = d_loss_real + criterion(outputs, fake_labels)
    fake_score = outputs
    d_optimizer.zero_grad()
    d_loss.backward()
    d_optimizer.step()

    g_loss = criterion(D(fake), real_labels)
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
    if (step + 1) % 10 == 0:
        print(
            "Step [{}/30], d_loss: {:.3f}, g_loss: {:.3f}, D(x): {:.2f}, D(G(z)): {:.2f}".format(
                step + 1, d_loss.item(), g_loss.item(), real_score.mean().item(), fake_score.mean().item()
            )
        )
