"""The weights that were published for the models: file, size of images, and how these were resized."""

from tinytorch.vision.models._api import published

V1, V2 = "IMAGENET1K_V1", "IMAGENET1K_V2"
E2E, LINEAR = "IMAGENET1K_SWAG_E2E_V1", "IMAGENET1K_SWAG_LINEAR_V1"
NEW = {"resize_size": 232}  # of the recipe of 2021
HALVES = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}


def cubic(size: int, **more) -> dict:
    """Images resized to a size by bicubic interpolation."""
    return {"resize_size": size, "interpolation": "bicubic", **more}


AlexNet_Weights = published("AlexNet_Weights", 61_100_840, (V1, "alexnet-owt-7be5be79.pth", 224, {}))
DenseNet121_Weights = published("DenseNet121_Weights", 7_978_856, (V1, "densenet121-a639ec97.pth", 224, {}))
DenseNet161_Weights = published("DenseNet161_Weights", 28_681_000, (V1, "densenet161-8d451a50.pth", 224, {}))
DenseNet169_Weights = published("DenseNet169_Weights", 14_149_480, (V1, "densenet169-b2777c0a.pth", 224, {}))
DenseNet201_Weights = published("DenseNet201_Weights", 20_013_928, (V1, "densenet201-c1103571.pth", 224, {}))
EfficientNet_B0_Weights = published(
    "EfficientNet_B0_Weights", 5_288_548, (V1, "efficientnet_b0_rwightman-7f5810bc.pth", 224, cubic(256))
)
EfficientNet_B1_Weights = published(
    "EfficientNet_B1_Weights",
    7_794_184,
    (V1, "efficientnet_b1_rwightman-bac287d4.pth", 240, cubic(256)),
    (V2, "efficientnet_b1-c27df63c.pth", 240, {"resize_size": 255}),
)
EfficientNet_B2_Weights = published(
    "EfficientNet_B2_Weights", 9_109_994, (V1, "efficientnet_b2_rwightman-c35c1473.pth", 288, cubic(288))
)
EfficientNet_B3_Weights = published(
    "EfficientNet_B3_Weights", 12_233_232, (V1, "efficientnet_b3_rwightman-b3899882.pth", 300, cubic(320))
)
EfficientNet_B4_Weights = published(
    "EfficientNet_B4_Weights", 19_341_616, (V1, "efficientnet_b4_rwightman-23ab8bcd.pth", 380, cubic(384))
)
EfficientNet_B5_Weights = published(
    "EfficientNet_B5_Weights", 30_389_784, (V1, "efficientnet_b5_lukemelas-1a07897c.pth", 456, cubic(456))
)
EfficientNet_B6_Weights = published(
    "EfficientNet_B6_Weights", 43_040_704, (V1, "efficientnet_b6_lukemelas-24a108a5.pth", 528, cubic(528))
)
EfficientNet_B7_Weights = published(
    "EfficientNet_B7_Weights", 66_347_960, (V1, "efficientnet_b7_lukemelas-c5b4e57e.pth", 600, cubic(600))
)
EfficientNet_V2_S_Weights = published(
    "EfficientNet_V2_S_Weights", 21_458_488, (V1, "efficientnet_v2_s-dd5fe13b.pth", 384, {"resize_size": 384})
)
EfficientNet_V2_M_Weights = published(
    "EfficientNet_V2_M_Weights", 54_139_356, (V1, "efficientnet_v2_m-dc08266a.pth", 480, {"resize_size": 480})
)
EfficientNet_V2_L_Weights = published(
    "EfficientNet_V2_L_Weights", 118_515_272, (V1, "efficientnet_v2_l-59c71312.pth", 480, cubic(480, **HALVES))
)
GoogLeNet_Weights = published("GoogLeNet_Weights", 6_624_904, (V1, "googlenet-1378be20.pth", 224, {}))
Inception_V3_Weights = published(
    "Inception_V3_Weights", 27_161_264, (V1, "inception_v3_google-0cc3c7bd.pth", 299, {"resize_size": 342})
)
MobileNet_V2_Weights = published(
    "MobileNet_V2_Weights",
    3_504_872,
    (V1, "mobilenet_v2-b0353104.pth", 224, {}),
    (V2, "mobilenet_v2-7ebf99e0.pth", 224, NEW),
)
MobileNet_V3_Large_Weights = published(
    "MobileNet_V3_Large_Weights",
    5_483_032,
    (V1, "mobilenet_v3_large-8738ca79.pth", 224, {}),
    (V2, "mobilenet_v3_large-5c1a4163.pth", 224, NEW),
)
MobileNet_V3_Small_Weights = published(
    "MobileNet_V3_Small_Weights", 2_542_856, (V1, "mobilenet_v3_small-047dcff4.pth", 224, {})
)
ResNet18_Weights = published("ResNet18_Weights", 11_689_512, (V1, "resnet18-f37072fd.pth", 224, {}))
ResNet34_Weights = published("ResNet34_Weights", 21_797_672, (V1, "resnet34-b627a593.pth", 224, {}))
ResNet50_Weights = published(
    "ResNet50_Weights", 25_557_032, (V1, "resnet50-0676ba61.pth", 224, {}), (V2, "resnet50-11ad3fa6.pth", 224, NEW)
)
ResNet101_Weights = published(
    "ResNet101_Weights", 44_549_160, (V1, "resnet101-63fe2227.pth", 224, {}), (V2, "resnet101-cd907fc2.pth", 224, NEW)
)
ResNet152_Weights = published(
    "ResNet152_Weights", 60_192_808, (V1, "resnet152-394f9c45.pth", 224, {}), (V2, "resnet152-f82ba261.pth", 224, NEW)
)
ResNeXt50_32X4D_Weights = published(
    "ResNeXt50_32X4D_Weights",
    25_028_904,
    (V1, "resnext50_32x4d-7cdf4587.pth", 224, {}),
    (V2, "resnext50_32x4d-1a0047aa.pth", 224, NEW),
)
ResNeXt101_32X8D_Weights = published(
    "ResNeXt101_32X8D_Weights",
    88_791_336,
    (V1, "resnext101_32x8d-8ba56ff5.pth", 224, {}),
    (V2, "resnext101_32x8d-110c445d.pth", 224, NEW),
)
ResNeXt101_64X4D_Weights = published(
    "ResNeXt101_64X4D_Weights", 83_455_272, (V1, "resnext101_64x4d-173b62eb.pth", 224, NEW)
)
Wide_ResNet50_2_Weights = published(
    "Wide_ResNet50_2_Weights",
    68_883_240,
    (V1, "wide_resnet50_2-95faca4d.pth", 224, {}),
    (V2, "wide_resnet50_2-9ba9bcbe.pth", 224, NEW),
)
Wide_ResNet101_2_Weights = published(
    "Wide_ResNet101_2_Weights",
    126_886_696,
    (V1, "wide_resnet101_2-32ee1156.pth", 224, {}),
    (V2, "wide_resnet101_2-d733dc28.pth", 224, NEW),
)
ShuffleNet_V2_X0_5_Weights = published(
    "ShuffleNet_V2_X0_5_Weights", 1_366_792, (V1, "shufflenetv2_x0.5-f707e7126e.pth", 224, {})
)
ShuffleNet_V2_X1_0_Weights = published(
    "ShuffleNet_V2_X1_0_Weights", 2_278_604, (V1, "shufflenetv2_x1-5666bf0f80.pth", 224, {})
)
ShuffleNet_V2_X1_5_Weights = published(
    "ShuffleNet_V2_X1_5_Weights", 3_503_624, (V1, "shufflenetv2_x1_5-3c479a10.pth", 224, NEW)
)
ShuffleNet_V2_X2_0_Weights = published(
    "ShuffleNet_V2_X2_0_Weights", 7_393_996, (V1, "shufflenetv2_x2_0-8be3c8ee.pth", 224, NEW)
)
SqueezeNet1_0_Weights = published("SqueezeNet1_0_Weights", 1_248_424, (V1, "squeezenet1_0-b66bff10.pth", 224, {}))
SqueezeNet1_1_Weights = published("SqueezeNet1_1_Weights", 1_235_496, (V1, "squeezenet1_1-b8a52dc0.pth", 224, {}))
VGG11_Weights = published("VGG11_Weights", 132_863_336, (V1, "vgg11-8a719046.pth", 224, {}))
VGG11_BN_Weights = published("VGG11_BN_Weights", 132_868_840, (V1, "vgg11_bn-6002323d.pth", 224, {}))
VGG13_Weights = published("VGG13_Weights", 133_047_848, (V1, "vgg13-19584684.pth", 224, {}))
VGG13_BN_Weights = published("VGG13_BN_Weights", 133_053_736, (V1, "vgg13_bn-abd245e5.pth", 224, {}))
VGG16_Weights = published(
    "VGG16_Weights",
    138_357_544,
    (V1, "vgg16-397923af.pth", 224, {}),
    (
        "IMAGENET1K_FEATURES",
        "vgg16_features-amdegroot-88682ab5.pth",
        224,
        {"mean": (0.48235, 0.45882, 0.40784), "std": (0.00392156862745098, 0.00392156862745098, 0.00392156862745098)},
    ),
    default=0,
)
VGG16_BN_Weights = published("VGG16_BN_Weights", 138_365_992, (V1, "vgg16_bn-6c64b313.pth", 224, {}))
VGG19_Weights = published("VGG19_Weights", 143_667_240, (V1, "vgg19-dcbb9e9d.pth", 224, {}))
VGG19_BN_Weights = published("VGG19_BN_Weights", 143_678_248, (V1, "vgg19_bn-c79401a0.pth", 224, {}))
ViT_B_16_Weights = published(
    "ViT_B_16_Weights",
    (86_567_656, 86_859_496, 86_567_656),
    (V1, "vit_b_16-c867db91.pth", 224, {}),
    (E2E, "vit_b_16_swag-9ac1b537.pth", 384, cubic(384)),
    (LINEAR, "vit_b_16_lc_swag-4e70ced5.pth", 224, cubic(224)),
    default=0,
)
ViT_B_32_Weights = published("ViT_B_32_Weights", 88_224_232, (V1, "vit_b_32-d86f8d99.pth", 224, {}))
ViT_L_16_Weights = published(
    "ViT_L_16_Weights",
    (304_326_632, 305_174_504, 304_326_632),
    (V1, "vit_l_16-852ce7e3.pth", 224, {"resize_size": 242}),
    (E2E, "vit_l_16_swag-4f3808c9.pth", 512, cubic(512)),
    (LINEAR, "vit_l_16_lc_swag-4d563306.pth", 224, cubic(224)),
    default=0,
)
ViT_L_32_Weights = published("ViT_L_32_Weights", 306_535_400, (V1, "vit_l_32-c7638314.pth", 224, {}))
ViT_H_14_Weights = published(
    "ViT_H_14_Weights",
    (633_470_440, 632_045_800),
    (E2E, "vit_h_14_swag-80465313.pth", 518, cubic(518)),
    (LINEAR, "vit_h_14_lc_swag-c1eb923e.pth", 224, cubic(224)),
    default=0,
)
