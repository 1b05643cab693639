"""What each layer computes and what its gradients are, against numbers that PyTorch 2.13 gave."""

import math

import pytest

import tinytorch

RECORDED = [  # the module, the shape of its input, and two numbers that depend on every result and every gradient
    ("Conv1d(4, 6, 3, padding=1, padding_mode='circular')", (2, 4, 9), -2.96540364, -7.17253231),
    ("Conv2d(4, 6, (3, 2), stride=(1, 2), groups=2, padding='valid')", (2, 4, 7, 6), -1.00354616, -0.994803311),
    ("Conv3d(2, 3, 2, padding='same', bias=False)", (1, 2, 3, 4, 5), 26.7810819, 159.614331),
    ("ConvTranspose1d(4, 6, 3, stride=2, groups=2, output_padding=1)", (2, 4, 5), -0.832400635, -0.86234045),
    ("ConvTranspose2d(3, 2, 3, stride=2, dilation=2)", (3, 4, 5), 1.18727485, -0.881877771),
    ("ConvTranspose3d(3, 2, (2, 3, 2), padding=1)", (1, 3, 2, 3, 4), 0.434845653, 12.814472),
    ("MaxPool1d(2)", (2, 3, 6), 0.60087242, -1.13863859),
    ("MaxPool2d(3, 2, 1)", (2, 3, 6, 6), 0.525577865, 1.08768381),
    ("MaxPool3d(2)", (2, 4, 4, 4), 1.83680217, 0.720961888),
    ("AvgPool1d(3, 2, 1)", (2, 3, 6), -0.0269210337, -0.413214175),
    ("AvgPool2d(2, divisor_override=3)", (2, 3, 6, 6), -0.44174514, -0.578307587),
    ("AvgPool3d(2)", (2, 4, 4, 4), 0.0246681378, 0.041253946),
    ("LPPool1d(2, 3)", (2, 3, 6), 0.491849165, 0.104510901),
    ("LPPool2d(2, 3)", (2, 3, 6, 6), 1.97458191, 0.603511708),
    ("LPPool3d(2, 2)", (2, 4, 4, 4), 3.42485065, -1.23265045),
    ("AdaptiveAvgPool1d(4)", (2, 3, 6), 0.376581967, -1.07667571),
    ("AdaptiveAvgPool2d((4, None))", (2, 3, 6, 6), 41.3747776, -5.72979833),
    ("AdaptiveAvgPool3d(3)", (2, 4, 4, 4), 0.506065737, 0.59973044),
    ("AdaptiveMaxPool1d(4)", (2, 3, 6), 0.831721698, -1.39720123),
    ("AdaptiveMaxPool2d(5)", (2, 3, 6, 6), -3.5302296, -0.83101707),
    ("AdaptiveMaxPool3d(3)", (2, 4, 4, 4), 1.95903505, -0.899892877),
    ("FractionalMaxPool2d(2, output_size=3)", (2, 3, 6, 6), 0.479381921, -0.779613979),
    ("FractionalMaxPool3d(2, output_ratio=0.5)", (1, 4, 4, 4, 4), 0.0810035243, 0.743626238),
    ("BatchNorm1d(3)", (4, 3), -1.27332007, 4.59061853),
    ("BatchNorm2d(3, momentum=None)", (4, 3, 2, 2), -0.299758974, 28.467977),
    ("BatchNorm3d(3, affine=False)", (2, 3, 2, 2, 2), -0.0426187568, 32.9573614),
    ("SyncBatchNorm(3)", (4, 3, 2), -1.39658833, 14.1859005),
    ("InstanceNorm1d(3)", (3, 5), 0.688335819, 9.47418993),
    ("InstanceNorm2d(3, affine=True)", (2, 3, 3, 2), 0.374142274, 25.2429483),
    ("InstanceNorm3d(2, track_running_stats=True)", (1, 2, 2, 3, 2), 0.668495626, 16.3017446),
    ("LayerNorm((3, 4))", (2, 3, 4), 0.668495626, 27.0505361),
    ("GroupNorm(2, 4)", (2, 4, 3), 0.668381259, 16.1037531),
    ("RMSNorm(4)", (2, 4), 0.5551021, 4.12984435),
    ("LocalResponseNorm(2)", (2, 4, 3), 0.455360468, 11.7127106),
    ("CrossMapLRN2d(2)", (1, 4, 2, 2), -0.111236032, 7.86967386),
    ("Upsample(scale_factor=2)", (1, 2, 3), 0.395171708, -0.202978462),
    ("UpsamplingNearest2d(size=5)", (1, 2, 3, 4), 6.43896625, 15.5830417),
    ("UpsamplingBilinear2d(scale_factor=2)", (1, 2, 3, 4), 3.25762815, 0.473143797),
    ("PixelShuffle(2)", (1, 8, 2, 3), -0.121541217, -3.75882997),
    ("PixelUnshuffle(2)", (1, 2, 4, 6), -0.121541217, -3.75882997),
    ("ChannelShuffle(2)", (1, 4, 2, 2), -1.07838928, 0.12561524),
    ("Unfold(2)", (2, 3, 5, 6), -20.0952581, 19.6546838),
    ("Fold((4, 5), 2)", (1, 8, 12), 0.127071286, 3.54690177),
    ("CircularPad1d((1, 2))", (1, 2, 3), -0.068114309, -0.0167036236),
    ("CircularPad2d((1, 2, 1, 2))", (1, 2, 3, 4), -0.721783419, 0.815097935),
    ("CircularPad3d((1, 2, 1, 2, 1, 2))", (1, 2, 3, 4, 5), 16.7601184, 7.07615987),
    ("ReflectionPad1d((1, 2))", (1, 2, 3), 0.254233237, -0.31252488),
    ("ReflectionPad2d((1, 2, 1, 2))", (1, 2, 3, 4), -1.47437198, 0.125689734),
    ("ReflectionPad3d((1, 2, 1, 2, 1, 2))", (1, 2, 3, 4, 5), -26.8706003, -6.59349003),
    ("ReplicationPad1d((1, 2))", (1, 2, 3), 0.646478646, -0.276704916),
    ("ReplicationPad2d((1, 2, 1, 2))", (1, 2, 3, 4), 9.37716458, 0.763379068),
    ("ReplicationPad3d((1, 2, 1, 2, 1, 2))", (1, 2, 3, 4, 5), 9.19707056, -17.6381316),
    ("ZeroPad1d((1, 2))", (1, 2, 3), 0.0938427568, -0.157757794),
    ("ZeroPad2d((1, 2, 1, 2))", (1, 2, 3, 4), 2.01803566, 1.84680318),
    ("ZeroPad3d((1, 2, 1, 2, 1, 2))", (1, 2, 3, 4, 5), -8.99011176, 3.66981073),
    ("ConstantPad1d(1, 2.5)", (1, 2, 3), -1.85715321, -0.591892392),
    ("ConstantPad2d(1, 2.5)", (1, 2, 3, 4), -14.4379392, -0.733426937),
    ("ConstantPad3d(1, 2.5)", (1, 2, 3, 4, 5), -9.61049567, -0.415075875),
    ("RReLU()", (3, 4), 0.424143814, 3.7762078),
    ("Dropout3d(0.4)", (2, 6, 2, 2, 2), 1.1043641, 53.8527411),
    ("FeatureAlphaDropout(0.4)", (2, 6, 4), -3.28507818, 14.0906267),
    ("LazyLinear(3)", (2, 5), -0.484409798, -0.332308699),
    ("LazyConv1d(4, 3)", (2, 5, 6), 4.48809305, -12.4155827),
    ("LazyConv2d(4, 3)", (2, 5, 6, 3), 0.15590071, -1.61984326),
    ("LazyConv3d(4, 3)", (1, 2, 3, 4, 3), 0.0415999019, 2.70465831),
    ("LazyConvTranspose1d(4, 3)", (2, 5, 6), -5.15076309, 16.408193),
    ("LazyConvTranspose2d(4, 3)", (2, 5, 6, 3), 1.87085655, 0.142776111),
    ("LazyConvTranspose3d(4, 3)", (1, 2, 3, 4, 3), 2.10035579, 1.3341428),
    ("LazyBatchNorm1d()", (4, 3), -1.27332007, 4.59061853),
    ("LazyBatchNorm2d()", (4, 3, 2, 2), -0.299758974, 28.467977),
    ("LazyBatchNorm3d()", (2, 3, 2, 2, 2), -0.0426187568, 35.0928931),
    ("LazyInstanceNorm1d()", (2, 3, 5), 0.695024913, 20.9002434),
    ("LazyInstanceNorm2d()", (2, 3, 3, 2), 0.374142274, 25.2429483),
    ("LazyInstanceNorm3d()", (1, 2, 2, 3, 2), 0.668495626, 16.9459653),
]  # fmt: skip


def weighed(tensor):
    """One number that depends on each element."""
    ramp = tinytorch.arange(tensor.numel(), dtype=tinytorch.float64).sin().to(tensor.device)
    return (tensor * ramp.reshape(tensor.shape)).sum()


def drawn(text):
    """Whether a layer draws when it is called, which a GPU does from another stream."""
    return text.startswith(("RReLU", "Dropout", "Feature", "Fractional", "Lazy"))


@pytest.mark.filterwarnings("ignore:Using padding=.same. with even kernel lengths")
@pytest.mark.parametrize(("text", "shape", "result", "gradient"), RECORDED, ids=[row[0] for row in RECORDED])
def test_a_layer_and_its_gradients_have_the_numbers_of_pytorch(text, shape, result, gradient, device):
    if device == "cuda" and drawn(text):
        pytest.skip("a GPU draws other numbers than those recorded")
    tinytorch.manual_seed(5)
    module = eval(text, {name: getattr(tinytorch.nn, name) for name in dir(tinytorch.nn)})
    input = tinytorch.arange(math.prod(shape), dtype=tinytorch.float64).cos().reshape(shape)
    input, module = input.to(device).requires_grad_(), module.to(device).double()
    found = weighed(module(input))
    assert found.item() == pytest.approx(result, rel=1e-7, abs=1e-7)
    grads = tinytorch.autograd.grad(found, [input, *module.parameters()])
    assert sum(weighed(each).item() for each in grads) == pytest.approx(gradient, rel=1e-7, abs=1e-7)
