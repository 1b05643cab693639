"""Transforms: torchvision's numbers from the same seeds, of tensors and of pictures, its texts and its refusals."""

import random
import sys

import pytest
from PIL import Image

import tinytorch as torch
from tinytorch.vision import transforms as T
from tinytorch.vision.transforms import functional as F

ROWS = [  # transform, and for the seeds 0 and 1: the sum of the result, and that of the values times 0 to 16 in turn
    ("Resize(20)", (191098, 1523864), (191098, 1523864)),
    ("Resize((15, 20), antialias=False)", (114753, 928872), (114753, 928872)),
    ("Resize((7, 20), interpolation=InterpolationMode.BICUBIC)", (53493, 425491), (53493, 425491)),
    ("Resize((7, 20), interpolation=InterpolationMode.NEAREST)", (52974, 415737), (52974, 415737)),
    ("CenterCrop((36, 10))", (121742, 985647), (121742, 985647)),
    ("Pad((1, 2, 3, 4), padding_mode='symmetric')", (637098, 5026311), (637098, 5026311)),
    ("Pad(2, padding_mode='reflect')", (601574, 4794800), (601574, 4794800)),
    ("Pad((1, 2), fill=5)", (492670, 3972790), (492670, 3972790)),
    ("RandomCrop(8)", (24291, 190632), (24957, 192641)),
    ("RandomCrop(32, padding=2, padding_mode='edge')", (393806, 3139572), (388674, 3074555)),
    ("RandomHorizontalFlip()", (489190, 3897039), (489190, 3931401)),
    ("RandomVerticalFlip(0.7)", (489190, 3925292), (489190, 3931401)),
    ("RandomResizedCrop(8)", (24615, 193051), (24304, 189388)),
    ("ColorJitter(0.4, 0.4, 0.4, 0.1)", (339183, 2725039), (573669, 4604554)),
    ("ColorJitter(hue=0.5)", (489500, 3914166), (489701, 3916881)),
    ("Grayscale(3)", (487857, 3903407), (487857, 3903407)),
    ("RandomGrayscale(0.9)", (487857, 3903407), (487857, 3903407)),
    ("RandomRotation(30)", (489190, 3931401), (437218, 3519369)),
    ("RandomRotation((10, 80), expand=True)", (488225, 3800822), (495501, 3965336)),
    ("RandomAffine(20, translate=(0.1, 0.2), scale=(0.8, 1.2), shear=10)", (329376, 2622839), (478480, 3847610)),
    ("RandomPerspective(p=1.0)", (269377, 2169851), (264487, 2108516)),
    ("RandomErasing(p=1)", (363007, 2904726), (438860, 3526179)),
    ("RandomErasing(p=1, value=(1, 2, 3))", (364987, 2920565), (439640, 3532543)),
    ("GaussianBlur(3)", (489007, 3916585), (488820, 3914020)),
    ("RandomInvert(0.9)", (490010, 3898374), (490010, 3898374)),
    ("RandomPosterize(3, 0.9)", (429728, 3452032), (429728, 3452032)),
    ("RandomSolarize(100, 0.9)", (255534, 2043677), (255534, 2043677)),
    ("RandomAdjustSharpness(2, 0.9)", (489165, 3933033), (489165, 3933033)),
    ("RandomAutocontrast(0.9)", (489190, 3931401), (489190, 3931401)),
    ("RandomEqualize(0.9)", (521967, 4194516), (521967, 4194516)),
    ("ElasticTransform(20.0, 1.0)", (443446, 3538319), (452952, 3622792)),
    ("AutoAugment()", (521967, 4194516), (521967, 4194516)),
    ("AutoAugment(AutoAugmentPolicy.CIFAR10)", (489190, 3931401), (444165, 3554383)),
    ("RandAugment()", (429766, 3464522), (425839, 3404129)),
    ("TrivialAugmentWide()", (0, 0), (489035, 3933310)),
    ("RandomApply([RandomCrop(8)], p=0.9)", (25155, 199889), (24088, 184882)),
    ("RandomOrder([RandomCrop(8), Pad(2)])", (24291, 195052), (25164, 198821)),
    ("RandomChoice([RandomCrop(8), Pad(2)])", (489190, 3908572), (24957, 192641)),
]


def image(channels=3, height=32, width=40):
    count = channels * height * width
    return (
        ((torch.arange(count) * 37 + torch.arange(count) ** 2 % 91) % 256).to(torch.uint8).view(channels, height, width)
    )


@pytest.mark.parametrize(("spec", "first", "second"), ROWS)
def test_results_from_a_seed_are_torchvisions(spec, first, second):
    transform = eval(spec, vars(T).copy())
    for seed, expected in ((0, first), (1, second)):
        torch.manual_seed(seed)
        random.seed(seed)
        values = transform(image()).long().reshape(-1)
        found = int(values.sum()), int((values * (torch.arange(values.numel()) % 17)).sum())
        assert found == pytest.approx(expected, abs=40)  # a value between two bytes may go to either


EXACT = [
    "Resize((16, 80), interpolation=InterpolationMode.NEAREST_EXACT)", "CenterCrop((36, 10))",
    "Pad(2, padding_mode='reflect')",
    "Pad((1, 2, 3, 4), padding_mode='symmetric')", "RandomCrop(32, padding=2, padding_mode='edge')",
    "RandomHorizontalFlip()", "RandomInvert(0.9)", "RandomPosterize(3, 0.9)",
    "RandomSolarize(100, 0.9)",
]  # fmt: skip


@pytest.mark.parametrize("spec", EXACT)
def test_pictures_and_tensors_become_the_same(spec):
    transform = eval(spec, vars(T).copy())
    torch.manual_seed(3)
    expected = transform(image())
    torch.manual_seed(3)
    assert torch.equal(F.pil_to_tensor(transform(F.to_pil_image(image()))), expected)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "CMYK", "I", "F"])
def test_a_picture_of_any_mode_becomes_a_tensor_and_back(mode):
    picture = F.to_pil_image(image()).convert(mode)
    tensor = F.pil_to_tensor(picture)
    assert tuple(tensor.shape) == (len(picture.getbands()), 32, 40)
    if mode not in ("1", "F"):  # floats from 0 to 1 become bytes
        assert F.to_pil_image(tensor, mode).tobytes() == picture.tobytes()


def test_to_tensor_scales_bytes_and_leaves_other_numbers():
    picture = Image.frombytes("L", (2, 1), bytes([0, 255]))
    assert T.ToTensor()(picture).tolist() == [[[0.0, 1.0]]]
    assert T.ToTensor()(picture.convert("1")).tolist() == [[[0.0, 1.0]]]
    assert T.ToTensor()(picture.convert("I")).dtype == torch.int32
    assert T.ToTensor()(torch.tensor([[[0, 51, 255]]], dtype=torch.uint8).numpy()).flatten().tolist() == pytest.approx(
        [0, 0.2, 1]
    )


@pytest.mark.parametrize(
    ("before", "after", "values", "expected"),
    [
        (torch.uint8, torch.float32, [0, 255], [0.0, 1.0]),
        (torch.float32, torch.uint8, [0.0, 0.5, 1.0], [0, 127, 255]),
        (torch.uint8, torch.int16, [1, 255], [128, 32640]),
        (torch.int16, torch.uint8, [128, 32767], [1, 255]),
    ],
)
def test_another_dtype_has_its_own_white(before, after, values, expected):
    assert F.convert_image_dtype(torch.tensor(values, dtype=before), after).tolist() == expected


def test_normalize_takes_each_channel_by_itself():
    white = torch.ones(2, 1, 1)
    assert T.Normalize((0.5, 0.0), (0.25, 2.0))(white).flatten().tolist() == [2.0, 0.5]
    assert white.flatten().tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match=r"std evaluated to zero after conversion to torch\.float32"):
        F.normalize(white, [0.5], [0.0])
    with pytest.raises(TypeError, match=r"Input tensor should be a float tensor. Got torch.uint8"):
        F.normalize(image(), [0.5], [0.5])


def test_five_and_ten_crops_are_corners_and_the_middle():
    corners = F.five_crop(image(1, 4, 4), 2)
    assert [int(each[0, 0, 0]) for each in corners] == [int(image(1, 4, 4)[0, i, j]) for i, j in
                                                        ((0, 0), (0, 2), (2, 0), (2, 2), (1, 1))]  # fmt: skip
    assert torch.equal(F.ten_crop(image(1, 4, 4), 2)[6], F.hflip(image(1, 4, 4))[:, :2, 2:])


def test_linear_transformation_is_a_product_with_a_matrix():
    whitened = T.LinearTransformation(2 * torch.eye(4), torch.ones(4))(torch.arange(4.0).view(1, 2, 2))
    assert whitened.flatten().tolist() == [-2.0, 0.0, 2.0, 4.0]


REPRS = [
    ("Resize(20)", "Resize(size=20, interpolation=bilinear, max_size=None, antialias=True)"),
    ("RandomCrop(32, padding=4)", "RandomCrop(size=(32, 32), padding=4)"),
    ("RandomResizedCrop(8)", "RandomResizedCrop(size=(8, 8), scale=(0.08, 1.0), ratio=(0.75, 1.3333), "
     "interpolation=bilinear, antialias=True)"),
    ("ColorJitter(0.5)", "ColorJitter(brightness=(0.5, 1.5), contrast=None, saturation=None, hue=None)"),
    ("RandomRotation(5)", "RandomRotation(degrees=[-5.0, 5.0], interpolation=nearest, expand=False, fill=0)"),
    ("RandomAffine(3, scale=(1, 2))", "RandomAffine(degrees=[-3.0, 3.0], scale=(1, 2))"),
    ("Normalize([0.5], [0.5])", "Normalize(mean=[0.5], std=[0.5])"),
    ("RandomPosterize(2)", "RandomPosterize(bits=2,p=0.5)"),
    ("ToPILImage('L')", "ToPILImage(mode=L)"),
    ("ConvertImageDtype(None)", "ConvertImageDtype()"),
    ("RandomChoice([Pad(1)])", "RandomChoice(\n    Pad(padding=1, fill=0, padding_mode=constant)\n)(p=None)"),
    ("RandomApply([Grayscale()])", "RandomApply(\n    p=0.5\n    Grayscale(num_output_channels=1)\n)"),
    ("AutoAugment()", "AutoAugment(policy=AutoAugmentPolicy.IMAGENET, fill=None)"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "expected"), REPRS)
def test_texts_are_torchvisions(spec, expected):
    assert repr(eval(spec, vars(T).copy())) == expected


REFUSALS = [
    ("Resize((1, 2, 3))", None, ValueError, "If size is a sequence, it should have 1 or 2 values"),
    ("RandomCrop(50)", image, ValueError, r"Required crop size \(50, 50\) is larger than input image size \(32, 40\)"),
    ("ColorJitter(-1)", None, ValueError, "If brightness is a single number, it must be non negative."),
    ("RandomRotation(-1)", None, ValueError, "If degrees is a single number, it must be positive."),
    ("RandomErasing(value='x')", None, ValueError, "If value is str, it should be 'random'"),
    ("Pad((1, 2, 3))", None, ValueError, "not a 3 element tuple"),
    ("GaussianBlur(4)", None, ValueError, "Kernel size value should be an odd and positive number."),
    ("Lambda(3)", None, TypeError, "Argument lambd should be callable, got 'int'"),
    ("ToTensor()", image, TypeError, "pic should be PIL Image or ndarray. Got"),
    ("RandomEqualize(1.0)", lambda: image() / 255, TypeError, "Only torch.uint8 image tensors are supported"),
]


@pytest.mark.parametrize(("spec", "argument", "error", "words"), REFUSALS)
def test_refusals_are_torchvisions(spec, argument, error, words):
    with pytest.raises(error, match=words):
        made = eval(spec, vars(T).copy())
        made(argument())


def test_pillow_is_missing_in_clear_words(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r"pip install 'tinytorch\[vision\]'"):
        F.to_pil_image(image())
    assert T.CenterCrop(4)(image()).shape == (3, 4, 4)  # tensors need no Pillow


def test_elastic_transform_moves_by_what_it_is_given():
    still = F.elastic_transform(image(), torch.zeros(1, 32, 40, 2))
    assert torch.equal(still, image())
    with pytest.raises(ValueError, match="Argument displacement shape should be"):
        F.elastic_transform(image(), torch.zeros(1, 3, 4, 2))


@pytest.mark.parametrize("spec", [row[0] for row in ROWS if "Elastic" not in row[0]])
def test_images_stay_on_their_device(spec, device):
    transform = eval(spec, vars(T).copy())
    torch.manual_seed(1)
    random.seed(1)
    expected = transform(image())
    torch.manual_seed(1)
    random.seed(1)
    found = transform(image().to(device))
    assert found.device.type == device and int((found.cpu().int() - expected.int()).abs().max()) <= 1
