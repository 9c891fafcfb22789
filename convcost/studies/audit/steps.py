"""The ways in which a printed figure can come about, each with what it takes to say it.

A step's ``bits`` are the length of its description: one that is common, or that has no alternatives, is short. A set of
steps is as long as its steps together, and the shortest set that reproduces the printed digits is the explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from itertools import combinations
from math import log2
from typing import Final, Literal

from convcost.records import Record, field
from convcost.studies.audit.ledger import Counting

Kind = Literal["counting", "network", "label", "misprint"]
"""What is counted; which network of the family; a wrong label; a slip of the pen."""


class Step(Record):
    """One way in which a figure may differ from the default.

    Attributes
    ----------
    key : str
        Its name; steps of one ``family`` exclude each other.
    says : str
        In words, as they stand in a verdict.
    bits : float
        Length of its description.
    metrics : tuple of str
        The metrics that it changes.
    changes : mapping
        Of the way of counting, if that is what it changes.
    """

    key: str
    family: str
    says: str
    bits: float
    kind: Kind = "counting"
    metrics: tuple[str, ...] = ("mult_adds", "params")
    changes: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Step) and self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)


_MULT_ADDS, _PARAMS = ("mult_adds",), ("params",)
_CLASSIFIER, _DENSE, _FIRST = frozenset({"classifier"}), frozenset({"classifier", "dense"}), frozenset({"first"})

COUNTING: Final = (
    Step("no-classifier", "head", "without the classifier", 2, changes={"without": _CLASSIFIER}),
    Step("no-dense", "head", "without the fully connected layers", 2, changes={"without": _DENSE}),
    Step("no-first", "first", "without the first layer", 3, changes={"without": _FIRST}),
    Step("bias-adds", "bias-adds", "with an addition for each bias", 2, metrics=_MULT_ADDS,
         changes={"bias_adds": True}),
    Step("norm-1", "norm-operations", "with one operation an element of batch norms", 3, metrics=_MULT_ADDS,
         changes={"norm_operations": 1}),
    Step("norm-2", "norm-operations", "with two operations an element of batch norms", 3, metrics=_MULT_ADDS,
         changes={"norm_operations": 2}),
    Step("activations", "activations", "with one operation an element of activations", 3, metrics=_MULT_ADDS,
         changes={"activation_operations": 1}),
    Step("pooling", "pooling", "with one operation for each element a pooling window sees", 3, metrics=_MULT_ADDS,
         changes={"pool_operations": 1}),
    Step("no-padding", "padding", "without operations on padding", 3, metrics=_MULT_ADDS, changes={"padding": False}),
    Step("flops", "factor", "with two operations a mult-add", 2, metrics=_MULT_ADDS, changes={"factor": 2}),
    Step("no-biases", "biases", "without biases", 3, metrics=_PARAMS, changes={"biases": False}),
    Step("values-0", "norm-values", "without batch norm", 2, metrics=_PARAMS, changes={"norm_values": 0}),
    Step("values-1", "norm-values", "with one value a channel of batch norms", 4, metrics=_PARAMS,
         changes={"norm_values": 1}),
    Step("values-3", "norm-values", "with three values a channel of batch norms", 4, metrics=_PARAMS,
         changes={"norm_values": 3}),
    Step("values-4", "norm-values", "with four values a channel of batch norms", 2, metrics=_PARAMS,
         changes={"norm_values": 4}),
    Step("binary", "binary", "with 1024 for k", 4, changes={"binary": True}),
)  # fmt: skip
"""What may be counted or not, for mult-adds and for parameters."""

CLASSES: Final = (10, 20, 21, 80, 81, 90, 91, 100, 365, 1000, 1001, 21841)
"""Numbers of classes of well-known data sets, with and without one for the background."""

RESOLUTIONS: Final = (96, 128, 160, 192, 224, 227, 240, 256, 260, 288, 299, 300, 320, 331, 380, 384, 600)
"""Input sizes in use, for a network whose spec lists no choices."""

UNIT_SLIPS: Final = {
    Fraction(1, 1000): Step("larger-unit", "unit", "the unit is a thousand times larger", 4, "misprint"),
    Fraction(1000): Step("smaller-unit", "unit", "the unit is a thousand times smaller", 4, "misprint"),
}
"""By what the derived number has to be multiplied to be the printed one."""

LONGEST: Final = 10.0
"""Bits of the longest explanation that is looked for."""

EXCEPTION: Final = 1.0
"""Bits that it takes to say that a row does not share the steps of its table."""


def background(classes: int, wanted: int, usual: int) -> Step:
    """Return the step to another number of classes.

    The commonest are one more for the background, and the number that the network was published with.

    >>> background(1000, 1001, 1000).bits, background(120, 1000, 1000).bits, background(1000, 100, 1000).says
    (2.0, 2.0, '100 classes')
    """
    bits = 2.0 if wanted in {classes + 1, usual} else 3 + log2(len(CLASSES))
    return Step(f"classes={wanted}", "classes", f"{wanted} classes", bits, "network")


def rounding(rule: str) -> Step:
    """Return the step to another rule by which widths are rounded."""
    return Step(f"rounding={rule}", "rounding", f"widths by {rule}", 4.0, "network")


def label(says: str, alternatives: int) -> Step:
    """Return the step to another network of the family, one of so many."""
    return Step(f"label={says}", "label", f"the figure of {says}", 3 + log2(max(1, alternatives)), "label")


def transposed(digits: int) -> Step:
    """Return the step in which two neighbouring digits change places, in a number of so many digits."""
    return Step("transposed", "misprint", "two digits transposed", 4 + log2(max(1, digits - 1)), "misprint")


def total_bits(steps: Iterable[Step]) -> float:
    """Return the length of a set of steps."""
    return sum(step.bits for step in steps)


@cache
def subsets(steps: tuple[Step, ...], longest: float) -> tuple[tuple[Step, ...], ...]:
    """Return all sets of steps of different families up to a length, the shortest first.

    >>> [len(each) for each in subsets(COUNTING[:3], 5)]
    [0, 1, 1, 1, 2, 2]
    """
    found: list[tuple[Step, ...]] = []
    for size in range(len(steps) + 1):
        fitting = [
            each
            for each in combinations(steps, size)
            if total_bits(each) <= longest and len({step.family for step in each}) == size
        ]
        if not fitting:
            break
        found.extend(fitting)
    return tuple(sorted(found, key=lambda each: (total_bits(each), len(each))))


def number_of_sets(steps: Iterable[Step], longest: float) -> int:
    """Return how many sets of steps of different families there are up to a length, the empty one included.

    >>> number_of_sets(COUNTING[:3], 5), len(subsets(COUNTING[:3], 5))
    (6, 6)
    """
    families: dict[str, list[float]] = {}
    for step in steps:
        families.setdefault(step.family, []).append(step.bits)
    lengths = {0.0: 1}
    for bits in families.values():
        extended = dict(lengths)
        for length, sets in lengths.items():
            for more in bits:
                if length + more <= longest:
                    extended[length + more] = extended.get(length + more, 0) + sets
        lengths = extended
    return sum(lengths.values())


@cache
def counted(base: Counting, steps: tuple[Step, ...]) -> Counting:
    """Return a way of counting with the changes of some steps.

    >>> sorted(counted(Counting(), (COUNTING[0], COUNTING[2])).without)
    ['classifier', 'first']
    """
    changes: dict[str, object] = {}
    without = base.without
    for step in steps:
        changes.update(step.changes)
        without |= step.changes.get("without", frozenset())  # type: ignore[operator]
    return base.replaced(**{**changes, "without": without})
