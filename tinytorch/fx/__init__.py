"""torch.fx: programs as graphs, which are recorded, changed, and written as Python again."""

from tinytorch.fx import immutable_collections, passes, proxy, subgraph_rewriter
from tinytorch.fx._symbolic_trace import PH, ProxyableClassMeta, Tracer, symbolic_trace, wrap
from tinytorch.fx.graph import CodeGen, Graph
from tinytorch.fx.graph_module import GraphModule
from tinytorch.fx.interpreter import Interpreter, Transformer
from tinytorch.fx.node import Node, has_side_effect, map_arg
from tinytorch.fx.proxy import Proxy
from tinytorch.fx.subgraph_rewriter import replace_pattern

__all__ = [
    "PH",
    "CodeGen",
    "Graph",
    "GraphModule",
    "Interpreter",
    "Node",
    "Proxy",
    "ProxyableClassMeta",
    "Tracer",
    "Transformer",
    "has_side_effect",
    "immutable_collections",
    "map_arg",
    "passes",
    "proxy",
    "replace_pattern",
    "subgraph_rewriter",
    "symbolic_trace",
    "wrap",
]
