"""Rows for what networks are made of beside matrices: normalisation, embedding, softmax with its loss, attention."""

from benchmarks.harness import Row

LAYER = "weight, bias = normal(768, seed=1, requires_grad=True), normal(768, seed=2, requires_grad=True)"
CHANNELS = "weight, bias = normal(64, seed=1, requires_grad=True), normal(64, seed=2, requires_grad=True)"
TEXT, IMAGES = "normal(32, 256, 768{})", "normal(32, 64, 56, 56{})"
GRAD = ", requires_grad=True"
HEADS = "query, key, value = [normal(4, 12, 256, 64, seed=each{}) for each in range(3)]"
FUNCTIONS = "F = torch.nn.functional\n"
WORDS = "index = (normal(8192, seed=3) * 12000).abs().to(torch.int64).clamp(max=49999)\n"
CLASSES = "target = (normal(4096, seed=3) * 1000).abs().to(torch.int64).clamp(max=9999)\n"
PER_ROW = {"rtol": 1e-4, "atol": 1e-4}  # sums over a million rows, and differences of nearly equal means

rows = [
    Row(
        "layers/norm/layer forward",
        "F.layer_norm(x, (768,), weight, bias)",
        f"{FUNCTIONS}x = {TEXT.format('')}\n{LAYER.replace(GRAD, '')}",
        **PER_ROW,
    ),
    Row(
        "layers/norm/layer forward and backward",
        "x.grad = None\nF.layer_norm(x, (768,), weight, bias).backward(upstream)",
        f"{FUNCTIONS}x, upstream = {TEXT.format(GRAD)}, {TEXT.format(', seed=3')}\n{LAYER}",
        result="x.grad",
        **PER_ROW,
    ),
    Row(
        "layers/norm/batch forward",
        "F.batch_norm(x, None, None, weight, bias, True)",
        f"{FUNCTIONS}x = {IMAGES.format('')}\n{CHANNELS.replace(GRAD, '')}",
        **PER_ROW,
    ),
    Row(
        "layers/norm/batch forward and backward",
        "x.grad = None\nF.batch_norm(x, None, None, weight, bias, True).backward(upstream)",
        f"{FUNCTIONS}x, upstream = {IMAGES.format(GRAD)}, {IMAGES.format(', seed=3')}\n{CHANNELS}",
        result="x.grad",
        **PER_ROW,
    ),
    Row(
        "layers/norm/rms forward and backward",
        "x.grad = None\nF.rms_norm(x, (768,), weight).backward(upstream)",
        f"{FUNCTIONS}x, upstream = {TEXT.format(GRAD)}, {TEXT.format(', seed=3')}\n{LAYER}",
        result="x.grad",
        **PER_ROW,
    ),
    Row(
        "layers/embedding/50k x 768 forward and backward",
        "table.grad = None\nF.embedding(index, table).backward(upstream)",
        f"{FUNCTIONS}table, upstream = normal(50000, 768{GRAD}), normal(8192, 768, seed=1)\n{WORDS}",
        result="table.grad[:100]",
        **PER_ROW,
    ),
    Row(
        "layers/loss/cross entropy 4096 x 10000 forward and backward",
        "x.grad = None\nF.cross_entropy(x, target).backward()",
        f"{FUNCTIONS}x = normal(4096, 10000{GRAD})\n{CLASSES}",
        result="x.grad[:100]",
        **PER_ROW,
    ),
    Row(
        "layers/attention/forward",
        "F.scaled_dot_product_attention(query, key, value)",
        f"{FUNCTIONS}{HEADS.format('')}",
        **PER_ROW,
    ),
    Row(
        "layers/attention/forward and backward",
        "query.grad = None\nF.scaled_dot_product_attention(query, key, value, is_causal=True).backward(upstream)",
        f"{FUNCTIONS}{HEADS.format(GRAD)}\nupstream = normal(4, 12, 256, 64, seed=5)",
        result="query.grad",
        **PER_ROW,
    ),
]
