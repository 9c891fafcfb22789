"""Exact, symbolic and verified cost models of convolutional networks.

>>> import convcost
>>> tiny = convcost.loads("{convcost: 1, name: tiny, input: [3, 8, 8], layers: [{conv: {kernel: 3, out: 4}}]}")
>>> convcost.analyze(tiny).total("mult_adds")
3888
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convcost.api import (
        Network,
        analyze,
        audit,
        bench,
        check,
        compare,
        conventions_of,
        formula,
        load,
        loads,
        report,
        rewrite,
        solve,
        sweep,
        verify,
    )
    from convcost.api.pytorch import from_torch
    from convcost.conventions import convention
    from convcost.cost import CONVENTIONS, Analysis, Convention
    from convcost.errors import (
        ConvcostError,
        Diagnostics,
        DomainError,
        ShapeError,
        SpecError,
        UnsupportedError,
        UsageError,
    )
    from convcost.lifting import Lifted, lift
    from convcost.model import Model
    from convcost.studies.audit import Audit
    from convcost.studies.check import Check
    from convcost.studies.compare import Comparison
    from convcost.studies.derive import Derivation, derive
    from convcost.studies.formula import Formula
    from convcost.studies.rewrite import Rewrite
    from convcost.studies.solve import Solved
    from convcost.studies.sweep import Sweep
    from convcost.verify.bench import Bench

__version__ = "0.1.0"

_PLACES = {
    **dict.fromkeys(
        (
            "Network",
            "analyze",
            "audit",
            "bench",
            "check",
            "compare",
            "conventions_of",
            "formula",
            "load",
            "loads",
            "rewrite",
            "solve",
            "sweep",
        ),
        "convcost.api",
    ),
    **dict.fromkeys(("CONVENTIONS", "Analysis", "Convention"), "convcost.cost"),
    "convention": "convcost.conventions",
    **dict.fromkeys(
        ("ConvcostError", "Diagnostics", "DomainError", "ShapeError", "SpecError", "UnsupportedError", "UsageError"),
        "convcost.errors",
    ),
    **dict.fromkeys(("Lifted", "lift"), "convcost.lifting"),
    "from_torch": "convcost.api.pytorch",
    "Model": "convcost.model",
    "Audit": "convcost.studies.audit",
    "Bench": "convcost.verify.bench",
    "Check": "convcost.studies.check",
    "Comparison": "convcost.studies.compare",
    "Derivation": "convcost.studies.derive",
    "derive": "convcost.studies.derive",
    "Formula": "convcost.studies.formula",
    "Rewrite": "convcost.studies.rewrite",
    "Solved": "convcost.studies.solve",
    "Sweep": "convcost.studies.sweep",
}
"""Where each public name is defined; it is imported when it is first asked for."""

_PACKAGES = ("report", "verify")
"""Functions with the name of a package, which is callable: ``convcost.report(...)`` is ``convcost.api.report(...)``."""

__all__ = [
    "CONVENTIONS",
    "Analysis",
    "Audit",
    "Bench",
    "Check",
    "Comparison",
    "ConvcostError",
    "Convention",
    "Derivation",
    "Diagnostics",
    "DomainError",
    "Formula",
    "Lifted",
    "Model",
    "Network",
    "Rewrite",
    "ShapeError",
    "Solved",
    "SpecError",
    "Sweep",
    "UnsupportedError",
    "UsageError",
    "__version__",
    "analyze",
    "audit",
    "bench",
    "check",
    "compare",
    "convention",
    "conventions_of",
    "derive",
    "formula",
    "from_torch",
    "lift",
    "load",
    "loads",
    "report",
    "rewrite",
    "solve",
    "sweep",
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
