"""``convcost verify``: networks run in NumPy, every figure held against what was measured."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence

import click

from convcost.cli import NO, options
from convcost.cli.output import destination, emit
from convcost.errors import UsageError
from convcost.graph import Node
from convcost.model import Model, load


@click.command("verify")
@click.argument("specs", nargs=-1, metavar="SPEC...", shell_complete=options.complete_spec)
@click.option("--all", "everything", is_flag=True, help="Every shipped spec, with all its presets.")
@click.option("--grid", is_flag=True, help="Every combination of the published choices of the hyperparameters.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random input and weights.")
@click.option("--audit", is_flag=True, help="Count also by intercepting every NumPy call.")
@options.several(options.form, options.output)
def command(
    specs: tuple[str, ...],
    everything: bool,
    grid: bool,
    seed: int,
    audit: bool,
    format_: str,
    output: str | None,
) -> int:
    """Run every layer in NumPy on a real input and compare shapes, parameters and counts, all and valid.

    Figures that a spec says are published are held against what is derived, too. The exit code is 0 if everything is
    verified, 1 if anything fails or could not be run.

    \b
    convcost verify mobilenet_v1@alpha=0.5,resolution=160
    convcost verify mobilenet_v1 --grid
    convcost verify --all
    """
    if not specs and not everything:
        raise UsageError("E017", "nothing to verify", hint="name a SPEC, or say --all")
    from convcost.report.formats import check_format, render
    from convcost.report.verification import verdict_line, verification_document
    from convcost.verify import Verdict, verify

    check_format(format_)
    models = list(_models(specs, everything=everything, grid=grid))
    with _progress(models) as step:
        results = [verify(model.graph, name=model.label, seed=seed, audit=audit, progress=step) for model in models]
    if format_ != "table" or len(results) == 1:
        document = verification_document(results)
        text = render(document, format_, stream=destination(output))
    else:
        text = "".join(f"{verdict_line(result)}\n" for result in results)
    if format_ == "table" and len(results) > 1:
        passed = sum(result.verdict is Verdict.PASS for result in results)
        text += f"{passed} of {len(results)} networks verified\n"
    figures, broken = _published(models)
    if figures and format_ == "table":
        text += f"{figures - len(broken)} of {figures} published figures as their claims say\n"
    emit(text, output)
    for line in broken:
        click.echo(line, err=True)
    return 0 if not broken and all(result.verdict is Verdict.PASS for result in results) else NO


def _published(models: Sequence[Model]) -> tuple[int, list[str]]:
    """Return how many published figures the specs claim to reproduce, and a line for each that does not hold."""
    claiming = {model.architecture.file: model for model in models if model.architecture.claims}
    if not claiming:
        return 0, []
    from convcost.report.audit import unexpected_lines
    from convcost.studies.audit import audit_headline

    audits = [audit_headline(model, expected=True) for model in claiming.values()]
    return sum(len(audit.findings) for audit in audits), unexpected_lines(audits)


def _models(specs: Sequence[str], *, everything: bool, grid: bool) -> Iterator[Model]:
    for spec in (*specs, *(_shipped() if everything else ())):
        model = load(spec)
        yield from model.grid() if grid else (model,)


def _shipped() -> Iterator[str]:
    from convcost.spec import catalog

    for name in catalog.names():
        architecture = load(name).architecture
        seen = [architecture.values()]
        yield name
        for preset in architecture.presets:
            values = architecture.values(preset)
            if values not in seen:  # one that only gives the defaults a name would be run twice
                seen.append(values)
                yield f"{name}:{preset}"


@contextlib.contextmanager
def _progress(models: Sequence[Model]) -> Iterator[Callable[[Node], None] | None]:
    """Yield what is to be called after each layer: it moves a bar on a terminal, and there is none in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    layers = sum(len(model.graph.nodes) for model in models)
    with click.progressbar(length=layers, label="verifying", file=sys.stderr) as bar:
        yield lambda _: bar.update(1)
