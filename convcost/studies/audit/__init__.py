"""Published tables held against what is derived, and why they differ.

``ledger`` takes a network apart into what may or may not be counted; ``steps`` are the ways in which a printed figure
can come about; ``networks`` has the networks of a family, each built once; ``candidates`` is what one figure may be;
``search`` finds the smallest explanation of a row and of a table; ``odds`` says what a random number would have got;
``verdict`` and ``audit`` put it into words.
"""

from convcost.studies.audit.audit import Audit, TableAudit, audit_headline, audit_table, audit_tables
from convcost.studies.audit.networks import Networks
from convcost.studies.audit.verdict import Finding, Verdict

__all__ = ["Audit", "Finding", "Networks", "TableAudit", "Verdict", "audit_headline", "audit_table", "audit_tables"]
