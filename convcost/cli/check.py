"""``convcost check``: networks held against their budgets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from convcost.cli import NO, options
from convcost.cli.output import destination, emit

if TYPE_CHECKING:
    from convcost.studies.check import Check


@click.command("check", cls=options.SpecCommand)
@options.optional_specs
@click.option(
    "--max",
    "most",
    metavar="METRIC=VALUE",
    multiple=True,
    help="The most a metric may be: mult_adds=600M, params=4.3M; may be repeated.",
)
@click.option(
    "--max-growth",
    "growth",
    metavar="[METRIC=]SHARE",
    multiple=True,
    help="By how much a metric, or each, may exceed the baseline: 2%, params=0.5%; may be repeated.",
)
@click.option("--against", metavar="FILE", help="The baseline, written by 'convcost report ... --format json'.")
@click.option(
    "--config",
    metavar="FILE",
    help="Where [tool.convcost] stands; absent, the nearest pyproject.toml that has it, from here upwards.",
)
@options.several(options.convention, options.params)
@click.option(
    "--format",
    "-f",
    "format_",
    metavar="FORMAT",
    default="table",
    show_default=True,
    help="table, md, json or github: annotations for a workflow.",
)
@options.output
def command(
    *,
    specs: tuple[str, ...],
    most: tuple[str, ...],
    growth: tuple[str, ...],
    against: str | None,
    config: str | None,
    convention: str,
    params: str | None,
    format_: str,
    output: str | None,
) -> int:
    """Hold networks against their budgets, for CI: the exit code is 1 if one is crossed or cannot be decided.

    Budgets are given with --max, or stand in the spec under 'budgets:' or in pyproject.toml; for each metric the first
    of these that has one holds. A SPEC may have wildcards: 'specs/*.yaml'.

    \b
    convcost check mobilenet_v1 --max mult_adds=600M --max params=4.3M
    convcost check 'specs/*.yaml' --against main.json --max-growth 2%
    convcost check --format github
    """
    from pathlib import Path

    from convcost.api import check
    from convcost.budgets import find_project, open_project
    from convcost.budgets.figures import assignments
    from convcost.cost.analysis import METRICS
    from convcost.report.check import FORMATS
    from convcost.report.formats import check_format

    check_format(format_, FORMATS)
    result = check(
        *specs,
        max=assignments(most, "--max"),
        max_growth=assignments(growth, "--max-growth", bare=True),
        against=against,
        config=find_project(Path.cwd(), METRICS) if config is None else open_project(config, METRICS),
        convention=convention,
        params=params,
    )
    emit(_written(result, format_, output), output)
    return 0 if result.passed else NO


def _written(result: Check, format_: str, output: str | None) -> str:
    if format_ == "github":
        from convcost.report.github import workflow_log

        return workflow_log(result, os.environ.get("GITHUB_WORKSPACE", ""))
    from convcost.report.check import check_data, check_document
    from convcost.report.formats import render

    document = check_data(result) if format_ == "json" else check_document(result)
    return render(document, format_, stream=destination(output))
