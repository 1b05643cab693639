"""Data sets of one's own: transforms, a collate function, splits, weights, streams."""

import torch
from torch.utils.data import (
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    WeightedRandomSampler,
    random_split,
)


class Spirals(Dataset):
    """Points on two spirals; a transform may change each."""

    def __init__(self, count, transform=None):
        generator = torch.Generator().manual_seed(0)
        self.radius = torch.rand(count, generator=generator)
        self.label = torch.arange(count) % 2
        self.transform = transform

    def __len__(self):
        return len(self.radius)

    def __getitem__(self, index):
        radius, label = self.radius[index], self.label[index]
        angle = 6 * radius + 3.14159 * label
        point = torch.stack([radius * angle.cos(), radius * angle.sin()])
        sample = {"point": point if self.transform is None else self.transform(point), "label": label, "id": index}
        return sample


class Words(IterableDataset):
    def __iter__(self):
        yield from ["one", "three", "five", "seven", "eleven"]


def padded(words):
    lengths = torch.tensor([len(word) for word in words])
    codes = [torch.tensor([ord(letter) for letter in word]) for word in words]
    return torch.nn.utils.rnn.pad_sequence(codes, batch_first=True), lengths


torch.manual_seed(11)
data = Spirals(20, transform=lambda point: point * 2)
print(len(data), data[3])
train, valid, test = random_split(data, [12, 4, 4], generator=torch.Generator().manual_seed(42))
print([len(part) for part in (train, valid, test)], list(valid.indices))
for epoch in range(2):
    for batch in DataLoader(train, batch_size=5, shuffle=True):
        print(epoch, batch["id"], batch["label"], batch["point"].shape)
sampler = WeightedRandomSampler([0.1] * 10 + [0.9] * 10, num_samples=8, replacement=True)
loader = DataLoader(data, batch_size=4, sampler=sampler, num_workers=0)
print([batch["id"].tolist() for batch in loader], len(loader))
both = ConcatDataset([Subset(data, range(3)), Subset(data, [7, 9])])
print([each["id"] for each in both])
for codes, lengths in DataLoader(Words(), batch_size=2, collate_fn=padded):
    print(codes, lengths)
try:
    DataLoader(data, batch_size=0)
except ValueError as error:
    print("ValueError:", error)
