"""Tables of published figures, as their sources print them."""

from __future__ import annotations

from collections.abc import Mapping

from convcost.claims.printed import Printed
from convcost.errors import Span
from convcost.records import Record, field

EXPECTATIONS = ("reproduced", "convention", "explained", "none")
"""What a claim may say of its own verdict, from the best to nothing at all."""


class Row(Record):
    """One line of a published table.

    Attributes
    ----------
    label : str
        As printed.
    spec : str
        What the label says, as a SPEC of the command line; empty where no spec of it is shipped. For a claim that an
        architecture makes of itself, what stands behind its name: ":b3", "@alpha=1/2", or nothing.
    part, kind : tuple of str
        Only the layers of these names or scopes, or of these kinds; empty for the whole network.
    figures : mapping of str to Printed
        The printed numbers by metric.
    expect : mapping of str to str
        The verdict that a metric is expected to get; absent where nothing is expected.
    source : str
        Of this row alone.
    reason : str
        Why there is no spec.
    span : Span or None
        Where it stands; ``places`` has the values of its keys.
    """

    label: str
    spec: str
    figures: Mapping[str, Printed]
    part: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    expect: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    note: str = ""
    reason: str = ""
    span: Span | None = field(default=None, compare=False)
    places: Mapping[str, Span] = field(default_factory=dict, compare=False)

    def place(self, key: str) -> Span | None:
        """Return where the value of a key stands; the row itself where it has no such key."""
        return self.places.get(key, self.span)


class Table(Record):
    """One published table.

    Attributes
    ----------
    name : str
        As its source calls it: "Table 6".
    convention, parameters : str
        What its source says it counts; empty where it says nothing.
    """

    name: str
    rows: tuple[Row, ...]
    title: str = ""
    convention: str = ""
    parameters: str = ""
    source: str = ""
    note: str = ""


class ClaimFile(Record):
    """The tables of one source.

    Attributes
    ----------
    file : str
        Where it was read.
    """

    name: str
    title: str
    source: str
    tables: tuple[Table, ...]
    file: str = ""
