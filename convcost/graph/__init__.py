"""The network as a graph: nodes in an order in which every input comes before its use, scopes and origins."""

from convcost.graph.graph import Graph, Guard, Node, Origin

__all__ = ["Graph", "Guard", "Node", "Origin"]
