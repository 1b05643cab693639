"""torch._dynamo: the names by which programs speak to PyTorch's compiler."""

from tinytorch._dynamo import config, exc
from tinytorch._dynamo.marks import (
    explain,
    export,
    graph_break,
    is_compiling,
    mark_dynamic,
    mark_static,
    mark_static_address,
    maybe_mark_dynamic,
    optimize,
    run,
)
from tinytorch.compiler import (
    OptimizedModule,
    allow_in_graph,
    assume_constant_result,
    disable,
    list_backends,
    reset,
    set_stance,
    substitute_in_graph,
)
from tinytorch.compiler import as_it_is as disallow_in_graph
from tinytorch.compiler import as_it_is as forbid_in_graph
