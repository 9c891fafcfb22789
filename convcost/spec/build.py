"""From an architecture and values of its hyperparameters to a graph."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convcost.errors import UsageError
from convcost.graph import Graph
from convcost.spec.expansion import Expansion
from convcost.spec.reader import uncollected
from convcost.spec.scope import Structural, symbols_of
from convcost.spec.vocabulary import hint_for
from convcost.spec.wiring import Infer
from convcost.symbols import Dim, is_symbolic
from convcost.symbols.arith import exact
from convcost.symbols.expr.language import quoted

if TYPE_CHECKING:
    from convcost.spec.architecture import Architecture


def build(
    architecture: Architecture,
    values: Mapping[str, Dim],
    infer: Infer,
    shadow: Mapping[Any, Dim] | None = None,
) -> Graph:
    """Expand an architecture into a graph.

    Parameters
    ----------
    values : mapping of str to Dim
        A number or a SymPy expression for each hyperparameter (``resolution`` may be 32·r); absent ones have their
        defaults.
    infer : callable
        ``infer(op, *input_shapes)`` returns the shape of the output, or raises ``ShapeError``. Shapes are batch first,
        the batch is 1.
    shadow : mapping, optional
        A number for each free symbol, at which comparisons are decided that come out differently for different values.
        Absent: what the defaults of the hyperparameters give.

    Returns
    -------
    Graph
        Hyperparameters on which the structure rests (a ``repeat``, or an ``if`` that has to do with no shape) are bound
        to their numbers; every other comparison that was decided at the shadow is a guard.

    Raises
    ------
    SpecError, ShapeError, Diagnostics
        With place and trail; several if several were found.
    """
    unknown = [name for name in values if name not in architecture.hyperparameters]
    if unknown:
        hint = hint_for(unknown[0], architecture.hyperparameters)
        raise UsageError("E007", f"{architecture.name} has no hyperparameter {quoted(unknown[0])}", hint=hint)
    bound: dict[str, Dim] = {
        name: exact(values.get(name, h.default)) for name, h in architecture.hyperparameters.items()
    }
    numbers = shadow if shadow is not None else _defaults(architecture, bound)
    while True:
        expansion = Expansion(architecture.document, bound, infer, numbers)
        try:
            with uncollected():
                output = expansion.expand()
        except Structural as structural:
            for name, value in bound.items():
                if symbols_of(value) & structural.symbols:
                    bound[name] = expansion.run.number(value)
            continue
        guards = tuple(expansion.run.guards.values())
        return Graph(architecture.name, tuple(expansion.nodes), output, bound, guards)


def _defaults(architecture: Architecture, values: Mapping[str, Dim]) -> dict[Any, Dim]:
    """Return a number for each symbol to which a hyperparameter is proportional: that of its default."""
    shadow: dict[Any, Dim] = {}
    for name, value in values.items():
        if is_symbolic(value):
            factor, symbol = value.as_coeff_Mul()
            if symbol.is_Symbol and factor.is_Rational:
                shadow[symbol] = exact(
                    architecture.hyperparameters[name].default / Fraction(int(factor.p), int(factor.q))
                )
    return shadow
