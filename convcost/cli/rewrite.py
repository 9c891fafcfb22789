"""``convcost rewrite``: what-if on a spec."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from convcost.cli import NO, options
from convcost.cli.output import destination, emit
from convcost.errors import UsageError


@click.command("rewrite", cls=options.SpecCommand)
@options.spec
@click.option("--rule", metavar="NAME", required=True, help="What becomes what: one of those below.")
@click.option("--where", metavar="CONDITION", default="", help="Of which layers: 'kernel > 1 and stride == 1'.")
@click.option("--only", metavar="NAME", multiple=True, help="Of layers of this name or pattern; may be repeated.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="A setting of the rule; may be repeated.")
@click.option("--report", "reported", is_flag=True, help="Print what is gained instead of the spec.")
@options.several(options.convention, options.params, options.form, options.output)
def command(
    *,
    spec: str,
    rule: str,
    where: str,
    only: tuple[str, ...],
    settings: tuple[str, ...],
    reported: bool,
    convention: str,
    params: str | None,
    format_: str,
    output: str | None,
) -> int | None:
    """Rewrite layers of a spec into others, and say what each gains.

    The result is a spec again: on standard output, or with -o in a file; then, or with --report, what was gained is
    printed, in the chosen format. The exit code is 1 if no layer was selected; then nothing is written.

    \b
    standard-to-separable    a standard convolution: depthwise, pointwise
    separable-to-standard    and back
    standard-to-grouped      with groups (--set groups=8)
    standard-to-bottleneck   on fewer channels (--set reduce=4)
    standard-to-spatial      K×1, then 1×K
    standard-to-ghost        a part of the channels (--set ratio=2, cheap=3)
    kernel                   another kernel (--set kernel=5)
    argument                 other arguments of blocks (--set expand=4)

    A CONDITION knows kind, kernel, stride, dilation, groups, cin, out, height and width of a layer.

    \b
    convcost rewrite mobilenet_v1_full_conv --rule standard-to-separable \\
        --where 'cin > 3' -o separable.yaml
    convcost rewrite resnet:34 --rule standard-to-grouped --set groups=8 \\
        --where 'kernel == 3' --report
    """
    from convcost import api
    from convcost.report.formats import check_format, render
    from convcost.report.rewrite import document, summary
    from convcost.studies.rewrite import nothing

    check_format(format_)
    done = api.rewrite(
        spec, rule, where=where, only=only, convention=convention, params=params, settings=_read(settings)
    )
    if not done.layers:
        click.echo(str(nothing(done)), err=True)
        return NO
    if output is not None and not reported:
        emit(done.text_in(Path(output).parent), output)
        output, reported = None, True
    if reported:
        emit(render(document(done), format_, stream=destination(output)), output)
        return None
    emit(done.text)
    click.echo(summary(done), err=True)
    return None


def _read(settings: Sequence[str]) -> dict[str, str]:
    """Read NAME=VALUE."""
    result: dict[str, str] = {}
    for text in settings:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name.isidentifier() or not value:
            raise UsageError("E832", f"--set {text[:60]!r} is not NAME=VALUE", hint="--set groups=8")
        if name in result:
            raise UsageError("E832", f"{name!r} is set twice")
        result[name] = value
    return result
