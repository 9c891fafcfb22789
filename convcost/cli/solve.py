"""``convcost solve``: the largest network within budgets."""

from __future__ import annotations

from collections.abc import Sequence

import click

from convcost.cli import NO, options
from convcost.cli.output import destination, emit
from convcost.errors import UsageError


@click.command("solve", cls=options.SpecCommand)
@options.spec
@click.option("--for", "names", metavar="NAME", multiple=True, help="What is to be large; may be repeated.")
@click.option(
    "--budget", "budgets", metavar="CONDITION", multiple=True, help="'mult_adds <= 150M'; may be repeated, all hold."
)
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="Bind another one: resolution=192.")
@click.option(
    "--step",
    "steps",
    metavar="[NAME=]VALUE",
    multiple=True,
    help="Of what values are multiples: 1/64.  [default: what the spec declares]",
)
@click.option(
    "--range",
    "ranges",
    metavar="[NAME=]FIRST:LAST",
    multiple=True,
    help="Between which values: 1/4:2.  [default: what the spec declares]",
)
@click.option("--choices", is_flag=True, help="Published values only.")
@click.option(
    "--maximize",
    metavar="NAME",
    default="",
    help="A metric or one of the names: solutions with most of it first.  [default: the metric of the first budget]",
)
@options.several(options.convention, options.params, options.form, options.output)
def command(
    *,
    spec: str,
    names: tuple[str, ...],
    budgets: tuple[str, ...],
    settings: tuple[str, ...],
    steps: tuple[str, ...],
    ranges: tuple[str, ...],
    choices: bool,
    maximize: str,
    convention: str,
    params: str | None,
    format_: str,
    output: str | None,
) -> int | None:
    """Find the largest hyperparameters that budgets allow: exactly, with a certificate.

    For one hyperparameter the largest admissible value, what the next one costs, and the bound as a real number and as
    a formula where there is one; for several all combinations of which none can be larger. The exit code is 1 if
    nothing is within the budgets.

    \b
    convcost solve mobilenet_v1 --for alpha --budget 'mult_adds <= 150M'
    convcost solve mobilenet_v1 --for alpha --for resolution \\
        --budget 'mult_adds <= 150M' --range resolution=96:256
    convcost solve efficientnet --for alpha --step 1/64 \\
        --budget 'params <= 4M' --set resolution=192
    """
    from convcost import api
    from convcost.report.formats import check_format, render
    from convcost.report.solve import document

    check_format(format_)
    model = api.load(spec)
    bound = _pairs(settings, "--set", "resolution=192")
    if "" in bound:
        raise UsageError("E826", f"--set {bound['']} does not say of what", hint="--set resolution=192")
    done = api.solve(
        model.with_values(**bound) if bound else model,
        names,
        budgets,
        steps=_pairs(steps, "--step", "alpha=1/64"),
        ranges={name: _between(text) for name, text in _pairs(ranges, "--range", "alpha=1/4:2").items()},
        choices=choices,
        maximize=maximize,
        convention=convention,
        params=params,
    )
    emit(render(document(done), format_, stream=destination(output)), output)
    return None if done.feasible else NO


def _pairs(texts: Sequence[str], option: str, example: str) -> dict[str, str]:
    """Read [NAME=]VALUE; a bare value is said of ""."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            name, value = "", name
        if not value or (equals and not name):
            raise UsageError("E826", f"{option} {text!r} is not understood", hint=f"{option} {example}")
        if name in found:
            raise UsageError("E826", f"{option} says two things{f' of {name}' if name else ''}")
        found[name] = value
    return found


def _between(text: str) -> tuple[str, str]:
    first, colon, last = (part.strip() for part in text.partition(":"))
    if not colon or not first or not last or ":" in last:
        raise UsageError("E826", f"--range {text!r} is not FIRST:LAST", hint="--range alpha=1/4:2")
    return first, last
