"""Recurrent layers."""

from __future__ import annotations

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.site import Operand, Site, Stored
from convcost.ops import Gru, Lstm, Op, Rnn

LAYERS: dict[str, type[Op]] = {"lstm": Lstm, "gru": Gru, "rnn_tanh": Rnn}


@operator(*LAYERS)
def recurrent(
    site: Site,
    input: Operand,  # noqa: A002 - the names are those of ATen
    hx: Operand | tuple[Operand, ...],
    params: tuple[Operand, ...],
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool = False,
) -> tuple[Tensor | None, ...]:
    """``lstm``, ``gru`` and ``rnn`` from states of zero; the last states have no tensor here."""
    del dropout, train
    states = hx if isinstance(hx, tuple) else (hx,)
    if any(isinstance(state, Tensor) or state.trainable for state in states):
        raise ModelError("E743", "it begins with other states than zeros")
    hidden = params[1].shape[1]
    if params[1].shape[0] % hidden or len(params) % num_layers:
        raise ModelError("E743", "it projects its states")
    tensor = site.builder.with_batch(site.tensor(input), 0 if batch_first else 1)
    batch_axis = tensor.layout
    op = LAYERS[site.call.operator](hidden, "both" if bidirectional else "forward", has_biases, num_layers)
    out = site.add(op, tensor, layout=batch_axis, weights=[each for each in params if isinstance(each, Stored)])
    return out, None, None
