"""``convcost verify``: networks run in NumPy, every figure held against what was measured."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from convcost.cli import NO, options
from convcost.cli.output import destination, emit
from convcost.cli.progress import progress
from convcost.cli.threads import option as threads_option
from convcost.cli.threads import use_threads
from convcost.errors import UsageError
from convcost.model import Model, load

if TYPE_CHECKING:
    from convcost.verify import Verification


@click.command("verify", cls=options.SpecCommand)
@options.optional_specs
@click.option("--all", "everything", is_flag=True, help="Every shipped spec, with all its presets.")
@click.option("--grid", is_flag=True, help="Every combination of the published choices of the hyperparameters.")
@click.option("--small", is_flag=True, help="On the smallest input that each spec allows, which is quick.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random input and weights.")
@options.batch
@threads_option
@click.option("--audit", is_flag=True, help="Count also by intercepting every NumPy call.")
@click.option(
    "--algorithm",
    metavar="NAME",
    default="direct",
    show_default=True,
    help="How 3×3 convolutions are performed: direct, winograd for F(2×2, 3×3), winograd4 for F(4×4, 3×3).",
)
@options.several(options.form, options.output)
def command(
    specs: tuple[str, ...],
    everything: bool,
    grid: bool,
    small: bool,
    seed: int,
    batch: int,
    threads: int | None,
    audit: bool,
    algorithm: str,
    format_: str,
    output: str | None,
) -> int:
    """Run every layer in NumPy on a real input and compare shapes, parameters and counts, all and valid.

    Weights and input are random; a model of ONNX is run with its own weights where they are there. Figures that a spec
    says are published are held against what is derived, too. The exit code is 0 if everything is verified, 1 if
    anything fails or could not be run. With --all time and memory are told as well; a network that needs more memory
    than there is is not run, and is UNVERIFIED.

    By Winograd's algorithm, dense 3×3 convolutions with steps of 1 on at least 16 channels perform fewer
    multiplications than they have mult-adds; what they perform is held against counts of its own.

    \b
    convcost verify mobilenet_v1@alpha=0.5,resolution=160
    convcost verify mobilenet_v1 --grid
    convcost verify resnet:34 --algorithm winograd
    convcost verify --all
    convcost verify --all --small
    """
    if not specs and not everything:
        raise UsageError("E017", "nothing to verify", hint="name a SPEC, or say --all")
    lanes = use_threads(threads)
    from convcost.report.formats import check_format, render
    from convcost.report.verification import verification_document

    check_format(format_)
    models = list(_models(specs, everything=everything, grid=grid))
    started = time.perf_counter()
    results = _verified(
        models,
        told=everything,
        small=small,
        seed=seed,
        batch=batch,
        audit=audit,
        threads=lanes,
        algorithm=algorithm,
    )
    seconds = time.perf_counter() - started
    if format_ != "table" or len(results) == 1:
        text = render(verification_document(results), format_, stream=destination(output))
    else:
        text = _lines(results, seconds if everything else None)
    figures, broken = _published(models)
    if figures and format_ == "table":
        text += f"{figures - len(broken)} of {figures} published figures as their claims say\n"
    emit(text, output)
    for line in broken:
        click.echo(line, err=True)
    return 0 if not broken and all(result.verdict == "PASS" for result in results) else NO


def _verified(
    models: Sequence[Model],
    *,
    told: bool,
    small: bool,
    seed: int,
    batch: int,
    audit: bool,
    threads: int,
    algorithm: str,
) -> list[Verification]:
    """Run the networks one by one; what one was made of is given back before the next."""
    from convcost.studies.smallest import smallest
    from convcost.units import memory
    from convcost.verify import verify
    from convcost.verify.network import Probes

    results: list[Verification] = []
    probes: Probes = {}
    with progress(len(models), each=told) as board:
        for given in models:
            model = smallest(given) if small else given.replaced()
            label, (graph, weights) = model.label, model.stored
            del model
            board.begin(label, len(graph.nodes))

            def warn(size: int, name: str = label) -> None:
                board.say(f"{name} needs about {memory(size)} of memory")

            result = verify(
                graph,
                name=label,
                seed=seed,
                batch=batch,
                audit=audit,
                threads=threads,
                algorithm=algorithm,
                progress=lambda _: board.step(),
                large=warn,
                weights=weights,
                probes=probes,
            )
            board.end(result)
            results.append(result)
    return results


def _lines(results: Sequence[Verification], seconds: float | None) -> str:
    """Return a line for each network and one for all; with what they took if ``seconds`` is given."""
    from convcost.report.verification import elapsed, used, verdict_line
    from convcost.units import memory

    text = ""
    for result in results:
        text += verdict_line(result) + (f", {used(result)}" if seconds is not None else "") + "\n"
    text += f"{sum(result.verdict == 'PASS' for result in results)} of {len(results)} networks verified"
    if seconds is not None:
        most = max((result.peak for result in results if result.peak is not None), default=None)
        text += f" in {elapsed(seconds)}" + (f", with at most {memory(most, 0)} of memory" if most is not None else "")
    return f"{text}\n"


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
    for spec in specs:
        yield from _points(load(spec), grid=grid)
    if everything:
        for model in _shipped():
            yield from _points(model, grid=grid)


def _points(model: Model, *, grid: bool) -> Iterator[Model]:
    yield from model.grid() if grid else (model,)


def _shipped() -> Iterator[Model]:
    """Yield every shipped network; each spec is read once."""
    from convcost.spec import catalog

    for name in catalog.names():
        model = load(name)
        seen = [model.values]
        yield model
        for preset in model.architecture.presets:
            point = model.at(f":{preset}")
            if point.values not in seen:  # one that only gives the defaults a name would be run twice
                seen.append(point.values)
                yield point
