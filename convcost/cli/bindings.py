"""Values given on the command line as NAME=VALUE."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from convcost.errors import UsageError
from convcost.model import exact_number


def bindings(texts: Iterable[str]) -> dict[str, int | Fraction]:
    """Read values exactly; several may stand in one text, separated by commas.

    >>> bindings(["N=1024,D_K=3", "m=1/2"])
    {'N': 1024, 'D_K': 3, 'm': Fraction(1, 2)}

    Raises
    ------
    UsageError
        E025 for a text that is not NAME=VALUE, E015 for a value that is not a number.
    """
    values: dict[str, int | Fraction] = {}
    for text in texts:
        for part in text.split(","):
            name, equals, value = part.partition("=")
            if not equals or not name.strip():
                raise UsageError("E025", f"{part.strip()!r} does not give a symbol a value", hint="write NAME=VALUE")
            values[name.strip()] = exact_number(name.strip(), value.strip())
    return values


def words(texts: Iterable[str]) -> dict[str, str]:
    """Read ways of writing; several may stand in one text, separated by commas.

    >>> words(["global_pool=mean,pools=functional"])
    {'global_pool': 'mean', 'pools': 'functional'}

    Raises
    ------
    UsageError
        E025 for a text that is not NAME=WORD.
    """
    values: dict[str, str] = {}
    for text in texts:
        for part in text.split(","):
            name, equals, word = (side.strip() for side in part.partition("="))
            if not equals or not name or not word:
                raise UsageError(
                    "E025", f"{part.strip()!r} does not say how something is written", hint="write NAME=WORD"
                )
            values[name] = word
    return values
