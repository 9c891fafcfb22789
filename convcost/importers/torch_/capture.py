"""From a PyTorch module to a program: ``torch.export`` on tensors that have a shape and no memory.

What is captured is the graph before any decomposition: a batch norm is a batch norm, an activation an activation.
Values are looked at for constants alone (tables of indices, masks), which are worked out as the module would.
"""

from __future__ import annotations

import contextlib
import io
import logging
import math
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convcost.errors import ModelError
from convcost.importers.torch_.aliases import Aliases
from convcost.importers.torch_.lean import fake_parameters, torch_or_error
from convcost.importers.torch_.messages import one_line
from convcost.importers.torch_.program import CONSTANT, INPUT, STORED, Call, Leaf, Program, Ref

if TYPE_CHECKING:
    import torch
    from torch import fx

BATCHES = (1009, 2003, 4001)
"""Primes; the batch of a program is the first that divides no extent of a parameter."""

GETITEM = "<built-in function getitem>"

FILLED = [
    [name]
    for name in ("new_zeros", "new_ones", "new_full", "new_empty", "zeros_like", "ones_like", "full_like", "empty_like")
]
"""Operators that make a constant of the type, and some of the shape, of another tensor."""

LARGEST_CONSTANT = 1 << 22
"""Elements of a constant that is worked out; of larger ones only the shape is known."""

WRITTEN_OUT = 1 << 20
"""Elements of a constant of which the values are handed on."""


class InputSpec:
    """The shape of one sample of an input, and the type of its elements."""

    __slots__ = ("dtype", "shape")

    def __init__(self, shape: tuple[int, ...], dtype: str = "float32") -> None:
        self.shape = shape
        self.dtype = dtype


def capture(module: torch.nn.Module, inputs: Sequence[InputSpec], name: str) -> Program:
    """Run a module on fake tensors and return the calls it makes.

    The module is put into evaluation mode while it is captured; its parameters are left as they are.

    Raises
    ------
    ModelError
        E738 where the module refuses its inputs, E739 where what it does depends on values, E740 where it returns
        something else than tensors.
    """
    torch = torch_or_error()
    from torch._subclasses.fake_tensor import FakeTensorMode

    batch = _batch(module, inputs)
    mode = FakeTensorMode(allow_non_fake_inputs=True)
    training = [each for each in module.modules() if each.training]
    with _quiet(), fake_parameters(module, mode):
        module.eval()
        try:
            with mode:
                samples = tuple(torch.empty((batch, *i.shape), dtype=getattr(torch, i.dtype)) for i in inputs)
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                exported = torch.export.export(module, samples, strict=False)
        except Exception as error:  # noqa: BLE001 - a module may raise anything
            raise _refusal(error, inputs, batch) from None
        finally:
            for each in training:
                each.training = True
        return _Reading(exported, module, batch).program(name)


def _batch(module: torch.nn.Module, inputs: Sequence[InputSpec]) -> int:
    extents = {extent for parameter in module.parameters() for extent in parameter.shape}
    extents |= {extent for each in inputs for extent in each.shape}
    fitting = (prime for prime in BATCHES if all(extent % prime for extent in extents))
    return next(fitting, BATCHES[0])


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep PyTorch's own warnings and logs off the terminal: what matters comes back as an error."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)


def _refusal(error: Exception, inputs: Sequence[InputSpec], batch: int) -> ModelError:
    """Return what is said of a module that cannot be captured; the batch is called N."""
    kind = type(error).__name__
    said = re.sub(rf"\b{batch}\b", "N", one_line(str(error)))
    if "DataDependent" in kind or "data-dependent" in str(error) or "DynamicOutputShape" in kind:
        return _depends(said)
    shapes = " and ".join("×".join(map(str, each.shape)) for each in inputs)
    return ModelError(
        "E738", f"the module cannot be run on {shapes}: {kind}: {said}", hint="a shape is that of one sample: 3,224,224"
    )


def _depends(said: str) -> ModelError:
    message = f"what the module does depends on the values of its input: {said}"
    return ModelError("E739", message, hint="import the part of it that does not: a backbone, a head")


class _Reading:
    """Reads an exported program into ours."""

    def __init__(self, exported: Any, module: torch.nn.Module, batch: int) -> None:
        self.exported = exported
        self.module = module
        self.batch = batch
        self.aliases = Aliases()
        self.leaves: list[tuple[str, str, tuple[int, ...], str]] = []
        self.calls: list[Call] = []
        self.values: dict[str, Any] = {}
        self.kinds: dict[str, str] = {}

    def program(self, name: str) -> Program:
        """Return the program."""
        nodes = list(self.exported.graph.nodes)
        self.aliases.read(nodes)
        signature = self.exported.graph_signature
        for node in nodes:
            match node.op:
                case "placeholder":
                    self._placeholder(node, signature)
                case "get_attr":
                    self._constant(node, getattr(self.exported.graph_module, node.target, None))
                case "call_function":
                    self._call(node)
        outputs = tuple(self._outputs())
        used = {*outputs, *(ref for call in self.calls for ref in call.operands)}
        leaves = tuple(self._finished(leaf) for leaf in self.leaves if leaf[1] == INPUT or leaf[0] in used)
        unused = self._unused(used)
        return Program(name, self.batch, leaves, tuple(self.calls), outputs, type(self.module).__name__, unused)

    def _finished(self, leaf: tuple[str, str, tuple[int, ...], str]) -> Leaf:
        """Return a leaf with its values, which are final now that every call was looked at."""
        return Leaf(*leaf, _written(self.values.get(leaf[0])))

    def _unused(self, used: set[str]) -> dict[str, int]:
        """Return the parameters that no call takes, with their elements."""
        read = {source for name, kind, _, source in self.leaves if kind == STORED and name in used}
        taken = {id(self.module.get_parameter(source)) for source in read}
        return {name: p.numel() for name, p in self.module.named_parameters() if id(p) not in taken}

    def _outputs(self) -> Iterator[str]:
        (node,) = (node for node in self.exported.graph.nodes if node.op == "output")
        kinds = self.exported.graph_signature.output_specs
        for spec, value in zip(kinds, node.args[0], strict=True):
            if spec.kind.name != "USER_OUTPUT":
                continue  # a buffer that the module updates
            if hasattr(value, "name"):
                yield value.name

    def _placeholder(self, node: fx.Node, signature: Any) -> None:
        name = node.name
        parameters, buffers = signature.inputs_to_parameters, signature.inputs_to_buffers
        constants = signature.inputs_to_lifted_tensor_constants
        if name in parameters:
            self._leaf(node, STORED, parameters[name])
        elif name in buffers or name in constants:
            source = buffers.get(name) or constants[name]
            self._constant(node, self.exported.state_dict.get(source, self.exported.constants.get(source)), source)
        elif hasattr(node.meta.get("val"), "shape"):
            self._leaf(node, INPUT)

    def _leaf(self, node: fx.Node, kind: str, source: str = "") -> None:
        self.kinds[node.name] = kind
        self.leaves.append((node.name, kind, _shape(node.meta["val"]), source or node.name))

    def _constant(self, node: fx.Node, value: Any, source: str = "") -> None:
        """Note a constant, and its value where it has one that is small enough."""
        real = _real(value)
        if real is not None:
            self.values[node.name] = real.clone()
        self._leaf(node, CONSTANT, source)

    def _call(self, node: fx.Node) -> None:
        value = node.meta.get("val")
        if value is None:  # an assertion, or a mark
            return
        operands = node.all_input_nodes
        if str(node.target).split(".")[1:2] in FILLED:
            self._filled(node)
            return
        kinds = {self.kinds.get(each.name, "") for each in operands}
        if kinds <= {CONSTANT} and "rand" not in str(node.target):
            self._fold(node)
            return
        place, leaf = self._place(node)
        target = str(node.target)
        if target == GETITEM:
            call = Call(node.name, "getitem", {"input": Ref(operands[0].name), "index": node.args[1]}, _shape(value))
        else:
            call = Call(node.name, target, _named(node), _shape(value), place, leaf)
        self.kinds[node.name] = STORED if kinds <= {CONSTANT, STORED} else ""
        if call.in_place and self.aliases.reached(node.name):
            if self.kinds[operands[0].name] == STORED:
                return  # other values in a part of a stored tensor: neither its shape nor what it costs changes
            call = call.replaced(reaches=True)
        self.calls.append(call)

    def _filled(self, node: fx.Node) -> None:
        """Make a constant that takes nothing but its type and its shape from another tensor."""
        import torch

        like = node.meta["val"]
        if _elements(like) <= LARGEST_CONSTANT and all(not hasattr(each, "users") for each in node.args[1:]):
            function: Any = node.target
            source = node.all_input_nodes[0].meta["val"]
            shape = (0,) if str(node.target).startswith("aten.new_") else tuple(source.shape)
            self.values[node.name] = function(torch.empty(shape, dtype=source.dtype), *node.args[1:], **node.kwargs)
        self._leaf(node, CONSTANT)

    def _fold(self, node: fx.Node) -> None:
        """Work out what depends on constants alone, on real tensors and in the module's own order."""
        known = all(each.name in self.values for each in node.all_input_nodes)
        if known and _elements(node.meta["val"]) <= LARGEST_CONSTANT:
            from torch.fx.node import map_arg

            def value(each: fx.Node) -> Any:
                return self.values[each.name]

            function: Any = node.target
            self.values[node.name] = function(*map_arg(node.args, value), **map_arg(dict(node.kwargs), value))
        if hasattr(node.meta["val"], "shape"):
            self._leaf(node, CONSTANT)
        else:
            self.kinds[node.name] = CONSTANT

    def _place(self, node: fx.Node) -> tuple[str, bool]:
        stack = node.meta.get("nn_module_stack") or {}
        path = next((entry[0] for entry in reversed(list(stack.values()))), "")
        try:
            module = self.module.get_submodule(path)
        except AttributeError:
            return path, True
        own = type(module).__module__.startswith("torch.nn.")
        return path, own and next(module.children(), None) is None


def _real(value: Any) -> Any:
    """Return a tensor that has values; None for another."""
    import torch
    from torch._subclasses.fake_tensor import FakeTensor

    usable = isinstance(value, torch.Tensor) and not isinstance(value, FakeTensor) and value.device.type != "meta"
    return value.detach().cpu() if usable and value.numel() <= LARGEST_CONSTANT else None


def _written(value: Any) -> tuple[Any, ...] | None:
    """Return the values of a constant that may be asked for: a table of whole numbers, or a single number."""
    if value is None or value.numel() > WRITTEN_OUT or (value.is_floating_point() and value.numel() > 1):
        return None
    return tuple(value.flatten().tolist())


def _shape(value: Any) -> tuple[Any, ...]:
    """Return the extents of an output; of several, a tuple of theirs."""
    if isinstance(value, list | tuple):
        return tuple(_shape(each) for each in value)
    if not hasattr(value, "shape"):
        return ()
    if any(type(extent) is not int for extent in value.shape):
        raise _depends(f"one of its tensors has the shape {list(value.shape)}")
    return tuple(value.shape)


def _elements(value: Any) -> int:
    if isinstance(value, list | tuple):
        return sum(_elements(each) for each in value)
    return math.prod(value.shape) if hasattr(value, "shape") else 1


def _named(node: fx.Node) -> dict[str, Any]:
    """Return the arguments of a call by their names in the operator's schema."""
    schema = getattr(node.target, "_schema", None)
    names = [argument.name for argument in schema.arguments] if schema is not None else []
    arguments = dict(zip(names, node.args, strict=False))
    arguments.update(node.kwargs)
    return {name: _plain(value) for name, value in arguments.items()}


def _plain(value: Any) -> Any:
    """Return an argument without anything of PyTorch in it."""
    if isinstance(value, list | tuple):
        return tuple(_plain(each) for each in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    name = getattr(value, "name", None)
    return Ref(name) if isinstance(name, str) and hasattr(value, "users") else str(value)
