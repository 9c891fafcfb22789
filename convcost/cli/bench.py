"""``convcost bench``: how long a network takes in NumPy, layer by layer, and why."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

import click

from convcost.cli import options
from convcost.cli.output import destination, emit
from convcost.cli.threads import option as threads_option
from convcost.cli.threads import use_threads
from convcost.model import load


@click.command("bench", cls=options.SpecCommand)
@options.spec
@click.option(
    "--repeat", metavar="N", type=click.IntRange(min=1), default=20, show_default=True, help="Runs that are timed."
)
@options.by
@options.batch
@threads_option
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random input and weights.")
@click.option("--plot", metavar="FILE", help="A picture: svg, png or pdf; needs the extra 'plot'.")
@options.several(options.form, options.output)
def command(
    spec: str,
    repeat: int,
    by: str,
    batch: int,
    threads: int | None,
    seed: int,
    plot: str | None,
    format_: str,
    output: str | None,
) -> None:
    """Run a network in NumPy and say where the time goes, beside where the mult-adds are.

    What this machine can do is measured in the same process: the rate of its matrix products and that of its memory.
    A row is compute bound if it multiplies so much for each byte that has to move that multiplying takes longer, and
    memory bound otherwise.

    \b
    convcost bench mobilenet_v1
    convcost bench mobilenet_v1 --by kind
    convcost bench mobilenet_v1@alpha=0.5 --batch 8 --format json
    convcost bench mobilenet_v1 --plot roofline.svg
    """
    lanes = use_threads(threads)
    from convcost.report.bench import document
    from convcost.report.formats import check_format, render
    from convcost.verify.bench import bench, check_grouping

    check_format(format_)
    check_grouping(by)
    if plot is not None:
        from convcost.report.plot import check_plot

        check_plot(plot)
    model = load(spec)
    graph = model.graph
    with _progress(repeat) as told:
        result = bench(graph, name=model.label, repeat=repeat, seed=seed, batch=batch, threads=lanes, progress=told)
    if plot is not None:
        from convcost.report.roofline import write_plot

        write_plot(result, plot)
    emit(render(document(result, by), format_, stream=destination(output)), output)


@contextlib.contextmanager
def _progress(repeat: int) -> Iterator[Callable[[int], None] | None]:
    """Show on a terminal how many runs have been timed."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=repeat, label="running", file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)
