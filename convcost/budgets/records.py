"""What may be said of a network's cost: at most so much, and at most so much more than before."""

from __future__ import annotations

from fractions import Fraction

from convcost.errors import Span
from convcost.records import Record, field


class Budget(Record):
    """The most that a metric may be.

    Attributes
    ----------
    limit : int
        Inclusive. Counts are whole, so of a budget that is not, the part behind the point never matters.
    written : str
        As it was written: "600 M".
    source : str
        Where it was said: "--max", "net.yaml", "pyproject.toml".
    span : Span or None
        The place there, where it has one.
    """

    metric: str
    limit: int
    written: str
    source: str
    span: Span | None = field(default=None, compare=False)


class Growth(Record):
    """By which share of what it was before a metric may have grown.

    Attributes
    ----------
    metric : str
        Empty for every total of the baseline that has none of its own.
    share : Fraction
        2 % is 1/50.
    """

    metric: str
    share: Fraction
    written: str

    def limit(self, before: int) -> int:
        """Return the most that a count may be: ⌊before · (1 + share)⌋, without a float.

        >>> Growth("params", Fraction(1, 50), "2%").limit(1049)
        1069
        """
        return before + int(before * self.share)
