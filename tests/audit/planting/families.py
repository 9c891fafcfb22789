"""The networks of which tables are made, and how a number is printed with so many digits."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import floor, log10

from convcost.claims import Printed, Row
from convcost.claims.printed import read
from convcost.studies.audit.ledger import Counting
from convcost.studies.audit.networks import Networks

METRICS = ("mult_adds", "params")

UNITS = ("1", "k", "M", "B", "T")

FAMILIES: dict[str, tuple[str, ...]] = {
    "MobileNet v1": tuple(
        f"mobilenet_v1@alpha={a},resolution={r}" for a, r in product(("1", "3/4", "1/2", "1/4"), (224, 192, 160, 128))
    ),
    "MobileNet v2": tuple(
        f"mobilenet_v2@alpha={a},resolution={r}"
        for a, r in product(("1.4", "1", "3/4", "1/2", "0.35"), (224, 160, 128))
    ),
    "MobileNet v3": tuple(f"mobilenet_v3:{p}" for p in ("large", "large_0_75", "small", "small_0_75")),
    "EfficientNet": tuple(f"efficientnet:b{i}" for i in range(5)),
    "ResNet": tuple(f"resnet:{n}" for n in (18, 34, 50, 101, 152)),
    "VGG": tuple(f"vgg:{n}" for n in ("11", "13", "16", "19", "11_bn", "16_bn")),
    "ShuffleNet v2": tuple(f"shufflenet_v2:x{n}" for n in ("0_5", "1_0", "1_5", "2_0")),
    "DenseNet": tuple(f"densenet:{n}" for n in (121, 161, 169, 201)),
}
"""Families with the rows that a table of them may have."""


def printed(number: Fraction, digits: int, *, truncated: bool = False) -> Printed:
    """Return a number as it is printed with so many significant digits, in the unit that leaves none out.

    >>> [str(printed(Fraction(568740352), digits)) for digits in (2, 3, 4)]
    ['0.57 B', '569 M', '568.7 M']
    """
    power = floor(log10(number))
    unit = power // 3 if power % 3 < digits else power // 3 + 1
    scaled = number / 1000**unit
    places = digits - 1 - power + 3 * unit
    units = floor(scaled * 10**places + (0 if truncated else Fraction(1, 2)))
    whole, rest = divmod(units, 10**places)
    return read(f"{whole}.{rest:0{places}}" if places else str(whole), UNITS[unit])


def derived(networks: Networks, spec: str, metric: str) -> Fraction:
    """Return what a network comes to by default."""
    row = Row(spec, spec, {metric: read("1")})
    found = networks.number(networks.open(row, None), row, metric, Counting())
    assert found is not None
    return found
