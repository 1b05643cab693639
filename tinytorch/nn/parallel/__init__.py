"""`torch.nn.parallel`: one batch on several GPUs of this process."""

from tinytorch.nn.parallel.data_parallel import DataParallel, data_parallel
from tinytorch.nn.parallel.distributed import DistributedDataParallel, DistributedDataParallelCPU
from tinytorch.nn.parallel.parallel_apply import parallel_apply
from tinytorch.nn.parallel.replicate import replicate
from tinytorch.nn.parallel.scatter_gather import gather, scatter
