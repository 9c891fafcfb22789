"""Budgets and shares of growth as people write them, read exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from convcost.budgets.records import Budget, Growth
from convcost.claims.reader import MEANT
from convcost.errors import UsageError, one_of
from convcost.symbols.expr.language import quoted
from convcost.units import BINARY, parse

Figure = str | int | Fraction

LONGEST = 40
"""Characters of a figure: more are a mistake."""

FORM = "write 600 M, 4.3M or 4,300,000"
SHARE = "write 2% or 0.5%"


def limits(figures: Mapping[str, Figure], metrics: Sequence[str], source: str) -> tuple[Budget, ...]:
    """Return budgets by metric as records.

    Raises
    ------
    UsageError
        E012 for an unknown metric, E811 for what is not a budget.

    >>> limits({"params": "4.3M"}, ["params"], "--max")[0].limit
    4300000
    """
    return tuple(
        Budget(metric_named(name, metrics), limit(figure, name), _written(figure), source)
        for name, figure in figures.items()
    )


def growths(shares: Mapping[str, Figure], metrics: Sequence[str]) -> tuple[Growth, ...]:
    """Return shares of growth by metric as records; the metric "" stands for all.

    Raises
    ------
    UsageError
        E012 for an unknown metric, E812 for what is not a share.

    >>> growths({"": "2 %"}, ["params"])[0].share
    Fraction(1, 50)
    """
    return tuple(
        Growth(metric_named(name, metrics) if name else "", share(figure), _written(figure))
        for name, figure in shares.items()
    )


def metric_named(name: str, metrics: Sequence[str]) -> str:
    """Return a metric; a hyphen is as good as an underscore.

    Raises
    ------
    UsageError
        E012 for one that there is not, with what other tools mean by it.

    >>> metric_named("mult-adds", ["mult_adds"])
    'mult_adds'
    """
    metric = name.strip().replace("-", "_")
    if metric in metrics:
        return metric
    meant = MEANT.get(metric.lower(), "")
    hint = f"did you mean {meant!r}?" if meant in metrics else one_of(metric, metrics)
    raise UsageError("E012", f"unknown metric {quoted(name.strip())}", hint=hint)


def limit(figure: Figure, what: str) -> int:
    """Return the largest count that a budget allows.

    >>> limit("600 M", "mult_adds"), limit("0.5 k", "params"), limit(0, "div")
    (600000000, 500, 0)
    """
    text = _written(figure)
    hint = FORM
    if text.endswith("%"):
        hint = "a share is for --max-growth; " + FORM
    elif text.endswith(tuple(BINARY)):
        hint = "counts have no units of memory; " + FORM
    else:
        value = _number(text) if isinstance(figure, str) else _exact(figure)
        if value is not None and value >= 0:
            return value.numerator // value.denominator
    raise UsageError("E811", f"{quoted(text)} is not a budget for {what}", hint=hint)


def share(figure: Figure) -> Fraction:
    """Return a share that is written in per cent; a number of Python is a share itself.

    >>> share("2%"), share("0.5 %"), share(Fraction(1, 50))
    (Fraction(1, 50), Fraction(1, 200), Fraction(1, 50))
    """
    text = _written(figure)
    hint = SHARE
    if isinstance(figure, str):
        body = text.removesuffix("%").rstrip()
        value = _number(body) if body[-1:].isdigit() else None
        if value is not None and not text.endswith("%"):
            hint = f"write {text}%"
            value = None
        value = None if value is None else value / 100
    else:
        value = _exact(figure)
    if value is None or value < 0:
        raise UsageError("E812", f"{quoted(text)} is not a share by which a metric may grow", hint=hint)
    return value


def assignments(texts: Iterable[str], option: str, *, bare: bool = False) -> dict[str, str]:
    """Split METRIC=VALUE texts of an option; ``bare`` ones without a metric are said of "".

    Raises
    ------
    UsageError
        E811 for another form, E814 for a metric that comes twice.

    >>> assignments(["params=4.3M"], "--max"), assignments(["2%"], "--max-growth", bare=True)
    ({'params': '4.3M'}, {'': '2%'})
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals and bare:
            name, value = "", name
        elif not name or not value:
            form = "METRIC=SHARE, such as mult_adds=2%" if bare else "METRIC=VALUE, such as params=4.3M"
            raise UsageError("E811", f"{option} takes {form}, not {quoted(text)}")
        key = name.replace("-", "_")
        if key in found:
            raise UsageError("E814", f"{option} says {f'{quoted(key)} twice' if key else 'two shares for all metrics'}")
        found[key] = value
    return found


def _written(figure: Figure) -> str:
    return figure.strip() if isinstance(figure, str) else str(figure)


def _number(text: str) -> Fraction | None:
    """Read a figure; None for what is none."""
    if len(text) > LONGEST:
        return None
    try:
        return Fraction(parse(text))
    except UsageError:
        return None


def _exact(figure: object) -> Fraction | None:
    """Return an exact number of Python; a float is refused, for nobody knows what it was meant to be."""
    return Fraction(figure) if isinstance(figure, int | Fraction) and not isinstance(figure, bool) else None
