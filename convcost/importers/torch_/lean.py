"""Modules without memory: parameters have shapes and no storage, while a factory runs and while one is captured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from convcost.errors import UsageError

if TYPE_CHECKING:
    import torch

LARGE = 1 << 20
"""Elements from which on a new tensor has no memory; smaller ones are real, for their values may count."""

MAKERS = ("empty", "zeros", "ones", "full", "rand", "randn")


def torch_or_error() -> Any:
    """Import PyTorch.

    Raises
    ------
    UsageError
        E730 where it is not installed.
    """
    try:
        import torch
    except ImportError:
        raise UsageError("E730", "PyTorch is not installed", hint="pip install 'convcost[torch]'") from None
    return torch


@contextmanager
def without_memory(*, makers: bool = True) -> Iterator[None]:
    """Give parameters that are registered inside no storage; with ``makers``, large new tensors neither."""
    torch = torch_or_error()
    from torch.overrides import TorchFunctionMode

    register = torch.nn.Module.register_parameter

    def registered(module: Any, name: str, parameter: Any) -> None:
        register(module, name, parameter)
        if parameter is not None and parameter.device.type != "meta":
            bare = parameter.detach().to("meta")
            module._parameters[name] = type(parameter)(bare, requires_grad=parameter.requires_grad)  # noqa: SLF001 - there is no other way to exchange it

    functions = {getattr(torch, name) for name in MAKERS} if makers else set()

    class Bare(TorchFunctionMode):  # type: ignore[misc] # PyTorch is untyped here
        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            named = dict(kwargs or {})
            if function in functions and named.get("device") is None and _elements(args, named) >= LARGE:
                named["device"] = "meta"
            return function(*args, **named)

    torch.nn.Module.register_parameter = registered
    try:
        with Bare():
            yield
    finally:
        torch.nn.Module.register_parameter = register


def _elements(args: tuple[Any, ...], named: dict[str, Any]) -> int:
    """Return how many elements a maker is asked for; 0 where that cannot be told."""
    sizes = named.get("size", args)
    if len(sizes) >= 1 and isinstance(sizes[0], list | tuple):
        sizes = sizes[0]
    product = 1
    for extent in sizes:
        if not isinstance(extent, int):
            return 0
        product *= extent
    return product


@contextmanager
def fake_parameters(module: torch.nn.Module, mode: Any) -> Iterator[None]:
    """Exchange the parameters of a module for fake ones on one device, and give them back afterwards."""
    torch = torch_or_error()
    fakes: dict[int, Any] = {}
    kept: list[tuple[Any, str, Any]] = []
    tensors: list[tuple[Any, str, Any]] = []
    for each in module.modules():
        for name, parameter in each._parameters.items():  # noqa: SLF001 - there is no other way to exchange it
            if parameter is None:
                continue
            kept.append((each, name, parameter))
            if id(parameter) not in fakes:
                with mode:
                    bare = torch.empty_strided(parameter.shape, parameter.stride(), dtype=parameter.dtype)
                fakes[id(parameter)] = torch.nn.Parameter(bare, requires_grad=parameter.requires_grad)
        for name, buffer in each._buffers.items():  # noqa: SLF001
            if buffer is not None and buffer.device.type != "cpu":
                tensors.append((each, name, buffer))
    try:
        for each, name, parameter in kept:
            each._parameters[name] = fakes[id(parameter)]  # noqa: SLF001
        for each, name, buffer in tensors:
            with mode:
                each._buffers[name] = torch.empty(buffer.shape, dtype=buffer.dtype)  # noqa: SLF001
        yield
    finally:
        for each, name, parameter in kept:
            each._parameters[name] = parameter  # noqa: SLF001
        for each, name, buffer in tensors:
            each._buffers[name] = buffer  # noqa: SLF001
