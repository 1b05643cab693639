"""Images and classes that are drawn, for trying out what real ones are not needed for."""

import tinytorch as torch
from tinytorch.vision.datasets.vision import VisionDataset
from tinytorch.vision.transforms.conversion import to_pil_image


class FakeData(VisionDataset):
    """Pictures of noise with a class; an index always gives the same one. An IndexError behind the last."""

    def __init__(
        self,
        size: int = 1000,
        image_size: tuple[int, int, int] = (3, 224, 224),
        num_classes: int = 10,
        transform=None,
        target_transform=None,
        random_offset: int = 0,
    ) -> None:
        super().__init__(transform=transform, target_transform=target_transform)
        self.size = size
        self.num_classes = num_classes
        self.image_size = image_size
        self.random_offset = random_offset

    def __getitem__(self, index: int) -> tuple:
        if index >= len(self):
            raise IndexError(f"{type(self).__name__} index out of range")
        state = torch.get_rng_state()
        torch.manual_seed(index + self.random_offset)
        image = torch.randn(*self.image_size)
        target = torch.randint(0, self.num_classes, size=(1,), dtype=torch.long)[0]
        torch.set_rng_state(state)
        image, target = self._sample(to_pil_image(image), target)
        return image, target.item()

    def __len__(self) -> int:
        return self.size
