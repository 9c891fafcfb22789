"""From text to closures: every node of the syntax tree that is allowed becomes a function of an environment."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from convcost.symbols.arith import Dim
from convcost.symbols.expr.environment import Environment, Evaluation
from convcost.symbols.expr.language import (
    EXTENTS,
    MAX_CALL_DEPTH,
    MAX_CALLS,
    MAX_DEPTH,
    MAX_LENGTH,
    RESERVED,
    ExpressionError,
    Use,
    Value,
    describe,
)
from convcost.symbols.expr.operations import BINARY, FUNCTIONS, RELATIONS, bounded, compare, condition, number
from convcost.symbols.expr.tokens import scan

Closure: TypeAlias = Callable[[Environment], Value]


class Expression(NamedTuple):
    """A parsed expression; ``value`` of an environment is its value, ``uses`` are the names in it."""

    text: str
    value: Closure
    uses: tuple[Use, ...] = ()


def constant(text: str) -> int | Fraction:
    """Return the number that an expression without names stands for.

    >>> constant("0.75"), constant("1e6"), constant("2**5 * 7")
    (Fraction(3, 4), 1000000, 224)
    """
    value = parse(text).value(Environment(Evaluation()))
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise ExpressionError("E210", f"{describe(value)} is not a number").at(0, len(text))
    return value


@lru_cache(maxsize=16384)
def parse(text: str) -> Expression:
    """Parse an expression; one without names is evaluated at once.

    Raises
    ------
    ExpressionError
        E201 to E213, with the place inside the text.

    >>> parse("2 + 3 * 0.5").value(Environment(Evaluation()))
    Fraction(7, 2)
    """
    if text.isdecimal() and text.isascii() and len(text) <= 15 and (text[0] != "0" or text == "0"):
        return _constant(text, int(text))
    if text.isidentifier() and text.isascii() and text not in RESERVED and len(text) <= MAX_LENGTH:
        use = Use(text, 0)
        return Expression(text, _lookup(use), (use,))
    if len(text) > MAX_LENGTH:
        raise ExpressionError("E204", f"an expression of {len(text)} characters; at most {MAX_LENGTH} are read").at(0)
    compiler = _Compiler(text)
    if not compiler.uses:
        return _constant(text, compiler.closure(Environment(Evaluation())))
    return Expression(text, compiler.closure, tuple(compiler.uses))


def _constant(text: str, value: Value) -> Expression:
    return Expression(text, lambda _: value)


def _lookup(use: Use) -> Closure:
    name = use.name

    def value(env: Environment) -> Value:
        try:
            found = env.values[name]
        except KeyError:
            if name in env.run.words:
                return name
            raise use.unknown((*env.values, *env.functions, *FUNCTIONS)) from None
        if name in env.shaped:
            env.run.touched = True
        return found

    return value


class _Compiler:
    """One expression on its way from text to closures; every closure tells its place when it fails."""

    def __init__(self, text: str) -> None:
        text = re.sub(r"\s", " ", text)
        source = text.strip()
        self.shift = len(text) - len(text.lstrip())
        if not source:
            raise ExpressionError("E201", "an expression is missing").at(0)
        self.numbers = scan(text)
        self.uses: list[Use] = []
        self.closure = self._compile(_tree(source, self.shift), 0)

    def _place(self, node: ast.expr) -> tuple[int, int]:
        return node.col_offset + self.shift, (node.end_col_offset or 0) - node.col_offset

    def _compile(self, node: ast.expr, depth: int) -> Closure:
        place = self._place(node)
        if depth > MAX_DEPTH:
            raise ExpressionError("E205", f"an expression nested deeper than {MAX_DEPTH}").at(*place)
        if isinstance(node, ast.Constant | ast.Name):
            return self._atom(node)
        if isinstance(node, ast.BinOp):
            return self._chain(node, depth)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node, depth)
        if isinstance(node, ast.BoolOp):
            every = all if isinstance(node.op, ast.And) else any
            parts = [self._condition(part, depth) for part in node.values]
            return lambda env: every(part(env) for part in parts)
        if isinstance(node, ast.Compare):
            return self._comparison(node, depth)
        if isinstance(node, ast.IfExp):
            test = self._condition(node.test, depth)
            yes, no = self._compile(node.body, depth + 1), self._compile(node.orelse, depth + 1)
            return lambda env: yes(env) if test(env) else no(env)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        if isinstance(node, ast.Tuple) and not node.elts:
            raise ExpressionError("E201", "an expression is missing").at(*place)
        if isinstance(node, ast.Tuple):
            raise ExpressionError("E201", "a comma in an expression", hint="a list is written [a, b]").at(*place)
        raise _not_allowed("this").at(*place)

    def _atom(self, node: ast.Constant | ast.Name) -> Closure:
        offset, _ = self._place(node)
        if isinstance(node, ast.Name):
            if node.id in {"true", "false"}:
                truth = node.id == "true"
                return lambda _: truth
            use = Use(node.id, offset)
        elif offset in self.numbers:
            value = self.numbers[offset]
            return lambda _: value
        else:
            use = Use(str(node.value), offset)  # True or False: unknown symbols, with a hint
        self.uses.append(use)
        return _lookup(use)

    def _unary(self, node: ast.UnaryOp, depth: int) -> Closure:
        place = self._place(node)
        if isinstance(node.op, ast.Not):
            truth = self._condition(node.operand, depth)
            return lambda env: not truth(env)
        operand, sign = self._number(node.operand, depth), -1 if isinstance(node.op, ast.USub) else 1
        return _placed(lambda env: bounded(sign * operand(env)), place)

    def _number(self, node: ast.expr, depth: int) -> Closure:
        closure = self._compile(node, depth + 1)
        return _placed(lambda env: number(closure(env)), self._place(node))

    def _condition(self, node: ast.expr, depth: int) -> Closure:
        closure = self._compile(node, depth + 1)
        return _placed(lambda env: condition(closure(env)), self._place(node))

    def _chain(self, node: ast.BinOp, depth: int) -> Closure:
        """Compile a + b - c * d ...; the left spine is a loop, so that a long sum is not a deep one."""
        steps: list[tuple[Callable[[Dim, Dim], Dim], Closure, tuple[int, int]]] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp):
            operation = BINARY.get(type(left.op))
            if operation is None:
                raise _not_allowed("this operator").at(*self._place(left))
            steps.append((operation, self._number(left.right, depth), self._place(left.right)))
            left = left.left
        first = self._number(left, depth)
        steps.reverse()

        def value(env: Environment) -> Value:
            result = first(env)
            for operation, right, place in steps:
                try:
                    result = bounded(operation(result, right(env)))
                except ExpressionError as error:
                    raise error.at(*place) from None
            return result

        return value

    def _comparison(self, node: ast.Compare, depth: int) -> Closure:
        first = self._compile(node.left, depth + 1)
        rest: list[tuple[str, Closure]] = []
        for op, right in zip(node.ops, node.comparators, strict=True):
            if type(op) not in RELATIONS:
                raise _not_allowed("this comparison").at(*self._place(node))
            rest.append((RELATIONS[type(op)], self._compile(right, depth + 1)))

        def truth(env: Environment) -> bool:
            left = first(env)
            for relation, closure in rest:
                right = closure(env)
                holds = compare(left, relation, right)
                if not (env.run.decide(left, relation, right) if holds is None else holds):
                    return False
                left = right
            return True

        return _placed(truth, self._place(node))

    def _call(self, node: ast.Call, depth: int) -> Closure:
        place = self._place(node)
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise ExpressionError("E202", "only named functions are called, without keywords").at(*place)
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                raise _not_allowed("this").at(*self._place(argument))
        name = node.func.id
        if name in EXTENTS:
            return self._extent(name, node)
        use = Use(name, place[0], len(node.args))
        if name not in FUNCTIONS:
            self.uses.append(use)
            return _call(use, [self._compile(argument, depth + 1) for argument in node.args], place, depth + 1)
        function, least, most = FUNCTIONS[name]
        if not least <= len(node.args) <= most:
            raise (
                use.wrong_arity(least)
                if least == most
                else ExpressionError("E209", f"{name} takes {least} to {most} arguments, not {len(node.args)}").at(
                    *place
                )
            )
        arguments = [self._number(argument, depth) for argument in node.args]
        return _placed(lambda env: bounded(function(*[argument(env) for argument in arguments])), place)

    def _extent(self, function: str, node: ast.Call) -> Closure:
        if len(node.args) != 1 or not isinstance(node.args[0], ast.Name):
            raise ExpressionError("E209", f"{function} takes the name of one tensor").at(*self._place(node))
        tensor, place = node.args[0].id, self._place(node.args[0])
        self.uses.append(Use(tensor, place[0], -1))

        def value(env: Environment) -> Dim:
            env.run.touched = True
            return env.extent(function, tensor)

        return _placed(value, place)


def _tree(source: str, shift: int) -> ast.expr:
    try:
        return ast.parse(source, mode="eval").body
    except SyntaxError as error:
        if "expected 'else'" in error.msg:
            missing = ExpressionError("E201", "an 'if' without 'else'", hint="write x if condition else y")
            raise missing.at(shift, len(source)) from None
        offset = min(max((error.offset or 1) - 1, 0), len(source) - 1)
        if source[-1] in "+-*/%<>=,":
            raise ExpressionError("E201", "the expression ends too early").at(len(source) - 1 + shift) from None
        raise ExpressionError("E201", "this is not an expression").at(offset + shift) from None
    except (RecursionError, MemoryError):  # how CPython's parser says that the nesting is too deep for its stack
        raise ExpressionError("E205", f"an expression nested deeper than {MAX_DEPTH}").at(shift) from None


def _not_allowed(what: str) -> ExpressionError:
    return ExpressionError("E202", f"{what} is not part of the expression language")


def _placed(closure: Closure, place: tuple[int, int]) -> Closure:
    """Give the errors of a closure its place, unless one further in has told its own."""

    def value(env: Environment) -> Value:
        try:
            return closure(env)
        except ExpressionError as error:
            raise error.at(*place) from None

    return value


def _call(use: Use, arguments: list[Closure], place: tuple[int, int], depth: int) -> Closure:
    def value(env: Environment) -> Value:
        function = env.functions.get(use.name)
        if function is None:
            raise use.unknown((*env.functions, *FUNCTIONS, *EXTENTS))
        if len(arguments) != len(function.parameters):
            raise use.wrong_arity(len(function.parameters))
        run = env.run
        run.calls += 1
        if run.calls > MAX_CALLS:
            raise ExpressionError("E212", f"this takes more than {MAX_CALLS} calls").at(*place)
        given = [argument(env) for argument in arguments]
        if run.depth + depth > MAX_CALL_DEPTH:
            raise ExpressionError("E212", "functions that call functions are nested too deeply here").at(*place)
        run.depth += depth
        try:
            return env.call(function, given)
        except ExpressionError as error:
            if error.source is None:
                error.source = function.place
            error.calls = (f"{use.name}(...)", *error.calls)
            raise
        finally:
            run.depth -= depth

    return value
