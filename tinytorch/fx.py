"""torch.fx: the names of graphs of programs, which tinytorch has not; a mark for them does no harm."""

from tinytorch import absent


def wrap(fn_or_name):
    """A function, or its name, as it is: it is marked for a tracer that there is not."""
    return fn_or_name


GRAPHS = "graphs of programs (torch.fx)"
absent.stand_ins(
    __name__,
    GRAPHS,
    "symbolic_trace GraphModule Graph Node Proxy Tracer Interpreter Transformer CodeGen map_arg replace_pattern",
)
absent.rooms(
    __name__,
    GRAPHS,
    {
        "node": "Node Argument Target map_arg map_aggregate",
        "graph": "Graph CodeGen",
        "graph_module": "GraphModule",
        "proxy": "Proxy GraphAppendingTracer TracerBase",
        "_symbolic_trace": "Tracer symbolic_trace",
        "interpreter": "Interpreter Transformer",
        "subgraph_rewriter": "replace_pattern",
        "passes.shape_prop": "ShapeProp",
        "experimental.proxy_tensor": "make_fx",
    },
)
