"""What comes of lifting: a spec, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property

from convcost.model import Model, loads
from convcost.records import Record


class Lifted(Record):
    """A family of networks as one spec.

    Attributes
    ----------
    text : str
        The spec.
    instances : tuple of mapping
        The values of the hyperparameters that give each of the networks it was made of, in their order.
    held_back : int
        How many of them, the last ones, were looked at only to check the result.
    notes : tuple of str
        What could have been explained otherwise.
    """

    text: str
    instances: tuple[Mapping[str, int | Fraction], ...]
    held_back: int = 0
    notes: tuple[str, ...] = ()

    @cached_property
    def model(self) -> Model:
        """The spec, loaded."""
        return loads(self.text)
