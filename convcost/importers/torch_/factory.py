"""What makes a PyTorch module: a name on the command line, called so that its parameters take no memory."""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convcost.errors import ModelError, UsageError, near_miss
from convcost.importers.torch_.lean import torch_or_error, without_memory
from convcost.importers.torch_.messages import one_line

if TYPE_CHECKING:
    import torch

FORM = "write PACKAGE.MODULE:NAME, for instance torchvision.models:resnet50"


def module_of(target: str, settings: Mapping[str, Any]) -> torch.nn.Module:
    """Return the module that a factory makes.

    Parameters
    ----------
    target : str
        "package.module:factory" or "file.py:factory".
    settings : mapping
        Keyword arguments of the factory.

    Raises
    ------
    UsageError
        E730 to E736.
    """
    place, name = split_target(target)
    torch_or_error()
    with _aside():
        return made(found(place, name), name, settings)


def split_target(target: str) -> tuple[str, str]:
    """Split the target of a factory into a Python module or file and a name in it.

    Raises
    ------
    UsageError
        E732 for a text of another form.

    >>> split_target("torchvision.models:resnet50"), split_target("nets/my.py:Net")
    (('torchvision.models', 'resnet50'), ('nets/my.py', 'Net'))
    """
    place, colon, name = target.rpartition(":")
    module = place.endswith(".py") or all(part.isidentifier() for part in place.split("."))
    if not colon or not place or not module or not all(part.isidentifier() for part in name.split(".")):
        raise UsageError("E732", f"{target[:80]!r} names no factory", hint=FORM)
    return place, name


def found(place: str, name: str) -> Any:
    """Return what a name stands for in a Python module or a file.

    Raises
    ------
    UsageError
        E733, E734.
    """
    value = _imported(place)
    for part in name.split("."):
        if not hasattr(value, part):
            hint = near_miss(part, [each for each in dir(value) if not each.startswith("_")])
            raise UsageError("E734", f"{place} has no {name!r}", hint=hint)
        value = getattr(value, part)
    return value


def made(factory: Any, name: str, settings: Mapping[str, Any]) -> torch.nn.Module:
    """Return what a factory makes, or a module as it is.

    The factory is called with large new tensors and all parameters without memory. If that fails, it is called again:
    with parameters alone without memory, for some read values of tensors that they make, and as it is, for some run
    what they make.
    """
    torch = torch_or_error()
    if isinstance(factory, torch.nn.Module):
        if settings:
            raise UsageError("E732", f"{name} is a module and takes no settings")
        return factory
    if not callable(factory):
        raise UsageError("E732", f"{name} is {_article(type(factory).__name__)}, and no factory", hint=FORM)
    _accepts(factory, name, settings)
    module = _called(factory, name, settings)
    if not isinstance(module, torch.nn.Module):
        kind = type(module).__name__
        raise UsageError("E736", f"{name} returned {_article(kind)}, and no torch.nn.Module")
    return module


def _called(factory: Any, name: str, settings: Mapping[str, Any]) -> Any:
    """Return what a factory returns in the first way of calling it that does not fail; E735 where all do."""
    failed: Exception | None = None
    for memory in (without_memory(), without_memory(makers=False), contextlib.nullcontext()):
        try:
            with memory:
                return factory(**settings)
        except Exception as error:  # noqa: BLE001 - a factory may raise anything
            failed = error
    said = one_line(str(failed))
    raise UsageError("E735", f"{name} raised {type(failed).__name__}: {said}")


def _accepts(factory: Any, name: str, settings: Mapping[str, Any]) -> None:
    """Refuse settings that a factory does not take; E735."""
    try:
        signature = inspect.signature(factory)
    except (TypeError, ValueError):  # written in C, or says nothing about itself
        return
    try:
        signature.bind(**settings)
    except TypeError as error:
        words = [p.name for p in signature.parameters.values() if p.kind in {p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD}]
        hint = f"it takes {', '.join(words)}" if words else "it takes none"
        raise UsageError("E735", f"{name}: {error}", hint=hint) from None


def _imported(place: str) -> Any:
    """Import a module by its name, the working directory included, or from a file; E733."""
    if place.endswith(".py"):
        path = Path(place)
        if not path.is_file():
            raise UsageError("E733", f"there is no file {place!r}")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(path.stem, module)
        with _raising(place), _path(str(path.parent)):
            spec.loader.exec_module(module)
        return module
    with _raising(place), _path(str(Path.cwd())):
        return importlib.import_module(place)


@contextlib.contextmanager
def _raising(place: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name and (place == error.name or place.startswith(f"{error.name}.")):
            hint = "it is looked for in the working directory and where Python finds packages"
            raise UsageError("E733", f"there is no Python module {error.name!r}", hint=hint) from None
        raise UsageError("E733", f"{place} cannot be imported: {one_line(str(error))}") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may raise anything as it is imported
        said = f"{type(error).__name__}: {one_line(str(error))}"
        raise UsageError("E733", f"{place} cannot be imported: {said}") from None


@contextlib.contextmanager
def _path(folder: str) -> Iterator[None]:
    """Look for Python modules in a folder, too."""
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(folder)


@contextlib.contextmanager
def _aside() -> Iterator[None]:
    """Let what others print go to standard error: standard output is for the spec alone."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


def _article(kind: str) -> str:
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def settings_of(texts: Sequence[str]) -> dict[str, Any]:
    """Read NAME=VALUE; a value is a number, a word or another literal of Python.

    Raises
    ------
    UsageError
        E025 for a text of another form.

    >>> settings_of(["width_mult=0.5", "num_classes=10", "norm=layer", "weights=None"])
    {'width_mult': 0.5, 'num_classes': 10, 'norm': 'layer', 'weights': None}
    """
    settings: dict[str, Any] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name.isidentifier():
            raise UsageError("E025", f"--set {text[:60]!r} is not NAME=VALUE", hint="--set num_classes=10")
        try:
            settings[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            settings[name] = value
    return settings


def input_of(text: str) -> tuple[tuple[int, ...], str]:
    """Read the shape of a sample, and the type of its elements behind a colon.

    Raises
    ------
    ModelError
        E737 for a text of another form.

    >>> input_of("3,224,224"), input_of("3x224x224"), input_of("128:int64")
    (((3, 224, 224), 'float32'), ((3, 224, 224), 'float32'), ((128,), 'int64'))
    """
    extents, colon, kind = text.replace("×", ",").replace("x", ",").partition(":")
    shape = tuple(_extent(part.strip()) for part in extents.split(","))
    if 0 in shape:
        hint = "channels, height, width without the batch: 3,224,224"
        raise ModelError("E737", f"{text[:60]!r} is no shape of a sample", hint=hint)
    if colon and kind not in TYPES:
        raise ModelError("E737", f"{kind[:60]!r} is no type of elements", hint=f"one of {', '.join(TYPES)}")
    return shape, kind or "float32"


def _extent(text: str) -> int:
    """Read an extent; 0 for what is none."""
    plain = text.isascii() and text.isdigit() and len(text) <= 8
    return int(text) if plain and int(text) <= MOST else 0


TYPES = ("float32", "float64", "int64", "int32", "bool")
MOST = 1 << 24
"""The largest extent of an input."""
