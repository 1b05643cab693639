"""Networks of the usual kinds, trained for some steps from one seed, live beside PyTorch: the same losses."""

import pytest
import torch

import tinytorch

BOTH = (tinytorch, torch)


def residual(torch):
    """Two residual blocks with batch normalisation, and means of what they see (He et al., 2016)."""
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, channels, out, stride):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out)
            self.conv2, self.bn2 = nn.Conv2d(out, out, 3, 1, 1, bias=False), nn.BatchNorm2d(out)
            short = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))
            self.short = short if stride > 1 else nn.Identity()

        def forward(self, x):
            inner = nn.functional.relu(self.bn1(self.conv1(x)), inplace=True)
            return nn.functional.relu(self.bn2(self.conv2(inner)) + self.short(x))

    net = nn.Sequential(
        nn.Conv2d(3, 8, 7, 2, 3), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1),
        Block(8, 8, 1), Block(8, 16, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 5),
    )  # fmt: skip
    for each in net.modules():
        if isinstance(each, nn.Conv2d):
            nn.init.kaiming_normal_(each.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(each, nn.BatchNorm2d | nn.GroupNorm):
            nn.init.constant_(each.weight, 1)
    return net, lambda: (torch.randn(4, 3, 32, 32), torch.randint(0, 5, (4,))), nn.CrossEntropyLoss()


def u_shaped(torch):
    """Down and up again, with what was seen on the way down (Ronneberger et al., 2015)."""
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.InstanceNorm2d(6), nn.LeakyReLU(0.2))
            self.low = nn.Sequential(
                nn.MaxPool2d(2), nn.Conv2d(6, 12, 3, padding="same"), nn.GroupNorm(3, 12), nn.ELU()
            )
            self.up = nn.ConvTranspose2d(12, 6, 2, 2)
            self.more = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
            self.last = nn.Conv2d(24, 1, 1)

        def forward(self, x):
            seen = self.down(x)
            low = self.low(seen)
            return self.last(torch.cat([seen, self.up(low), self.more(low)], 1))

    return Net(), lambda: (torch.randn(2, 1, 12, 12), torch.rand(2, 1, 12, 12).round()), nn.BCEWithLogitsLoss()


def depthwise(torch):
    """Convolutions of single channels, layer normalisation and channels that are weighed (Liu et al., 2022)."""
    nn = torch.nn
    last = lambda x: x.permute(0, 2, 3, 1)

    class Block(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.conv, self.norm = nn.Conv2d(width, width, 5, padding=2, groups=width), nn.LayerNorm(width)
            self.inner = nn.Sequential(nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width))
            self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.LazyConv2d(width, 1), nn.Sigmoid())
            self.drop = nn.Dropout2d(0.1)

        def forward(self, x):
            inner = self.inner(self.norm(last(self.conv(x)))).permute(0, 3, 1, 2)
            return x + self.drop(inner * self.gate(inner))

    net = nn.Sequential(
        nn.PixelUnshuffle(2), nn.Conv2d(4, 8, 1), Block(8), nn.Hardswish(), nn.Flatten(), nn.LazyLinear(3)
    )
    net(torch.zeros(1, 1, 8, 8))
    return net, lambda: (torch.randn(4, 1, 8, 8), torch.randint(0, 3, (4,))), nn.CrossEntropyLoss(label_smoothing=0.1)


def of_words(torch):
    """Bags of words, a table and convolutions over it."""
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.bag = nn.Embedding(20, 6, padding_idx=0), nn.EmbeddingBag(20, 6, mode="sum")
            self.conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(6, 8, 3, padding=1, padding_mode="circular"))
            self.norm, self.last = nn.RMSNorm(14), nn.Linear(14, 4)

        def forward(self, ids):
            found = self.conv(self.words(ids).transpose(1, 2)).relu().amax(2)
            return self.last(self.norm(torch.cat([found, self.bag(ids)], 1)))

    return Net(), lambda: (torch.randint(0, 20, (5, 7)), torch.randint(0, 4, (5,))), nn.MultiMarginLoss()


def judged(torch):
    """A generator and what judges it: transposed convolutions, and spectral normalisation (Radford et al., 2016)."""
    nn = torch.nn
    spectral = nn.utils.parametrizations.spectral_norm
    net = nn.Sequential(
        nn.Unflatten(1, (8, 1, 1)), nn.ConvTranspose2d(8, 6, 4, bias=False), nn.BatchNorm2d(6), nn.ReLU(True),
        nn.ConvTranspose2d(6, 1, 4, 2, 1), nn.Tanh(), spectral(nn.Conv2d(1, 6, 4, 2, 1)), nn.LeakyReLU(0.2, True),
        spectral(nn.Conv2d(6, 1, 4)), nn.Flatten(0), nn.Sigmoid(),
    )  # fmt: skip
    return net, lambda: (torch.randn(4, 8), torch.ones(4)), nn.BCELoss()


def recurrent(torch):
    """What comes next in a line of characters: two layers with memory, read both ways (Hochreiter et al., 1997)."""
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(12, 6)
            self.memory = nn.LSTM(6, 8, num_layers=2, dropout=0.2, batch_first=True)
            self.both = nn.GRU(8, 5, bidirectional=True, batch_first=True)
            self.last = nn.Linear(10, 12)

        def forward(self, ids):
            found, _ = self.memory(self.words(ids))
            return self.last(self.both(found)[0]).transpose(1, 2)

    return Net(), lambda: (torch.randint(0, 12, (4, 9)), torch.randint(0, 12, (4, 9))), nn.CrossEntropyLoss()


def attentive(torch):
    """Layers of attention that see what went before, and a decoder over what they found (Vaswani et al., 2017)."""
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.places = nn.Embedding(12, 8), nn.Parameter(torch.randn(7, 8) * 0.02)
            layer = nn.TransformerEncoderLayer(8, 2, 16, activation="gelu", batch_first=True, norm_first=True)
            self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
            self.after = nn.TransformerDecoderLayer(8, 4, 12, batch_first=True)
            self.last = nn.Linear(8, 12)

        def forward(self, ids):
            given = self.words(ids) + self.places
            seen = self.layers(given, mask=nn.Transformer.generate_square_subsequent_mask(7).to(given.dtype))
            return self.last(self.after(given, seen)).transpose(1, 2)

    return Net(), lambda: (torch.randint(0, 12, (4, 7)), torch.randint(0, 12, (4, 7))), nn.CrossEntropyLoss()


def trained(library, make):
    """The losses of some steps, and the state at the end."""
    library.manual_seed(11)
    net, batch, criterion = make(library)
    net.double()
    optimizer = library.optim.AdamW(net.parameters(), lr=1e-2)
    losses = []
    for _ in range(6):
        given, target = [each.double() if each.is_floating_point() else each for each in batch()]
        optimizer.zero_grad()
        loss = criterion(net(given), target)
        loss.backward()
        library.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    net.eval()
    losses.append(criterion(net(given), target).item())
    return losses, list(net.state_dict()), repr(net)


NETWORKS = [residual, u_shaped, depthwise, of_words, judged, recurrent, attentive]
OPTIMIZERS = {
    "SGD": lambda torch, parameters: torch.optim.SGD(parameters, lr=0.01, momentum=0.9),
    "Adam": lambda torch, parameters: torch.optim.Adam(parameters, lr=1e-3),
}


@pytest.mark.parametrize("make", NETWORKS)
def test_a_network_learns_as_under_pytorch(make):
    one, other = [trained(library, make) for library in BOTH]
    assert one[0] == pytest.approx(other[0], rel=1e-7)
    assert one[1:] == other[1:]


def hundred_losses(library, make, optimizer):
    """The losses of the first hundred steps in float32, each with a batch of its own."""
    library.manual_seed(11)
    net, batch, criterion = make(library)
    optimizer = OPTIMIZERS[optimizer](library, net.parameters())
    losses = []
    for _ in range(100):
        given, target = batch()
        optimizer.zero_grad()
        loss = criterion(net(given), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("make", NETWORKS)
def test_the_losses_of_a_hundred_steps_in_float32_are_pytorchs_to_four_digits(make, optimizer):
    one, other = [hundred_losses(library, make, optimizer) for library in BOTH]
    assert one == pytest.approx(other, rel=5e-4)
    assert one[:3] == pytest.approx(other[:3], rel=1e-6)
