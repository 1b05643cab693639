"""Models: torchvision's numbers of parameters, first weights, results, names and texts; and weights from files."""

import io
import warnings

import pytest

import tinytorch as torch
from tinytorch.vision import models

COUNTS = {  # of all that is published but the largest
    "alexnet": 61_100_840, "densenet121": 7_978_856, "densenet169": 14_149_480, "densenet201": 20_013_928,
    "efficientnet_b0": 5_288_548, "efficientnet_b1": 7_794_184, "efficientnet_b4": 19_341_616,
    "efficientnet_v2_s": 21_458_488, "inception_v3": 27_161_264, "mobilenet_v2": 3_504_872,
    "mobilenet_v3_large": 5_483_032,
    "mobilenet_v3_small": 2_542_856, "resnet18": 11_689_512, "resnet34": 21_797_672, "resnet50": 25_557_032,
    "resnet101": 44_549_160, "resnet152": 60_192_808, "resnext50_32x4d": 25_028_904, "resnext101_32x8d": 88_791_336,
    "wide_resnet50_2": 68_883_240, "shufflenet_v2_x0_5": 1_366_792, "shufflenet_v2_x1_0": 2_278_604,
    "squeezenet1_0": 1_248_424, "squeezenet1_1": 1_235_496, "vgg11": 132_863_336, "vgg16": 138_357_544,
    "vgg16_bn": 138_365_992, "vgg19": 143_667_240,
}  # fmt: skip
ROWS = [  # with ten classes and seed 0: entries of the state, numbers of the first and of the last weight, the next
    # random number, and three results for an image
    ("resnet18", 122, [0.0021970533, 0.035336077], [-0.020315496, 0.018677866],
     0.09961968660354614, [-0.0751041, -0.00713811, -0.12516]),
    ("resnet50", 320, [0.0050531728, 0.074458234], [-0.0077490797, -0.0086243516],
     0.41892486810684204, [1.36458, -5.27234, 3.31345]),
    ("mobilenet_v2", 314, [0.034676261, -0.090055756], [0.0057786116, -0.0023283272],
     0.873592734336853, [9.01866e-11, 5.78288e-11, -1.36476e-10]),
    ("mobilenet_v3_small", 244, [0.048379648, 0.058203846], [0.0090686632, -0.0088901445],
     0.042199790477752686, [-3.50153e-11, 1.91437e-11, -1.83248e-11]),
    ("squeezenet1_1", 52, [-0.022799928, 0.14094064], [-0.00071517576, 0.023446137],
     0.6892723441123962, [0.013601, 0.173662, 0.00578832]),
    ("densenet121", 727, [0.052622903, -0.032772828], [-0.0021038167, 0.0037923567],
     0.0723915696144104, [-0.123626, 0.0764467, -0.119953]),
    ("shufflenet_v2_x1_0", 338, [-0.0014408393, 0.10323862], [-0.025004581, -0.0054127015],
     0.5767205357551575, [0.0139323, -0.00158576, -0.015795]),
    ("efficientnet_b0", 360, [0.12833025, 0.20866299], [0.14441605, -0.23435277],
     0.7653312087059021, [2.37658e-14, -3.81748e-14, -7.42958e-14]),
    ("efficientnet_v2_s", 782, [-0.051692419, -0.017011374], [-0.29493958, 0.23958786],
     0.6826524138450623, [7.31982e-07, -8.47443e-07, -2.30698e-06]),
    ("googlenet", 364, [-0.0092349797, 0.0048702927], [0.015428576, 0.0016916267],
     0.8267225623130798, [-0.0133364, 0.0140155, 0.00452198]),
]  # fmt: skip


def made(name, **settings):
    if name in ("googlenet", "inception_v3"):
        settings["init_weights"] = True
    return getattr(models, name)(weights=None, **settings)


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_the_number_of_parameters_is_known(name, count):
    with torch.device("meta"):
        model = made(name)
    assert sum([parameter.numel() for parameter in model.parameters()]) == count
    weights = models.get_model_weights(name)
    assert weights.DEFAULT.meta["num_params"] == count


@pytest.mark.parametrize(("name", "entries", "first", "last", "number", "results"), ROWS)
def test_first_weights_and_results_from_a_seed_are_torchvisions(name, entries, first, last, number, results):
    torch.manual_seed(0)
    model = made(name, num_classes=10)
    assert torch.rand(1).item() == number
    state = model.state_dict()
    assert len(state) == entries
    assert next(iter(state.values())).flatten()[:2].tolist() == pytest.approx(first, rel=1e-6)
    assert list(model.parameters())[-2].flatten()[:2].tolist() == pytest.approx(last, rel=1e-6)
    model.eval()
    with torch.no_grad():
        found = model(torch.linspace(-1, 1, 3 * 64 * 64).view(1, 3, 64, 64))[0]
    assert found[:3].tolist() == pytest.approx(results, rel=1e-3, abs=1e-4 * float(found.abs().max()))


def test_a_model_learns():
    torch.manual_seed(0)
    model = models.resnet18(num_classes=2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    images, targets = torch.randn(4, 3, 32, 32), torch.tensor([0, 1, 0, 1])
    losses = []
    for _ in range(4):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_googlenet_has_three_results_in_training():
    model = models.googlenet(num_classes=4, init_weights=True)
    outputs = model(torch.randn(2, 3, 64, 64))
    assert outputs._fields == ("logits", "aux_logits2", "aux_logits1") and outputs.logits.shape == (2, 4)
    assert models.googlenet(num_classes=4, init_weights=False, aux_logits=False)(torch.randn(2, 3, 64, 64)).ndim == 2


def test_a_memory_efficient_densenet_has_the_same_gradients():
    grads = []
    for efficient in (False, True):
        torch.manual_seed(0)
        model = models.DenseNet(4, (2, 2), 8, num_classes=3, memory_efficient=efficient).eval()
        image = torch.linspace(-1, 1, 2 * 3 * 32 * 32).view(2, 3, 32, 32).requires_grad_()
        model(image).sum().backward()
        grads.append(image.grad)
    assert torch.allclose(*grads)


def test_a_vision_transformer_has_torchvisions_numbers():
    torch.manual_seed(0)
    model = models.VisionTransformer(32, 16, 2, 4, 32, 64, num_classes=5).eval()
    assert torch.rand(1).item() == 0.052220284938812256 and len(model.state_dict()) == 32
    with torch.no_grad():
        model.heads.head.weight.normal_()
        found = model(torch.linspace(-1, 1, 2 * 3 * 32 * 32).view(2, 3, 32, 32))[0]
    assert found[:3].tolist() == pytest.approx([9.957271575927734, -2.2530274391174316, 6.636343002319336], rel=1e-4)
    with torch.device("meta"):
        assert sum([each.numel() for each in models.vit_b_16().parameters()]) == 86_567_656


def test_places_of_patches_are_interpolated_for_another_size():
    from tinytorch.vision.models.vision_transformer import interpolate_embeddings

    state = {"encoder.pos_embedding": torch.ones(1, 5, 6), "heads.head.weight": torch.ones(1)}
    found = interpolate_embeddings(64, 16, state, reset_heads=True)
    assert list(found) == ["encoder.pos_embedding"] and found["encoder.pos_embedding"].shape == (1, 17, 6)
    with pytest.raises(ValueError, match="seq_length is not a perfect square!"):
        interpolate_embeddings(64, 16, {"encoder.pos_embedding": torch.ones(1, 4, 6)})


def test_the_text_of_a_model_is_torchvisions():
    lines = str(models.resnet18()).splitlines()
    assert lines[:5] == [
        "ResNet(",
        "  (conv1): Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)",
        "  (bn1): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)",
        "  (relu): ReLU(inplace=True)",
        "  (maxpool): MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)",
    ]
    assert len(lines) == 84 and lines[-2] == "  (fc): Linear(in_features=512, out_features=1000, bias=True)"


def test_models_are_found_by_name():
    assert models.list_models(include="resnet*") == ["resnet101", "resnet152", "resnet18", "resnet34", "resnet50"]
    assert "vgg16" not in models.list_models(exclude=["vgg*"])
    assert models.get_model_builder("ResNet18") is models.resnet18
    assert models.get_model("squeezenet1_1", num_classes=3).num_classes == 3
    assert models.get_weight("ResNet50_Weights.DEFAULT") is models.ResNet50_Weights.IMAGENET1K_V2
    for call in (models.get_model, models.get_weight, lambda name: models.get_weight(name + ".DEFAULT")):
        with pytest.raises(ValueError):
            call("nothing")


def test_weights_say_what_they_are():
    weights = models.ResNet50_Weights.DEFAULT
    assert repr(weights) == "ResNet50_Weights.IMAGENET1K_V2" and weights.url.endswith("resnet50-11ad3fa6.pth")
    assert weights.meta["categories"][:2] == ["tench", "goldfish"] and len(weights.meta["categories"]) == 1000
    assert weights.transforms()(torch.zeros(3, 300, 400)).shape == (3, 224, 224)
    with pytest.raises(TypeError, match="expected ResNet18_Weights but received ResNet50_Weights"):
        models.resnet18(weights=weights)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A folder of torch.hub, and no network."""
    import urllib.error
    import urllib.request

    def refuse(*arguments, **settings):
        raise urllib.error.URLError("no network")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


def test_weights_are_loaded_from_the_folder_of_the_hub(hub):
    model = models.squeezenet1_1()
    torch.save(model.state_dict(), hub / "squeezenet1_1-b8a52dc0.pth")
    for weights in ("DEFAULT", "IMAGENET1K_V1", models.SqueezeNet1_1_Weights.DEFAULT):
        loaded = models.squeezenet1_1(weights=weights)
        assert torch.equal(loaded.features[0].weight, model.features[0].weight)
    with pytest.raises(ValueError, match="The parameter 'num_classes' expected value 1000 but got 10 instead"):
        models.squeezenet1_1(weights="DEFAULT", num_classes=10)


def test_weights_without_a_network_are_refused_in_clear_words(hub):
    with pytest.raises(RuntimeError, match=r"load_state_dict\(torch.load\(path\)\)"):
        models.squeezenet1_1(weights="DEFAULT")


def test_a_download_of_other_weights_is_refused(hub, monkeypatch):
    class Response(io.BytesIO):
        info = dict

    monkeypatch.setattr("urllib.request.urlopen", lambda *arguments, **settings: Response(b"other"))
    with pytest.raises(RuntimeError, match=r'invalid hash value \(expected "b8a52dc0", got "'):
        models.squeezenet1_1(weights="DEFAULT", progress=False)
    assert list(hub.iterdir()) == []


def test_the_arguments_of_before_are_taken_with_a_warning(hub):
    for call, first in (
        (lambda: models.squeezenet1_1(pretrained=False), "The parameter 'pretrained' is deprecated since 0.13"),
        (lambda: models.squeezenet1_1(False), "Using 'weights' as positional parameter(s) is deprecated since 0.13"),
    ):
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            call()
        assert len(found) == 2 and first in str(found[0].message) and found[0].filename == __file__
        assert "equivalent to passing `weights=None`." in str(found[1].message)
    with warnings.catch_warnings(record=True) as found, pytest.raises(RuntimeError, match="cannot be downloaded"):
        warnings.simplefilter("always")
        models.squeezenet1_1(pretrained=True)
    assert "`weights=SqueezeNet1_1_Weights.IMAGENET1K_V1`. You can also use" in str(found[1].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        models.squeezenet1_1(weights=None, progress=False)


def test_old_files_of_densenet_have_other_names():
    from tinytorch.vision.models.densenet import load

    assert load({"features.denseblock1.denselayer2.norm.1.weight": 1, "features.norm5.weight": 2}) == {
        "features.denseblock1.denselayer2.norm1.weight": 1,
        "features.norm5.weight": 2,
    }


def test_layers_in_the_middle_give_their_results():
    from tinytorch.vision.models._utils import IntermediateLayerGetter

    getter = IntermediateLayerGetter(models.resnet18(), {"layer1": "low", "layer3": "high"})
    found = getter(torch.randn(1, 3, 64, 64))
    assert {name: tuple(each.shape) for name, each in found.items()} == {
        "low": (1, 64, 16, 16),
        "high": (1, 256, 4, 4),
    }
    assert "layer4" not in dict(getter.named_children())
    with pytest.raises(ValueError):
        IntermediateLayerGetter(models.resnet18(), {"nothing": "x"})


def test_blocks_refuse_what_they_cannot_be():
    from tinytorch.vision.models.resnet import BasicBlock, ResNet

    with pytest.raises(ValueError):
        BasicBlock(64, 64, groups=2)
    with pytest.raises(NotImplementedError):
        BasicBlock(64, 64, dilation=2)
    with pytest.raises(ValueError):
        ResNet(BasicBlock, [1] * 4, replace_stride_with_dilation=[True])
    with pytest.raises(ValueError):
        models.SqueezeNet("2_0")
