"""Published figures as data: what is printed where, and what it is said to be the cost of."""

from convcost.claims.printed import Printed
from convcost.claims.reader import headline, open_claims, parse
from convcost.claims.records import ClaimFile, Row, Table

__all__ = ["ClaimFile", "Printed", "Row", "Table", "headline", "open_claims", "parse"]
