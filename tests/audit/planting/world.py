"""A second world: the audit imported afresh with some modules changed, and the tests that run in it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import convcost
import convcost.studies

PACKAGE = "convcost.studies.audit"
FOLDER = Path(convcost.__file__).parent / "studies" / "audit"
TESTS = Path(__file__).resolve().parents[2] / "unit" / "audit"


class _Finder(MetaPathFinder, Loader):
    """Finds the changed modules in memory."""

    def __init__(self, changed: Mapping[str, str]) -> None:
        self.changed = changed

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname in self.changed else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.changed[module.__name__], module.__name__, "exec", dont_inherit=True), module.__dict__)


def _ours(name: str) -> bool:
    return name == PACKAGE or name.startswith((f"{PACKAGE}.", "small_network"))


@contextmanager
def world(changed: Mapping[str, str]) -> Iterator[None]:
    """Import the audit afresh with the text of some modules changed, by file; restore the old one afterwards."""
    finder = _Finder({f"{PACKAGE}.{Path(file).stem}": text for file, text in changed.items()})
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if _ours(name)}
    attribute = vars(convcost.studies).pop("audit", None)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if _ours(name)]:
            del sys.modules[name]
        sys.modules.update(kept)
        if attribute is not None:
            convcost.studies.audit = attribute


def tests(file: str) -> dict[str, list[tuple[Any, dict[str, Any]]]]:
    """Import a file of unit tests and return its tests by name, each with the arguments of its cases."""
    spec = importlib.util.spec_from_file_location(f"again_{file}", TESTS / f"{file}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = {name: function for name, function in vars(module).items() if name.startswith("test_")}
    return {name: [(function, case) for case in _cases(function)] for name, function in found.items()}


def _cases(function: Any) -> Iterator[dict[str, Any]]:
    axes = []
    for mark in getattr(function, "pytestmark", []):
        names = [name.strip() for name in mark.args[0].split(",")] if isinstance(mark.args[0], str) else mark.args[0]
        axes.append([dict(zip(names, value if len(names) > 1 else (value,), strict=True)) for value in mark.args[1]])
    for cases in product(*axes):
        yield {name: value for case in cases for name, value in case.items()}


def failing(file: str, name: str) -> str | None:
    """Return how a unit test fails in the world there is, or None."""
    for function, case in tests(file)[name]:
        try:
            function(**case)
        except (SyntaxError, NameError, ImportError):
            raise  # a mutant that is no program
        except Exception as error:  # noqa: BLE001 - whatever a mutant raises is noticed
            return f"{type(error).__name__}: {error}"
    return None
