"""Systematic mutants: every small change of a kind, at every place of a module, one at a time.

What only words an error is left alone: ``raise`` statements, hints and the functions in ``MESSAGES``. So are decorators,
annotations, type aliases and docstrings, which do not compute, and ``zip(strict=...)``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

from mutation.world import ROOT, source

MESSAGES = {"written", "written_shape", "axis_name", "_all", "_fail", "_disagree"}
"""Functions of ``rules`` that only word errors."""

SWAPPED_CALLS = {"floor_div": "ceil_div", "ceil_div": "floor_div", "maximum": "minimum", "minimum": "maximum"}

SWAPPED_NAMES = {
    "before": "after",
    "after": "before",
    "lo": "hi",
    "hi": "lo",
    "kernel": "stride",
    "stride": "dilation",
    "dilation": "stride",
    "n": "kernel",
    "windows": "n",
    "extent": "n",
    "x": "out",
    "taps": "extents",
    "elements": "rows",
    "rows": "elements",
}
"""Height for width, so to speak: a name and the one it is mixed up with, where both are known."""

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}

OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
}


@dataclass(frozen=True)
class Site:
    """One mutant: a place and what stands there instead.

    ``put`` puts the change into the tree, or takes it out again.
    """

    file: str
    function: str
    line: int
    old: str
    new: str
    code: Callable[[], CodeType]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names a mutant for as long as the text of the place stays the same."""
        return self.file, self.function, self.old, self.new

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}: {self.old} -> {self.new}"


def sites(file: str) -> list[Site]:
    """Return all mutants of a module, which is given what calls are swapped for."""
    tree = ast.parse(source(file))
    future = next(i for i, s in enumerate(tree.body) if isinstance(s, ast.ImportFrom) and s.module == "__future__")
    tree.body[future + 1 : future + 1] = ast.parse(f"from convcost.symbols import {', '.join(SWAPPED_CALLS)}").body
    return [
        Site(file, place.function, place.line, old, new, _coder(tree, file, place, replacement))
        for place in _places(tree)
        for replacement in _replacements(place)
        if (old := place.shown(place.node)) != (new := place.shown(replacement))
    ]


@dataclass(frozen=True)
class _Place:
    """A node of the tree with the way to put another into its place."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    function: str
    line: int
    names: frozenset[str]

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    def shown(self, node: ast.AST) -> str:
        """Write the place with a node in it, with what is around it."""
        self.put(node)
        text = ast.unparse(self.node if node is self.node and isinstance(self.node, ast.stmt) else node)
        if not isinstance(node, ast.stmt) and not isinstance(self.parent, ast.stmt | ast.FunctionDef | ast.arguments):
            text = ast.unparse(self.parent)
        self.put(self.node)
        return " ".join(text.split())


def _coder(tree: ast.Module, file: str, place: _Place, replacement: ast.AST) -> Callable[[], CodeType]:
    def code() -> CodeType:
        place.put(replacement)
        try:
            return compile(ast.fix_missing_locations(tree), str(ROOT / file), "exec", dont_inherit=True)
        finally:
            place.put(place.node)

    return code


def _places(tree: ast.Module) -> Iterator[_Place]:
    def walk(node: ast.AST, function: str, line: int, names: frozenset[str]) -> Iterator[_Place]:
        for field, value in ast.iter_fields(node):
            if field in {"decorator_list", "annotation", "returns", "type_comment", "bases"}:
                continue
            children = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, child in children:
                if not isinstance(child, ast.AST) or isinstance(child, ast.Raise) or _inert(child):
                    continue
                inner, known = function, names
                if isinstance(child, ast.FunctionDef | ast.ClassDef):
                    if child.name in MESSAGES:
                        continue
                    inner = f"{function}.{child.name}" if function else child.name
                if isinstance(child, ast.FunctionDef):
                    known = _known(child)
                at = getattr(child, "lineno", line)
                yield _Place(child, node, field, index, inner, at, known)
                yield from walk(child, inner, at, known)

    yield from walk(tree, "", 0, frozenset())


def _known(function: ast.FunctionDef) -> frozenset[str]:
    """Return the names a function gives values to, those of comprehensions apart, which only they know."""
    inner = {id(n) for c in ast.walk(function) if isinstance(c, ast.comprehension) for n in ast.walk(c.target)}
    names = [n for n in ast.walk(function) if isinstance(n, ast.Name) and id(n) not in inner]
    arguments = (*function.args.args, *function.args.kwonlyargs)
    return frozenset({n.id for n in names if isinstance(n.ctx, ast.Store)} | {a.arg for a in arguments})


def _inert(node: ast.AST) -> bool:
    """Tell whether a node computes nothing: text, a type, or an argument that only guards."""
    if isinstance(node, ast.Constant | ast.Expr):
        value = node.value if isinstance(node, ast.Expr) else node
        return isinstance(value, ast.Constant) and isinstance(value.value, str)
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.annotation) == "TypeAlias"
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.keyword) and node.arg in {"hint", "strict"})


def _replacements(place: _Place) -> Iterator[Any]:
    node = place.node
    match node:
        case ast.BinOp():
            if isinstance(node.op, ast.FloorDiv):
                yield ast.parse(f"-(-({ast.unparse(node.left)}) // ({ast.unparse(node.right)}))", mode="eval").body
            elif type(node.op) in OPERATORS:
                yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
            yield node.left
            if isinstance(node.op, ast.Add | ast.Mult):
                yield node.right
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield node.operand
        case ast.Compare():
            for at, operator in enumerate(node.ops):
                if type(operator) in COMPARISONS:
                    other = [*node.ops[:at], COMPARISONS[type(operator)](), *node.ops[at + 1 :]]
                    yield ast.Compare(node.left, other, node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
            for at in range(len(node.values)):
                rest = [value for i, value in enumerate(node.values) if i != at]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int()):
            yield ast.Constant(node.value + 1)
            if node.value > 0:
                yield ast.Constant(node.value - 1)
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.Call(func=ast.Name(id=name)) if name in SWAPPED_CALLS:
            swapped = ast.Name(SWAPPED_CALLS[name], ast.Load())
            yield ast.Call(swapped, node.args, node.keywords)
        case ast.Call(func=ast.Name(id="Counts" | "Parameters")):
            for at in range(len(node.keywords)):
                yield ast.Call(node.func, node.args, [k for i, k in enumerate(node.keywords) if i != at])
        case ast.Tuple(ctx=ast.Load()) if len(node.elts) > 1:
            for at in range(len(node.elts)):
                yield ast.Tuple([e for i, e in enumerate(node.elts) if i != at], ast.Load())
        case ast.Name(id=name, ctx=ast.Load()) if SWAPPED_NAMES.get(name) in place.names:
            yield ast.Name(SWAPPED_NAMES[name], ast.Load())
        case ast.AugAssign(op=ast.Add()):
            yield ast.AugAssign(node.target, ast.Sub(), node.value)
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Slice(lower=ast.Constant(value=int())):
            yield ast.Slice(None, node.upper, node.step)
