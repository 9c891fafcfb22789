"""What networks cost, why, and whether that is true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from convcost.api.network import load
from convcost.conventions import convention as convention_named
from convcost.cost.analysis import Analysis
from convcost.errors import UsageError
from convcost.model import Model
from convcost.shipped import CLAIMS, names

if TYPE_CHECKING:
    from convcost.report.table import Document
    from convcost.studies.audit import Audit
    from convcost.studies.compare import Comparison
    from convcost.studies.conventions import SideBySide
    from convcost.studies.formula import Formula
    from convcost.verify import Verification
    from convcost.verify.bench import Bench

Target = str | Path | Model
"""A model, or what ``load`` makes one from."""


def model_of(target: Target) -> Model:
    """Return a model as it is, and load one from anything else."""
    return target if isinstance(target, Model) else load(target)


def analyze(target: Target, *, convention: str | Path = "paper", params: str | None = None, batch: int = 1) -> Analysis:
    """Return what a network costs, node by node, with totals and groups.

    Parameters
    ----------
    target : str, Path or Model
        A file, a shipped name, or a loaded model.
    convention : str or Path
        What mult-adds are: "paper", "valid", "with-bias", that of another tool, "fvcore", with how the network is
        written where that matters, "fvcore@global_pool=mean", or a file.
    params : {"trainable", "weights", "all"}, optional
        What is called a parameter; absent, what the convention says.
    batch : int
        Images in a batch; counts are for all of them.

    Examples
    --------
    >>> from convcost import loads
    >>> tiny = loads("{convcost: 1, name: tiny, input: [3, 8, 8], layers: [{conv: {kernel: 3, out: 4}}]}")
    >>> analyze(tiny).total("mult_adds")
    3888
    """
    return model_of(target).analyze(convention_named(convention, params), batch)


def report_document(
    targets: Sequence[Target],
    *,
    convention: str | Path = "paper",
    params: str | None = None,
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
    convention: str | Path = "paper",
    params: str | None = None,
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
    format : {"table", "md", "csv", "json", "latex", "html"}
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
    convention: str | Path = "paper",
    params: str | None = None,
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
    *targets: Target,
    at: str | Iterable[str] = (),
    rewrites: str | Iterable[str] = (),
    by: str = "layer",
    convention: str | Path = "paper",
    params: str | None = None,
    batch: int = 1,
) -> Comparison:
    """Return two or more networks side by side; ratios are against the first.

    Parameters
    ----------
    at : str or iterable of str
        Further values of a single network, each beside it: "alpha=1/2,resolution=160", ":b3".
    rewrites : str or iterable of str
        Rewritten forms of a single network, each beside it: "standard-to-separable where cin > 3".
    """
    from convcost.studies.compare import compare as compared
    from convcost.studies.rewrite import rewritten

    models = [model_of(target) for target in targets]
    values, rules = ([each] if isinstance(each, str) else list(each) for each in (at, rewrites))
    if (values or rules) and len(models) != 1:
        hint = "name one, or write the values into each SPEC"
        raise UsageError("E029", f"further forms of {len(models)} networks", hint=hint)
    models += [models[0].at(text) for text in values] + [rewritten(models[0], text) for text in rules]
    return compared(models, convention_named(convention, params), by, batch)  # type: ignore[arg-type] # checked there


def conventions_of(
    target: Target, names: Sequence[str | Path] = (), *, written: Mapping[str, str] | None = None, batch: int = 1
) -> SideBySide:
    """Return what each convention counts of a network, and how that follows from the paper's.

    Parameters
    ----------
    names : sequence of str or Path
        Conventions, as ``analyze`` takes them; none for all that are shipped.
    written : mapping of str to str, optional
        How the network is written, ``{"global_pool": "mean"}``, for the tools that tell it apart.

    Examples
    --------
    >>> paper, thop = conventions_of("resnet:50", ["paper", "thop"]).readings
    >>> thop.figure - paper.figure, [(d.factor, d.amount, d.ops) for d in thop.differences][0]
    (44558336, (4, 'input', ('batch_norm',)))
    """
    from convcost.studies.conventions import side_by_side

    return side_by_side(model_of(target), [str(name) for name in names], written, batch)


def verify(
    target: Target,
    *,
    seed: int = 0,
    audit: bool = False,
    batch: int = 1,
    threads: int = 1,
    algorithm: str = "direct",
) -> Verification:
    """Run every layer of a network in NumPy and hold shape, parameters and counts against what is derived.

    Weights are random, but for a model that was imported and has them.

    Parameters
    ----------
    seed : int
        Of the random input and weights.
    audit : bool
        Also count by intercepting every NumPy call, which does not rely on the executor's own counters.
    batch : int
        Images at once.
    threads : int
        How many run the layers, beside those of NumPy's BLAS.
    algorithm : str
        How dense 3×3 convolutions with steps of 1 are performed: "direct", "winograd" or "winograd4".
    """
    from convcost.verify import verify as verified

    graph, weights = model_of(target).stored
    return verified(graph, seed=seed, audit=audit, batch=batch, threads=threads, algorithm=algorithm, weights=weights)


def bench(target: Target, *, repeat: int = 20, seed: int = 0, batch: int = 1, threads: int = 1) -> Bench:
    """Run a network in NumPy and say where the time goes, beside where the mult-adds are.

    Parameters
    ----------
    repeat : int
        Runs that are timed.
    seed : int
        Of the random input and weights.
    batch : int
        Images at once.
    threads : int
        How many run the layers, beside those of NumPy's BLAS.

    Returns
    -------
    Bench
        With the time of each step, the rates of the machine, and ``by("kind")`` for sums.

    Raises
    ------
    UsageError
        E681 where there is not enough memory, E682 for no runs.

    Examples
    --------
    >>> from convcost import loads
    >>> tiny = loads("{convcost: 1, name: tiny, input: [3, 8, 8], layers: [{conv: {kernel: 3, out: 4}}]}")
    >>> [(step.name, step.mult_adds, step.bytes) for step in bench(tiny, repeat=3).steps]
    [('conv1', 3888, 1776)]
    """
    from convcost.verify.bench import bench as benched

    model = model_of(target)
    name = model.label or model.architecture.name
    return benched(model.graph, name=name, repeat=repeat, seed=seed, batch=batch, threads=threads)


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
