"""A second world: rules, executor, costs and verification imported afresh, with some modules changed.

Whatever is below them (errors, counts, symbols, ops, graph) is shared, so that ops and graphs of the tests fit both
worlds. The first world is put back as it was.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType, SimpleNamespace

import convcost
import convcost.graph
import convcost.symbols.floordiv  # below the floors, so both worlds share it: it must be there before there are two

ROOT = Path(convcost.__file__).parent

FLOORS = ("rules", "execute", "cost", "verify")
"""What is imported afresh."""


@cache
def source(file: str) -> str:
    """Return the text of a module, given as ``rules/conv.py``."""
    return (ROOT / file).read_text(encoding="utf-8")


def files(floor: str) -> list[str]:
    """Return the modules of a floor."""
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / floor).rglob("*.py"))


def module_of(file: str) -> str:
    """Return the name of a module: ``convcost.rules.conv`` for ``rules/conv.py``."""
    return ".".join(("convcost", *Path(file).with_suffix("").parts)).removesuffix(".__init__")


@cache
def _compiled() -> dict[str, tuple[CodeType, bool]]:
    """Compile every module once: name to (code, whether it is a package)."""
    return {
        module_of(file): (_compile(file, source(file)), file.endswith("__init__.py"))
        for floor in FLOORS
        for file in files(floor)
    }


def _compile(file: str, text: str) -> CodeType:
    return compile(text, str(ROOT / file), "exec", dont_inherit=True)


class _Finder(MetaPathFinder, Loader):
    """Finds the modules of the floors in memory, some of them changed."""

    def __init__(self, changed: Mapping[str, CodeType]) -> None:
        self.changed = changed

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        found = _compiled().get(fullname)
        return spec_from_loader(fullname, self, is_package=found[1]) if found else None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        exec(self.changed.get(name) or _compiled()[name][0], module.__dict__)


@contextmanager
def world(changed: Mapping[str, str | CodeType]) -> Iterator[SimpleNamespace]:
    """Import the floors afresh with the given modules changed, file to text or code; restore the old ones afterwards.

    The namespace has an attribute for each floor, which is its package: ``world.verify.verify_op``.
    """
    codes = {module_of(f): _compile(f, new) if isinstance(new, str) else new for f, new in changed.items()}
    finder = _Finder(codes)
    names = {f"convcost.{floor}": floor for floor in FLOORS}
    before = set(sys.modules)
    kept = {name: sys.modules.pop(name) for name in before & _compiled().keys()}
    attributes = dict(convcost.__dict__)
    sys.meta_path.insert(0, finder)
    try:
        yield SimpleNamespace(**{floor: import_module(name) for name, floor in names.items()})
    finally:
        sys.meta_path.remove(finder)
        others = {name for name in set(sys.modules) - before if name.startswith("convcost.")}
        for name in others | (sys.modules.keys() & _compiled().keys()):
            del sys.modules[name]
        sys.modules.update(kept)
        convcost.__dict__.clear()
        convcost.__dict__.update(attributes)
