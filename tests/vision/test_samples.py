"""Transforms of samples (v2): what in them is an image, that all images are changed alike, texts and random numbers."""

import pytest

import tinytorch as torch
from tinytorch.vision.transforms import functional as F
from tinytorch.vision.transforms import v2


def image(height=12, width=16):
    return (torch.arange(3 * height * width) * 37 % 256).to(torch.uint8).view(3, height, width)


def test_images_in_a_sample_are_changed_alike_and_the_rest_stays():
    picture, labels = F.to_pil_image(image()), torch.tensor([1, 2])
    transform = v2.Compose(
        [
            v2.RandomCrop(8),
            v2.RandomHorizontalFlip(),
            v2.ColorJitter(0.5),
            v2.ToImage(),
            v2.ToDtype(torch.float32, scale=True),
        ]
    )
    sample = {"first": picture, "labels": labels, "pair": (picture, "text")}
    torch.manual_seed(0)
    found = transform(sample)
    assert torch.equal(found["first"], found["pair"][0]) and found["first"].shape == (3, 8, 8)
    assert found["first"].dtype == torch.float32 and float(found["first"].max()) <= 1
    assert found["labels"] is labels and found["pair"][1] == "text"


def test_without_an_image_the_first_tensor_is_one():
    found, target = v2.Resize((6, 8))(image(), torch.ones(5))
    assert found.shape == (3, 6, 8) and target.shape == (5,)
    labels, made = v2.CenterCrop(4)(torch.ones(3, 3), v2.ToImage()(F.to_pil_image(image())))
    assert labels.shape == (3, 3) and made.shape == (3, 4, 4)


def test_images_of_a_sample_have_one_size():
    small, large = [v2.functional.to_image(image(size, size)) for size in (8, 9)]
    with pytest.raises(ValueError, match=r"CxHxW dimensions in the sample: '\(3, 8, 8\)', '\(3, 9, 9\)'"):
        v2.RandomCrop(4)(small, large)
    assert [each.shape for each in v2.CenterCrop(4)(small, large)] == [(3, 4, 4)] * 2


def test_a_subclass_draws_once_for_a_sample():
    class Brighter(v2.Transform):
        def make_params(self, flat_inputs):
            return {"factor": int(torch.randint(2, 9, ())), "count": len(flat_inputs)}

        def transform(self, inpt, params):
            return inpt * params["factor"] * params["count"]

    first, second = [v2.ToImage()(torch.ones(1, 2, 2)) for _ in range(2)]
    (one, two), other = Brighter()([first, second], torch.ones(3))
    assert torch.equal(one, two) and one[0, 0, 0] >= 4 and other.tolist() == [1, 1, 1]


def test_random_numbers_are_torchvisions():
    torch.manual_seed(0)
    v2.RandomCrop((12, 4))(image())  # only the column is drawn
    assert torch.rand(1).item() == 0.7682217955589294
    torch.manual_seed(0)
    choice = v2.RandomChoice([v2.Pad(1), v2.Pad(2)], p=[1, 3])
    assert [choice(image()).shape[1] for _ in range(6)] == [16, 14, 16, 16, 16, 16]


REPRS = [
    (lambda: v2.Resize(20), "Resize(size=[20], interpolation=bilinear, antialias=True)"),
    (lambda: v2.RandomCrop(8, padding=1),
     "RandomCrop(size=(8, 8), padding=[1, 1, 1, 1], pad_if_needed=False, fill=0, padding_mode=constant)"),
    (lambda: v2.ColorJitter(0.5, hue=0.25), "ColorJitter(brightness=(0.5, 1.5), hue=(-0.25, 0.25))"),
    (lambda: v2.Normalize((0.5,), (0.5,)), "Normalize(mean=[0.5], std=[0.5], inplace=False)"),
    (lambda: v2.ToDtype(torch.float32, scale=True), "ToDtype(scale=True)"),
    (lambda: v2.GaussianBlur(3), "GaussianBlur(kernel_size=(3, 3), sigma=[0.1, 2.0])"),
    (lambda: v2.Lambda(len), "Lambda(len, types=['object'])"),
    (lambda: v2.Compose([v2.ToImage(), v2.Pad(3)]),
     "Compose(\n      ToImage()\n      Pad(padding=3, fill=0, padding_mode=constant)\n)"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "expected"), REPRS)
def test_texts_are_torchvisions(make, expected):
    assert repr(make()) == expected


def test_conversions_take_arrays_pictures_and_tensors():
    array = image().permute(1, 2, 0).contiguous().numpy()
    for each in (array, F.to_pil_image(image()), image()):
        assert torch.equal(v2.ToImage()(each), image())
    assert v2.ToPILImage()(image()).size == (16, 12)
    assert v2.ToDtype({torch.Tensor: torch.int64, "others": None})(image()).dtype == torch.int64
    with pytest.warns(UserWarning, match=r"The transform `ToTensor\(\)` is deprecated"):
        assert v2.ToTensor()(array).dtype == torch.float32
    with pytest.raises(TypeError, match=r"Normalize\(\) does not support PIL images"):
        v2.Normalize([0.5], [0.5])(F.to_pil_image(image()))
    with pytest.raises(TypeError, match="Input can either be a pure Tensor, a numpy array, or a PIL image"):
        v2.functional.to_image("text")


def test_containers_refuse_what_is_no_list():
    for make in (v2.Compose, v2.RandomApply, v2.RandomChoice, v2.RandomOrder):
        with pytest.raises(ValueError, match="Pass at least one transform"):
            make([])
        with pytest.raises(TypeError, match="Argument transforms should be a sequence"):
            make(len)
    with pytest.raises(ValueError, match="Length of p doesn't match the number of transforms: 1 != 2"):
        v2.RandomChoice([v2.Identity(), v2.Identity()], p=[1])
    order = v2.RandomOrder([v2.Pad(1), v2.CenterCrop(4)])
    torch.manual_seed(0)
    assert {order(image()).shape[1] for _ in range(8)} == {4, 6}
    torch.manual_seed(0)
    assert {v2.RandomApply([v2.Pad(1)])(image()).shape[1] for _ in range(8)} == {12, 14}
