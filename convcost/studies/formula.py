"""Formulas of a model: closed on their domain, general everywhere, and how they behave."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from convcost.cost import Convention
from convcost.cost.analysis import METRICS
from convcost.cost.closed_form import ClosedForm, Symbolic
from convcost.cost.grouping import By
from convcost.errors import UsageError, one_of
from convcost.model import Model, Number
from convcost.shown import Shown
from convcost.symbols import Dim, is_symbolic

if TYPE_CHECKING:
    from sympy import Expr


@dataclass(frozen=True)
class Behaviour:
    """How a formula depends on one hyperparameter.

    Attributes
    ----------
    degree : int
        Of the polynomial that remains when floors and roundings are left out; of a quotient, as where groups divide,
        the degree above less that beneath.
    elasticity : Fraction
        d ln f / d ln x at the defaults: 1 % more of x costs that many % more. Floors are left out here too.
    """

    name: str
    letter: str
    degree: int
    elasticity: Fraction


@dataclass(frozen=True, repr=False)
class Formula(Shown):
    """A metric of a model as a formula.

    Attributes
    ----------
    closed : ClosedForm
        On the domain its spec declares (or ``assume`` states).
    parts : mapping of str to ClosedForm
        The same for each layer, block, stage or kind, if that was asked for.
    """

    model: Model
    metric: str
    convention: Convention
    closed: ClosedForm
    parts: Mapping[str, ClosedForm]
    _free: tuple[str, ...]

    @cached_property
    def general(self) -> ClosedForm:
        """The form that holds everywhere, floors kept."""
        return self.model.symbolic(self._free, general=True, convention=self.convention).closed_form(self.metric)

    def at(self, **values: Number | str) -> Number:
        """Return the exact value, by the closed form inside its domain and by the general form outside.

        Raises
        ------
        DomainError
            E503 where neither holds: the network is wired differently there.
        """
        from convcost.model import exact_number

        numbers = {name: exact_number(name, value) for name, value in values.items()}
        full = {v.name: numbers.get(v.name, v.default) for v in self.closed.variables}
        inside = set(numbers) <= set(full) and self.closed.holds(full)
        value = (self.closed if inside else self.general).at(**numbers)
        _ = self.model.with_values(**numbers).graph  # a formula has a value also where no network can be built
        return value

    @cached_property
    def behaviour(self) -> tuple[Behaviour, ...]:
        """Degree and elasticity in each free hyperparameter."""
        return behaviour(self.closed)


def formula(
    model: Model,
    metric: str = "mult_adds",
    *,
    by: By | None = None,
    free: Iterable[str] | None = None,
    assume: Iterable[str] = (),
    convention: Convention | None = None,
) -> Formula:
    """Derive a metric as a formula in the free hyperparameters.

    Parameters
    ----------
    metric : str
        "mult_adds", "params", or any other of ``METRICS``.
    by : str, optional
        Also derive the parts: "layer", "block", "stage", "kind" or "op".
    free, assume
        Which hyperparameters stay free, and divisibility taken for granted ("resolution % 32 == 0").

    Raises
    ------
    UsageError
        E012 unknown metric, E016 an assumption that is not understood.
    DomainError
        E504 where nothing is free.
    """
    from convcost.cost import CONVENTIONS

    if metric not in METRICS:
        raise UsageError("E012", f"unknown metric {metric!r}", hint=one_of(metric, METRICS))
    convention = convention or CONVENTIONS["paper"]
    multiples: dict[str, Number] = {}
    for text in assume:
        name, multiple = assumption(text)
        multiples[name] = multiple
    symbolic = model.symbolic(free, multiples, convention=convention)
    names = tuple(v.name for v in symbolic.variables)
    parts = {} if by is None else _parts(model, symbolic, metric, by)
    return Formula(model, metric, convention, symbolic.closed_form(metric), parts, names)


def _parts(model: Model, symbolic: Symbolic, metric: str, by: By) -> dict[str, ClosedForm]:
    parts: dict[str, ClosedForm] = {}
    names: dict[int, str] = {}
    if by == "stage":  # they are called by their extents: those at the model's own values, not "16*resolution"
        names = {index: group.name for group in model.analyze().groups(by) for index in group.indices}
    for group in symbolic.analysis.groups(by):
        form = symbolic.closed_form(metric, group.indices)
        if is_symbolic(form.expression) or form.expression or form.partial:
            name = names.get(group.indices[0], group.name)
            parts[name if name not in parts else f"{name} ({len(parts)})"] = form
    return parts


def assumption(text: str) -> tuple[str, Number]:
    """Read an assumed divisibility as (hyperparameter, what it is a multiple of).

    >>> assumption("resolution % 32 == 0"), assumption("32*alpha % 1 == 0")
    (('resolution', 32), ('alpha', Fraction(1, 32)))

    Raises
    ------
    UsageError
        E016 for anything else.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        match tree:
            case ast.Compare(
                left=ast.BinOp(left=dividend, op=ast.Mod(), right=divisor),
                ops=[ast.Eq()],
                comparators=[ast.Constant(value=0)],
            ):
                name, factor = _factor(dividend)
                multiple = _rational(divisor) / factor
                if multiple > 0:
                    return name, multiple.numerator if multiple.denominator == 1 else multiple
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        pass
    raise UsageError(
        "E016",
        f"the assumption {text!r} is not understood",
        hint="write a divisibility, 'resolution % 32 == 0' or '32*alpha % 1 == 0'",
    )


def _factor(node: ast.expr) -> tuple[str, Fraction]:
    match node:
        case ast.Name(id=name):
            return name, Fraction(1)
        case ast.BinOp(left=ast.Name(id=name), op=ast.Mult(), right=factor):
            return name, _rational(factor)
        case ast.BinOp(left=factor, op=ast.Mult(), right=ast.Name(id=name)):
            return name, _rational(factor)
    raise ValueError


def _rational(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return Fraction(value)
        case ast.Constant(value=float(value)):
            return Fraction(str(value))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _rational(left) / _rational(right)
    raise ValueError


def behaviour(form: ClosedForm) -> tuple[Behaviour, ...]:
    """Return degree and elasticity of a closed form in each of its variables."""
    if not is_symbolic(form.expression):
        return tuple(Behaviour(v.name, v.letter, 0, Fraction(0)) for v in form.variables)
    from sympy import degree, diff, expand, fraction, together

    from convcost.symbols.floordiv import substitution

    smooth = expand(without_rounding(form.expression))
    at = substitution({v.symbol(): Fraction(v.default) / v.unit for v in form.variables})
    value = Fraction(at(smooth))
    # what groups divide is a quotient of polynomials, and falls with them
    over, under = fraction(together(smooth))
    result = []
    for v in form.variables:
        symbol = v.symbol()
        growth = int(degree(over, symbol)) - int(degree(under, symbol))
        slope = Fraction(at(diff(smooth, symbol))) * Fraction(v.default) / v.unit
        result.append(Behaviour(v.name, v.letter, growth, slope / value if value else Fraction(0)))
    return tuple(result)


def without_rounding(expression: Expr) -> Any:
    """Replace floors and roundings by what they round, and a maximum by its first argument that is not a constant."""
    from convcost.symbols.floordiv import FloorDiv, MakeDivisible, Maximum, RoundHalfEven

    smooth = expression
    while smooth.has(FloorDiv, MakeDivisible, RoundHalfEven, Maximum):
        smooth = (
            smooth.replace(FloorDiv, lambda x, n: x / n)
            .replace(MakeDivisible, lambda x, _: x)
            .replace(RoundHalfEven, lambda x: x)
            .replace(Maximum, lambda *values: values[0])
        )
    return smooth


def ratio(numerator: Dim, denominator: Dim) -> Dim:
    """Return an exact ratio, reduced: a number, or a quotient of polynomials.

    >>> ratio(9, 6)
    Fraction(3, 2)
    """
    if is_symbolic(numerator) or is_symbolic(denominator):
        from sympy import cancel

        from convcost.symbols.floordiv import number

        return number(cancel(numerator / denominator))
    quotient = Fraction(numerator) / Fraction(denominator)
    return quotient.numerator if quotient.denominator == 1 else quotient
