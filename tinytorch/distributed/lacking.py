"""The rooms of `torch.distributed` that are for several processes: importable, refused by name where they are used."""

import sys

from tinytorch import absent

absent.stand_ins(
    "tinytorch.distributed",
    "stores by which processes meet (torch.distributed is a world of one process)",
    "Store TCPStore FileStore HashStore PrefixStore GradBucket",
)
absent.stand_ins(
    "tinytorch.distributed",
    "messages between processes, nor meshes of them (torch.distributed is a world of one process)",
    "P2POp batch_isend_irecv send_object_list recv_object_list DeviceMesh init_device_mesh",
)
absent.rooms(
    "tinytorch.distributed",
    "calls between processes (torch.distributed is a world of one process)",
    {
        "rpc": "init_rpc shutdown rpc_sync rpc_async remote get_worker_info RRef TensorPipeRpcBackendOptions "
        "BackendType WorkerInfo",
        "rpc.api": "RRef _all_gather _require_initialized",
        "rpc.functions": "async_execution",
        "autograd": "backward context get_gradients",
        "nn": "RemoteModule",
        "launcher": "LaunchConfig elastic_launch launch_agent",
        "launcher.api": "LaunchConfig elastic_launch launch_agent",
        "run": "main run",
        "elastic.utils.distributed": "get_free_port",
        "elastic.multiprocessing": "start_processes",
        "elastic.multiprocessing.errors": "ChildFailedError",
        "pipelining": "Pipe pipeline PipelineStage Schedule1F1B ScheduleGPipe SplitPoint",
        "pipeline.sync": "Pipe",
    },
)
absent.rooms(
    "tinytorch.distributed",
    "modules and optimizers in parts (torch.distributed is a world of one process)",
    {
        "optim": "ZeroRedundancyOptimizer DistributedOptimizer PostLocalSGDOptimizer",
        "optim.apply_optimizer_in_backward": "_apply_optimizer_in_backward",
        "device_mesh": "DeviceMesh init_device_mesh",
        "_tensor": "DTensor Shard Replicate distribute_tensor distribute_module",
        "_tensor.device_mesh": "DeviceMesh init_device_mesh",
        "tensor": "DTensor Shard Replicate Partial distribute_tensor distribute_module init_device_mesh DeviceMesh",
        "_functional_collectives": "wait_tensor all_to_all_single_autograd",
        "tensor._utils": "compute_local_shape_and_global_offset",
        "tensor.placement_types": "Placement Shard Replicate Partial _StridedShard",
        "tensor.parallel": "parallelize_module ColwiseParallel RowwiseParallel SequenceParallel PrepareModuleInput "
        "PrepareModuleOutput loss_parallel",
        "tensor.parallel.loss": "loss_parallel",
        "tensor.parallel.style": "ParallelStyle",
        "_composable": "checkpoint replicate",
        "_composable.fsdp": "fully_shard MixedPrecisionPolicy CPUOffloadPolicy FSDPModule",
        "_composable_state": "_get_module_state",
        "algorithms._checkpoint.checkpoint_wrapper": "checkpoint_wrapper apply_activation_checkpointing CheckpointImpl "
        "CheckpointImpl.NO_REENTRANT CheckpointImpl.REENTRANT CheckpointWrapper offload_wrapper",
        "algorithms.ddp_comm_hooks": "DDPCommHookType DDPCommHookType.FP16_COMPRESS DDPCommHookType.ALLREDUCE "
        "register_ddp_comm_hook",
        "algorithms.ddp_comm_hooks.default_hooks": "allreduce_hook fp16_compress_hook bf16_compress_hook",
        "algorithms.ddp_comm_hooks.powerSGD_hook": "PowerSGDState powerSGD_hook batched_powerSGD_hook",
        "algorithms.join": "Join Joinable JoinHook",
    },
)
SHARDED = (
    "FullyShardedDataParallel FullyShardedDataParallel.state_dict_type FullyShardedDataParallel.set_state_dict_type "
    "FullyShardedDataParallel.fsdp_modules FullyShardedDataParallel.optim_state_dict "
    "FullyShardedDataParallel.optim_state_dict_to_load FullyShardedDataParallel.full_optim_state_dict "
    "FullyShardedDataParallel.scatter_full_optim_state_dict FullyShardedDataParallel.summon_full_params "
    "StateDictType StateDictType.FULL_STATE_DICT StateDictType.LOCAL_STATE_DICT StateDictType.SHARDED_STATE_DICT "
    "ShardingStrategy ShardingStrategy.FULL_SHARD ShardingStrategy.NO_SHARD ShardingStrategy.SHARD_GRAD_OP "
    "ShardingStrategy.HYBRID_SHARD BackwardPrefetch BackwardPrefetch.BACKWARD_PRE BackwardPrefetch.BACKWARD_POST "
    "MixedPrecision CPUOffload StateDictConfig OptimStateDictConfig FullStateDictConfig LocalStateDictConfig "
    "ShardedStateDictConfig FullOptimStateDictConfig ShardedOptimStateDictConfig"
)
absent.rooms(
    "tinytorch.distributed",
    "training with parameters in parts (torch.distributed is a world of one process)",
    {
        "fsdp": f"{SHARDED} FSDPModule MixedPrecisionPolicy CPUOffloadPolicy OffloadPolicy fully_shard "
        "register_fsdp_forward_method",
        "fsdp.fully_sharded_data_parallel": SHARDED,
        "fsdp.api": SHARDED,
        "fsdp.sharded_grad_scaler": "ShardedGradScaler",
        "fsdp.wrap": "ModuleWrapPolicy CustomPolicy enable_wrap wrap size_based_auto_wrap_policy "
        "transformer_auto_wrap_policy always_wrap_policy lambda_auto_wrap_policy",
        "fsdp._runtime_utils": "_reshard",
        "fsdp._fully_shard._fsdp_state": "FSDPState",
    },
)
absent.rooms(
    "tinytorch.distributed",
    "files in parts (torch.distributed is a world of one process): torch.save writes one file",
    {
        "checkpoint": "FileSystemReader FileSystemWriter DefaultLoadPlanner DefaultSavePlanner Metadata StorageReader "
        "StorageWriter LoadPlanner SavePlanner save load async_save save_state_dict load_state_dict",
        "checkpoint.default_planner": "DefaultLoadPlanner DefaultSavePlanner",
        "checkpoint._fsspec_filesystem": "FsspecReader FsspecWriter",
        "checkpoint.metadata": "Metadata STATE_DICT_TYPE StorageMeta",
        "checkpoint.planner": "LoadPlanner SavePlanner",
        "checkpoint.staging": "AsyncStager",
        "checkpoint.storage": "StorageReader StorageWriter",
        "checkpoint.state_dict": "StateDictOptions get_model_state_dict set_model_state_dict get_optimizer_state_dict "
        "set_optimizer_state_dict get_state_dict set_state_dict _init_optim_state",
        "checkpoint.stateful": "Stateful",
    },
)


def record(fn, error_handler=None):
    """A function as it is: whoever starts it sees its error."""
    return fn


record.__module__ = "tinytorch.distributed.elastic.multiprocessing.errors"
sys.modules[record.__module__].record = record
