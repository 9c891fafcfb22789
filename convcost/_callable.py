"""Packages that can be called: ``convcost.report`` is a package, and ``convcost.report(model)`` a report."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A package that, when called, calls the function of its name in ``convcost.api``."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        function = getattr(import_module("convcost.api"), self.__name__.rpartition(".")[2])
        return function(*args, **kwargs)


def make_callable(package: str) -> None:
    """Make a package callable: importing it would otherwise hide the public function of the same name."""
    sys.modules[package].__class__ = _Callable
