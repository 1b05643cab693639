"""torch.jit: what programs say to a compiler, of which there is none here."""

from typing import Final

from tinytorch.futures import Future
from tinytorch.jit import annotations
from tinytorch.jit.programs import (
    Attribute,
    Error,
    ScriptModule,
    ScriptWarning,
    TracerWarning,
    _fork,
    _overload,
    _overload_method,
    _script_if_tracing,
    _wait,
    annotate,
    enable_onednn_fusion,
    export,
    fork,
    freeze,
    fuser,
    ignore,
    interface,
    is_scripting,
    is_tracing,
    isinstance,
    onednn_fusion_enabled,
    optimize_for_inference,
    optimized_execution,
    run_frozen_optimizations,
    script,
    script_if_tracing,
    script_method,
    set_fusion_strategy,
    strict_fusion,
    trace,
    trace_module,
    unused,
    wait,
)
