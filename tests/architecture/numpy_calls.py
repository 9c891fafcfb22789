"""Reads from its source which parts of NumPy the executor names, and holds them against what it may."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

MAKES = {"arange", "array", "asarray", "broadcast_to", "empty", "full", "ones", "zeros"}
"""Arrays that hold nothing computed."""

MOVES = {
    "array_split",
    "concatenate",
    "copyto",
    "lib.stride_tricks.sliding_window_view",
    "moveaxis",
    "repeat",
    "split",
    "stack",
    "take",
    "tile",
    "where",
}
"""What only moves elements, or looks at them otherwise."""

NAMES = {"errstate", "float32", "float64", "inf", "int64", "ndarray", "random.Generator", "random.default_rng"}
"""Types and settings."""

BOOKKEEPING: dict[str, set[str]] = {
    "compiler.py": {"may_share_memory"},
    "conv.py": {"count_nonzero"},
    "embedding.py": {"floor"},
    "experts.py": {"nonzero"},
    "pool.py": {"clip", "divmod", "minimum", "pad"},
    "region.py": {"clip", "floor", "ix_", "linspace", "minimum", "multiply", "sqrt"},
    "schedule.py": {"may_share_memory"},
    "resample.py": {"abs", "clip", "floor", "linspace"},
    "windows.py": {"count_nonzero", "maximum"},
}
"""What is done to masks, places and weights of places, which no layer computes: it is part of no count."""

TIERS = {"arithmetic.py", "intercept.py", "scalars.py"}
"""Where arithmetic is put at the tally's disposal; whatever computes is named here and nowhere else."""

MODULES = {"numpy", "numpy.typing", "numpy.lib.stride_tricks"}

METHODS = {"cumprod", "cumsum", "dot", "mean", "prod", "std", "trace", "var"}
"""Methods of arrays that compute without a function of NumPy being named; ``sum`` and ``max`` are those of the tally,
and ``mean`` and ``var`` of weights are stored statistics."""

OWN = ("weights", "math", "tally", "arithmetic", "Tally")
"""Whose methods of these names are no array's: they store, are Python's, or count what they compute."""


def _name(node: ast.expr) -> str:
    """Return "lib.stride_tricks.sliding_window_view" for an attribute of ``np``, "" for anything else."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed(parts)) if isinstance(node, ast.Name) and node.id == "np" else ""


def violations(root: Path) -> Iterator[str]:
    """Yield one line for each use of NumPy in the package at ``root`` that is on no list."""
    for path in sorted(root.rglob("*.py")):
        file = path.relative_to(root).as_posix()
        allowed = MAKES | MOVES | NAMES | BOOKKEEPING.get(file, set())
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            where = f"{file}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = (
                    [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
                )
                for module in modules:
                    if module.partition(".")[0] == "numpy" and module not in MODULES:
                        yield f"{where}: {module} may not be imported"
            elif isinstance(node, ast.Attribute):
                name = _name(node)
                if any(part.startswith("_") for part in name.split(".")) and name:
                    yield f"{where}: np.{name} is private"
                elif name and id(node) not in inner and name not in allowed and file not in TIERS:
                    yield f"{where}: np.{name} is on no list"
                elif not name and node.attr in METHODS and not ast.unparse(node.value).endswith(OWN):
                    yield f"{where}: the method {node.attr} bypasses the tally"
            elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
                yield f"{where}: @ bypasses the tally"
