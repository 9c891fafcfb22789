"""The expression language: exact values, near misses, places of errors, and bounds."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.symbols.expr import Defined, Environment, Evaluation, ExpressionError, constant, describe, parse
from convcost.symbols.expr.language import MAX_DEPTH, MAX_LENGTH
from convcost.symbols.floordiv import FloorDiv, free_symbol


def evaluate(text: str, **values: object) -> object:
    return parse(text).value(Environment(Evaluation({"relu", "same"}), values))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("224", 224),
        ("0.75", Fraction(3, 4)),
        ("1e6", 1_000_000),
        ("1e-3", Fraction(1, 1000)),
        (".5", Fraction(1, 2)),
        ("3/4", Fraction(3, 4)),
        ("6/3", 2),
        ("0.1 + 0.2 == 0.3", True),
        ("2 + 3*4 - 1", 13),
        ("-2**2", -4),
        ("2**-3", Fraction(1, 8)),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        ("7.5 % 2", Fraction(3, 2)),
        ("floor(7/2)", 3),
        ("ceil(7/2)", 4),
        ("round(5/2)", 2),
        ("round(7/2)", 4),
        ("round_to(28, 8)", 32),
        ("make_divisible(33, 8)", 32),
        ("make_divisible(11.2, 8)", 16),
        ("max(3, 7/2)", Fraction(7, 2)),
        ("min(3, 7/2, 5)", 3),
        ("abs(-3/4)", Fraction(3, 4)),
        ("1 < 2 <= 2 != 3", True),
        ("1 < 3 < 2", False),
        ("true and not false", True),
        ("false or 2 > 1", True),
        ("4 if 1 > 2 else 8", 8),
        ("relu", "relu"),
        ("relu == relu", True),
        ("relu == 1", False),
        ("relu != same", True),
        ("true == 1", False),
        ("a*b", 12),
        ("(a)", 3),
        ("a +\n  b", 7),
    ],
)
def test_value(text: str, value: object) -> None:
    found = evaluate(text, a=3, b=4)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "error", "offset", "length"),
    [
        ("aplha*2", "E103 unknown symbol 'aplha' (did you mean 'alpha'?)", 0, 5),
        ("2*yes", "E103 unknown symbol 'yes' (write true)", 2, 3),
        ("False", "E103 unknown symbol 'False' (write false)", 0, 5),
        ("", "E201 an expression is missing", 0, 1),
        ("()", "E201 an expression is missing", 0, 2),
        ("1 +", "E201 the expression ends too early", 2, 1),
        ("1 2", "E201 this is not an expression", 2, 1),
        ("f(1", "E201 '(' is not closed", 1, 1),
        ("1)", "E201 ')' without '('", 1, 1),
        ("1, 2", "E201 a comma in an expression (a list is written [a, b])", 0, 4),
        ("2^3", "E201 unexpected '^' in an expression (a power is written **)", 1, 1),
        ("a && b", "E201 unexpected '&' in an expression (write and)", 2, 1),
        ("a = b", "E201 unexpected '=' in an expression (equality is written ==)", 2, 1),
        ("2:1", "E201 unexpected ':' in an expression (a ratio is written 2/1; YAML 1.1 would read 121)", 1, 1),
        ("c ? 1 : 2", "E201 unexpected '?' in an expression (write x if condition else y)", 2, 1),
        ("⌊3⌋", "E201 unexpected '⌊' in an expression (write floor(...))", 0, 1),
        ("x[1]", "E201 unexpected '[' in an expression (a list stands by itself, not inside an expression)", 1, 1),
        ("x.real", "E201 unexpected '.' in an expression", 1, 1),
        ("1\x00", "E201 unexpected U+0000 in an expression", 1, 1),
        ("lambda: 1", "E202 'lambda' is not part of the expression language", 0, 6),
        ("2 is 2", "E202 'is' is not part of the expression language", 2, 2),
        ("1 << 3", "E202 this operator is not part of the expression language", 0, 6),
        ("f(1)(2)", "E202 only named functions are called, without keywords", 0, 7),
        ("max(1, *2)", "E202 this is not part of the expression language", 7, 2),
        ("flor(1/2)", "E203 unknown function 'flor' (did you mean 'floor'?)", 0, 4),
        ("x" * 1001, f"E204 an expression of 1001 characters; at most {MAX_LENGTH} are read", 0, 1),
        ("(" * 51 + "1" + ")" * 51, f"E205 parentheses nested deeper than {MAX_DEPTH}", 50, 1),
        ("-" * 60 + "1", f"E205 an expression nested deeper than {MAX_DEPTH}", 51, 10),
        ("010", "E206 the number 010 begins with a zero (write 10; YAML 1.1 would read 010 as 8)", 0, 3),
        ("3x5", "E206 '3x5' is not a number (the two extents are written [3, 5])", 0, 3),
        ("2alpha", "E206 '2alpha' is not a number (a product is written 2*alpha)", 0, 6),
        ("0x10", "E206 '0x10' is not a number (numbers are decimal, digits and one point)", 0, 4),
        ("1.2.3", "E206 '1.2.3' is not a number (numbers are decimal, digits and one point)", 0, 5),
        ("1if alpha else 2", "E206 '1if' is not a number (a space is missing after 1)", 0, 3),
        ("10**15 + 1", "E207 a number beyond 10**15 (no size of a network is that large)", 9, 1),
        ("1e400", "E207 a number with too many digits (at most 30 are read)", 0, 5),
        ("1" * 40, "E207 a number with too many digits (at most 30 are read)", 0, 40),
        ("1/3**40", "E207 a number beyond 10**15 (no size of a network is that large)", 5, 2),
        ("1/(2 - 2)", "E208 division by zero", 3, 5),
        ("5 % 0", "E208 division by zero", 4, 1),
        ("0**-1", "E208 division by zero", 3, 2),
        ("5 // -2", "E208 the divisor -2 is negative (rounding takes positive divisors)", 5, 2),
        ("floor(1, 2)", "E209 floor takes 1 argument, not 2", 0, 5),
        ("max(1)", "E209 max takes 2 to 20 arguments, not 1", 0, 6),
        ("height(3)", "E209 height takes the name of one tensor", 0, 9),
        ("w(1, 2)", "E209 w takes 1 argument, not 2", 0, 1),
        ("true + 1", "E210 arithmetic on true", 0, 4),
        ("2*relu", "E210 arithmetic on the word 'relu'", 2, 4),
        ("-k", "E210 arithmetic on a list", 1, 1),
        ("not 3", "E210 a condition is true or false, not 3 (compare it: x != 0)", 4, 1),
        ("relu < 3", "E210 the word 'relu' is neither larger nor smaller than a number", 0, 8),
        ("9**9**9", "E213 the exponent 387420489 (exponents are whole numbers from -64 to 64)", 3, 4),
        ("4**0.5", "E213 the exponent 1/2 (exponents are whole numbers from -64 to 64)", 3, 3),
        ("channels(x)", "E306 there is no tensor 'x' to take the channels of", 9, 1),
    ],
)
def test_error(text: str, error: str, offset: int, length: int) -> None:
    run = Evaluation({"relu"})
    env = Environment(run, {"alpha": 2, "k": (1, 2)})
    env.functions = {"w": Defined("w", ("c",), parse("c*2").value, env)}
    with pytest.raises(ExpressionError) as caught:
        parse(text).value(env)
    assert str(caught.value) == error
    assert (caught.value.offset, caught.value.length) == (offset, length)


def test_long_sums_are_not_deep() -> None:
    assert evaluate("+".join(["1"] * 500)) == 500


@pytest.mark.parametrize(
    "text", ["-" * 999 + "1", "not " * 249 + "true", "1" + "**1" * 333, "1 if true else " * 66 + "1"]
)
def test_deep_expressions_end_in_an_error(text: str) -> None:
    with pytest.raises(ExpressionError, match="E205"):
        evaluate(text)


def test_functions_are_evaluated_where_they_were_defined() -> None:
    run = Evaluation()
    home = Environment(run, {"alpha": Fraction(1, 2), "c": 100})
    caller = Environment(run, {"alpha": 7, "x": 33})
    caller.functions = {"w": Defined("w", ("c",), parse("floor(alpha*c)").value, home)}
    assert parse("w(x) + alpha").value(caller) == 16 + 7


def test_error_inside_a_function_tells_the_way() -> None:
    run = Evaluation()
    home = Environment(run, {"alpha": 1})
    home.functions = {"w": Defined("w", ("c",), parse("c/0").value, home, "place of w")}
    caller = Environment(run, {}, {"v": Defined("v", ("c",), parse("w(c)").value, home, "place of v")})
    with pytest.raises(ExpressionError) as caught:
        parse("v(3)").value(caller)
    assert (caught.value.source, caught.value.calls, caught.value.offset) == ("place of w", ("v(...)", "w(...)"), 2)


def test_calls_are_bounded() -> None:
    run = Evaluation()
    env = Environment(run, {"x": 1})
    functions: dict[str, Defined] = {"f0": Defined("f0", ("x",), parse("x").value, env)}
    for i in range(1, 15):
        body = parse(f"f{i - 1}(x)" + f" + f{i - 1}(x)" * 9).value
        functions[f"f{i}"] = Defined(f"f{i}", ("x",), body, env)
    env.functions = functions
    with pytest.raises(ExpressionError) as caught:
        parse("f14(x)").value(env)
    assert str(caught.value) == "E212 this takes more than 10000 calls"


@pytest.mark.parametrize("body", ["f{}(x)", "1 + (1 + (1 + (1 + f{}(x))))"])
def test_call_depth_is_bounded(body: str) -> None:
    env = Environment(Evaluation(), {"x": 1})
    functions = {"f0": Defined("f0", ("x",), parse("x").value, env)}
    for i in range(1, 60):
        functions[f"f{i}"] = Defined(f"f{i}", ("x",), parse(body.format(i - 1)).value, env)
    env.functions = functions
    assert parse("f5(x)").value(env) >= 1
    with pytest.raises(ExpressionError, match="E212 functions that call functions are nested too deeply here"):
        parse("f59(x)").value(env)


def test_symbols_stay_exact() -> None:
    n = free_symbol("n", integer=True)
    assert evaluate("(x + 1)//2 + x - x", x=n) == FloorDiv(n + 1, 2)
    assert evaluate("0.75*x*4/3", x=n) == n
    assert type(evaluate("x - x", x=n)) is int
    assert evaluate("x > 0", x=n) is True


def test_undecided_comparison_without_a_build() -> None:
    n = free_symbol("n", integer=True)
    with pytest.raises(ExpressionError) as caught:
        evaluate("x > 3", x=n)
    assert str(caught.value) == "E214 n > 3 holds for some values and not for others"


@pytest.mark.parametrize(
    "text",
    [
        "(x + 1)**64*(x + 1)",
        "((x**8)**8)**2",
        "(x + y + z)**60",
        "(x + 1)**40*(y + 1)**40",
        "x//y*(x//z + 1)**64*(y + 1)**64",
    ],
)
def test_formulas_that_would_explode_are_refused(text: str) -> None:
    symbols = {name: free_symbol(name, integer=True) for name in "xyz"}
    with pytest.raises(ExpressionError, match="E207 the formula of this value becomes too long"):
        evaluate(text, **symbols)


def test_deep_formulas_are_refused() -> None:
    def nest(depth: int) -> object:
        return evaluate("make_divisible(3*x + 1, 8)", x=nest(depth - 1)) if depth else free_symbol("n", integer=True)

    assert nest(5)
    with pytest.raises(ExpressionError, match="E207 the formula of this value becomes too long"):
        nest(50)


def test_touched_tells_values_of_shapes() -> None:
    run = Evaluation()
    env = Environment(run, {"cin": 3, "alpha": 1}, shaped={"cin"})
    parse("alpha*2").value(env)
    assert not run.touched
    parse("alpha*cin").value(env)
    assert run.touched


def test_constant_is_a_number() -> None:
    assert constant("2**5*7") == 224
    with pytest.raises(ExpressionError) as caught:
        constant("true")
    assert str(caught.value) == "E210 true is not a number"


def test_describe_cuts_and_cleans() -> None:
    assert describe("a\x1bb") == "the word 'a\N{REPLACEMENT CHARACTER}b'"
    assert len(describe("x" * 500)) < 80
