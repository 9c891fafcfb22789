"""Audits: every figure of published tables with its verdict."""

from __future__ import annotations

from convcost.claims import ClaimFile, Row, Table, headline
from convcost.cost.analysis import METRICS
from convcost.errors import ConvcostError, Diagnostics
from convcost.model import Model
from convcost.records import Record
from convcost.shown import Shown
from convcost.spec.limits import MAX_ERRORS
from convcost.studies.audit.candidates import Claim
from convcost.studies.audit.ledger import STATED, Counting
from convcost.studies.audit.networks import Networks
from convcost.studies.audit.search import Common, Search
from convcost.studies.audit.verdict import Finding, Verdict, find


class TableAudit(Record):
    """A table, the findings on its figures in their order, and the steps that explain it as a whole."""

    table: Table
    findings: tuple[Finding, ...]
    common: Common = Common()


class Audit(Shown, Record):
    """The audited tables of one source."""

    claims: ClaimFile
    tables: tuple[TableAudit, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, table after table."""
        return tuple(finding for table in self.tables for finding in table.findings)

    def count(self, verdict: Verdict) -> int:
        """Return how many figures have a verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)


def audit_tables(claims: ClaimFile, networks: Networks | None = None) -> Audit:
    """Audit the tables of a file of claims.

    Parameters
    ----------
    networks : Networks, optional
        What other audits have built already.

    Raises
    ------
    SpecError
        With the place of the row, where there is no such spec, part or kind.
    """
    networks = networks or Networks()
    _check(claims, networks)
    return Audit(claims, tuple(audit_table(table, networks) for table in claims.tables))


def _check(claims: ClaimFile, networks: Networks) -> None:
    """Report all rows that name what there is not before anything is searched; the same error once."""
    errors: dict[str, ConvcostError] = {}
    for row in (row for table in claims.tables for row in table.rows if not row.reason):
        try:
            networks.analyzed(networks.open(row, None), row)
        except Diagnostics as several:
            errors.update((str(error), error) for error in several.errors)
        except ConvcostError as error:
            errors[str(error)] = error
    if len(errors) == 1:
        raise next(iter(errors.values()))
    if errors:
        raise Diagnostics(list(errors.values())[:MAX_ERRORS])


def audit_headline(model: Model, networks: Networks | None = None, *, expected: bool = False) -> Audit:
    """Audit what an architecture says is published about it.

    Parameters
    ----------
    expected : bool
        Only figures of which the architecture says what verdict they get: explanations of others take time.

    >>> from convcost.model import load
    >>> [str(finding.verdict) for finding in audit_headline(load("mobilenet_v1")).findings]
    ['reproduced', 'reproduced', 'reproduced', 'reproduced']
    """
    table = headline(model.architecture, METRICS)
    if expected:
        rows = (row.replaced(figures={metric: row.figures[metric] for metric in row.expect}) for row in table.rows)
        table = table.replaced(rows=tuple(row for row in rows if row.figures))
    found = audit_table(table, networks, model)
    architecture = model.architecture
    return Audit(ClaimFile(architecture.name, architecture.title, architecture.source, (table,)), (found,))


def audit_table(table: Table, networks: Networks | None = None, model: Model | None = None) -> TableAudit:
    """Audit one table.

    Parameters
    ----------
    model : Model, optional
        What the table is about, where its rows say only the preset and the values.
    """
    networks = networks or Networks()
    stated = _stated(table)
    order = [each for row in table.rows for each in _figures(row, networks, stated, model)]
    search = Search([each for each in order if isinstance(each, Claim)])
    findings = tuple(
        each if isinstance(each, Finding) else find(each, None if each.agreement else search.explanation(each))
        for each in order
    )
    return TableAudit(table, findings, search.common)


def _stated(table: Table) -> Counting:
    return Counting().replaced(**STATED[table.convention], **STATED[table.parameters])


def _figures(row: Row, networks: Networks, stated: Counting, base: Model | None) -> list[Claim | Finding]:
    if row.reason:
        return [Finding(row, metric, printed, Verdict.NO_SPEC) for metric, printed in row.figures.items()]
    model = networks.open(row, base)
    return [Claim(networks, row, metric, model, stated) for metric in row.figures]
