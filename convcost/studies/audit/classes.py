"""Other numbers of classes without building the network again, where it is certain what they cost.

Where the number of classes is the width of one fully connected or 1×1 layer and of nothing else, everything that a
ledger adds up is a polynomial in it. A layer multiplies two of its extents at most, so the degree is two at most, and
such a polynomial that agrees with a straight line at three places is that line.
"""

from __future__ import annotations

import re
from typing import Final

from convcost.spec import Architecture
from convcost.studies.audit.ledger import PLACES, Amounts, Ledger

FAR: Final = 21841
"""The third number of classes at which a network is built: far from the others."""

_COMMENT: Final = re.compile(r"(?:^|\s)#.*")
_WORD: Final = re.compile(r"\bclasses\b")
_DECLARED: Final = re.compile(r"^ +classes:\s*(?:\d+|\{.*\})\s*$")
_WIDTH: Final = re.compile(r"\b(?:linear|pointwise): \{(?:[^{}]*, *)?out: classes *[,}]")


def is_a_width(architecture: Architecture) -> bool:
    """Tell whether a spec names its number of classes only where it declares it and as the width of one layer.

    Whatever is written in another way is not recognised; the network is built then.

    >>> from convcost.spec import open_target
    >>> is_a_width(open_target("mobilenet_v1")[0]), is_a_width(open_target("ssd300_vgg")[0])
    (True, False)
    """
    lines = [_COMMENT.sub("", line) for line in architecture.document.source.lines]
    naming = [line for line in lines if _WORD.search(line)]
    declared = [line for line in naming if _DECLARED.match(line)]
    widths = [line for line in naming if _WIDTH.search(line) and len(_WORD.findall(line)) == 1]
    return len(naming) == 2 and len(declared) == len(widths) == 1


def on_the_line(at: dict[int, Ledger], wanted: int) -> Ledger | None:
    """Return the ledger at another number of classes from three; None where these are not on a line.

    >>> at = {k: Ledger({"classifier": Amounts(weights=64 * k, biases=k)}) for k in (10, 11, 21841)}
    >>> on_the_line(at, 100).places["classifier"].weights
    6400
    """
    found: dict[str, Amounts] = {}
    for place in PLACES:
        lines = zip(*(ledger.places.get(place, Amounts()).each for ledger in at.values()), strict=True)
        values = [_straight(dict(zip(at, line, strict=True)), wanted) for line in lines]
        sure = [value for value in values if value is not None]
        if len(sure) < len(values):
            return None
        found[place] = Amounts(*sure)
    return Ledger(found)


def _straight(points: dict[int, int], wanted: int) -> int | None:
    (a, at_a), (b, at_b), (c, at_c) = points.items()
    slope, rest = divmod(at_b - at_a, b - a)
    if rest or at_c != at_a + slope * (c - a):
        return None
    return at_a + slope * (wanted - a)
