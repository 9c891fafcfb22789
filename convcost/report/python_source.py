"""Formulas as Python source: a module of its own, one function a metric, exact and aware of its domain."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from keyword import iskeyword, issoftkeyword

import convcost
from convcost.cost.closed_form import ClosedForm, Variable
from convcost.report.formula import metric_name, terms, where
from convcost.report.math import PYTHON, write
from convcost.studies.formula import Formula

HELPERS = {
    "make_divisible(": '''def make_divisible(x, divisor):
    """Return the multiple of divisor nearest to x, at least divisor and never below 90 % of x."""
    nearest = max(divisor, divisor * ((2 * x + divisor) // (2 * divisor)))
    return nearest + divisor if 10 * nearest < 9 * x else nearest
''',
}
"""Functions that formulas may call and Python does not have; each is written only where it is called."""


def source(formulas: Sequence[Formula], *, general: bool = False) -> str:
    """Return a module with a function for each formula; it imports nothing but ``fractions``.

    Arguments may be numbers or text ("3/4"); a float is taken by its shortest decimal form. Outside the domain the
    functions raise ``ValueError``.

    Parameters
    ----------
    general : bool
        Write the form that holds everywhere, floors kept, instead of the closed form.
    """
    functions = [_function(f, f.general if general else f.closed) for f in formulas]
    helpers = [text for call, text in HELPERS.items() if any(call in function for function in functions)]
    model = formulas[0].model
    title = _inert(model.architecture.title or model.architecture.name)
    head = f'"""What {title} costs, in its hyperparameters.\n\n{formulas[0].convention.describe()}.\n'
    if model.architecture.source:
        head += f"Architecture: {_inert(model.architecture.source)}.\n"
    head += f'Written by convcost {convcost.__version__}.\n"""\n\nfrom fractions import Fraction\n'
    return "\n\n".join((head, *helpers, *functions))


def _inert(text: str) -> str:
    r"""Return a text of a spec as it can stand in a docstring, which it must not be able to end.

    >>> print(_inert('a "net"'))
    a \"net\"
    """
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _function(formula: Formula, form: ClosedForm) -> str:
    names = {v.name: identifier(v.name) for v in form.variables}
    symbols = {v.symbol_name: identifier(v.symbol_name) for v in form.variables}
    arguments = ", ".join(f"{names[v.name]}={_literal(v.default)}" for v in form.variables)
    fixed = ", ".join(f"{n}={v}" for n, v in formula.model.values.items() if n not in names)
    exactly = "a lower bound of the" if form.partial else "the exact"
    lines = [
        f"def {identifier(formula.metric)}({arguments}):",
        f'    """Return {exactly} {metric_name(formula.metric)}{f" for {fixed}" if fixed else ""}; {where(form)}."""',
    ]
    lines += [f"    {name} = Fraction(str({name}))" for name in names.values()]
    whole = [v.name for v in form.variables if v.integer and v.multiple_of is None]
    domain = f"{where(form)}, for positive {' and '.join(names)}" + (
        f" and whole {' and '.join(whole)}" if whole else ""
    )
    conditions = [f"{name} > 0" for name in names.values()]
    conditions += [test for v in form.variables if (test := _divides(v, names[v.name]))]
    lines += _check(conditions, domain)
    lines += [f"    {symbols[v.symbol_name]} = {names[v.name]} / {v.unit}" for v in form.variables if v.unit > 1]
    guards = dict.fromkeys(
        f"({write(g.left, symbols, PYTHON)} {g.relation} {write(g.right, symbols, PYTHON)}) is {g.holds}"
        for g in form.guards
    )
    if guards:
        lines += _check(list(guards), domain)
    first, *rest = terms(form.expression, symbols, PYTHON)
    lines += ["    value = Fraction(", f"        {first}", *(f"        {term}" for term in rest), "    )"]
    lines.append("    return value.numerator if value.denominator == 1 else value")
    return "\n".join(lines) + "\n"


def identifier(name: str) -> str:
    """Return a name as Python allows it.

    >>> identifier("alpha"), identifier("lambda")
    ('alpha', 'lambda_')
    """
    return f"{name}_" if iskeyword(name) or issoftkeyword(name) or name in {"Fraction", "max", "round", "str"} else name


def _literal(value: int | Fraction) -> str:
    return f'"{value}"' if isinstance(value, Fraction) else str(value)


def _divides(variable: Variable, name: str) -> str:
    """Return the test of a variable's domain, its sign apart."""
    q = variable.multiple_of
    if q is None:
        return f"{name}.denominator == 1" if variable.integer else ""
    inverse = 1 / Fraction(q)
    if inverse.numerator == 1:
        return f"{name} % {inverse.denominator} == 0"
    return f"({write(inverse, {}, PYTHON)} * {name}).denominator == 1"


def _check(conditions: Sequence[str], domain: str) -> list[str]:
    tests = " and ".join(conditions)
    return [f"    if not ({tests}):", f'        raise ValueError("outside the domain: {domain}")']
