"""Recurrent layers."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, arg
from convcost.symbols import Dim

DIRECTIONS = ("forward", "backward", "both")


class Lstm(Op):
    """Long short-term memory along a sequence: (N, T, C) to (N, T, hidden · directions), from states of zero.

    A direction of a layer has weights (4 · hidden, C) and (4 · hidden, hidden), and with ``bias`` two biases of
    4 · hidden. At each step a = W x + b, and into the same accumulator R h, then + b'. Its parts are i, f, g, o in
    turn: c = sigmoid(f) · c + sigmoid(i) · tanh(g), and h = sigmoid(o) · tanh(c). The sigmoid is the activation of that
    name.
    """

    name: ClassVar[str] = "lstm"

    hidden: Dim = arg("dim", "features of the state")
    direction: str = arg("word", "which way along the sequence", default="forward", choices=DIRECTIONS)
    bias: bool = arg("flag", "two learned values for each feature of the gates", default=True)
    layers: int = arg("int", "layers, one on the outputs of the other", default=1)


class Gru(Op):
    """Gated recurrent unit along a sequence: (N, T, C) to (N, T, hidden · directions), from a state of zero.

    A direction of a layer has weights (3 · hidden, C) and (3 · hidden, hidden), and with ``bias`` two biases of
    3 · hidden. At each step a = W x + b, in parts r, z, n. Into the accumulators of r and z go R h, then b':
    r = sigmoid(r), z = sigmoid(z). With m = R h + b' of the third part, n = tanh(n + r · m), and
    h = (1 - z) · n + z · h. The sigmoid is the activation of that name.
    """

    name: ClassVar[str] = "gru"

    hidden: Dim = arg("dim", "features of the state")
    direction: str = arg("word", "which way along the sequence", default="forward", choices=DIRECTIONS)
    bias: bool = arg("flag", "two learned values for each feature of the gates", default=True)
    layers: int = arg("int", "layers, one on the outputs of the other", default=1)


class Rnn(Op):
    """Elman's recurrent layer along a sequence: (N, T, C) to (N, T, hidden · directions), from a state of zero.

    A direction of a layer has weights (hidden, C) and (hidden, hidden), and with ``bias`` two biases. At each step
    a = W x + b, into the same accumulator R h, then + b', and h = tanh(a).
    """

    name: ClassVar[str] = "rnn"

    hidden: Dim = arg("dim", "features of the state")
    direction: str = arg("word", "which way along the sequence", default="forward", choices=DIRECTIONS)
    bias: bool = arg("flag", "two learned values for each feature", default=True)
    layers: int = arg("int", "layers, one on the outputs of the other", default=1)
