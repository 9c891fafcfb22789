"""Models of other frameworks as specs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from convcost.errors import UsageError
from convcost.model import Model, exact_number, load_model
from convcost.spec.target import Target


def import_onnx(path: str | Path, *, allow_unknown: bool = False) -> Model:
    """Load a file of ONNX, as ``load`` does.

    Parameters
    ----------
    allow_unknown : bool
        Take operators that no op does as ops of unknown cost; totals are lower bounds then.

    Raises
    ------
    UsageError, ModelError, ShapeError, Diagnostics
        Where there is no such file, it is damaged, or says what cannot be told here.
    """
    return load_model(Target(str(path)), allow_unknown=allow_unknown)


def imported_text(path: str, *, name: str = "", title: str = "", allow_unknown: bool = False) -> str:
    """Return the text of a spec for a file of ONNX, as a person could have written it."""
    from convcost.emission import write

    model = import_onnx(path, allow_unknown=allow_unknown)
    assert model.imported is not None
    found = model.imported
    return write(
        found.graph,
        name=name,
        title=title,
        source=f"{Path(path).name} (ONNX)",
        defaults=found.defaults,
        multiples=found.multiples,
    )


def lifted_text(
    paths: Sequence[str],
    hyperparameters: Sequence[str],
    *,
    name: str = "",
    title: str = "",
    allow_unknown: bool = False,
) -> str:
    """Return the text of one spec for several files of one family.

    Parameters
    ----------
    hyperparameters : sequence of str
        What they differ in: "resolution", or with the values in their order "resolution=224,192,160".

    Raises
    ------
    UsageError
        E025 for values that are not one for each file, and what ``lift`` raises.
    """
    from convcost.lifting import lift

    wanted = values_of(hyperparameters, len(paths))
    models = [import_onnx(path, allow_unknown=allow_unknown) for path in paths]
    source = ", ".join(Path(path).name for path in paths) + " (ONNX)"
    return lift(models, wanted, name=name, title=title, source=source).text


def values_of(hyperparameters: Sequence[str], models: int) -> dict[str, list[Any] | None]:
    """Read what models differ in, with a value for each where they are given.

    Raises
    ------
    UsageError
        E025.

    >>> values_of(["alpha=1,1/2", "resolution"], 2)
    {'alpha': [1, Fraction(1, 2)], 'resolution': None}
    """
    if not hyperparameters:
        hint = "--lift resolution, or --lift resolution=224,192,160"
        raise UsageError("E025", "no hyperparameter is named that the models differ in", hint=hint)
    wanted: dict[str, list[Any] | None] = {}
    for text in hyperparameters:
        key, equals, values = text.partition("=")
        found = [exact_number(key, value) for value in values.split(",")] if equals else None
        if found is not None and len(found) != models:
            raise UsageError("E025", f"{text} gives {len(found)} values for {models} models", hint="one for each")
        wanted[key.strip()] = found
    return wanted
