"""The expression language of specs: exact, bounded, parsed by an ``ast`` whitelist into closures.

Numbers are integers, decimals (0.75 is exactly 3/4, 1e6 exactly 1000000) and fractions 3/4. There are ``+ - * / // % **``,
comparisons, ``and or not``, ``x if c else y``, the functions of ``FUNCTIONS``, those a spec defines, and
``channels(t) height(t) width(t)`` of a named tensor. Values are exact: ``int``, ``Fraction``, ``bool``, words, tuples
and SymPy expressions. Nothing is ever handed to ``eval``; length, depth, digits, exponents, results and calls are bounded.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias

from convcost.errors import SpecError
from convcost.symbols import arith
from convcost.symbols.arith import Dim, exact, is_symbolic

Value: TypeAlias = Any
"""``Dim``, ``bool``, a word (``str``) or a tuple of values."""

MAX_LENGTH: Final = 1000
MAX_DEPTH: Final = 50
MAX_DIGITS: Final = 30
MAX_EXPONENT: Final = 64
MAX_NUMBER: Final = 10**15
MAX_SYMBOLIC_SIZE: Final = 1000
MAX_CALLS: Final = 10_000
MAX_CALL_DEPTH: Final = 20

EXTENTS: Final = ("channels", "height", "width")
RESERVED: Final = frozenset({"true", "false", "and", "or", "not", "if", "else", "cin", *EXTENTS})

_TOKEN = re.compile(
    r"\s+|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<open>\()|(?P<close>\))|\*\*|//|[<>=!]=|[-+*/%<>,]",
    re.ASCII,
)
_WORDS = {"yes": "true", "on": "true", "no": "false", "off": "false", "True": "true", "False": "false"}
_PYTHON = frozenset(
    "None as assert async await break class continue def del elif except finally for from global import in is lambda "
    "nonlocal pass raise return try while with yield".split()
)
_SLIPS = {
    "^": "a power is written **",
    "&": "write and",
    "|": "write or",
    "!": "write not",
    "=": "equality is written ==",
    "×": "a product is written *",
    "·": "a product is written *",
    "÷": "a quotient is written /",
    "−": "the minus sign is -",
    "?": "write x if condition else y",
    ":": "a ratio is written 2/1",
    "~": "~ only marks a required argument of a block",
    "⌊": "write floor(...)",
    "⌈": "write ceil(...)",
    "[": "a list stands by itself, not inside an expression",
    "'": "words stand without quotes",
    '"': "words stand without quotes",
}


class ExpressionError(SpecError):
    """An error inside an expression; the reader of the spec knows where the expression stands.

    Attributes
    ----------
    offset, length : int
        The place in the text of the expression.
    source : object
        Whose text it is, where that is not the expression being evaluated: the ``place`` of a called function.
    calls : tuple of str
        The functions the error came through, outermost first.
    """

    def __init__(self, code: str, message: str, offset: int, length: int = 1, hint: str = "") -> None:
        super().__init__(code, message, hint=hint)
        self.offset = offset
        self.length = length
        self.source: object = None
        self.calls: tuple[str, ...] = ()


class Use(NamedTuple):
    """A name an expression uses, and where; ``arity`` is None for a value, -1 for a tensor."""

    name: str
    offset: int
    arity: int | None


class Evaluation:
    """What the expressions of one run share: counters, words, and the way symbolic comparisons are decided."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.words = frozenset(words)
        self.calls = 0
        self.depth = 0
        self.touched = False

    def decide(self, left: Dim, relation: str, right: Dim) -> bool:
        """Decide a comparison in which a symbol occurs; E214 where it does not come out the same for all values."""
        from convcost.symbols.floordiv import decide

        truth = decide(left, relation, right)
        if truth is None:
            raise ExpressionError("E214", f"{left} {relation} {right} is true for some values and false for others", 0)
        return truth


class Environment:
    """The names an expression may use.

    Attributes
    ----------
    shaped : collection of str
        Those of ``values`` that come from a shape; using one sets ``run.touched``.
    """

    __slots__ = ("functions", "run", "shaped", "values")

    def __init__(
        self,
        run: Evaluation,
        values: Mapping[str, Value] | None = None,
        functions: Mapping[str, Defined] | None = None,
        shaped: Iterable[str] = (),
    ) -> None:
        self.run = run
        self.values: Mapping[str, Value] = {} if values is None else values
        self.functions: Mapping[str, Defined] = {} if functions is None else functions
        self.shaped = shaped

    def extent(self, function: str, tensor: str) -> Dim:
        """Return ``channels``, ``height`` or ``width`` of a named tensor."""
        raise ExpressionError("E306", f"there is no tensor here: {function}({tensor})", 0)


Closure: TypeAlias = Callable[[Environment], Value]


class Expression(NamedTuple):
    """A parsed expression: evaluate it by calling ``value`` with an environment."""

    text: str
    value: Closure
    uses: tuple[Use, ...] = ()


class Defined(NamedTuple):
    """A function a spec defines; its body is evaluated where it was defined."""

    name: str
    parameters: tuple[str, ...]
    body: Closure
    environment: Environment
    place: object = None


def near_miss(word: str, candidates: Iterable[str]) -> str:
    """Return a hint that names the candidate most like a word; empty where none is.

    >>> near_miss("aplha", ["alpha", "resolution"])
    "did you mean 'alpha'?"
    """
    known = list(candidates)[:2000]
    found = difflib.get_close_matches(word[:80], known, 1, 0.6)
    if not found:
        folded = {candidate.lower(): candidate for candidate in reversed(known)}
        found = [folded[word.lower()]] if word.lower() in folded else []
    return f"did you mean {found[0]!r}?" if found else ""


def constant(text: str) -> int | Fraction:
    """Return the number an expression without names stands for.

    >>> constant("0.75"), constant("1e6"), constant("2**5 * 7")
    (Fraction(3, 4), 1000000, 224)
    """
    expression = parse(text)
    value = expression.value(Environment(Evaluation()))
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise ExpressionError("E210", f"{describe(value)} is not a number", 0, len(text))
    return value


@lru_cache(maxsize=16384)
def parse(text: str) -> Expression:
    """Parse an expression; what has no names is evaluated at once.

    Raises
    ------
    ExpressionError
        E201 and on, with the place inside the text.

    >>> parse("2 + 3 * 0.5").value(Environment(Evaluation()))
    Fraction(7, 2)
    """
    if text.isdecimal() and text.isascii() and len(text) <= 15 and (text[0] != "0" or text == "0"):
        number = int(text)
        return Expression(text, lambda _: number)
    if text.isidentifier() and text.isascii() and text not in _NOT_NAMES:
        uses = (Use(text, 0, None),)
        return Expression(text, _lookup(uses[0]), uses)
    if len(text) > MAX_LENGTH:
        raise ExpressionError("E204", f"an expression of {len(text)} characters; at most {MAX_LENGTH} are read", 0)
    compiler = _Compiler(text)
    closure = compiler.expression()
    if not compiler.uses:
        value = closure(Environment(Evaluation()))
        return Expression(text, lambda _: value)
    return Expression(text, closure, tuple(compiler.uses))


def describe(value: Value) -> str:
    """Describe a value for an error message.

    >>> describe("relu"), describe((1, 2)), describe(True), describe(Fraction(1, 2))
    ("the word 'relu'", 'a list', 'true', '1/2')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the word {value!r}"
    return "a list" if isinstance(value, tuple) else str(value)[:60]


def _lookup(use: Use) -> Closure:
    name, offset, _ = use

    def value(env: Environment) -> Value:
        try:
            found = env.values[name]
        except KeyError:
            if name in env.run.words:
                return name
            raise unknown_symbol(use, (*env.values, *env.functions, *FUNCTIONS)) from None
        if name in env.shaped:
            env.run.touched = True
        return found

    return value


def unknown_symbol(use: Use, known: Iterable[str]) -> ExpressionError:
    """Return the error for a name that stands for nothing, with the near miss."""
    if use.name in _WORDS:
        hint = f"write {_WORDS[use.name]}"
    else:
        hint = near_miss(use.name, known)
    if use.arity is not None and use.arity >= 0:
        return ExpressionError("E203", f"unknown function {use.name!r}", use.offset, len(use.name), hint)
    return ExpressionError("E103", f"unknown symbol {use.name!r}", use.offset, len(use.name), hint)


def checked(value: Value, offset: int, length: int = 1) -> Value:
    """Return a result in its simplest form after checking that it is not too large."""
    kind = type(value)
    if kind is int:
        if -MAX_NUMBER <= value <= MAX_NUMBER:
            return value
    elif kind is Fraction:
        if value.denominator == 1:
            return checked(value.numerator, offset, length)
        if value.denominator <= MAX_NUMBER and abs(value.numerator) <= MAX_NUMBER:
            return value
    else:
        from convcost.symbols.floordiv import number

        settled = number(value)
        if not is_symbolic(settled):
            return checked(settled, offset, length)
        if _small(settled):
            return settled
        raise ExpressionError("E207", "the formula of this value becomes too long", offset, length)
    raise ExpressionError("E207", "a number beyond 10**15", offset, length, "no size of a network is that large")


def _small(expression: Any) -> bool:
    """Tell whether a SymPy expression has few nodes and low powers, so that expanding it is harmless."""
    nodes, stack = 0, [(expression, 1)]
    while stack:
        node, power = stack.pop()
        nodes += 1
        if nodes > MAX_SYMBOLIC_SIZE or power > MAX_EXPONENT:
            return False
        if node.is_Pow and node.exp.is_Integer:
            stack.append((node.base, power * abs(int(node.exp))))
        else:
            stack.extend((argument, power) for argument in node.args)
    return True


class _Compiler:
    """One expression on its way from text to closures."""

    def __init__(self, text: str) -> None:
        self.text = re.sub(r"\s", " ", text)
        self.shift = len(self.text) - len(self.text.lstrip())
        self.numbers: dict[int, int | Fraction] = {}
        self.uses: list[Use] = []

    def expression(self) -> Closure:
        self._scan()
        source = self.text[self.shift :].rstrip()
        if not source:
            self._fail("E201", "an expression is missing", 0)
        try:
            tree = ast.parse(source, mode="eval")
        except SyntaxError as error:
            offset = min((error.offset or 1) - 1 + self.shift, len(self.text) - 1)
            ends = offset >= len(self.text.rstrip()) - 1 and self.text.rstrip()[-1] in "+-*/%<>=,"
            message = "the expression ends too early" if ends else "this is not an expression"
            raise ExpressionError("E201", message, offset) from None
        except (RecursionError, MemoryError):  # how CPython's parser says that its stack is too small
            raise ExpressionError("E205", "the expression is nested too deeply", self.shift) from None
        return self._compile(tree.body, 0)

    def _fail(self, code: str, message: str, offset: int, length: int = 1, hint: str = "") -> NoReturn:
        raise ExpressionError(code, message, offset, length, hint)

    def _scan(self) -> None:
        """Read all tokens: numbers exactly, foreign characters and open brackets as errors with their places."""
        text, at, brackets = self.text, self.shift, list[int]()
        while at < len(text):
            token = _TOKEN.match(text, at)
            if token is None:
                self._foreign(at)
            if token["number"]:
                self.numbers[at] = self._number(token["number"], at, token.end())
            elif token["name"] in _PYTHON:
                word = token["name"]
                hint = "'lambda' is reserved, write another name" if word == "lambda" else ""
                self._fail("E202", f"{word!r} is not part of the expression language", at, len(word), hint)
            elif token["open"]:
                brackets.append(at)
                if len(brackets) > MAX_DEPTH:
                    self._fail("E205", f"parentheses nested deeper than {MAX_DEPTH}", at)
            elif token["close"]:
                if not brackets:
                    self._fail("E201", "')' without '('", at)
                brackets.pop()
            at = token.end()
        if brackets:
            hint = "quote an expression that contains a comma" if "," not in text else ""
            self._fail("E201", "'(' is not closed", brackets[-1], 1, hint)

    def _foreign(self, at: int) -> NoReturn:
        char = self.text[at]
        hint = _SLIPS.get(char, "")
        if char == ":" and re.fullmatch(r"\d+(:\d+)+", self.text.strip()):
            hint = f"a ratio is written {self.text.strip().replace(':', '/')}; YAML 1.1 would read a number to base 60"
        self._fail("E201", f"unexpected {char!r} in an expression", at, 1, hint)

    def _number(self, token: str, at: int, end: int) -> int | Fraction:
        if self.text[end : end + 1].isidentifier() or self.text[end : end + 1] == ".":
            word = re.match(r"[\w.]*", self.text[at:], re.ASCII)
            written = word[0] if word else token
            if re.fullmatch(r"\d+x\d+", written):
                hint = f"{written} is written [{written.replace('x', ', ')}]"
            elif written[:2].lower() in {"0x", "0b", "0o"} or "_" in written:
                hint = "numbers are decimal, digits only"
            else:
                hint = f"a product is written {token}*{written[len(token) :]}"
            self._fail("E206", f"{written[:40]!r} is not a number", at, len(written), hint)
        mantissa, _, exponent = token.lower().partition("e")
        if len(mantissa) > MAX_DIGITS or len(exponent) > 3 or abs(int(exponent or 0)) > MAX_DIGITS:
            self._fail("E207", "a number with too many digits", at, len(token), f"at most {MAX_DIGITS} are read")
        if len(mantissa) > 1 and mantissa[0] == "0" and mantissa[1].isdigit():
            hint = f"write {mantissa.lstrip('0') or '0'}; YAML 1.1 would read 010 as 8"
            self._fail("E206", f"the number {token} begins with a zero", at, len(token), hint)
        value: int | Fraction = exact(Fraction(token))
        checked(value, at, len(token))
        return value

    def _compile(self, node: ast.expr, depth: int) -> Closure:
        offset = node.col_offset + self.shift
        length = (node.end_col_offset or node.col_offset + 1) - node.col_offset
        if depth > MAX_DEPTH:
            self._fail("E205", f"an expression nested deeper than {MAX_DEPTH}", offset, length)
        match node:
            case ast.Constant(value=value) if not isinstance(value, bool | str | bytes) and offset in self.numbers:
                number = self.numbers[offset]
                return lambda _: number
            case ast.Name(id=("true" | "false") as word):
                truth = word == "true"
                return lambda _: truth
            case ast.Name(id=name) | ast.Constant(value=(True | False) as name):
                use = Use(str(name), offset, None)
                self.uses.append(use)
                return _lookup(use)
            case ast.UnaryOp(op=op, operand=operand):
                return self._unary(op, self._compile(operand, depth + 1), offset, length)
            case ast.BinOp():
                return self._chain(node, depth)
            case ast.BoolOp(op=op, values=values):
                parts = [self._condition(part, depth) for part in values]
                if isinstance(op, ast.And):
                    return lambda env: all(part(env) for part in parts)
                return lambda env: any(part(env) for part in parts)
            case ast.Compare():
                return self._comparison(node, depth)
            case ast.IfExp(test=test, body=body, orelse=other):
                condition = self._condition(test, depth)
                yes, no = self._compile(body, depth + 1), self._compile(other, depth + 1)
                return lambda env: yes(env) if condition(env) else no(env)
            case ast.Call():
                return self._call(node, depth, offset, length)
            case ast.Tuple():
                self._fail("E201", "a comma in an expression", offset, length, "a list is written [a, b]")
            case _:
                what = type(node).__name__.lower()
                self._fail("E202", f"this is not part of the expression language ({what})", offset, length)

    def _condition(self, node: ast.expr, depth: int) -> Closure:
        closure = self._compile(node, depth + 1)
        offset, length = node.col_offset + self.shift, (node.end_col_offset or 0) - node.col_offset

        def truth(env: Environment) -> bool:
            return condition(closure(env), offset, length)

        return truth

    def _unary(self, op: ast.unaryop, operand: Closure, offset: int, length: int) -> Closure:
        if isinstance(op, ast.Not):
            return lambda env: not condition(operand(env), offset, length)
        if isinstance(op, ast.USub):
            return lambda env: checked(-_number(operand(env), offset, length), offset, length)
        return lambda env: _number(operand(env), offset, length)

    def _chain(self, node: ast.BinOp, depth: int) -> Closure:
        """Compile a + b - c * d ... ; the left spine is a loop, so a long sum is not deep."""
        rights: list[tuple[Callable[..., Value], Closure, int, int, int]] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp):
            operation = BINARY.get(type(left.op))
            start, end = left.col_offset + self.shift, (left.end_col_offset or 0) + self.shift
            if operation is None:
                self._fail("E202", "this operator is not part of the expression language", start, end - start)
            place = left.right.col_offset + self.shift
            right = self._compile(left.right, depth + 1)
            rights.append((operation, right, start, end - start, place))
            left = left.left
        first = self._compile(left, depth + 1)
        rights.reverse()
        at, size = left.col_offset + self.shift, (left.end_col_offset or 0) - left.col_offset

        def value(env: Environment) -> Value:
            result = _number(first(env), at, size)
            for operation, right, start, length, place in rights:
                operand = _number(right(env), place, max(1, start + length - place))
                result = checked(operation(result, operand, place), start, length)
            return result

        return value

    def _comparison(self, node: ast.Compare, depth: int) -> Closure:
        offset, length = node.col_offset + self.shift, (node.end_col_offset or 0) - node.col_offset
        first = self._compile(node.left, depth + 1)
        rest: list[tuple[str, Closure]] = []
        for op, right in zip(node.ops, node.comparators, strict=True):
            if type(op) not in RELATIONS:
                self._fail("E202", "this comparison is not part of the expression language", offset, length)
            rest.append((RELATIONS[type(op)], self._compile(right, depth + 1)))

        def truth(env: Environment) -> bool:
            left = first(env)
            for relation, closure in rest:
                right = closure(env)
                if not _compare(env, left, relation, right, offset, length):
                    return False
                left = right
            return True

        return truth

    def _call(self, node: ast.Call, depth: int, offset: int, length: int) -> Closure:
        if not isinstance(node.func, ast.Name) or node.keywords:
            self._fail("E202", "only named functions are called, and without keywords", offset, length)
        name, count = node.func.id, len(node.args)
        if name in EXTENTS:
            (tensor,) = node.args if count == 1 else (None,)
            if not isinstance(tensor, ast.Name):
                self._fail("E209", f"{name} takes the name of one tensor", offset, length)
            self.uses.append(Use(tensor.id, tensor.col_offset + self.shift, -1))
            return _extent(name, tensor.id, tensor.col_offset + self.shift)
        arguments = [self._compile(argument, depth + 1) for argument in node.args]
        builtin = FUNCTIONS.get(name)
        if builtin is None:
            use = Use(name, offset, count)
            self.uses.append(use)
            return _call(use, arguments, length)
        function, least, most = builtin
        if not least <= count <= most:
            wanted = f"{least} argument{'s' if least > 1 else ''}" if least == most else f"at least {least} arguments"
            self._fail("E209", f"{name} takes {wanted}, not {count}", offset, length)

        def value(env: Environment) -> Value:
            numbers = [_number(argument(env), offset, length) for argument in arguments]
            return checked(function(*numbers, place=offset), offset, length)

        return value


def _extent(function: str, tensor: str, offset: int) -> Closure:
    def value(env: Environment) -> Dim:
        env.run.touched = True
        try:
            return env.extent(function, tensor)
        except ExpressionError as error:
            error.offset, error.length = offset, len(tensor)
            raise

    return value


def _call(use: Use, arguments: list[Closure], length: int) -> Closure:
    def value(env: Environment) -> Value:
        function = env.functions.get(use.name)
        if function is None:
            raise unknown_symbol(use, (*env.functions, *FUNCTIONS, *EXTENTS))
        if len(arguments) != len(function.parameters):
            raise wrong_arity(use, len(function.parameters), length)
        run = env.run
        run.calls += 1
        if run.calls > MAX_CALLS or run.depth >= MAX_CALL_DEPTH:
            limit = f"{MAX_CALLS} calls" if run.calls > MAX_CALLS else f"calls {MAX_CALL_DEPTH} deep"
            raise ExpressionError("E212", f"this takes more than {limit}", use.offset, length)
        given = [argument(env) for argument in arguments]
        home = function.environment
        inner = Environment(run, {**home.values, **dict(zip(function.parameters, given, strict=True))}, home.functions)
        inner.shaped = [name for name in home.shaped if name not in function.parameters] if home.shaped else ()
        run.depth += 1
        try:
            return function.body(inner)
        except ExpressionError as error:
            if error.source is None:
                error.source = function.place
            error.calls = (f"{use.name}(...)", *error.calls)
            raise
        finally:
            run.depth -= 1

    return value


def wrong_arity(use: Use, wanted: int, length: int = 0) -> ExpressionError:
    """Return the error for a call with too few or too many arguments."""
    message = f"{use.name} takes {wanted} argument{'s' if wanted != 1 else ''}, not {use.arity}"
    return ExpressionError("E209", message, use.offset, length or len(use.name))


def condition(value: Value, offset: int = 0, length: int = 1) -> bool:
    """Return a value that is true or false, and nothing else."""
    if isinstance(value, bool):
        return value
    raise ExpressionError(
        "E210", f"a condition is true or false, not {describe(value)}", offset, length, "compare it: x != 0"
    )


def _number(value: Value, offset: int, length: int) -> Dim:
    if isinstance(value, bool | str | tuple):
        raise ExpressionError("E210", f"arithmetic on {describe(value)}", offset, length)
    return value


def _compare(env: Environment, left: Value, relation: str, right: Value, offset: int, length: int) -> bool:
    plain = (bool, str, tuple)
    if isinstance(left, plain) or isinstance(right, plain):
        if relation in {"==", "!="}:
            same = type(left) is type(right) and left == right
            return same if relation == "==" else not same
        other = left if isinstance(left, plain) else right
        raise ExpressionError("E210", f"{describe(other)} is neither larger nor smaller", offset, length)
    if is_symbolic(left) or is_symbolic(right):
        try:
            return env.run.decide(left, relation, right)
        except ExpressionError as error:
            error.offset, error.length = offset, length
            raise
    return COMPARE[relation](left, right)


def _divide(x: Dim, y: Dim, place: int) -> Dim:
    if y == 0:
        raise ExpressionError("E208", "division by zero", place)
    return Fraction(x, y) if not is_symbolic(x) and not is_symbolic(y) else x / y


def _positive(divisor: Dim, place: int) -> Dim:
    if divisor == 0:
        raise ExpressionError("E208", "division by zero", place)
    if not is_symbolic(divisor) and divisor < 0:
        raise ExpressionError("E208", f"the divisor {divisor} is negative", place, 1, "floors are taken of positive divisors")
    return divisor


def _floor_div(x: Dim, y: Dim, place: int) -> Dim:
    return arith.floor_div(x, _positive(y, place))


def _power(base: Dim, exponent: Dim, place: int) -> Dim:
    if is_symbolic(exponent) or not isinstance(exponent, int) or abs(exponent) > MAX_EXPONENT:
        hint = f"exponents are whole numbers from -{MAX_EXPONENT} to {MAX_EXPONENT}"
        raise ExpressionError("E213", f"the exponent {describe(exponent)}", place, 1, hint)
    if base == 0 and exponent < 0:
        raise ExpressionError("E208", "division by zero", place)
    return Fraction(base) ** exponent if not is_symbolic(base) else base**exponent


BINARY: Final[dict[type[ast.operator], Callable[[Dim, Dim, int], Dim]]] = {
    ast.Add: lambda x, y, _: x + y,
    ast.Sub: lambda x, y, _: x - y,
    ast.Mult: lambda x, y, _: x * y,
    ast.Div: _divide,
    ast.FloorDiv: _floor_div,
    ast.Mod: lambda x, y, place: x - y * _floor_div(x, y, place),
    ast.Pow: _power,
}
RELATIONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": lambda x, y: bool(x == y),
    "!=": lambda x, y: bool(x != y),
    "<": lambda x, y: bool(x < y),
    "<=": lambda x, y: bool(x <= y),
    ">": lambda x, y: bool(x > y),
    ">=": lambda x, y: bool(x >= y),
}
FUNCTIONS: Final[dict[str, tuple[Callable[..., Dim], int, int]]] = {
    "floor": (lambda x, place: arith.floor(x), 1, 1),
    "ceil": (lambda x, place: arith.ceil(x), 1, 1),
    "round": (lambda x, place: arith.round_half_even(x), 1, 1),
    "round_to": (lambda x, m, place: arith.round_to(x, _positive(m, place)), 2, 2),
    "make_divisible": (lambda x, d, place: arith.make_divisible(x, _positive(d, place)), 2, 2),
    "max": (lambda *values, place: arith.maximum(*values), 2, 100),
    "min": (lambda *values, place: arith.minimum(*values), 2, 100),
    "abs": (lambda x, place: arith.maximum(x, -x), 1, 1),
}
"""The functions of the language: (function, fewest arguments, most)."""

_NOT_NAMES: Final = RESERVED - {"cin"} | _PYTHON | frozenset(_WORDS) - {"yes", "no", "on", "off"}
