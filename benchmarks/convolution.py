"""Rows for convolutions and pooling as networks have them: the shapes of ResNet, LeNet and of depthwise kernels."""

from benchmarks.harness import Row

CONVOLUTIONS = {  # name, with s2 for a stride of 2 and b8 for a batch of 8: (images, weights, settings)
    "3x3 64ch 56x56 b8": ((8, 64, 56, 56), (64, 64, 3, 3), "padding=1"),
    "1x1 256ch 14x14 b8": ((8, 256, 14, 14), (256, 256, 1, 1), ""),
    "7x7 s2 stem 224 b4": ((4, 3, 224, 224), (64, 3, 7, 7), "stride=2, padding=3"),
    "3x3 512ch 7x7 b8": ((8, 512, 7, 7), (512, 512, 3, 3), "padding=1"),
    "3x3 s2 64ch 56x56 b8": ((8, 64, 56, 56), (128, 64, 3, 3), "stride=2, padding=1"),
    "LeNet 1 28x28 b64": ((64, 1, 28, 28), (6, 1, 5, 5), "padding=2"),
    "LeNet 2 14x14 b64": ((64, 6, 14, 14), (16, 6, 5, 5), ""),
    "depthwise 3x3 56x56 b8": ((8, 64, 56, 56), (64, 1, 3, 3), "padding=1, groups=64"),
}
POOLS = {  # name: (images, function and settings)
    "max 2x2 28x28 b64": ((64, 6, 28, 28), "max_pool2d(x, 2)"),
    "max 3x3 s2 112x112 b4": ((4, 64, 112, 112), "max_pool2d(x, 3, 2, 1)"),
    "mean 2x2 56x56 b8": ((8, 64, 56, 56), "avg_pool2d(x, 2)"),
    "mean of all 7x7 b8": ((8, 512, 7, 7), "adaptive_avg_pool2d(x, 1)"),
}


def shape(sizes):
    """Sizes as arguments of `normal`."""
    return ", ".join(map(str, sizes))


def convolution_rows(name, images, weights, settings):
    """The forward alone, and with the gradients of input, weight and bias."""
    call = f"torch.nn.functional.conv2d(x, w, b{', ' if settings else ''}{settings})"
    for graph, group in ((False, "forward"), (True, "both ways")):
        given = (
            f"x = normal({shape(images)}, requires_grad={graph})\n"
            f"w = normal({shape(weights)}, seed=1, requires_grad={graph})\n"
            f"b = normal({weights[0]}, seed=2, requires_grad={graph})\n"
        )
        if graph:
            given += f"upstream = normal(*{call}.shape, seed=3)"
            yield Row(
                f"convolution/{group}/{name}",
                f"x.grad = w.grad = b.grad = None\n{call}.backward(upstream)",
                given,
                result="(x.grad, w.grad, b.grad)",
                rtol=1e-4,  # sums of thousands of products of either sign, in another order
                atol=5e-3,
            )
        else:
            yield Row(f"convolution/{group}/{name}", call, given, rtol=1e-4, atol=1e-3)


def pooling_rows(name, images, call):
    """The forward alone, and with the gradient of the input."""
    call = f"torch.nn.functional.{call}"
    yield Row(f"pooling/forward/{name}", call, f"x = normal({shape(images)})")
    yield Row(
        f"pooling/both ways/{name}",
        f"x.grad = None\n{call}.backward(upstream)",
        f"x = normal({shape(images)}, requires_grad=True)\nupstream = normal(*{call}.shape, seed=3)",
        result="x.grad",
    )


rows = sorted(
    [
        *(row for name, settings in CONVOLUTIONS.items() for row in convolution_rows(name, *settings)),
        *(row for name, settings in POOLS.items() for row in pooling_rows(name, *settings)),
    ],
    key=lambda row: (row.name.split("/")[0], row.name.split("/")[1] != "forward"),  # forward first
)
