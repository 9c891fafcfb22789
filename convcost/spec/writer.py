"""From a graph to the text of a spec: flat, with every layer named, and the same ops and wiring when it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from convcost.errors import UnsupportedError
from convcost.graph import Graph, Node
from convcost.graph.graph import Guard
from convcost.ops import ACTIVATIONS, CONVOLUTIONS, Argument, Conv, Input, Linear, Op
from convcost.spec.formulas import Formulas, proportional
from convcost.spec.vocabulary import FORMS, INPUT, NORM_OPS, tensor_name_problem, written_arguments
from convcost.symbols import Dim, is_symbolic

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
NORMS = tuple(dict.fromkeys(NORM_OPS.values()))
_PLAIN = re.compile(r"[\w./()*+-][\w ./()*+=<>!%-]*", re.ASCII)


def to_yaml(
    graph: Graph,
    defaults: Mapping[str, int | Fraction] | None = None,
    *,
    title: str = "",
    source: str = "",
    multiples: Mapping[str, int] | None = None,
) -> str:
    """Write a graph as a spec.

    Parameters
    ----------
    defaults : mapping, optional
        The defaults of free hyperparameters; absent, each has the value at which its symbol is 1.
    title, source : str
        The name in print, and where the network comes from.
    multiples : mapping, optional
        What whole hyperparameters are multiples of where the short closed form holds; absent, of what their symbols
        stand for.

    Returns
    -------
    str
        A spec that builds to the same ops in the same wiring. Blocks, tables and repeats are written out; a convolution
        with its norm and its activation is one item again. Guards are written under ``requires:``.

    Raises
    ------
    UnsupportedError
        E613 for what the language cannot say: a merge of one tensor, a symbol that is no hyperparameter.

    >>> from convcost.graph import Graph, Node
    >>> from convcost.ops import Conv, Input, Relu
    >>> conv = Node("c", Conv((3, 3), out=8, padding="same"), (0,), "c")
    >>> print(to_yaml(Graph("tiny", (Node("input", Input((3, 8, 8)), (), "input"), conv), 1)))
    convcost: 1
    name: tiny
    input: [3, 8, 8]
    layers:
      - {name: c, conv: {kernel: 3, out: 8, padding: same}}
    <BLANKLINE>
    """
    writer = Writer(graph, defaults or {}, title, source)
    writer.multiples = multiples or {}
    return writer.write()


class Writer:
    """Writes one graph, an item for each layer."""

    def __init__(self, graph: Graph, defaults: Mapping[str, int | Fraction], title: str = "", source: str = "") -> None:
        self.graph = graph
        self.prose = {"title": title, "source": source}
        self.defaults = defaults
        self.formulas = Formulas(graph.hyperparameters)
        self.choices: Mapping[str, Sequence[int | Fraction]] = {}
        self.multiples: Mapping[str, int] = {}
        self.names: dict[int, str] = {}
        self.taken: set[str] = set()
        self.stored = {node.shares for node in graph.nodes}
        self.users: dict[int, int] = {}
        for node in graph.nodes:
            for index in node.inputs:
                self.users[index] = self.users.get(index, 0) + 1

    def write(self) -> str:
        """Return the text."""
        inputs = self.inputs()
        layers = self.layers()
        return "\n".join([*self.head(), *inputs, "layers:", *layers]) + "\n"

    def head(self) -> list[str]:
        """Return what stands before the inputs; to be asked for when all dimensions have been written."""
        requires = [f"  - {scalar(self.condition(guard))}" for guard in self.graph.guards]
        lines = ["convcost: 1", f"name: {scalar(self.graph.name)}"]
        lines += [f"{key}: {prose(text)}" for key, text in self.prose.items() if text]
        if self.graph.free:
            lines += ["hyperparameters:", *map(self.hyperparameter, self.graph.free)]
        if self.formulas.lets:
            lines += ["let:", *(f"  {name}: {scalar(text)}" for name, text in self.formulas.lets.items())]
        return [*lines, "requires:", *requires] if requires else lines

    def hyperparameter(self, name: str) -> str:
        """Return a line that declares a free hyperparameter."""
        factor, symbol = proportional(name, self.graph.hyperparameters[name])
        unit = Fraction(int(factor.p), int(factor.q))
        default = self.defaults.get(name, unit)
        chosen = f", choices: [{', '.join(map(str, self.choices[name]))}]" if name in self.choices else ""
        last = f"multiple_of: {self.multiples.get(name, unit)}" if symbol.is_integer else "integer: false"
        return f"  {name}: {{default: {default}{chosen}, {last}}}"

    def condition(self, guard: Guard) -> str:
        """Return a guard as a condition that holds."""
        relation = guard.relation if guard.holds else OPPOSITE[guard.relation]
        return f"{self.formulas.text(guard.left)} {relation} {self.formulas.text(guard.right)}"

    def inputs(self) -> list[str]:
        """Return the lines of the inputs, and name them."""
        nodes = [(i, node) for i, node in enumerate(self.graph.nodes) if isinstance(node.op, Input)]
        shapes = [self.value(node.op.shape) for _, node in nodes]  # type: ignore[attr-defined]
        if len(nodes) == 1 and nodes[0][1].name == INPUT:
            self.names[nodes[0][0]] = INPUT
            return [f"input: {shapes[0]}"]
        for index, node in nodes:
            self.names[index] = self.free_name(node.name)
        return ["input:", *(f"  {self.names[i]}: {shape}" for (i, _), shape in zip(nodes, shapes, strict=True))]

    def free_name(self, name: str) -> str:
        """Return a name the language allows and nothing has yet, as like the given one as possible."""
        wanted = re.sub(r"[^\w./-]", "_", name, flags=re.ASCII).strip("/").replace("//", "/") or "layer"
        if not wanted[0].isalpha() and wanted[0] != "_":
            wanted = f"_{wanted}"
        while tensor_name_problem(wanted) or wanted in self.taken:
            wanted += "_"
        self.taken.add(wanted)
        return wanted

    def layers(self) -> list[str]:
        """Return the lines of the layers."""
        nodes, lines, index = self.graph.nodes, list[str](), 0
        previous = max(self.names, default=-1)
        while index < len(nodes):
            node = nodes[index]
            if isinstance(node.op, Input):
                index += 1
                continue
            followers = self.followers(index)
            last = index + len(followers)
            self.names[last] = self.free_name(node.layer if followers else node.name)
            lines.append(self.item(node, followers, self.names[last], previous))
            previous, index = last, last + 1
        if previous != self.graph.output:
            lines.append(f"  - {{from: {self.names[self.graph.output]}, path: []}}")
        return lines

    def followers(self, index: int) -> list[Op]:
        """Return the norm and activation that are written as arguments of a convolution."""
        nodes, head = self.graph.nodes, self.graph.nodes[index]
        if head.shares is not None or index in self.stored:
            return []  # what is shared are the stored values of one op
        if not isinstance(head.op, (*CONVOLUTIONS, Linear)) or head.name != f"{head.layer}/{head.op.name}":
            return []
        found: list[Op] = []
        for kinds in (NORMS, ACTIVATIONS):
            at = index + len(found)
            if (
                at + 1 < len(nodes)
                and isinstance(nodes[at + 1].op, kinds)
                and self.only_follows(nodes[at + 1], at, head)
            ):
                found.append(nodes[at + 1].op)
        return found

    def only_follows(self, node: Node, index: int, head: Node) -> bool:
        """Tell whether a node is of the same layer and the only one that uses the node before it."""
        return (
            node.inputs == (index,)
            and node.layer == head.layer
            and node.shares is None
            and index + 1 not in self.stored
            and node.name == f"{head.layer}/{node.op.name}"
            and self.users.get(index) == 1
            and self.graph.output != index
        )

    def item(self, node: Node, followers: list[Op], name: str, previous: int) -> str:
        """Return the line of a layer."""
        key, arguments = self.call(node.op)
        for op in followers:
            argument = "norm" if isinstance(op, NORMS) else "activation"
            word = op.name.removesuffix("_norm") if op.name != "local_response_norm" else op.name
            inner = self.arguments(op)
            arguments[argument] = f"{{{word}: {_flow(inner)}}}" if inner else word
        names = [self.names[i] for i in node.inputs]
        if FORMS[node.op.name].joins:
            if len(names) < 2:
                raise UnsupportedError("E613", f"{node.name}: {node.op.name} of one tensor cannot be written as a spec")
            paths = f"[{', '.join(names)}]"
            body = _flow({**arguments, "paths": paths}) if arguments else paths
            return f"  - {{name: {name}, {key}: {body}}}"
        taken = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
        source = "" if node.inputs in ((previous,), ()) else f"from: {taken}, "
        if node.shares is not None:
            source += f"share: {self.shared(node)}, "
        return f"  - {{name: {name}, {source}{key}: {_flow(arguments)}}}"

    def shared(self, node: Node) -> str:
        """Return the name of the layer whose stored values a node uses, too."""
        name = self.names.get(node.shares) if node.shares is not None else None
        if name is None or FORMS[node.op.name].joins:
            raise UnsupportedError("E613", f"{node.name} shares stored values that no layer of one op has")
        return name

    def call(self, op: Op) -> tuple[str, dict[str, str]]:
        """Return key and arguments of an op; a depthwise convolution has a key of its own."""
        arguments = self.arguments(op)
        if isinstance(op, Conv) and op.depthwise:
            multiplier = (
                op.out / op.groups if is_symbolic(op.out) or is_symbolic(op.groups) else Fraction(op.out, op.groups)
            )
            del arguments["out"], arguments["groups"]
            if multiplier != 1:
                arguments["multiplier"] = self.value(multiplier)
            return "depthwise", arguments
        return op.name, arguments

    def arguments(self, op: Op) -> dict[str, str]:
        """Return the arguments of an op that are not what they are by default."""
        result = {}
        rank = len(getattr(op, "kernel", ()))
        for name, argument in written_arguments(type(op)).items():
            value = getattr(op, name)
            if not _is_default(argument, value, rank):
                result[name] = self.amounts(value) if argument.type in {"size", "padding"} else self.value(value)
        return result

    def amounts(self, value: Any) -> str:
        """Return a size or a padding, one number where all agree."""
        if isinstance(value, tuple) and value and all(v == value[0] for v in value):
            return self.value(value[0])
        return self.value(value)

    def value(self, value: Any) -> str:
        """Return the text of an argument."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, tuple):
            return f"[{', '.join(map(self.value, value))}]"
        return scalar(value if isinstance(value, str) else self.formulas.text(value))


def _is_default(argument: Argument, value: Dim | tuple[Dim, ...], rank: int) -> bool:
    default = argument.default
    if argument.type == "size" and isinstance(default, int):
        return value == (default,) * rank
    if argument.type == "padding" and isinstance(default, int):
        return value == (default,) * (2 * rank)
    return bool(value == default)


def _flow(arguments: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in arguments.items()) + "}"


def scalar(text: str) -> str:
    """Return a text as YAML reads it back, quoted where it has to be."""
    if _PLAIN.fullmatch(text) and text not in {"~", "null", "-"} and not text.endswith(" "):
        return text
    return prose(text)


def prose(text: str) -> str:
    """Return a text in quotation marks."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
