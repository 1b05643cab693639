"""What TensorBoard calls summaries: one value of a run, a number, a histogram, an image or a text, as a message."""

import io
import math
import wave

import numpy
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.pr_curve.plugin_data_pb2 import PrCurvePluginData
from tensorboard.plugins.text.plugin_data_pb2 import TextPluginData

from tinytorch.dtypes import bfloat16
from tinytorch.tensor import Tensor

LEAST = 1e-7  # what stands for 0 below a fraction


def make_np(x):
    """A tensor, an array or a number as NumPy's array; a NotImplementedError for anything else."""
    if isinstance(x, numpy.ndarray):
        return x
    if numpy.isscalar(x):
        return numpy.array([x])
    if isinstance(x, Tensor):
        x = x.detach().cpu()
        return (x.half() if x.dtype is bfloat16 else x).numpy()
    raise NotImplementedError(f"Got {type(x)}, but numpy array or torch tensor are expected.")


def value(tag, plugin=None, content=b"", **settings):
    """A summary of one value, perhaps for one of TensorBoard's plugins."""
    if plugin is not None:
        data = SummaryMetadata.PluginData(plugin_name=plugin, content=content)
        settings["metadata"] = SummaryMetadata(plugin_data=data)
    return Summary(value=[Summary.Value(tag=tag, **settings)])


def scalar(name, tensor, collections=None, new_style=False, double_precision=False):
    """One number; an AssertionError for more."""
    array = make_np(tensor).squeeze()
    if array.ndim != 0:
        raise AssertionError(
            f"Tensor should contain one element (0 dimensions). Was given size: {array.size} and {array.ndim} "
            "dimensions."
        )
    number = float(array)
    if not new_style:
        return value(name, simple_value=number)
    if double_precision:
        return value(name, "scalars", tensor=TensorProto(double_val=[number], dtype="DT_DOUBLE"))
    return value(name, "scalars", tensor=TensorProto(float_val=[number], dtype="DT_FLOAT"))


def histogram_raw(name, min, max, num, sum, sum_squares, bucket_limits, bucket_counts):
    """A histogram whose parts are known."""
    message = HistogramProto(
        min=min,
        max=max,
        num=num,
        sum=sum,
        sum_squares=sum_squares,
        bucket_limit=bucket_limits,
        bucket=bucket_counts,
    )
    return value(name, histo=message)


def histogram(name, values, bins, max_bins=None):
    """How many values lie in each bin; a ValueError for no values."""
    values = make_np(values).astype(float).reshape(-1)
    if values.size == 0:
        raise ValueError("The input has no element.")
    counts, limits = numpy.histogram(values, bins=bins)
    if max_bins is not None and len(counts) > max_bins:
        counts, limits = coarser(counts, limits, len(counts) // max_bins)
    counts, limits = trimmed(counts, limits)
    return histogram_raw(
        name,
        values.min(),
        values.max(),
        len(values),
        values.sum(),
        values.dot(values),
        limits.tolist(),
        counts.tolist(),
    )


def coarser(counts, limits, step):
    """A histogram with `step` bins in one."""
    left = len(counts) % step
    padded = numpy.pad(counts, [[0, step - left]]) if left else counts
    return padded.reshape(-1, step).sum(axis=-1), numpy.append(limits[:-1:step], limits[-1])


def trimmed(counts, limits):
    """A histogram from its first to its last bin with a value, and an empty one before, as TensorBoard wants it."""
    filled = numpy.cumsum(counts > 0)
    start, end = numpy.searchsorted(filled, [0, filled[-1] - 1], side="right").tolist()
    end += 1
    counts = counts[start - 1 : end] if start > 0 else numpy.concatenate([[0], counts[:end]])
    limits = limits[start : end + 1]
    if counts.size == 0 or limits.size == 0:
        raise ValueError("The histogram is empty, please file a bug report.")
    return counts, limits


def image(tag, tensor, rescale=1, dataformats="NCHW"):
    """An image, or several beside each other, as PNG: bytes as they are, other numbers as shares of 255."""
    array = rows_of_colours(make_np(tensor), dataformats)
    scale = 1 if array.dtype == numpy.uint8 else 255
    array = (array.astype(numpy.float32) * scale).clip(0, 255).astype(numpy.uint8)
    height, width, channels = array.shape
    size = (int(width * rescale), int(height * rescale))
    message = Summary.Image(height=height, width=width, colorspace=channels, encoded_image_string=png(array, size))
    return value(tag, image=message)


def png(array, size=None):
    """The bytes of an image file."""
    from PIL import Image

    made, output = Image.fromarray(array), io.BytesIO()
    if size is not None:
        made = made.resize(size, Image.Resampling.LANCZOS)
    made.save(output, format="PNG")
    return output.getvalue()


def rows_of_colours(array, dataformats):
    """An image as (height, width, colours), of dimensions in the order that letters say."""
    if len(set(dataformats)) != len(dataformats):
        raise AssertionError(f"You can not use the same dimension shorthand twice. input_format: {dataformats}")
    if array.ndim != len(dataformats):
        raise AssertionError(
            f"size of input tensor and input format are different. tensor shape: {array.shape}, "
            f"input_format: {dataformats}"
        )
    letters = dataformats.upper()
    wanted = {2: "HW", 3: "HWC", 4: "NCHW"}[len(letters)]
    array = array.transpose([letters.find(each) for each in wanted])
    if array.ndim == 4:
        return grid(array).transpose(1, 2, 0)
    if array.ndim == 2:
        return numpy.stack([array, array, array], 2)
    return numpy.concatenate([array, array, array], 2) if array.shape[2] == 1 else array


def grid(images, columns=8):
    """Images (N, C, H, W) as one, in rows of so many: (C, rows * H, columns * W)."""
    if images.shape[1] == 1:
        images = numpy.concatenate([images, images, images], 1)
    if images.ndim != 4 or images.shape[1] != 3:
        raise AssertionError("Input should be a 4D numpy array with 3 channels")
    count, _, height, width = images.shape
    columns = min(count, columns)
    rows = -(-count // columns)
    canvas = numpy.zeros((3, height * rows, width * columns), images.dtype)
    for number, each in enumerate(images):
        top, left = number // columns * height, number % columns * width
        canvas[:, top : top + height, left : left + width] = each
    return canvas


def sprite(images):
    """All pictures as one square PNG."""
    side = math.ceil(len(images) ** 0.5)
    drawn = grid(images, side).transpose(1, 2, 0)
    square = numpy.zeros((drawn.shape[1], drawn.shape[1], 3))
    square[: drawn.shape[0]] = drawn
    return png((square * 255).clip(0, 255).astype(numpy.uint8))


def figure_to_image(figures, close=True):
    """Figures of matplotlib as images (3, H, W), several as (N, 3, H, W)."""
    if isinstance(figures, list):
        return numpy.stack([figure_to_image(each, close) for each in figures])
    from matplotlib import pyplot
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figures)
    canvas.draw()
    width, height = figures.canvas.get_width_height()
    drawn = numpy.frombuffer(canvas.buffer_rgba(), numpy.uint8).reshape(height, width, 4)[:, :, :3]
    if close:
        pyplot.close(figures)
    return numpy.moveaxis(drawn, 2, 0)


def audio(tag, tensor, sample_rate=44100):
    """A sound of one channel, of numbers from -1 to 1."""
    array = make_np(tensor).squeeze()
    if abs(array).max() > 1:
        print("warning: audio amplitude out of range, auto clipped.")
        array = array.clip(-1, 1)
    if array.ndim != 1:
        raise AssertionError("input tensor should be 1 dimensional.")
    output = io.BytesIO()
    with wave.open(output, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(sample_rate)
        written.writeframes((array * numpy.iinfo(numpy.int16).max).astype("<i2").tobytes())
    message = Summary.Audio(
        sample_rate=sample_rate,
        num_channels=1,
        length_frames=len(array),
        encoded_audio_string=output.getvalue(),
        content_type="audio/wav",
    )
    return value(tag, audio=message)


def words(tag, plugin, content, shape, text):
    """A summary of bytes."""
    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=each) for each in shape])
    return value(tag, plugin, content, tensor=TensorProto(dtype="DT_STRING", string_val=[text], tensor_shape=shape))


def text(tag, text):
    """A text, which TensorBoard reads as Markdown."""
    content = TextPluginData(version=0).SerializeToString()
    return words(f"{tag}/text_summary", "text", content, (1,), text.encode(encoding="utf_8"))


def custom_scalars(layout):
    """Which numbers TensorBoard shows in which chart: {category: {chart: ["Multiline" or "Margin", tags]}}."""
    categories = []
    for category, members in layout.items():
        charts = []
        for title, (kind, tags) in members.items():
            if kind == "Margin":
                if len(tags) != 3:
                    raise AssertionError("len(tags) != 3")
                series = layout_pb2.MarginChartContent.Series(value=tags[0], lower=tags[1], upper=tags[2])
                chart = layout_pb2.Chart(title=title, margin=layout_pb2.MarginChartContent(series=[series]))
            else:
                chart = layout_pb2.Chart(title=title, multiline=layout_pb2.MultilineChartContent(tag=tags))
            charts.append(chart)
        categories.append(layout_pb2.Category(title=category, chart=charts))
    message = layout_pb2.Layout(category=categories).SerializeToString()
    return words("custom_scalars__config__", "custom_scalars", b"", (), message)


def pr_curve(tag, labels, predictions, num_thresholds=127, weights=None):
    """Precision and recall of predictions from 0 to 1, for each of the thresholds."""
    thresholds = min(num_thresholds, 127)
    labels, weights = labels.astype(numpy.float64), 1.0 if weights is None else weights
    buckets = numpy.floor(predictions * (thresholds - 1)).astype(numpy.int32)
    limits = {"bins": thresholds, "range": (0, thresholds - 1)}
    counts = [numpy.histogram(buckets, weights=each * weights, **limits)[0] for each in (labels, 1.0 - labels)]
    tp, fp = [numpy.cumsum(each[::-1])[::-1] for each in counts]
    tn, fn = fp[0] - fp, tp[0] - tp
    precision, recall = tp / numpy.maximum(LEAST, tp + fp), tp / numpy.maximum(LEAST, tp + fn)
    return pr_curve_raw(tag, tp, fp, tn, fn, precision, recall, thresholds)


def pr_curve_raw(tag, tp, fp, tn, fn, precision, recall, num_thresholds=127, weights=None):
    """Precision and recall that are known, with the counts that they come from."""
    data = numpy.stack((tp, fp, tn, fn, precision, recall))
    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=each) for each in data.shape])
    message = TensorProto(dtype="DT_FLOAT", float_val=data.reshape(-1).tolist(), tensor_shape=shape)
    content = PrCurvePluginData(version=0, num_thresholds=min(num_thresholds, 127)).SerializeToString()
    return value(tag, "pr_curves", content, tensor=message)
