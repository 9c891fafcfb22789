"""Mixtures of experts."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, arg
from convcost.symbols import Dim


class Experts(Op):
    """Sparsely gated mixture of experts: at every place of (N, C, ...) a gate picks ``active`` of ``experts`` networks.

    The gate is a fully connected layer without bias, C to ``experts``. ``active`` times the largest of its values is
    looked for, each time among ``experts`` values, and then replaced by minus infinity: v₁ ≥ v₂ ≥ ... The weights of
    the experts they belong to are exp(v - v₁) / Σ exp(v - v₁). An expert is two fully connected layers with a ReLU
    between, C to ``hidden`` to ``out``. The output is Σ weight · expert over those picked, from zero: (N, out, ...).

    A noisy gate has C · experts weights more, for the noise that is added to its values in training.
    """

    name: ClassVar[str] = "experts"

    experts: Dim = arg("dim", "networks to choose from")
    active: Dim = arg("dim", "networks that run at each place")
    hidden: Dim = arg("dim", "features between the two layers of an expert")
    out: Dim = arg("dim", "output channels")
    bias: bool = arg("flag", "add a learned value to each feature of the experts' layers", default=False)
    noisy: bool = arg("flag", "the gate has weights for noise, used in training", default=False)
