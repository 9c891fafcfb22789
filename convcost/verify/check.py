"""One layer: what the rules derive against what the executor measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from convcost.cost import CONVENTIONS, Derived
from convcost.counts import PRIMITIVES, Counts
from convcost.execute import Executed
from convcost.graph import Node
from convcost.ops import Input, Op
from convcost.symbols import Dim


class Verdict(StrEnum):
    """How a comparison came out; what could not be run is UNVERIFIED, never PASS."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"
    UNVERIFIED = "UNVERIFIED"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A quantity on which the two sides differ."""

    quantity: str
    derived: Dim | tuple[Dim, ...]
    measured: int | tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.quantity}: derived {_text(self.derived)}, measured {_text(self.measured)}"


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


@dataclass(frozen=True, slots=True)
class LayerVerdict:
    """The verdict on one node, which belongs to a layer.

    Attributes
    ----------
    probed : bool
        Whether the multiplications were also measured by the ones probe, which trusts no counter.
    reason : str
        Why it is UNVERIFIED.
    """

    name: str
    layer: str
    op: Op
    verdict: Verdict
    mismatches: tuple[Mismatch, ...] = ()
    executed: Executed | None = None
    probed: bool = False
    reason: str = ""

    @property
    def mult_adds(self) -> tuple[int, int]:
        """Measured mult-adds, (all, valid), if the convention ``paper`` counts the op; what others multiply is none."""
        if self.executed is None or type(self.op) not in CONVENTIONS["paper"].tariff:
            return 0, 0
        return self.executed.all["mul"], self.executed.valid["mul"]


def check(node: Node, derived: Derived, executed: Executed, probe: tuple[int, int] | None = None) -> LayerVerdict:
    """Hold every figure of a node against its evidence: shape, parameters by role, elements, counts all and valid.

    Parameters
    ----------
    probe : pair of int, optional
        Multiplications, all and valid, by the ones probe.
    """
    mismatches = tuple(_mismatches(derived, executed, probe))
    verdict = Verdict.FAIL if mismatches else Verdict.PASS
    return LayerVerdict(
        node.name, node.layer or node.name, node.op, verdict, mismatches, executed, probed=probe is not None
    )


def _mismatches(derived: Derived, executed: Executed, probe: tuple[int, int] | None) -> Iterator[Mismatch]:
    if derived.output != executed.shape:
        yield Mismatch("shape", derived.output, executed.shape)
    parameters = derived.parameters
    for role in ("weight", "bias", "affine", "running"):
        expected, measured = getattr(parameters, role), getattr(executed, role)
        if expected != measured:
            yield Mismatch(f"{role} parameters", expected, measured)
    if not isinstance(derived.op, Input):
        for side in ("input_elements", "output_elements"):
            expected, measured = getattr(derived, side), getattr(executed, side)
            if expected != measured:
                yield Mismatch(side.replace("_", " "), expected, measured)
    yield from _counts("all", derived.counts, executed.all)
    yield from _counts("valid", derived.valid, executed.valid)
    if probe is not None:
        for kind, counts, measured in (("all", derived.counts, probe[0]), ("valid", derived.valid, probe[1])):
            if counts["mul"] != measured:
                yield Mismatch(f"mul, {kind}, ones probe", counts["mul"], measured)


def _counts(kind: str, derived: Counts, measured: Counts) -> Iterator[Mismatch]:
    for primitive in PRIMITIVES:
        if derived[primitive] != measured[primitive]:
            yield Mismatch(f"{primitive}, {kind}", derived[primitive], measured[primitive])
