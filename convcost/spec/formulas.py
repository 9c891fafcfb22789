"""Dimensions written in the expression language, so that what is read back is the same dimension."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcost.errors import UnsupportedError
from convcost.symbols import Dim, is_symbolic

SUM, PRODUCT, POWER, ATOM = range(4)
"""How tightly a text binds."""

MAX_TEXT = 100
"""Longer parts of an expression are named in ``let:``."""


class Formulas:
    """Writes dimensions in hyperparameters; ``lets`` collects the parts that got names.

    Parameters
    ----------
    hyperparameters : mapping of str to Dim
        Their values: where resolution is 32·r, r is written resolution/32.

    Raises
    ------
    UnsupportedError
        E613 where a hyperparameter is not proportional to one symbol.
    """

    def __init__(self, hyperparameters: Mapping[str, Dim]) -> None:
        self.lets: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._reserved = set(hyperparameters)
        self._shown: dict[Any, Any] = {}
        for name, value in hyperparameters.items():
            if is_symbolic(value):
                factor, symbol = proportional(name, value)
                self._shown[symbol] = symbol.func(name, **symbol.assumptions0) / factor

    def text(self, value: Dim) -> str:
        """Return the text of a dimension.

        >>> Formulas({}).text(12)
        '12'
        """
        if not is_symbolic(value):
            return str(value)
        unknown = value.free_symbols - set(self._shown)
        if unknown:
            names = ", ".join(sorted(map(str, unknown)))
            raise UnsupportedError("E613", f"{names} is no hyperparameter of the graph, so no spec can be written")
        return self._short(*self._write(value.xreplace(self._shown)))[0]

    def _short(self, text: str, binding: int) -> tuple[str, int]:
        """Give a long text a name."""
        if len(text) <= MAX_TEXT:
            return text, binding
        if text not in self._names:
            name = f"v{len(self._names) + 1}"
            while name in self._reserved:
                name += "_"
            self._names[text] = name
            self.lets[name] = text
        return self._names[text], ATOM

    def _part(self, value: Any, least: int) -> str:
        """Return the text of a part, in parentheses where it binds less tightly than needed."""
        text, binding = self._short(*self._write(value))
        return text if binding >= least else f"({text})"

    def _write(self, value: Any) -> tuple[str, int]:
        if value.is_Integer:
            return str(value), ATOM if value >= 0 else SUM
        if value.is_Rational:
            return f"{value.p}/{value.q}", PRODUCT if value > 0 else SUM
        if value.is_Symbol:
            return value.name, ATOM
        if value.is_Add:
            return self._sum(value), SUM
        if value.is_Mul or (value.is_Pow and value.exp.is_negative):
            return self._product(value)
        if value.is_Pow and value.exp.is_Integer:
            return f"{self._part(value.base, ATOM)}**{value.exp}", POWER
        return self._function(value)

    def _sum(self, value: Any) -> str:
        text = ""
        for term in value.as_ordered_terms():
            if term.could_extract_minus_sign():
                text += f" - {self._part(-term, PRODUCT)}" if text else f"-{self._part(-term, PRODUCT)}"
            else:
                text += f" + {self._part(term, PRODUCT)}" if text else self._part(term, PRODUCT)
            text = self._short(text, SUM)[0] if len(text) > MAX_TEXT else text
        return text

    def _product(self, value: Any) -> tuple[str, int]:
        if value.could_extract_minus_sign():
            return f"-{self._part(-value, PRODUCT)}", SUM
        numerator, denominator = value.as_numer_denom()
        if denominator == 1:
            return "*".join(self._part(factor, POWER) for factor in value.as_ordered_factors()), PRODUCT
        return f"{self._part(numerator, PRODUCT)}/{self._part(denominator, POWER)}", PRODUCT

    def _function(self, value: Any) -> tuple[str, int]:
        from convcost.symbols.floordiv import FloorDiv, MakeDivisible, Maximum, RoundHalfEven

        function: Any
        if isinstance(value, FloorDiv):
            x, divisor = value.args
            if divisor.is_Rational:
                return f"floor({self._write(x / divisor)[0]})", ATOM
            return f"({self._part(x, PRODUCT)}//{self._part(divisor, POWER)})", ATOM
        names = {RoundHalfEven: "round", MakeDivisible: "make_divisible", Maximum: "max"}
        for function, name in names.items():
            if isinstance(value, function):
                return f"{name}({', '.join(self._part(argument, SUM) for argument in value.args)})", ATOM
        raise UnsupportedError("E613", f"{value} cannot be written in the language of specs")


def proportional(name: str, value: Any) -> tuple[Any, Any]:
    """Return factor and symbol of a hyperparameter that is a multiple of one symbol; E613 for any other."""
    factor, symbol = value.as_coeff_Mul()
    if symbol.is_Symbol and factor.is_Rational and factor > 0:
        return factor, symbol
    raise UnsupportedError("E613", f"{name} = {value} is not a multiple of one symbol, so no spec can be written")
