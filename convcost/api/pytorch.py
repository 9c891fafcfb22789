"""Modules of PyTorch as models and specs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcost.cost import infer
from convcost.emission import write
from convcost.errors import ModelError
from convcost.model import Model, loads
from convcost.records import Record

if TYPE_CHECKING:
    import torch

    from convcost.importers.torch_.imported import ImportedModule

Extents = Sequence[int]


def from_torch(
    module: torch.nn.Module,
    input_shape: Extents | Sequence[Extents],
    *,
    name: str = "",
    allow_unknown: bool = False,
) -> Model:
    """Return a PyTorch module as a model; it is read in evaluation mode, and no value of its parameters is used.

    The module is captured by ``torch.export`` on tensors without memory, its graph written as a spec, and the spec read
    as any other: ``model.architecture`` and every command and function of convcost work on it.

    Parameters
    ----------
    module : torch.nn.Module
        On any device, the meta device included.
    input_shape : sequence of int, or of such
        The shape of a sample without the batch, (3, 224, 224); of several inputs, one for each.
    name : str
        What the model is called; absent, after the class of the module.
    allow_unknown : bool
        Take operators without a rule as ops of unknown cost; totals are lower bounds then.

    Raises
    ------
    UsageError, ModelError, UnsupportedError, Diagnostics
        E730 to E749; operators without a rule are listed together, with the modules that call them.
    """
    from convcost.importers.torch_.imported import import_module

    inputs = [(shape, "float32") for shape in _shapes(input_shape)]
    called = name or _snake(type(module).__name__)
    found = import_module(module, inputs, infer, called, allow_unknown=allow_unknown)
    return loads(write(found.graph, name=called, title=found.title, source=found.source))


class Wanted(Record):
    """A module that a factory is to make.

    Attributes
    ----------
    factory : str
        "package.module:factory" or "file.py:factory".
    inputs : tuple of str
        The shape of a sample of each input: "3,224,224", "128:int64".
    settings : tuple of str
        Arguments of the factory, "num_classes=10".
    """

    factory: str
    inputs: tuple[str, ...]
    settings: tuple[str, ...] = ()

    def other(self, text: str) -> Wanted:
        """Return another module of the family: "width_mult=0.5", or "input=3,192,192"; several behind semicolons.

        >>> Wanted("nets:Net", ("3,224,224",)).other("width=2;input=3,192,192")
        Wanted(factory='nets:Net', inputs=('3,192,192',), settings=('width=2',))
        """
        parts = [part.strip() for part in text.split(";")]
        inputs = tuple(part.partition("=")[2].strip() for part in parts if part.startswith(INPUT))
        changed = {part.partition("=")[0].strip(): part for part in parts if not part.startswith(INPUT)}
        kept = {part.partition("=")[0].strip(): part for part in self.settings}
        return Wanted(self.factory, inputs or self.inputs, tuple({**kept, **changed}.values()))


INPUT = "input="


def torch_text(
    wanted: Wanted,
    like: Sequence[str] = (),
    hyperparameters: Sequence[str] = (),
    *,
    name: str = "",
    title: str = "",
    allow_unknown: bool = False,
) -> str:
    """Return the spec of the module that a factory makes; with others like it, one spec for all of them.

    Parameters
    ----------
    like : sequence of str
        What is other in each of them, see ``Wanted.other``.
    hyperparameters : sequence of str
        What they differ in: "resolution", or with the values in their order "resolution=224,192,160".

    Raises
    ------
    UsageError, ModelError, UnsupportedError, Diagnostics
        E730 to E749, and what lifting says.
    """
    called = name or _snake(wanted.factory.rpartition(":")[2].rpartition(".")[2])
    found = _made(wanted, called, allow_unknown=allow_unknown)
    text = write(found.graph, name=called, title=title or found.title, source=found.source)
    if not like and not hyperparameters:
        return text
    from convcost.api.importing import values_of
    from convcost.lifting import lift

    values = values_of(hyperparameters, len(like) + 1)
    others = [_made(wanted.other(each), called, allow_unknown=allow_unknown).graph for each in like]
    models = [loads(text), *(loads(write(graph, name=called)) for graph in others)]
    return lift(models, values, name=called, title=title or found.title, source=found.source).text


def _made(wanted: Wanted, name: str, *, allow_unknown: bool) -> ImportedModule:
    from convcost.importers.torch_.factory import input_of, module_of, settings_of
    from convcost.importers.torch_.imported import import_module

    shapes = [input_of(text) for text in wanted.inputs]
    module = module_of(wanted.factory, settings_of(wanted.settings))
    return import_module(module, shapes, infer, name, allow_unknown=allow_unknown)


def _shapes(given: Any) -> list[tuple[int, ...]]:
    """Return the shapes of the inputs; E737 for what is none."""
    several = isinstance(given, list | tuple) and bool(given) and all(isinstance(each, list | tuple) for each in given)
    shapes = given if several else (given,)
    for shape in shapes:
        whole = isinstance(shape, list | tuple) and all(type(extent) is int and extent > 0 for extent in shape)
        if not whole or not shape:
            raise ModelError(
                "E737",
                f"{shape!r} is no shape of a sample",
                hint="channels, height, width without the batch: (3, 224, 224)",
            )
    return [tuple(shape) for shape in shapes]


def _snake(name: str) -> str:
    """Return the name of a class as a spec has it.

    >>> _snake("ResNet"), _snake("MobileNetV2"), _snake("resnet50")
    ('res_net', 'mobile_net_v2', 'resnet50')
    """
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return re.sub(r"\W+", "_", apart).strip("_") or "network"
