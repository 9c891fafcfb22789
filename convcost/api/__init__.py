"""The public functions: what the command line does, from Python."""

from convcost.api.costs import (
    Target,
    analyze,
    audit,
    bench,
    compare,
    conventions_of,
    formula,
    model_of,
    report,
    report_document,
    verify,
)
from convcost.api.design import check, rewrite, solve, sweep
from convcost.api.network import Network, load, loads
from convcost.cost.analysis import Analysis
from convcost.cost.convention import Convention
from convcost.model import Model

__all__ = [
    "Analysis",
    "Convention",
    "Model",
    "Network",
    "Target",
    "analyze",
    "audit",
    "bench",
    "check",
    "compare",
    "conventions_of",
    "formula",
    "load",
    "loads",
    "model_of",
    "report",
    "report_document",
    "rewrite",
    "solve",
    "sweep",
    "verify",
]
