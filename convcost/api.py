"""The public functions: what the command line does, from Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from convcost.cost.analysis import Analysis
from convcost.cost.convention import Convention
from convcost.cost.convention import convention as convention_named
from convcost.model import Model, load, loads
from convcost.shipped import CLAIMS, names

if TYPE_CHECKING:
    from convcost.report.table import Document
    from convcost.studies.audit import Audit
    from convcost.studies.compare import Comparison
    from convcost.studies.formula import Formula
    from convcost.verify import Verification

Target = str | Path | Model
"""A model, or what ``load`` makes one from."""


def model_of(target: Target) -> Model:
    """Return a model as it is, and load one from anything else."""
    return target if isinstance(target, Model) else load(target)


def analyze(target: Target, *, convention: str = "paper", params: str = "trainable", batch: int = 1) -> Analysis:
    """Return what a network costs, node by node, with totals and groups.

    Parameters
    ----------
    target : str, Path or Model
        A file, a shipped name, or a loaded model.
    convention : {"paper", "valid", "with-bias"}
        How primitive operations become mult-adds.
    params : {"trainable", "weights", "all"}
        What is called a parameter.
    batch : int
        Images in a batch; counts are for all of them.

    Examples
    --------
    >>> tiny = loads("{convcost: 1, name: tiny, input: [3, 8, 8], layers: [{conv: {kernel: 3, out: 4}}]}")
    >>> analyze(tiny).total("mult_adds")
    3888
    """
    return model_of(target).analyze(convention_named(convention, params), batch)


def report_document(
    targets: Sequence[Target],
    *,
    convention: str = "paper",
    params: str = "trainable",
    by: str = "layer",
    depth: int | None = None,
    batch: int = 1,
    columns: str | None = None,
    formulas: bool = False,
) -> Document:
    """Return the tables of a report, before they are rendered; the arguments are those of ``report``."""
    from convcost.report.cost import DEFAULT, Entry, chosen_columns, document

    chosen = DEFAULT if columns is None else chosen_columns(columns)
    models = [model_of(target) for target in targets]
    entries = [Entry(m, analyze(m, convention=convention, params=params, batch=batch)) for m in models]
    return document(entries, by=by, depth=depth, columns=chosen, formulas=formulas)  # type: ignore[arg-type] # checked there


def report(
    *targets: Target,
    format: str = "table",  # noqa: A002
    convention: str = "paper",
    params: str = "trainable",
    by: str = "layer",
    depth: int | None = None,
    batch: int = 1,
    columns: str | None = None,
    formulas: bool | None = None,
    width: int = 80,
) -> str:
    """Return a report of one or more networks as text.

    Parameters
    ----------
    format : {"table", "md", "csv", "json", "latex"}
        ``table`` is plain text, ``width`` columns wide.
    by : {"layer", "block", "stage", "kind", "op"}
        What a row is; ``depth`` keeps so many scopes of a name.
    columns : str, optional
        Columns after the output, "mul,add,valid"; with a leading "+" in addition to the usual ones.
    formulas : bool, optional
        Add the closed forms; absent: in a table only.

    Raises
    ------
    ConvcostError
        Where a spec, a name or a value is wrong.
    """
    from convcost.report.formats import check_format, render

    check_format(format)
    document = report_document(
        targets,
        convention=convention,
        params=params,
        by=by,
        depth=depth,
        batch=batch,
        columns=columns,
        formulas=format == "table" if formulas is None else formulas,
    )
    return render(document, format, width=width)


def formula(
    target: Target,
    metric: str = "mult_adds",
    *,
    by: str | None = None,
    free: Iterable[str] | None = None,
    assume: Iterable[str] = (),
    convention: str = "paper",
    params: str = "trainable",
) -> Formula:
    """Return a metric as a formula in the free hyperparameters, with the domain where it holds.

    Parameters
    ----------
    metric : str
        "mult_adds", "params", a primitive such as "mul", ...
    by : str, optional
        Also derive the parts: "layer", "block", "stage", "kind" or "op".
    free, assume : iterable of str
        Hyperparameters that stay free; divisibility taken for granted, "resolution % 32 == 0".
    """
    from convcost.studies.formula import formula as derived

    return derived(
        model_of(target),
        metric,
        by=by,  # type: ignore[arg-type] # checked there
        free=free,
        assume=assume,
        convention=convention_named(convention, params),
    )


def compare(
    *targets: Target, by: str = "layer", convention: str = "paper", params: str = "trainable", batch: int = 1
) -> Comparison:
    """Return two or more networks side by side; ratios are against the first."""
    from convcost.studies.compare import compare as compared

    models = [model_of(target) for target in targets]
    return compared(models, convention_named(convention, params), by, batch)  # type: ignore[arg-type] # checked there


def verify(target: Target, *, seed: int = 0, audit: bool = False) -> Verification:
    """Run every layer of a network in NumPy and hold shape, parameters and counts against what is derived.

    Parameters
    ----------
    seed : int
        Of the random input and weights.
    audit : bool
        Also count by intercepting every NumPy call, which does not rely on the executor's own counters.
    """
    from convcost.verify import verify as verified

    return verified(model_of(target).graph, seed=seed, audit=audit)


def audit(*claims: str | Path) -> tuple[Audit, ...]:
    """Hold published tables against what is derived, and find out why they differ.

    Parameters
    ----------
    *claims : str or Path
        Files of claims, or names of shipped ones; none for all that are shipped, and for what the shipped
        architectures say of themselves.

    Returns
    -------
    tuple of Audit
        One a file or an architecture, with a finding for each printed figure.

    Raises
    ------
    UsageError, SpecError, Diagnostics
        Where there is no such file, its text is wrong, or a row names a spec or a part that there is not.
    """
    from convcost.claims import open_claims
    from convcost.cost.analysis import METRICS
    from convcost.studies.audit import Networks, audit_headline, audit_tables

    networks = Networks()
    read = [open_claims(str(each), METRICS) for each in claims or names(CLAIMS)]
    models = [] if claims else [load(name) for name in names()]
    return (
        *(audit_tables(each, networks) for each in read),
        *(audit_headline(model, networks) for model in models if model.architecture.claims),
    )


__all__ = [
    "Analysis",
    "Convention",
    "Model",
    "Target",
    "analyze",
    "audit",
    "compare",
    "formula",
    "load",
    "loads",
    "report",
    "report_document",
    "verify",
]
