"""Convolutions, batch normalization and pooling on striped pictures, and the accuracy for each class."""

import torch
from torch import nn, optim

torch.manual_seed(42)
CLASSES = ("rows", "columns", "plain")


def picture(kind):
    image = 0.3 * torch.randn(3, 16, 16)
    if kind == 0:
        image[:, ::2, :] += 1
    elif kind == 1:
        image[:, :, ::2] += 1
    return image


labels = torch.randint(0, 3, (96,))
images = torch.stack([picture(label.item()) for label in labels])
print(images.shape, images.mean(), images.std(), labels[:12])


class ConvNet(nn.Module):
    def __init__(self, num_classes=3):
        super().__init__()
        self.layer1 = nn.Sequential(
            nn.Conv2d(3, 8, kernel_size=5, stride=1, padding=2),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2),
        )
        self.layer2 = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2))
        self.fc = nn.Linear(4 * 4 * 8, num_classes)

    def forward(self, x):
        out = self.layer2(self.layer1(x))
        out = out.reshape(out.size(0), -1)
        return self.fc(out)


model = ConvNet()
print(model)
print("parameters:", sum(p.numel() for p in model.parameters() if p.requires_grad))
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=0.005)
model.train()
for epoch in range(3):
    running_loss = 0.0
    for i in range(0, 96, 24):
        optimizer.zero_grad()
        loss = criterion(model(images[i : i + 24]), labels[i : i + 24])
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    print("[%d] loss: %.3f" % (epoch + 1, running_loss / 4))

model.eval()
with torch.no_grad():
    outputs = model(images)
    _, predicted = torch.max(outputs.data, 1)
    for kind, name in enumerate(CLASSES):
        chosen = labels == kind
        print(f"Accuracy of {name:>8} : {100 * (predicted[chosen] == kind).float().mean().item():.1f} %")
for name, tensor in model.state_dict().items():
    print(name, tuple(tensor.shape))
