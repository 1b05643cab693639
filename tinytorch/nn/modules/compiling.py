"""What can be asked of a compiler: the names that PyTorch knows, and the refusal of others."""

MODES = ("default", "lite", "reduce-overhead", "max-autotune-no-cudagraphs", "max-autotune")
BACKENDS = ["cudagraphs", "inductor", "openxla", "tvm"]
DEBUGGING = ["aot_eager", "aot_eager_decomp_partition", "aot_ts", "eager", "eager_noexcept", "ts"]


class InvalidBackend(RuntimeError):
    """Somebody asked for a compiler that PyTorch does not know."""


def check_compile(
    *,
    fullgraph=False,
    dynamic=None,
    backend=None,
    mode=None,
    options=None,
    name=None,
    disable=False,
    recompile_limit=None,
    isolate_recompiles=False,
    shapes_spec=None,
):
    """Refuse what PyTorch refuses before it compiles, and a backend of the program's own, which wants a graph."""
    if mode is not None and options is not None:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified at the same time.")
    if callable(backend):
        raise NotImplementedError("torch.compile(backend=function): tinytorch has no graphs of programs to give to it")
    if backend is not None and backend not in (*BACKENDS, *DEBUGGING):
        raise InvalidBackend(
            f"Invalid backend: {backend!r}, see `torch._dynamo.list_backends()` for available backends."
        )
    if mode is not None and mode not in MODES:
        raise RuntimeError(f"Unrecognized mode={mode}, should be one of: {', '.join(MODES)}")
