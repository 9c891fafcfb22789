"""A PyTorch module as a graph, with what is to be said about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcost.errors import UsageError
from convcost.graph import Graph
from convcost.importers.builder import Infer
from convcost.importers.torch_.capture import InputSpec, capture
from convcost.importers.torch_.lean import torch_or_error
from convcost.importers.torch_.program import Program
from convcost.importers.torch_.reader import read
from convcost.records import Record

if TYPE_CHECKING:
    import torch


class ImportedModule(Record):
    """The graph of a module.

    Attributes
    ----------
    title : str
        The class of the module.
    source : str
        Where the module comes from, and what of it inference does not use.
    """

    graph: Graph
    title: str
    source: str


def import_module(
    module: torch.nn.Module,
    inputs: Sequence[tuple[tuple[int, ...], str]],
    infer: Infer,
    name: str,
    *,
    allow_unknown: bool = False,
) -> ImportedModule:
    """Return a module as a graph.

    Parameters
    ----------
    inputs : sequence of pairs
        The shape of a sample of each input, without the batch, and the type of its elements.
    infer : callable
        Shapes by the rules.

    Raises
    ------
    ConvcostError
        E730 to E749.
    """
    torch = torch_or_error()
    if not isinstance(module, torch.nn.Module):
        raise UsageError("E736", f"{type(module).__name__} is no torch.nn.Module")
    program = capture(module, [InputSpec(shape, kind) for shape, kind in inputs], name)
    graph = read(program, infer, allow_unknown=allow_unknown)
    return ImportedModule(graph, type(module).__name__, _source(module, program, torch.__version__))


def _source(module: Any, program: Program, version: str) -> str:
    kind = type(module)
    text = f"{kind.__module__}.{kind.__qualname__}, captured by torch {version.partition('+')[0]}"
    if not program.unused:
        return text
    scopes = list(dict.fromkeys(name.partition(".")[0] for name in program.unused))
    shown = ", ".join(scopes[:4]) + (", ..." if len(scopes) > 4 else "")
    return f"{text}; without {sum(program.unused.values()):,} parameters that inference does not use: {shown}"
