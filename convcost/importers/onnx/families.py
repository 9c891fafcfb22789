"""The families of operators; importing them fills the table."""

from __future__ import annotations

from convcost.importers.onnx import (
    activation,
    choices,
    control,
    conv,
    elementwise,
    linear,
    moves,
    norm,
    places,
    pool,
    recurrent,
    reduce,
    shapes,
    spatial,
)

FAMILIES = (
    conv,
    linear,
    pool,
    norm,
    activation,
    elementwise,
    reduce,
    moves,
    choices,
    places,
    spatial,
    recurrent,
    shapes,
    control,
)


def load() -> int:
    """Return how many families there are; each has put its operators into the table when it was imported."""
    return len(FAMILIES)
