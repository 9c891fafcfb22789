"""``convcost import``: models of other frameworks, and several of one family, as specs."""

from __future__ import annotations

import click

from convcost.cli import options
from convcost.cli.output import emit


@click.command("import")
@click.argument("model", metavar="MODEL", type=click.Path(dir_okay=True))
@click.option("--allow-unknown", is_flag=True, help="Take operators that no op does as ops of unknown cost.")
@click.option("--torch", "pytorch", is_flag=True, help="MODEL is PACKAGE.MODULE:FACTORY or FILE.py:FACTORY of PyTorch.")
@click.option(
    "--input",
    "inputs",
    metavar="SHAPE",
    multiple=True,
    help="With --torch, the shape of a sample without the batch: 3,224,224 or 128:int64. Once for each input.",
)
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="With --torch, an argument of the factory; may be repeated.",
)
@click.option(
    "--like",
    metavar="MODEL",
    multiple=True,
    help="Another model of the same family; may be repeated. With --torch, what is other in it: width_mult=0.5.",
)
@click.option(
    "--lift",
    metavar="NAME[=VALUES]",
    multiple=True,
    help="A hyperparameter that the models differ in, with its value in each: resolution=224,192,160.",
)
@click.option("--name", default="", help="Name of the spec; absent, that of the file.")
@click.option("--title", default="", help="Name in print.")
@options.output
def command(
    *,
    model: str,
    allow_unknown: bool,
    pytorch: bool,
    inputs: tuple[str, ...],
    settings: tuple[str, ...],
    like: tuple[str, ...],
    lift: tuple[str, ...],
    name: str,
    title: str,
    output: str | None,
) -> None:
    """Write a model of ONNX or PyTorch as a spec, on standard output or in a file.

    Weights are not read; extents that a file of ONNX leaves open become hyperparameters. With --torch, the module that
    a factory returns is captured without memory for its weights. The spec is one that a person could have written: what
    comes again is written once.

    With --like and --lift, models of one family become one spec: sizes that move together follow a hyperparameter. Of
    three and more, the last one checks the result.

    \b
    convcost import resnet50.onnx -o resnet50.yaml
    convcost import a.onnx --like b.onnx --like c.onnx --lift resolution
    convcost import --torch torchvision.models:resnet50 --input 3,224,224
    convcost import --torch nets.py:Net --input 1,28,28 --set classes=10
    """
    if pytorch:
        from convcost.api.pytorch import Wanted, torch_text

        if not inputs:
            raise click.UsageError("--torch needs the shape of a sample: --input 3,224,224")
        wanted = Wanted(model, inputs, settings)
        emit(torch_text(wanted, like, lift, name=name, title=title, allow_unknown=allow_unknown), output)
        return
    if inputs or settings:
        raise click.UsageError("--input and --set go with --torch")
    from convcost.api.importing import imported_text, lifted_text

    if like or lift:
        text = lifted_text((model, *like), lift, name=name, title=title, allow_unknown=allow_unknown)
    else:
        text = imported_text(model, name=name, title=title, allow_unknown=allow_unknown)
    emit(text, output)
