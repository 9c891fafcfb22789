"""What Winograd's minimal filtering costs: F(m×m, 3×3), a way to perform a convolution and not an op of its own.

One axis of the three transforms, with what results have in common computed once (zeros and ones cost nothing):

    F(2, 3)   kernel  s = g0 + g2               u = g0, (s + g1)/2, (s - g1)/2, g2
              input                             v = d0 - d2, d1 + d2, d2 - d1, d1 - d3
              output                            y = m0 + (m1 + m2), (m1 - m2) - m3

    F(4, 3)   kernel  s = g0 + g2               u = g0/4, -(s + g1)/6, (g1 - s)/6, t + g1/12, t - g1/12, g2
                      t = (u0 + g2)/6
              input   p = d4 - 4 d2             v = 4(d0 - d2) + r, p + q, p - q, r + 2e, r - 2e, (d5 - d3) - 4e
                      q = d3 - 4 d1
                      r = d4 - d2, e = d3 - d1
              output  a = m1 + m2, b = m1 - m2  y = m0 + a + c, b + 2d, a + 4c, b + 8d + m5
                      c = m3 + m4, d = m3 - m4

where -4e is 2 · 2e and 8d is 4 · 2d. The matrices are those of Lavin and Gray, arXiv:1509.09308, section 4.
"""

from __future__ import annotations

from convcost.counts import Counts
from convcost.errors import ShapeError
from convcost.ops import Conv, Shape
from convcost.records import Record
from convcost.rules.conv import ConvRule
from convcost.symbols import Dim, ceil_div, product

FEWEST_CHANNELS = 16
"""A convolution of fewer input channels is performed directly."""


class Winograd(Record):
    """Costs of a convolution by F(m×m, 3×3).

    Attributes
    ----------
    tile : int
        m: each tile of m×m places of the output is made of (m + 2)×(m + 2) elements of the padded input.
    kernel, input, output : Counts
        Of one axis of the transforms, once.

    Examples
    --------
    Padding is multiplied together with what is real, so there is no count of real elements only.

    >>> WINOGRAD["winograd"].counts(Conv((3, 3), out=64, padding="same"), (1, 64, 56, 56))["mul"]
    51380224
    >>> WINOGRAD["winograd"].saving, WINOGRAD["winograd4"].saving
    ((16, 36), (36, 144))
    """

    tile: int
    kernel: Counts
    input: Counts
    output: Counts

    @property
    def size(self) -> int:
        """Elements of a tile along an axis, m + 2."""
        return self.tile + 2

    @property
    def saving(self) -> tuple[int, int]:
        """Products of a tile, for each pair of channels: (m + 2)² instead of 9m²."""
        return self.size**2, 9 * self.tile**2

    @property
    def name(self) -> str:
        """How it is written in the literature: F(2×2, 3×3)."""
        return f"F({self.tile}×{self.tile}, 3×3)"

    @property
    def title(self) -> str:
        """What it is called in a report."""
        return f"winograd {self.name}"

    def applies(self, op: Conv, x: Shape) -> bool:
        """Tell whether a convolution is performed so: dense, 3×3, steps of 1, on at least 16 channels."""
        return _fits(op) and bool(x[1] >= FEWEST_CHANNELS)

    def counts(self, op: Conv, x: Shape) -> Counts:
        """Return everything performed for each input: products, transforms of input and output, biases.

        With t_h = ⌈H/m⌉ and t_w = ⌈W/m⌉ tiles, those that overhang the rim included, there are N · (m+2)² · t_h · t_w ·
        C · out products, each added. The input is transformed down whole rows of m·t_w + 2 places, what tiles of a row
        share only once, then across; the output down and across. A bias is one addition for each output element.

        >>> from sympy import symbols
        >>> r = symbols("r", integer=True, positive=True)
        >>> WINOGRAD["winograd"].counts(Conv((3, 3), out=32, padding="same"), (1, 16, 2 * r, 2 * r))["mul"]
        8192*r**2
        """
        out = ConvRule().output(op, x)
        _check(op)
        batch, channels = x[:2]
        down, across = (ceil_div(extent, self.tile) for extent in out[2:])
        products = product((batch, self.size**2, down, across, channels, op.out))
        rows = product((batch, down, self.tile * across + 2, channels))
        tiles = product((batch, down, across))
        biases = product(out) if op.bias else 0
        total: Counts = (
            Counts(mul=products, add=products + biases)
            + self.input * (rows + self.size * tiles * channels)
            + self.output * ((self.size + self.tile) * tiles * op.out)
        )
        return total

    def prepared(self, op: Conv, x: Shape) -> Counts:
        """Return what is performed once for all inputs: the transform of the kernel, 3 columns and m + 2 rows."""
        _check(op)
        times: Dim = (3 + self.size) * x[1] * op.out
        total: Counts = self.kernel * times
        return total


def _fits(op: Conv) -> bool:
    """Tell whether a convolution has the geometry of the schemes."""
    return (op.kernel, op.stride, op.dilation, op.groups) == ((3, 3), (1, 1), (1, 1), 1)


def _check(op: Conv) -> None:
    """Refuse a convolution that the schemes are not for (E691)."""
    if not _fits(op):
        raise ShapeError("E691", f"{op.kind} is not performed by F(m×m, 3×3)", hint="dense 3×3 with steps of 1 are")


WINOGRAD = {
    "winograd": Winograd(2, Counts(mul=2, add=3), Counts(add=4), Counts(add=4)),
    "winograd4": Winograd(4, Counts(mul=5, add=6), Counts(mul=5, add=12), Counts(mul=3, add=10)),
}
"""The schemes by the name of their algorithm."""
