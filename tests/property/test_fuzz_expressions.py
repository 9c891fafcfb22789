"""The expression language under random text, held against Python's own arithmetic where the text is valid."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from convcost.symbols.expr import Environment, Evaluation, ExpressionError, parse
from convcost.symbols.expr.language import MAX_EXPONENT, MAX_NUMBER

VALUES: dict[str, Any] = {
    "alpha": Fraction(3, 4),
    "n": 5,
    "zero": 0,
    "below": Fraction(-7, 2),
    "flag": True,
    "size": (3, 5),
}
TOKENS = [
    *"+ - * / // % ** < <= == != >= > ( ) , . [ ] { } : ; = ! ^ & | ~ @ ? $ \\ ' \" # \t \n".split(" "),
    *"and or not if else true false True None is in lambda for yield import del _ __import__ __class__".split(),
    *"0 1 2 3 8 64 65 0.75 1e3 1e-3 .5 5. 010 1e400 0x1F 1_000 3j 2:1 999999999999999 9999999999999999".split(),
    *"alpha n zero below flag size unknown relu floor ceil round round_to make_divisible max min abs channels cin w".split(),
    *"α × − ٣ ² ８ \x00 \x1b \u2028 \ud800 \U0001f600".split(),
]
words = st.sampled_from(TOKENS)
soups = st.lists(st.tuples(words, st.sampled_from(["", " "])), max_size=14).map(
    lambda parts: "".join(a + b for a, b in parts)
)
QUICK = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(QUICK, max_examples=2000)


def evaluate(text: str) -> Any:
    return parse(text).value(Environment(Evaluation(words=("relu",)), VALUES))


def check_soup(text: str) -> None:
    """A text has an exact value or one error, whose place is inside the text."""
    try:
        value = evaluate(text)
    except ExpressionError as error:
        assert re.fullmatch(r"E(103|306|2\d\d)", error.code), error
        assert 0 <= error.offset <= max(0, len(text) - 1), (error.offset, text)
        assert error.length >= 1
        assert error.offset + error.length <= max(1, len(text)), (error.offset, error.length, text)
        assert error.message
        assert len(error.message) + len(error.hint) < 300
        assert not re.search(r"<class|NoneType|object at|Error:|Fraction\(", error.message + error.hint)
    else:
        assert isinstance(value, bool | int | Fraction | str | tuple)
        if isinstance(value, Fraction):
            assert value.denominator > 1  # whole numbers are ints


@given(soups)
@QUICK
@example("")
@example("(" * 10_000)
@example("-" * 900 + "1")
@example("not " * 240 + "true")
@example("+".join("1" * 400))
@example("**".join("2" * 300))
@example("1 if true else " * 60 + "1")
@example("1<" * 400 + "1")
@example("floor(" * 45 + "1" + ")" * 45)
@example("a" * 1001)
@example("9" * 5000)
@example("1e" + "9" * 500)
@example("__import__('os').system('id')")
def test_token_soup(text: str) -> None:
    check_soup(text)


@given(st.text(max_size=60))
@QUICK
def test_any_text(text: str) -> None:
    check_soup(text)


@pytest.mark.full
@given(soups | st.text(max_size=60))
@LONG
def test_token_soup_long(text: str) -> None:
    check_soup(text)


class Refusal(Exception):
    """The code of the error that the language should give."""


class Exact:
    """A number of the oracle: Python's ``Fraction`` with the bounds of the language checked after every step."""

    def __init__(self, value: Fraction | int) -> None:
        self.value = Fraction(value)
        if abs(self.value.numerator) > MAX_NUMBER or self.value.denominator > MAX_NUMBER:
            raise Refusal("E207")

    def __add__(self, other: Exact) -> Exact:
        return Exact(self.value + other.value)

    def __sub__(self, other: Exact) -> Exact:
        return Exact(self.value - other.value)

    def __mul__(self, other: Exact) -> Exact:
        return Exact(self.value * other.value)

    def __neg__(self) -> Exact:
        return Exact(-self.value)

    def __pos__(self) -> Exact:
        return self

    def __truediv__(self, other: Exact) -> Exact:
        if other.value == 0:
            raise Refusal("E208")
        return Exact(self.value / other.value)

    def __floordiv__(self, other: Exact) -> Exact:
        if other.value <= 0:
            raise Refusal("E208")
        return Exact(self.value // other.value)

    def __mod__(self, other: Exact) -> Exact:
        if other.value <= 0:
            raise Refusal("E208")
        return Exact(self.value % other.value)

    def __pow__(self, other: Exact) -> Exact:
        if other.value.denominator != 1 or abs(other.value) > MAX_EXPONENT:
            raise Refusal("E213")
        if self.value == 0 and other.value < 0:
            raise Refusal("E208")
        return Exact(self.value**other.value.numerator)

    def compared(self, other: Exact, relation: Callable[[Any, Any], bool]) -> bool:
        return relation(self.value, other.value)

    def __lt__(self, other: Exact) -> bool:
        return self.compared(other, operator.lt)

    def __le__(self, other: Exact) -> bool:
        return self.compared(other, operator.le)

    def __gt__(self, other: Exact) -> bool:
        return self.compared(other, operator.gt)

    def __ge__(self, other: Exact) -> bool:
        return self.compared(other, operator.ge)

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, Exact)
        return self.value == other.value

    def __ne__(self, other: object) -> bool:
        assert isinstance(other, Exact)
        return self.value != other.value

    __hash__ = None  # type: ignore[assignment]


def nearest_multiple(x: Exact, multiple: Exact) -> Exact:
    if multiple.value <= 0:
        raise Refusal("E208")
    return Exact(multiple.value * ((2 * x.value + multiple.value) // (2 * multiple.value)))


ORACLE = {
    "__builtins__": {},
    "true": True,
    "false": False,
    "floor": lambda x: Exact(x.value.__floor__()),
    "ceil": lambda x: Exact(x.value.__ceil__()),
    "round": lambda x: Exact(round(x.value)),
    "round_to": nearest_multiple,
    "max": lambda *xs: Exact(max(x.value for x in xs)),
    "min": lambda *xs: Exact(min(x.value for x in xs)),
    "abs": lambda x: Exact(abs(x.value)),
    "number": lambda text: Exact(Fraction(text)),
}

numbers = st.integers(0, 99).map(str) | st.sampled_from(
    ["0.5", "0.75", "1.25", ".5", "3.", "1e3", "2.5e-1", "999999999999999"]
)
names = st.sampled_from(["alpha", "n", "zero", "below"])
operators = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", " + ", " * ", " ** "])
relations = st.sampled_from(["<", "<=", "==", "!=", ">=", ">"])


@st.composite
def conditions(draw: st.DrawFn, terms: st.SearchStrategy[str]) -> str:
    chain = draw(st.lists(terms, min_size=2, max_size=3))
    text = chain[0] + "".join(f" {draw(relations)} {term}" for term in chain[1:])
    if draw(st.booleans()):
        text = f"{text} {draw(st.sampled_from(['and', 'or']))} {draw(terms)} {draw(relations)} {draw(terms)}"
    return f"not {text}" if draw(st.booleans()) else text


def larger(terms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Combine expressions without putting parentheses round them: precedence is Python's to tell."""
    return st.one_of(
        st.tuples(terms, operators, terms).map("".join),
        st.tuples(st.sampled_from(["-", "+"]), terms).map("".join),
        terms.map("({})".format),
        st.tuples(terms, conditions(terms), terms).map(lambda t: "({} if {} else {})".format(*t)),
        st.tuples(st.sampled_from(["floor", "ceil", "round", "abs"]), terms).map(lambda t: "{}({})".format(*t)),
        st.tuples(st.sampled_from(["max", "min", "round_to"]), terms, terms).map(lambda t: "{}({}, {})".format(*t)),
    )


arithmetic = st.recursive(numbers | names, larger, max_leaves=10)


def check_arithmetic(text: str) -> None:
    python = re.sub(r"(?<![\w.])(\d+\.?\d*|\.\d+)(e-?\d+)?", r"number('\g<0>')", text)
    try:
        wanted = eval(python, {**ORACLE, **{name: Exact(VALUES[name]) for name in ("alpha", "n", "zero", "below")}})
    except Refusal as refusal:
        with pytest.raises(ExpressionError) as caught:
            evaluate(text)
        assert caught.value.code == str(refusal), text
    else:
        assert evaluate(text) == (wanted if isinstance(wanted, bool) else wanted.value), text


@given(arithmetic)
@QUICK
@example("-2**2")
@example("2**-1")
@example("2**3**2")
@example("7 - 3 - 2")
@example("7 // 2 * 2")
@example("-7 // 2")
@example("-7 % 4")
@example("below // 2 % 3")
@example("1 < 2 < 2")
@example("1 / 0")
@example("0**0")
@example("0**-1")
@example("999999999999999*2")
@example("(1/0 if 1 < 0 else 3)")
def test_arithmetic_is_python_s(text: str) -> None:
    check_arithmetic(text)


@pytest.mark.full
@given(arithmetic)
@LONG
def test_arithmetic_is_python_s_long(text: str) -> None:
    check_arithmetic(text)
