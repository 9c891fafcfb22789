"""Formulas as text: the closed form and where it holds, the general form, the parts, and how they behave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from convcost.cost.closed_form import ClosedForm
from convcost.graph import Guard
from convcost.report.cost import TITLES, lower_bounds, of_convention, of_model
from convcost.report.math import GREEK_LATEX, LATEX, UNICODE, Notation, summands, write
from convcost.report.sensitivity import section as of_sensitivity
from convcost.report.table import Document, Section, Written
from convcost.studies.formula import Behaviour, Formula
from convcost.studies.sensitivity import sensitivity as sensitivity_of
from convcost.symbols import Dim, is_symbolic
from convcost.units import decimal

NEGATED = {"==": "≠", "!=": "=", "<": "≥", "<=": ">", ">": "≤", ">=": "<"}
RELATIONS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}

MORE = {"alpha": "wider", "width": "wider", "width_multiplier": "wider", "depth": "deeper"}
"""What one says of more of a hyperparameter, where there is a word for it."""


def document(formulas: Sequence[Formula], *, general: bool = False, sensitivity: str = "") -> Document:
    """Return formulas of one model: those of the whole first, then the parts of each.

    Parameters
    ----------
    general : bool
        Add the form that holds everywhere, floors kept.
    sensitivity : str
        Instead of the formulas of the parts, show how these react to the hyperparameters: what the parts are, "stage".
    """
    first = formulas[0]
    model, convention = first.model, first.convention
    written_out: list[Written] = []
    notes: list[str] = []
    for f in formulas:
        name = metric_name(f.metric)
        written_out.append(written(f.closed, f.metric, name))
        if general:
            written_out.append(written(f.general, f"{f.metric} (general)", name))
        notes.append(behaves(f.behaviour, name, len(formulas) > 1))
    if any(f.closed.partial for f in formulas):
        notes += lower_bounds((model.analyze(convention),))
    variables = first.closed.variables
    free = {v.name for v in variables}
    fixed = ", ".join(f"{name}={value}" for name, value in model.values.items() if name not in free)
    facts = tuple(filter(None, ("; ".join(filter(None, (legend(first), fixed))), model.architecture.source)))
    data = of_model(model) | {
        "free": [
            {"name": v.name, "letter": v.letter, "default": v.default, "multiple_of": v.multiple_of} for v in variables
        ],
        "behaviour": {
            f.metric: {b.name: {"degree": b.degree, "elasticity": b.elasticity} for b in f.behaviour} for f in formulas
        },
    }
    title = model.architecture.title or model.architecture.name
    sections = [
        Section(data["spec"], title, None, facts, formulas=tuple(written_out), notes=tuple(notes), data=data),
        *(_parts(f, sensitivity) for f in formulas if f.parts),
    ]
    return Document(
        convention.describe(), "formulas", convention.name, tuple(sections), {"convention": of_convention(convention)}
    )


def _parts(formula: Formula, by: str) -> Section:
    if by:
        return of_sensitivity(sensitivity_of(formula), by)
    title = f"{metric_name(formula.metric)}, part by part"
    parts = tuple(written(form, name, name) for name, form in formula.parts.items())
    return Section(formula.metric, title, None, formulas=parts, data={"metric": formula.metric})


def metric_name(metric: str) -> str:
    """Return how a metric is called in formulas and sentences.

    >>> metric_name("mult_adds"), metric_name("input_elements"), metric_name("mul")
    ('mult-adds', 'elements in', 'mul')
    """
    return TITLES.get(metric, metric).lower()


def written(form: ClosedForm, key: str, name: str) -> Written:
    """Write a closed form out, in Unicode and in LaTeX."""
    shown = {v.symbol_name: v.shown for v in form.variables}
    set_as = {v.symbol_name: latex_letter(v.shown) for v in form.variables}
    return Written(
        key,
        name,
        terms(form.expression, shown, UNICODE),
        terms(form.expression, set_as, LATEX),
        where(form),
        "≥" if form.partial else "=",
    )


def terms(expression: Dim, letters: dict[str, str], notation: Notation) -> tuple[str, ...]:
    """Return the summands of an expression, each but the first with its sign in front."""
    if not is_symbolic(expression):
        return (notation.coefficient(expression),)
    first, *rest = summands(expression, letters, notation)
    return (first, *(f"- {term[1:]}" if term.startswith("-") else f"+ {term}" for term in rest))


def latex_letter(letter: str) -> str:
    r"""Write a letter in LaTeX; a longer name is set upright.

    >>> latex_letter("α"), latex_letter("r"), latex_letter("growth_rate")
    ('\\alpha', 'r', '\\mathrm{growth\\_rate}')
    """
    if letter in GREEK_LATEX:
        return GREEK_LATEX[letter]
    return (
        letter if not letter.isidentifier() or len(letter) == 1 else rf"\mathrm{{{letter.replace('_', chr(92) + '_')}}}"
    )


def where(form: ClosedForm) -> str:
    """Say where a formula holds.

    >>> from convcost.cost.closed_form import Variable
    >>> where(ClosedForm(0, (Variable("resolution", "R", 224, True, 32),)))
    'valid for 32 | R, with r = R/32'
    """
    # divisors of whole numbers first, as one says "for 32 | R and 32α ∈ ℤ"
    conditions = [v.condition for v in sorted(form.variables, key=lambda v: v.unit == 1) if v.condition]
    letters = {v.symbol_name: v.shown for v in form.variables}
    conditions.extend(dict.fromkeys(guard_text(guard, letters) for guard in form.guards))
    units = [f"{v.shown} = {v.letter}/{v.unit}" for v in form.variables if v.unit > 1 and v.shown.isalpha()]
    if not conditions:
        return "valid everywhere"
    return f"valid for {_listed(conditions)}" + (f", with {_listed(units)}" if units else "")


def guard_text(guard: Guard, letters: dict[str, str]) -> str:
    """Write a comparison that the formula rests on, negated where it did not hold; a divisibility as one."""
    if guard.holds and guard.relation == "==":
        found = guard.divisibility
        if found:
            divisor, dividend = found
            what = write(dividend, letters)
            return f"{what} ∈ ℤ" if divisor == 1 else f"{write(divisor, letters)} | {what}"
    sign = (RELATIONS if guard.holds else NEGATED)[guard.relation]
    return f"{write(guard.left, letters)} {sign} {write(guard.right, letters)}"


def _listed(items: Iterable[str]) -> str:
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def legend(formula: Formula) -> str:
    """Say what the letters stand for."""
    known = formula.model.architecture.hyperparameters
    entries = []
    for v in formula.closed.variables:
        doc = known[v.name].doc
        meaning = f"{v.name} ({doc})" if doc else v.name
        entries.append(meaning if v.letter == v.name else f"{v.letter} = {meaning}")
    return ", ".join(entries)


def behaves(behaviour: Sequence[Behaviour], name: str, several: bool = False) -> str:
    """Say how a formula grows: its degrees, and what one per cent more costs at the defaults.

    >>> of_alpha = Behaviour("alpha", "α", 2, Fraction(193, 100))
    >>> behaves([of_alpha, Behaviour("resolution", "R", 0, Fraction(0))], "params")
    'degree 2 in α, independent of R; at the defaults 1 % wider costs 1.93 % more'
    """
    matter = [b for b in behaviour if b.degree or b.elasticity]
    if not matter:
        return f"{name} do not depend on {_listed(b.letter for b in behaviour)}"
    degrees = "degree " + _listed(f"{b.degree} in {b.letter}" for b in matter)
    rest = [b.letter for b in behaviour if b not in matter]
    independent = f", independent of {_listed(rest)}" if rest else ""
    costs = _listed(f"1 % {MORE.get(b.name, f'more {b.name}')} costs {_change(b.elasticity)}" for b in matter)
    subject = f"{name}: " if several else ""
    return f"{subject}{degrees}{independent}; at the defaults {costs}"


def _change(elasticity: Fraction) -> str:
    if elasticity == 0:
        return "the same"
    size = abs(elasticity)
    places = 2 if size * 100 >= 1 else 4  # of a small effect two digits, too
    return f"{decimal(size, places)} % {'more' if elasticity > 0 else 'less'}"
