"""Asks an installed tool what it counts of the networks of torchvision; run by hand, one tool a process.

    python tests/peers/collect.py fvcore >> tests/figures/conventions.csv
    python tests/peers/collect.py torchprofile --at 96 resnet50

Networks are built without weights on torch's ``meta`` device where the tool can work there: nothing is computed, and
what is counted is the same. A tool that shares its module's name with another one (thop and ultralytics-thop) is put
on PYTHONPATH by itself.
"""

from __future__ import annotations

import csv
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
import torchvision

FILE = Path(__file__).parents[1] / "figures" / "torchvision.csv"
Counted = tuple[int, int | None]
"""What is counted, and the parameters that the tool reports, if it does."""


def fvcore(model: Any, x: Any) -> Counted:
    from fvcore.nn import FlopCountAnalysis, parameter_count

    found = FlopCountAnalysis(model, x).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return int(found.total()), parameter_count(model)[""]


def thop(model: Any, x: Any) -> Counted:
    from thop import profile

    total, params = profile(model, inputs=(x,), verbose=False)
    return int(total), int(params)


def ptflops(model: Any, x: Any, backend: str = "pytorch") -> Counted:
    from ptflops import get_model_complexity_info

    shape = tuple(x.shape[1:])
    more: dict[str, Any] = {"input_constructor": lambda _: x} if backend == "aten" else {}
    total, params = get_model_complexity_info(
        model, shape, as_strings=False, print_per_layer_stat=False, backend=backend, **more
    )
    return int(total), int(params)


def ptflops_aten(model: Any, x: Any) -> Counted:
    return ptflops(model, x, "aten")


def ptflops_legacy(model: Any, x: Any) -> Counted:
    from ptflops import get_model_complexity_info

    total, params = get_model_complexity_info(
        model,
        tuple(x.shape[1:]),
        as_strings=False,
        print_per_layer_stat=False,
        backend="pytorch",
        backend_specific_config={"count_functional": False},
    )
    return int(total), int(params)


def torchinfo(model: Any, x: Any) -> Counted:
    from torchinfo import summary

    found = summary(model, input_data=x, verbose=0, device=x.device)
    return int(found.total_mult_adds), int(found.total_params)


def torchprofile(model: Any, x: Any) -> Counted:
    from torchprofile import profile_macs

    return int(profile_macs(model, x)), None


def flop_counter(model: Any, x: Any) -> Counted:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(x)
    return counter.get_total_flops(), None


def calflops(model: Any, x: Any) -> Counted:
    from calflops import calculate_flops

    total, _, params = calculate_flops(
        model, input_shape=tuple(x.shape), print_results=False, print_detailed=False, output_as_string=False
    )
    return int(total), int(params)


def deepspeed(model: Any, x: Any) -> Counted:
    from deepspeed.profiling.flops_profiler import FlopsProfiler

    profiler = FlopsProfiler(model)
    profiler.start_profile()
    model(x)
    found = int(profiler.get_total_flops()), int(profiler.get_total_params())
    profiler.end_profile()
    return found


def onnx_tool(model: Any, x: Any) -> Counted:
    import io

    import onnx
    from onnx_tool import Model

    with torch.no_grad():  # or equal tensors, such as fresh running statistics, would be exported as one
        for values in (*model.parameters(), *(b for b in model.buffers() if b.is_floating_point())):
            values.uniform_(0.5, 1)
    file = io.BytesIO()
    torch.onnx.export(
        model, (x,), file, dynamo=False, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False
    )
    found = Model(onnx.load_from_string(file.getvalue()))
    found.graph.shape_infer(None)
    found.graph.profile()
    return int(found.graph.macs[0]), int(found.graph.params)


TOOLS: dict[str, tuple[str, Callable[[Any, Any], Counted], str]] = {
    "fvcore": ("fvcore", fvcore, "cpu"),
    "thop": ("thop", thop, "meta"),
    "ultralytics": ("ultralytics-thop", thop, "meta"),
    "ptflops": ("ptflops", ptflops, "cpu"),
    "ptflops-legacy": ("ptflops", ptflops_legacy, "cpu"),
    "ptflops-aten": ("ptflops", ptflops_aten, "meta"),
    "torchinfo": ("torchinfo", torchinfo, "meta"),
    "torchprofile": ("torchprofile", torchprofile, "cpu"),
    "torch": ("torch", flop_counter, "meta"),
    "calflops": ("calflops", calflops, "meta"),
    "deepspeed": ("deepspeed", deepspeed, "cpu"),
    "onnx-tool": ("onnx-tool", onnx_tool, "cpu"),
}


def networks() -> Iterator[tuple[str, str, int]]:
    """Yield (spec, builder, resolution) of the networks that specs are shipped for."""
    lines = (line for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#"))
    for row in csv.DictReader(lines):
        yield row["spec"], row["builder"], int(row["crop_size"])


def build(builder: str, device: str) -> Any:
    """Return a network without pretrained weights."""
    # auxiliary classifiers have no part in inference
    given = {"init_weights": False, "aux_logits": False} if builder in {"googlenet", "inception_v3"} else {}
    try:
        with torch.device(device):
            model = torchvision.models.get_model(builder, weights=None, **given)
    except NotImplementedError:  # RegNets calculate their widths with tensors
        model = torchvision.models.get_model(builder, weights=None, **given).to(device)
    return model.eval()


def main(name: str, at: int | None, only: list[str]) -> None:
    """Print a line for each network, in the columns of ``tests/figures/conventions.csv``.

    ``at`` is a resolution, for tools that compute what they count and would take minutes; absent, that of the weights.
    """
    distribution, count, device = TOOLS[name]
    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    printed = sys.stdout
    for spec, builder, usual in networks():
        if only and builder not in only:
            continue
        resolution = at or usual
        sys.stdout = sys.stderr  # some tools print
        try:
            x = torch.zeros(1, 3, resolution, resolution, device=device)
            total, params = count(build(builder, device), x)
        except Exception as error:
            print(f"{name} {builder}: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        finally:
            sys.stdout = printed
        write((name, version(distribution), spec, builder, resolution, total, "" if params is None else params))
        sys.stdout.flush()


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    tool, *rest = sys.argv[1:]
    at = int(rest[1]) if rest[:1] == ["--at"] else None
    main(tool, at, rest[2:] if at else rest)
