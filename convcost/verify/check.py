"""One layer: what the rules derive against what the executor measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from convcost.cost import CONVENTIONS, Derived
from convcost.counts import PRIMITIVES, Counts
from convcost.execute import Executed
from convcost.graph import Node
from convcost.ops import Conv, Input, Op
from convcost.rules.winograd import Winograd
from convcost.symbols import Dim

TOLERANCE = {2: 1e-5, 4: 1e-4}
"""How far values by F(m×m, 3×3) may be from direct ones, as a part of the largest, in single precision: rounding makes
a tenth of that on 512 channels."""


class Verdict(StrEnum):
    """How a comparison came out; what could not be run is UNVERIFIED, never PASS."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"
    UNVERIFIED = "UNVERIFIED"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A quantity on which the two sides differ."""

    quantity: str
    derived: Dim | tuple[Dim, ...] | str
    measured: int | tuple[int, ...] | str

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
    scheme : Winograd, optional
        By which it was performed, if not directly.
    directly : int
        Mult-adds that are derived for performing it directly, if ``paper`` counts the op.
    difference : float
        How far values by a scheme were from direct ones at most, as a part of the largest.
    """

    name: str
    layer: str
    op: Op
    verdict: Verdict
    mismatches: tuple[Mismatch, ...] = ()
    executed: Executed | None = None
    probed: bool = False
    reason: str = ""
    scheme: Winograd | None = None
    directly: int = 0
    difference: float = 0.0

    @property
    def mult_adds(self) -> tuple[int, int]:
        """Measured mult-adds, (all, valid), if the convention ``paper`` counts the op; what others multiply is none.

        By a scheme they are multiplications, those on padding among both.
        """
        if self.executed is None:
            return 0, 0
        paper = CONVENTIONS["paper"]
        return paper.mult_adds(self.op, self.executed.all), paper.mult_adds(self.op, self.executed.valid)


def check(
    node: Node,
    derived: Derived,
    executed: Executed,
    probe: tuple[int, int] | None = None,
    *,
    scheme: Winograd | None = None,
    difference: float = 0.0,
) -> LayerVerdict:
    """Hold every figure of a node against its evidence: shape, parameters by role, elements, counts all and valid.

    Parameters
    ----------
    probe : pair of int, optional
        Multiplications, all and valid, by the ones probe.
    scheme : Winograd, optional
        By which a convolution was performed. It multiplies padding together with what is real: all operations are
        held against the scheme's, and there are no valid ones.
    difference : float
        How far its values were from those of direct convolution.
    """
    mismatches = (
        *_mismatches(derived, executed),
        *(_of_scheme(scheme, difference, derived, executed) if scheme else _of_counts(derived, executed, probe)),
    )
    verdict = Verdict.FAIL if mismatches else Verdict.PASS
    return LayerVerdict(
        node.name,
        node.layer or node.name,
        node.op,
        verdict,
        mismatches,
        executed,
        probed=probe is not None,
        scheme=scheme,
        directly=CONVENTIONS["paper"].mult_adds(node.op, derived.counts),
        difference=difference,
    )


def _mismatches(derived: Derived, executed: Executed) -> Iterator[Mismatch]:
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


def _of_scheme(scheme: Winograd, difference: float, derived: Derived, executed: Executed) -> Iterator[Mismatch]:
    assert isinstance(derived.op, Conv)
    (x,) = derived.inputs
    yield from _counts("all", scheme.counts(derived.op, x), executed.all)
    yield from _counts("kernel", scheme.prepared(derived.op, x), executed.prepared)
    if not difference <= TOLERANCE[scheme.tile]:  # what is not a number differs, too
        yield Mismatch(
            "values", f"as by direct convolution within {TOLERANCE[scheme.tile]:g}", f"off by {difference:.2g}"
        )


def _of_counts(derived: Derived, executed: Executed, probe: tuple[int, int] | None) -> Iterator[Mismatch]:
    yield from _counts("all", derived.counts, executed.all)
    yield from _counts("valid", derived.valid, executed.valid)
    yield from _counts("kernel", Counts(), executed.prepared)
    if probe is not None:
        for kind, counts, measured in (("all", derived.counts, probe[0]), ("valid", derived.valid, probe[1])):
            if counts["mul"] != measured:
                yield Mismatch(f"mul, {kind}, ones probe", counts["mul"], measured)


def _counts(kind: str, derived: Counts, measured: Counts) -> Iterator[Mismatch]:
    for primitive in PRIMITIVES:
        if derived[primitive] != measured[primitive]:
            yield Mismatch(f"{primitive}, {kind}", derived[primitive], measured[primitive])
