"""Exact, symbolic and verified cost models of convolutional networks.

>>> import convcost
>>> tiny = convcost.loads("{convcost: 1, name: tiny, input: [3, 8, 8], layers: [{conv: {kernel: 3, out: 4}}]}")
>>> convcost.analyze(tiny).total("mult_adds")
3888
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convcost.api import analyze, audit, compare, formula, load, loads, report, verify
    from convcost.cost import CONVENTIONS, Analysis, Convention, convention
    from convcost.errors import (
        ConvcostError,
        Diagnostics,
        DomainError,
        ShapeError,
        SpecError,
        UnsupportedError,
        UsageError,
    )
    from convcost.model import Model
    from convcost.studies.audit import Audit
    from convcost.studies.compare import Comparison
    from convcost.studies.derive import Derivation, derive
    from convcost.studies.formula import Formula

__version__ = "0.1.0"

_PLACES = {
    **dict.fromkeys(("analyze", "audit", "compare", "formula", "load", "loads"), "convcost.api"),
    **dict.fromkeys(("CONVENTIONS", "Analysis", "Convention", "convention"), "convcost.cost"),
    **dict.fromkeys(
        ("ConvcostError", "Diagnostics", "DomainError", "ShapeError", "SpecError", "UnsupportedError", "UsageError"),
        "convcost.errors",
    ),
    "Model": "convcost.model",
    "Audit": "convcost.studies.audit",
    "Comparison": "convcost.studies.compare",
    "Derivation": "convcost.studies.derive",
    "derive": "convcost.studies.derive",
    "Formula": "convcost.studies.formula",
}
"""Where each public name is defined; it is imported when it is first asked for."""

_PACKAGES = ("report", "verify")
"""Functions with the name of a package, which is callable: ``convcost.report(...)`` is ``convcost.api.report(...)``."""

__all__ = [
    "CONVENTIONS",
    "Analysis",
    "Audit",
    "Comparison",
    "ConvcostError",
    "Convention",
    "Derivation",
    "Diagnostics",
    "DomainError",
    "Formula",
    "Model",
    "ShapeError",
    "SpecError",
    "UnsupportedError",
    "UsageError",
    "__version__",
    "analyze",
    "audit",
    "compare",
    "convention",
    "derive",
    "formula",
    "load",
    "loads",
    "report",
    "verify",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _PACKAGES:
        return import_module(f"convcost.{name}")
    if name not in _PLACES:
        raise AttributeError(f"module 'convcost' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_PLACES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
