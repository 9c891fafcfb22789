"""Closed forms: a total as a formula in the hyperparameters, together with the domain where it holds.

A hyperparameter that is declared as a multiple of q is written as q·t with a whole t ≥ 1. On that domain floors of
widths and resolutions turn into polynomials: ⌊32α⌋ is 32α for 32α ∈ ℤ, five halvings of R = 32r are r. Without the
declaration the hyperparameter stays itself and the floors stay: the general form, which holds everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from convcost.cost.analysis import Analysis
from convcost.cost.domain import assumptions, requirements
from convcost.errors import DomainError
from convcost.graph import Guard
from convcost.graph.graph import compare
from convcost.records import Record
from convcost.symbols import Dim, is_symbolic
from convcost.symbols.arith import exact

if TYPE_CHECKING:
    from sympy import Expr, Symbol

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "theta": "θ", "kappa": "κ", "lambda": "λ",
    "mu": "μ", "phi": "φ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "omega": "ω",
}  # fmt: skip

LETTERS = {**GREEK, "resolution": "R", "classes": "K", "width": "w", "depth": "d"}
"""How hyperparameters are written in formulas unless their spec says otherwise."""


class Variable(Record):
    """A free hyperparameter of a closed form.

    Attributes
    ----------
    name, letter : str
        "resolution" and "R".
    default : int or Fraction
        The value at which undecidable wiring is decided and elasticities are taken.
    multiple_of : int or Fraction, optional
        Declares the domain: the formula holds for whole multiples of it. Absent: the general form.
    """

    name: str
    letter: str
    default: int | Fraction
    integer: bool
    multiple_of: int | Fraction | None = None

    @property
    def unit(self) -> int:
        """How many steps of the hyperparameter the displayed symbol stands for: 32 for r = R/32, otherwise 1."""
        q = self.multiple_of
        return int(q) if q is not None and q > 1 and q == int(q) else 1

    @property
    def shown(self) -> str:
        """The letter in the formula: r where the unit is R/32, else that of the hyperparameter."""
        if self.unit == 1:
            return self.letter
        lower = self.letter.lower()
        return lower if lower != self.letter else f"({self.letter}/{self.unit})"

    @property
    def condition(self) -> str:
        """Where the formula holds, in the usual notation: "32 | R", "32α ∈ ℤ"; empty for everywhere."""
        q = self.multiple_of
        if q is None or (q == 1 and self.integer):
            return ""
        if self.unit > 1:
            return f"{self.unit} | {self.letter}"
        inverse = 1 / Fraction(q)
        factor = "" if inverse == 1 else str(inverse) if inverse.denominator == 1 else f"{inverse}·"
        return f"{factor}{self.letter} ∈ ℤ"

    def contains(self, value: int | Fraction) -> bool:
        """Tell whether a value is in the domain."""
        return value > 0 and (self.multiple_of is None or (Fraction(value) / self.multiple_of).denominator == 1)

    @property
    def symbol_name(self) -> str:
        """Name of the symbol in expressions: that of the hyperparameter, or "resolution_over_32" for R/32."""
        return self.name if self.unit == 1 else f"{self.name}_over_{self.unit}"

    def symbol(self) -> Symbol:
        """Return the symbol that formulas are written with."""
        from convcost.symbols.floordiv import free_symbol

        return free_symbol(self.symbol_name, integer=self.integer or self.unit > 1)

    def working(self) -> tuple[Symbol, Dim, Dim]:
        """Return (symbol derived with, hyperparameter in terms of it, that symbol in terms of the one shown)."""
        from sympy import Rational

        from convcost.symbols.floordiv import free_symbol

        q = self.multiple_of
        if q is None or self.unit > 1 or (q == 1 and self.integer):
            symbol = self.symbol()
            return symbol, self.unit * symbol, symbol
        step = free_symbol(f"{self.name}/step", integer=True)  # no hyperparameter can have this name
        ratio = Rational(Fraction(q).numerator, Fraction(q).denominator)
        return step, ratio * step, self.symbol() / ratio

    @property
    def shadow(self) -> int | Fraction:
        """The working symbol's value at the default, at least one step."""
        q = self.multiple_of
        if q is None:
            return self.default
        return max(1, round(Fraction(self.default) / q))


class ClosedForm(Record):
    """A formula with its domain.

    Attributes
    ----------
    expression : Expr or number
        In the symbols of ``variables`` (for a unit above 1, the symbol is the hyperparameter over its unit).
    variables : tuple of Variable
        Those that are free, in the order of the spec.
    guards : tuple of Guard
        Comparisons on which the wiring rests; part of the domain.
    partial : bool
        Whether it is a lower bound, for it lacks the costs of ops that are not known.
    """

    expression: Dim
    variables: tuple[Variable, ...]
    guards: tuple[Guard, ...] = ()
    partial: bool = False

    @property
    def conditions(self) -> tuple[str, ...]:
        """Where the formula holds, guards apart."""
        return tuple(v.condition for v in self.variables if v.condition)

    def holds(self, values: Mapping[str, int | Fraction]) -> bool:
        """Tell whether the values are in the domain."""
        if not all(v.contains(values[v.name]) for v in self.variables):
            return False
        value = self._substitution(values)
        return all(compare(value(g.left), g.relation, value(g.right)) == g.holds for g in self.guards)

    def at(self, **values: int | Fraction | str) -> int | Fraction:
        """Return the value for given hyperparameters; absent ones take their defaults, text is read exactly.

        Raises
        ------
        DomainError
            E505 for what is no number, E503 outside the domain, E501 for a name that is not free here.
        """
        unknown = [name for name in values if all(name != v.name for v in self.variables)]
        if unknown:
            free = ", ".join(v.name for v in self.variables)
            raise DomainError("E501", f"{unknown[0]!r} is not free in this formula", hint=f"free: {free or 'none'}")
        try:
            full = {v.name: exact(Fraction(values.get(v.name, v.default))) for v in self.variables}
        except (ValueError, TypeError, ZeroDivisionError):
            raise DomainError("E505", f"{values} are not all numbers", hint="write 224, '0.75' or '3/4'") from None
        if not self.holds(full):
            where = ", ".join((*self.conditions, *map(str, self.guards)))
            point = ", ".join(f"{name} = {value}" for name, value in full.items())
            raise DomainError("E503", f"{point} is outside the domain of the formula", hint=f"it holds for {where}")
        result: int | Fraction = self._substitution(full)(self.expression)
        return result

    def _substitution(self, values: Mapping[str, int | Fraction]) -> Callable[[Dim], Dim]:
        from convcost.symbols.floordiv import substitution

        return substitution({v.symbol(): exact(Fraction(values[v.name]) / v.unit) for v in self.variables})


class Symbolic(Record):
    """An analysis with free hyperparameters, and how to read its symbols.

    Attributes
    ----------
    assumptions : tuple of Guard
        What the rules take for granted; see ``cost.domain``.
    """

    analysis: Analysis
    variables: tuple[Variable, ...]
    _shown: Mapping[Expr, Dim]
    assumptions: tuple[Guard, ...] = ()

    def closed_form(self, metric: str = "mult_adds", indices: tuple[int, ...] | None = None) -> ClosedForm:
        """Return the closed form of a total, of the whole network or of some of its nodes."""
        guards = tuple(
            Guard(self.show(g.left), g.relation, self.show(g.right), g.holds, g.origin)
            for g in (*self.analysis.graph.guards, *self.assumptions)
        )
        partial = self.analysis.partial(metric, indices)
        return ClosedForm(self.show(self.analysis.total(metric, indices)), self.variables, guards, partial)

    def requirements(self) -> tuple[Guard, ...]:
        """Return what has to hold for a network to exist, in the symbols that were derived with."""
        return requirements(self.analysis)

    def show(self, dim: Dim) -> Dim:
        """Rewrite a dimension from the symbols derived with into those shown."""
        if not self._shown or not is_symbolic(dim):
            return dim
        from sympy import expand

        from convcost.symbols.floordiv import number

        return number(expand(dim.xreplace(self._shown)))


Build = Callable[[Mapping[str, Dim], Mapping["Expr", "int | Fraction"]], Analysis]
"""Expands and analyses a spec for given values of its hyperparameters, with numbers to decide wiring at."""


def symbolic(build: Build, variables: tuple[Variable, ...], fixed: Mapping[str, Dim]) -> Symbolic:
    """Derive with some hyperparameters free.

    Parameters
    ----------
    build : callable
        From (values, shadow) to an Analysis.
    variables : tuple of Variable
        The free ones; those that turn out to be structural end up bound to their defaults.
    fixed : mapping
        The values of the others.
    """
    working = {v.name: v.working() for v in variables}
    values = {**fixed, **{name: value for name, (_, value, _) in working.items()}}
    shadow = {working[v.name][0]: v.shadow for v in variables}
    analysis = build(values, shadow)
    shown = {symbol: target for symbol, _, target in working.values() if symbol != target}
    free = tuple(v for v in variables if v.name in analysis.graph.free)
    return Symbolic(analysis, free, shown, assumptions(analysis))
