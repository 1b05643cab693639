"""Vision transformers: an image as a sequence of patches (Dosovitskiy et al., 2020)."""

import math
from collections import OrderedDict
from functools import partial
from typing import NamedTuple

import tinytorch as torch
from tinytorch import nn
from tinytorch.tensor import Tensor
from tinytorch.vision.models._api import builder, fixed
from tinytorch.vision.models.weights import (
    ViT_B_16_Weights,
    ViT_B_32_Weights,
    ViT_H_14_Weights,
    ViT_L_16_Weights,
    ViT_L_32_Weights,
)
from tinytorch.vision.ops.layers import MLP, Conv2dNormActivation

NORM = partial(nn.LayerNorm, eps=1e-6)


class ConvStemConfig(NamedTuple):
    """A convolution in front, instead of patches (Xiao et al., 2021)."""

    out_channels: int
    kernel_size: int
    stride: int
    norm_layer: type = nn.BatchNorm2d
    activation_layer: type = nn.ReLU


class MLPBlock(MLP):
    """Two linear layers with GELU between them."""

    _version = 2

    def __init__(self, in_dim: int, mlp_dim: int, dropout: float):
        super().__init__(in_dim, [mlp_dim, in_dim], activation_layer=nn.GELU, inplace=None, dropout=dropout)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.normal_(module.bias, std=1e-6)

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, *others):
        if (local_metadata.get("version") or 0) < 2:  # older files say linear_1 and linear_2
            for number, kind in [(number, kind) for number in range(2) for kind in ("weight", "bias")]:
                old = f"{prefix}linear_{number + 1}.{kind}"
                if old in state_dict:
                    state_dict[f"{prefix}{3 * number}.{kind}"] = state_dict.pop(old)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *others)


class EncoderBlock(nn.Module):
    """Attention and an MLP, each behind a norm and added to its input."""

    def __init__(
        self,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float,
        attention_dropout: float,
        norm_layer=NORM,
    ):
        super().__init__()
        self.num_heads = num_heads
        self.ln_1 = norm_layer(hidden_dim)
        self.self_attention = nn.MultiheadAttention(hidden_dim, num_heads, dropout=attention_dropout, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.ln_2 = norm_layer(hidden_dim)
        self.mlp = MLPBlock(hidden_dim, mlp_dim, dropout)

    def forward(self, input: Tensor) -> Tensor:
        check_sequence(input)
        x = self.ln_1(input)
        x, _ = self.self_attention(x, x, x, need_weights=False)
        x = self.dropout(x) + input
        return x + self.mlp(self.ln_2(x))


def check_sequence(input: Tensor) -> None:
    """Refuse what is no batch of sequences."""
    torch._assert(input.dim() == 3, f"Expected (batch_size, seq_length, hidden_dim) got {input.shape}")


class Encoder(nn.Module):
    """Blocks one after the other, on a sequence to which its places were added."""

    def __init__(
        self,
        seq_length: int,
        num_layers: int,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float,
        attention_dropout: float,
        norm_layer=NORM,
    ):
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.empty(1, seq_length, hidden_dim).normal_(std=0.02))
        self.dropout = nn.Dropout(dropout)
        settings = num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer
        layers = [(f"encoder_layer_{number}", EncoderBlock(*settings)) for number in range(num_layers)]
        self.layers = nn.Sequential(OrderedDict(layers))
        self.ln = norm_layer(hidden_dim)

    def forward(self, input: Tensor) -> Tensor:
        check_sequence(input)
        return self.ln(self.layers(self.dropout(input + self.pos_embedding)))


class VisionTransformer(nn.Module):
    """A transformer on the patches of an image and one more token, by which it is classified."""

    def __init__(
        self,
        image_size: int,
        patch_size: int,
        num_layers: int,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        num_classes: int = 1000,
        representation_size: int | None = None,
        norm_layer=NORM,
        conv_stem_configs: list[ConvStemConfig] | None = None,
    ):
        super().__init__()
        torch._assert(image_size % patch_size == 0, "Input shape indivisible by patch size!")
        self.image_size = image_size
        self.patch_size = patch_size
        self.hidden_dim = hidden_dim
        self.mlp_dim = mlp_dim
        self.attention_dropout = attention_dropout
        self.dropout = dropout
        self.num_classes = num_classes
        self.representation_size = representation_size
        self.norm_layer = norm_layer
        if conv_stem_configs is None:
            self.conv_proj = nn.Conv2d(3, hidden_dim, kernel_size=patch_size, stride=patch_size)
        else:
            self.conv_proj = stem(conv_stem_configs, hidden_dim)
        self.class_token = nn.Parameter(torch.zeros(1, 1, hidden_dim))
        self.seq_length = (image_size // patch_size) ** 2 + 1
        sizes = num_layers, num_heads, hidden_dim, mlp_dim
        self.encoder = Encoder(self.seq_length, *sizes, dropout, attention_dropout, norm_layer)
        heads = OrderedDict()
        if representation_size is not None:
            heads["pre_logits"] = nn.Linear(hidden_dim, representation_size)
            heads["act"] = nn.Tanh()
        heads["head"] = nn.Linear(representation_size or hidden_dim, num_classes)
        self.heads = nn.Sequential(heads)
        self._draw()

    def _draw(self) -> None:
        """The projection, and the layer before the last, by their inputs; the last is 0."""
        if isinstance(self.conv_proj, nn.Conv2d):
            draw_cut(self.conv_proj, 3 * self.patch_size**2)
        else:
            last = self.conv_proj.conv_last
            nn.init.normal_(last.weight, mean=0.0, std=math.sqrt(2.0 / last.out_channels))
            nn.init.zeros_(last.bias)
        if hasattr(self.heads, "pre_logits"):
            draw_cut(self.heads.pre_logits, self.hidden_dim)
        nn.init.zeros_(self.heads.head.weight)
        nn.init.zeros_(self.heads.head.bias)

    def _process_input(self, x: Tensor) -> Tensor:
        """The patches of images: (N, patches, hidden_dim)."""
        n, _, h, w = x.shape
        for name, found in (("height", h), ("width", w)):
            torch._assert(found == self.image_size, f"Wrong image {name}! Expected {self.image_size} but got {found}!")
        return self.conv_proj(x).reshape(n, self.hidden_dim, -1).permute(0, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self._process_input(x)
        x = torch.cat([self.class_token.expand(x.shape[0], -1, -1), x], dim=1)
        return self.heads(self.encoder(x)[:, 0])


def stem(settings: list[ConvStemConfig], hidden_dim: int) -> nn.Sequential:
    """Convolutions in front of the transformer."""
    layers, channels = nn.Sequential(), 3
    for number, each in enumerate(settings):
        layer = Conv2dNormActivation(
            channels,
            each.out_channels,
            kernel_size=each.kernel_size,
            stride=each.stride,
            norm_layer=each.norm_layer,
            activation_layer=each.activation_layer,
        )
        layers.add_module(f"conv_bn_relu_{number}", layer)
        channels = each.out_channels
    layers.add_module("conv_last", nn.Conv2d(channels, hidden_dim, kernel_size=1))
    return layers


def draw_cut(layer, fan_in: int) -> None:
    """A weight from a normal distribution by the number of inputs, without what is far out; no bias."""
    nn.init.trunc_normal_(layer.weight, std=math.sqrt(1 / fan_in))
    nn.init.zeros_(layer.bias)


def interpolate_embeddings(
    image_size: int,
    patch_size: int,
    model_state: dict,
    interpolation_mode: str = "bicubic",
    reset_heads: bool = False,
) -> dict:
    """The weights of a model for images of another size: the places of the patches are interpolated.

    `reset_heads` leaves the classifier out. A ValueError for places that are no square.
    """
    places = model_state["encoder.pos_embedding"]
    count, length, width = places.shape
    if count != 1:
        raise ValueError(f"Unexpected position embedding shape: {places.shape}")
    side = image_size // patch_size
    if side**2 + 1 == length:
        return model_state
    before = math.isqrt(length - 1)
    if before**2 != length - 1:
        raise ValueError(
            "seq_length is not a perfect square! Instead got seq_length_1d * seq_length_1d = "
            f"{before * before} and seq_length = {length - 1}"
        )
    square = places[:, 1:].permute(0, 2, 1).reshape(1, width, before, before)
    square = nn.functional.interpolate(square, size=side, mode=interpolation_mode, align_corners=True)
    patches = square.reshape(1, width, side**2).permute(0, 2, 1)
    model_state["encoder.pos_embedding"] = torch.cat([places[:, :1], patches], dim=1)
    if reset_heads:
        return OrderedDict([(name, each) for name, each in model_state.items() if not name.startswith("heads")])
    return model_state


def built(kwargs: dict, **sizes) -> VisionTransformer:
    """A transformer of some sizes, for images of 224 by 224 unless another size is given."""
    return VisionTransformer(image_size=kwargs.pop("image_size", 224), **sizes, **kwargs)


def prepare(kwargs: dict, weights) -> None:
    """Images have the size of those that the weights were trained with."""
    fixed(kwargs, "image_size", weights.transforms.keywords["crop_size"])


BASE = {"num_layers": 12, "num_heads": 12, "hidden_dim": 768, "mlp_dim": 3072}
LARGE = {"num_layers": 24, "num_heads": 16, "hidden_dim": 1024, "mlp_dim": 4096}
HUGE = {"num_layers": 32, "num_heads": 16, "hidden_dim": 1280, "mlp_dim": 5120}


@builder(ViT_B_16_Weights, prepare=prepare)
def vit_b_16(**kwargs) -> VisionTransformer:
    """ViT-B of patches of 16 by 16."""
    return built(kwargs, patch_size=16, **BASE)


@builder(ViT_B_32_Weights, prepare=prepare)
def vit_b_32(**kwargs) -> VisionTransformer:
    """ViT-B of patches of 32 by 32."""
    return built(kwargs, patch_size=32, **BASE)


@builder(ViT_L_16_Weights, prepare=prepare)
def vit_l_16(**kwargs) -> VisionTransformer:
    """ViT-L of patches of 16 by 16."""
    return built(kwargs, patch_size=16, **LARGE)


@builder(ViT_L_32_Weights, prepare=prepare)
def vit_l_32(**kwargs) -> VisionTransformer:
    """ViT-L of patches of 32 by 32."""
    return built(kwargs, patch_size=32, **LARGE)


@builder(ViT_H_14_Weights, prepare=prepare)
def vit_h_14(**kwargs) -> VisionTransformer:
    """ViT-H of patches of 14 by 14."""
    return built(kwargs, patch_size=14, **HUGE)
