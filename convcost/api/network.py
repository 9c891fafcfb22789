"""A network with the verbs of the command line: what ``convcost.load`` returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convcost.model import Model, Number
from convcost.model import load as load_model
from convcost.model import loads as loads_model
from convcost.shown import Shown

if TYPE_CHECKING:
    from convcost.api.costs import Target
    from convcost.api.design import Figure
    from convcost.studies.check import Check
    from convcost.studies.compare import Comparison
    from convcost.studies.formula import Formula
    from convcost.studies.rewrite import Rewrite
    from convcost.studies.solve import Solved
    from convcost.studies.sweep import Sweep
    from convcost.studies.sweep.axes import Values
    from convcost.verify import Verification
    from convcost.verify.bench import Bench


class Network(Shown, Model):
    """An architecture and the values of its hyperparameters, with the verbs of the command line.

    Each verb is the function of its name in ``convcost``, on this network, and takes the same options.

    Examples
    --------
    >>> from fractions import Fraction
    >>> network = load("mobilenet_v1")
    >>> network.formula("params").at(alpha=Fraction(1, 2)), network.at(alpha=Fraction(1, 2)).analyze().total("params")
    (1331592, 1331592)
    >>> network.solve("alpha", "mult_adds <= 150M").best.values["alpha"]
    Fraction(1, 2)
    """

    def report(self, **options: Any) -> str:
        """Return a report as text; see ``convcost.report``."""
        from convcost.api.costs import report

        return report(self, **options)

    def formula(self, metric: str = "mult_adds", **options: Any) -> Formula:
        """Return a metric as a formula; see ``convcost.formula``."""
        from convcost.api.costs import formula

        return formula(self, metric, **options)

    def compare(self, *others: Target, **options: Any) -> Comparison:
        """Return this network beside others; see ``convcost.compare``."""
        from convcost.api.costs import compare

        return compare(self, *others, **options)

    def verify(self, **options: Any) -> Verification:
        """Run the network in NumPy and hold every figure against it; see ``convcost.verify``."""
        from convcost.api.costs import verify

        return verify(self, **options)

    def bench(self, **options: Any) -> Bench:
        """Run the network in NumPy and say where the time goes; see ``convcost.bench``."""
        from convcost.api.costs import bench

        return bench(self, **options)

    def rewrite(self, rule: str, **options: Any) -> Rewrite:
        """Apply a rule to layers; see ``convcost.rewrite``."""
        from convcost.api.design import rewrite

        return rewrite(self, rule, **options)

    def sweep(self, over: Mapping[str, Values] | None = None, **options: Any) -> Sweep:
        """Evaluate many configurations; see ``convcost.sweep``."""
        from convcost.api.design import sweep

        return sweep(self, over, **options)

    def solve(
        self, names: str | Iterable[str], budgets: str | Sequence[str] | Mapping[str, Figure], **options: Any
    ) -> Solved:
        """Find the largest hyperparameters within budgets; see ``convcost.solve``."""
        from convcost.api.design import solve

        return solve(self, names, budgets, **options)

    def check(self, **options: Any) -> Check:
        """Hold the network against budgets; see ``convcost.check``."""
        from convcost.api.design import check

        return check(self, **options)


def load(target: str | Path, *, allow_unknown: bool = False, **values: Number | str) -> Network:
    """Load a spec: a file, a shipped name, with optional preset and bindings as on the command line.

    Parameters
    ----------
    target : str or Path
        "mobilenet_v1", "mobilenet_v1@alpha=0.5,resolution=160", "my.yaml", "model.onnx", "-" for standard input.
    allow_unknown : bool
        Take operators of a model that no op does as ops of unknown cost; totals are lower bounds then.
    **values
        More bindings, exact: 160, "0.75", Fraction(3, 4).

    Raises
    ------
    UsageError, SpecError, Diagnostics
        Where there is no such spec or its text is wrong.
    """
    return _network(load_model(target, allow_unknown=allow_unknown, **values))


def loads(text: str, **values: Number | str) -> Network:
    """Load a spec from its text.

    >>> loads("{convcost: 1, name: tiny, input: [3, 8, 8], layers: [{conv: {kernel: 3, out: 4}}]}").analyze().total()
    3888
    """
    return _network(loads_model(text, **values))


def _network(model: Model) -> Network:
    return Network(model.architecture, model.values, model.bound, model.label, model.imported)
