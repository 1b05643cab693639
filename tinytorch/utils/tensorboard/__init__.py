"""torch.utils.tensorboard: what a program writes for TensorBoard to show, through the package `tensorboard`."""

from tensorboard.summary.writer.record_writer import RecordWriter

from tinytorch.utils.tensorboard.writer import FileWriter, SummaryWriter

__all__ = ["FileWriter", "RecordWriter", "SummaryWriter"]
