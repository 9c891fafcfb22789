"""Reads the imports of a package from its source and holds them against the floors of the architecture."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOUNDATION = {"errors", "records", "units", "counts", "codes", "symbols", "shipped", "shown"}
BELOW_COST = FOUNDATION | {"ops", "graph", "spec", "rules", "importers"}
BELOW_STUDIES = BELOW_COST | {"cost", "model", "claims", "budgets", "conventions"}

MAY_IMPORT: dict[str, set[str]] = {
    "errors": {"records"},
    "records": set(),
    "codes": set(),
    "shipped": {"records"},
    "shown": set(),
    "units": {"errors"},
    "counts": {"errors", "symbols"},
    "symbols": {"errors"},
    "ops": {"errors", "records", "symbols"},
    "graph": {"records", "ops", "symbols", "errors"},
    "spec": {"records", "shipped", "graph", "ops", "symbols", "errors"},
    "claims": {"records", "spec", "symbols", "units", "errors"},
    "budgets": {"records", "spec", "claims", "symbols", "units", "errors"},
    "importers": {"records", "graph", "ops", "symbols", "errors"},
    "rules": {"records", "ops", "counts", "symbols", "errors"},
    "execute": {"records", "ops", "graph", "counts", "errors"},
    "cost": {"records", "rules", "graph", "ops", "counts", "symbols", "errors"},
    "conventions": {"records", "shipped", "spec", "ops", "counts", "cost", "symbols", "errors"},
    "model": BELOW_COST | {"cost"},
    "emission": BELOW_COST - {"importers"} | {"cost", "model"},
    "lifting": BELOW_COST - {"importers"} | {"cost", "model", "emission"},
    "studies": BELOW_STUDIES,
    "verify": BELOW_STUDIES | {"execute", "_callable"},
    "report": BELOW_STUDIES | {"studies", "verify", "_callable"},
    "api": BELOW_STUDIES | {"emission", "lifting", "studies", "verify", "report"},
    "cli": BELOW_STUDIES | {"emission", "lifting", "studies", "verify", "report", "api"},
    "_callable": set(),
    "__main__": {"cli"},
}
"""Which parts of convcost each part may import; ``convcost/__init__.py`` is lazy and may name everything."""

THIRD_PARTY: dict[str, set[str]] = {
    "symbols": {"sympy"},
    "cost": {"sympy"},
    "lifting": {"sympy"},
    "studies": {"sympy", "numpy", "pandas"},
    "report": {"sympy", "rich", "numpy", "matplotlib", "pandas"},
    "spec": {"yaml"},
    "execute": {"numpy"},
    "verify": {"numpy"},
    "cli": {"click"},
    "importers": {"onnx", "torch", "numpy"},
}
"""Third-party packages by part; absent: none."""

WATCHED = {
    "sympy",
    "numpy",
    "rich",
    "yaml",
    "click",
    "onnx",
    "torch",
    "onnxruntime",
    "matplotlib",
    "pandas",
    "jsonschema",
    "hypothesis",
    "pytest",
}

AT_MODULE_LEVEL = {
    "spec": {"yaml"},
    "execute": {"numpy"},
    "verify": {"numpy"},
    "cli": {"click"},
    "studies/sweep": {"numpy"},
    "symbols/floordiv.py": {"sympy"},
    "report/terminal.py": {"rich"},
    "report/live.py": {"rich"},
}
"""Where a third-party package may be imported at module level: elsewhere start-up time forbids it."""

ONLY_IN = {
    "rich": ("report/terminal.py", "report/live.py"),
    "matplotlib": ("report/plot.py", "report/roofline.py"),
}


@dataclass(frozen=True)
class Import:
    module: str
    name: str
    line: int
    top_level: bool
    typing_only: bool


def imports(source: str, package: str) -> Iterator[Import]:
    """Yield every import of a module; relative ones are resolved against ``package``."""
    tree = ast.parse(source)
    typing_only = {
        id(node)
        for guard in ast.walk(tree)
        if isinstance(guard, ast.If) and ast.unparse(guard.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
        for statement in guard.body
        for node in ast.walk(statement)
    }
    inner = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if node is not function
    }
    for node in ast.walk(tree):
        flags = (id(node) not in inner and id(node) not in typing_only, id(node) in typing_only)
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, "", node.lineno, *flags)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(module, alias.name, node.lineno, *flags)


def violations(root: Path) -> Iterator[str]:
    """Yield one line for each import in the package at ``root`` that the floors forbid."""
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        part = relative.parts[0] if len(relative.parts) > 1 else relative.stem
        if part == "__init__" and len(relative.parts) == 1:
            allowed, third_party = set(MAY_IMPORT), set()
        else:
            if part not in MAY_IMPORT:
                yield f"{relative}: no floor is known for '{part}'"
                continue
            allowed, third_party = MAY_IMPORT[part], THIRD_PARTY.get(part, set())
        package = ".".join(["convcost", *relative.parts[:-1]])
        for each in imports(path.read_text(encoding="utf-8"), package):
            where = f"{relative}:{each.line}"
            top, _, rest = each.module.partition(".")
            if top == "convcost":
                target = rest.partition(".")[0] or each.name
                if target not in MAY_IMPORT and target == each.name:
                    continue  # a name of the package itself, such as __version__
                if target != part and target not in allowed:
                    yield f"{where}: {part} may not import {target}"
            elif top in WATCHED and not each.typing_only:
                if top not in third_party:
                    yield f"{where}: {part} may not import {top}"
                elif relative.as_posix() not in ONLY_IN.get(top, (relative.as_posix(),)):
                    yield f"{where}: {top} may be imported in {' and '.join(ONLY_IN[top])} only"
                elif each.top_level and not any(
                    top in AT_MODULE_LEVEL.get(key, ())
                    for key in (part, relative.parent.as_posix(), relative.as_posix())
                ):
                    yield f"{where}: {top} may be imported inside functions only"
