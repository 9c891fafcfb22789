"""Normalisation."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from convcost.ops._op import Op, arg
from convcost.symbols import Dim


class BatchNorm(Op):
    """Batch normalisation at inference, folded into one factor and one term for each channel.

    y = (x - mean) / √(var + ε) · scale + shift.

    A channel has a scale and a shift that are trained, a mean and a variance that are not (running statistics).
    For each channel: factor = scale / √(var + ε), term = shift - mean · factor (an absent scale is 1, an absent shift
    0; both steps are still done). For each element: x · factor + term.
    """

    name: ClassVar[str] = "batch_norm"

    scale: bool = arg("flag", "a learned factor for each channel", default=True)
    shift: bool = arg("flag", "a learned term for each channel", default=True)
    epsilon: Fraction = arg("rational", "added to the variance", default=Fraction(1, 100_000))


class LayerNorm(Op):
    """Layer normalisation over ``axes`` of each sample, with a learned factor and term for each place along them.

    With n elements along the axes: m = Σx / n, d = x - m, v = Σ d·d / n, s = √(v + ε), y = d / s, then
    y · scale + shift.
    axes [1] normalises the channels at every spatial place (ConvNeXt), [1, 2, 3] a whole image, [-1] a token.
    """

    name: ClassVar[str] = "layer_norm"

    axes: tuple[int, ...] = arg("ints", "axes normalised over, batch being 0", default=(1,))
    affine: bool = arg("flag", "learned factors and terms", default=True)
    epsilon: Fraction = arg("rational", "added to the variance", default=Fraction(1, 100_000))


class RmsNorm(Op):
    """Division by the root of the mean square over ``axes`` of each sample, with a learned factor for each place.

    With n elements along the axes: v = Σ x·x / n, s = √(v + ε), y = x / s, then y · scale.
    """

    name: ClassVar[str] = "rms_norm"

    axes: tuple[int, ...] = arg("ints", "axes normalised over, batch being 0", default=(-1,))
    scale: bool = arg("flag", "learned factors", default=True)
    epsilon: Fraction = arg("rational", "added to the mean square", default=Fraction(1, 100_000))


class GroupNorm(Op):
    """Group normalisation: over the channels of a group and all places, a learned factor and term for each channel.

    The steps are those of layer normalisation.
    """

    name: ClassVar[str] = "group_norm"

    groups: Dim = arg("dim", "groups of channels")
    affine: bool = arg("flag", "learned factors and terms", default=True)
    epsilon: Fraction = arg("rational", "added to the variance", default=Fraction(1, 100_000))


class InstanceNorm(Op):
    """Instance normalisation: over all places of each channel of each sample; the steps are those of layer norm."""

    name: ClassVar[str] = "instance_norm"

    affine: bool = arg("flag", "learned factors and terms", default=False)
    epsilon: Fraction = arg("rational", "added to the variance", default=Fraction(1, 100_000))


class LocalResponseNorm(Op):
    """Local response normalisation: x / (k + α/size · Σ x²)^β over ``size`` neighbouring channels (AlexNet).

    q = x · x for each element; then for each element: sum q, multiply it by α/size (one constant), add k, raise to β,
    divide. Channel c sums over c - ⌊(size-1)/2⌋ to c + ⌈(size-1)/2⌉; what lies outside the channels is padding.
    """

    name: ClassVar[str] = "local_response_norm"

    size: int = arg("int", "channels summed over", default=5)
    alpha: Fraction = arg("rational", "factor of the mean square", default=Fraction(1, 10_000))
    beta: Fraction = arg("rational", "exponent", default=Fraction(3, 4))
    k: Fraction = arg("rational", "term", default=Fraction(1))


class Scale(Op):
    """A learned factor for each channel, y = x · γ: the layer scale of ConvNeXt; with ``shift`` also a learned term."""

    name: ClassVar[str] = "scale"

    shift: bool = arg("flag", "a learned term for each channel, too", default=False)


class L2Norm(Op):
    """Divide by the Euclidean norm over the channels at every place: x / √(Σ x² + ε), then a learned scale each."""

    name: ClassVar[str] = "l2norm"

    scale: bool = arg("flag", "a learned factor for each channel", default=True)
    epsilon: Fraction = arg("rational", "added to the sum of squares", default=Fraction(1, 10_000_000_000))
