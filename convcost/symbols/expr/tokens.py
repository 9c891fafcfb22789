"""Reading an expression token by token, before ``ast`` sees it: exact numbers, and errors for what is foreign.

What passes here is made of decimal numbers, ASCII names, operators, commas and closed parentheses, so ``ast`` can be
given it without surprises: no strings, no attributes, no digits that are not exact.
"""

from __future__ import annotations

import re
from fractions import Fraction

from convcost.symbols.expr.language import MAX_DEPTH, MAX_DIGITS, OPERATORS, RESERVED, ExpressionError, quoted, shorten
from convcost.symbols.expr.operations import bounded

_TOKEN = re.compile(
    r" +|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<open>\()|(?P<close>\))|\*\*|//|[<>=!]=|[-+*/%<>,]",
    re.ASCII,
)
_FOREIGN = RESERVED - OPERATORS - {"true", "false", "True", "False", "cin"}
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


def scan(text: str) -> dict[int, int | Fraction]:
    """Read all tokens and return the numbers by their offsets.

    Raises
    ------
    ExpressionError
        E201, E202, E205, E206, E207.

    >>> scan("0.75 * (c + 8)")
    {0: Fraction(3, 4), 12: 8}
    """
    numbers: dict[int, int | Fraction] = {}
    brackets: list[int] = []
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise _foreign(text, at)
        if token["number"]:
            numbers[at] = _number(text, at, token["number"])
        elif token["name"] in _FOREIGN:
            word = token["name"]
            raise ExpressionError("E202", f"{word!r} is not part of the expression language").at(at, len(word))
        elif token["open"]:
            brackets.append(at)
            if len(brackets) > MAX_DEPTH:
                raise ExpressionError("E205", f"parentheses nested deeper than {MAX_DEPTH}").at(at)
        elif token["close"]:
            if not brackets:
                raise ExpressionError("E201", "')' without '('").at(at)
            brackets.pop()
        at = token.end()
    if brackets:
        raise ExpressionError("E201", "'(' is not closed").at(brackets[-1])
    return numbers


def _foreign(text: str, at: int) -> ExpressionError:
    char, whole = text[at], text.strip()
    hint = _SLIPS.get(char, "")
    if char == ":" and re.fullmatch(r"\d+(:\d+)+", whole):
        parts = [int(part[:9]) for part in whole.split(":")][:4]
        sixty = sum(part * 60**power for power, part in enumerate(reversed(parts)))
        hint = f"a ratio is written {shorten(whole.replace(':', '/'))}; YAML 1.1 would read {sixty}"
    return ExpressionError(
        "E201", f"unexpected {quoted(char) if char.isprintable() else f'U+{ord(char):04X}'} in an expression", hint=hint
    ).at(at)


def _number(text: str, at: int, token: str) -> int | Fraction:
    following = text[at + len(token) : at + len(token) + 1]
    if following == "." or following.isidentifier():
        raise _not_a_number(text, at, token)
    mantissa, _, exponent = token.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or len(exponent) > 4 or abs(int(exponent or 0)) > MAX_DIGITS:
        hint = f"at most {MAX_DIGITS} are read"
        raise ExpressionError("E207", "a number with too many digits", hint=hint).at(at, len(token))
    if len(mantissa) > 1 and mantissa[0] == "0" and mantissa[1].isdigit():
        hint = f"write {mantissa.lstrip('0') or '0'}; YAML 1.1 would read 010 as 8"
        raise ExpressionError("E206", f"the number {token} begins with a zero", hint=hint).at(at, len(token))
    try:
        value: int | Fraction = bounded(Fraction(token))
    except ExpressionError as error:
        raise error.at(at, len(token)) from None
    return value


def _not_a_number(text: str, at: int, token: str) -> ExpressionError:
    word = re.match(r"[\w.]+", text[at:])
    written = word[0] if word else token
    rest = written[len(token) :]
    if rest in OPERATORS:
        hint = f"a space is missing after {token}"
    elif re.fullmatch(r"[1-9]\d*x[1-9]\d*", written):
        hint = f"the two extents are written [{written.replace('x', ', ')}]"
    elif written[:2].lower() in {"0x", "0b", "0o"} or "_" in written or "." in rest or token.endswith("."):
        hint = "numbers are decimal, digits and one point"
    else:
        hint = f"a product is written {shorten(token)}*{shorten(rest)}"
    return ExpressionError("E206", f"{quoted(written)} is not a number", hint=hint).at(at, len(written))
