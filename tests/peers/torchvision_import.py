"""Holds imports of torchvision's networks against PyTorch's own counts: ``python tests/peers/torchvision_import.py``.

It is run by hand, where torch, torchvision, onnx and onnxscript are installed beside convcost, and takes about an hour
for all; the default run of the tests needs none of them and reads what it found in ``tests/figures``.

For each network it compares, to the unit,

* parameters with ``sum(p.numel())``, apart from those that inference does not use (auxiliary classifiers),
* mult-adds with ``torch.utils.flop_counter`` / 2, on the meta device, where attention is counted,

by both routes: ``convcost.from_torch``, and a file of ``torch.onnx.export``, without its weights. Vision transformers
are counted by ``flop_counter`` on the CPU as well, with and without gradients: it leaves out what is fused there.

    python tests/peers/torchvision_import.py                 all, into tests/figures/torchvision_import.csv
    python tests/peers/torchvision_import.py resnet18 swin_t these, to standard output
    python tests/peers/torchvision_import.py --torch ...     by the first route alone
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

FILE = Path(__file__).parents[1] / "figures" / "torchvision_import.csv"
COLUMNS = (
    "model part input params unused flop_counter from_torch_params from_torch_mult_adds onnx_params onnx_mult_adds "
    "cpu cpu_no_grad nodes lines"
).split()

DETECTORS = ("rcnn", "retinanet", "ssd", "fcos")
SEGMENTATION = ("deeplab", "fcn_", "lraspp")
FRAMES = {"r3d_18": (3, 16, 112, 112), "mc3_18": (3, 16, 112, 112), "r2plus1d_18": (3, 16, 112, 112)}


def names():
    from torchvision.models import list_models

    return [name for name in list_models() if not name.startswith(("quantized", "raft"))]


def detector(name):
    return any(word in name for word in DETECTORS)


def shape(name):
    """Return the shape of a sample: the network's own resolution, and 800 for the backbones of detectors."""
    if name in FRAMES:
        return FRAMES[name]
    if name.startswith(("s3d", "mvit", "swin3d")):
        return (3, 16, 224, 224)
    if detector(name):
        return (3, 300, 300) if "ssd300" in name else (3, 320, 320) if "320" in name else (3, 800, 800)
    return (3, 299, 299) if name == "inception_v3" else (3, 224, 224)


def make(name, *, lean=True):
    """Return a network, or the backbone of a detector; ``lean`` without memory."""
    from torchvision.models import get_model

    from convcost.importers.torch_.factory import made

    arguments = {"weights_backbone": None} if detector(name) or name.startswith(SEGMENTATION) else {}

    def factory():
        return get_model(name, weights=None, **arguments)

    module = made(factory, name, {}) if lean else factory()
    return (module.backbone if detector(name) else module).eval()


def flop_counter(module, sample, *, gradients=True):
    """Return the mult-adds that PyTorch counts: half of what it calls FLOPs."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    with torch.set_grad_enabled(gradients), counter:
        module(sample)
    total = counter.get_total_flops()
    assert total % 2 == 0
    return total // 2


def by_torch(module, name):
    """Return the analysis of the spec that ``from_torch`` writes, its lines, and the parameters left out."""
    from convcost.cost import infer
    from convcost.emission import write
    from convcost.importers.torch_.capture import InputSpec, capture
    from convcost.importers.torch_.reader import read
    from convcost.model import loads

    program = capture(module, [InputSpec(shape(name))], name)
    text = write(read(program, infer), name=name)
    return loads(text).analyze(), text.count("\n"), sum(program.unused.values())


def export(module, name, file):
    """Write a file of ONNX without its weights; constants are folded as the exporter does, batch norms are not."""
    import numpy as np
    import onnx_ir
    import torch
    from onnxscript.optimizer import fold_constants
    from onnxscript.rewriter import rewrite
    from onnxscript.rewriter.rules.common import _remove_optional_bias
    from torch._subclasses.fake_tensor import FakeTensorMode

    from convcost.importers.torch_.lean import fake_parameters

    mode = FakeTensorMode(allow_non_fake_inputs=True)
    with fake_parameters(module, mode):
        with mode:
            sample = torch.empty(1, *shape(name))
        exported = torch.export.export(module, (sample,), strict=False)
        program = torch.onnx.export(exported, (sample,), dynamo=True, optimize=False, verbose=False)
        for value in program.model.graph.initializers.values():
            stored = value.const_value
            if "Fake" not in type(getattr(stored, "raw", None)).__name__:
                continue
            if stored.size > 8192:  # beyond what is folded
                value.const_value = onnx_ir.ExternalTensor(
                    "weights.bin", 0, stored.nbytes, stored.dtype, name=value.name, shape=stored.shape
                )
            else:
                some = np.ones(tuple(stored.shape), stored.dtype.numpy())
                value.const_value = onnx_ir.tensor(some, name=value.name)
        fold_constants(program.model)
        rewrite(program.model, _remove_optional_bias.rules)  # zeros where a convolution has no bias
        onnx_ir.save(program.model, file)


def by_onnx(module, name):
    """Return the parameters and mult-adds of the file that PyTorch exports, or the error that it meets."""
    from convcost import ConvcostError, load

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.onnx"
        export(module, name, file)
        try:
            found = load(str(file)).analyze()
        except ConvcostError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return error.code, error.code
        return found.total("params"), found.total("mult_adds")


def on_cpu(name):
    """Return what PyTorch counts on the CPU, with and without gradients."""
    import torch

    module, sample = make(name, lean=False), torch.randn(1, *shape(name))
    return flop_counter(module, sample), flop_counter(module, sample, gradients=False)


def on_meta(module, name):
    """Return what PyTorch counts on the meta device."""
    import torch

    return flop_counter(module.to("meta"), torch.empty(1, *shape(name), device="meta"))


def row(name, *, both):
    """Return the figures of a network, by both routes or by the first."""
    module = make(name)
    found, lines, unused = by_torch(module, name)
    exported = by_onnx(module, name) if both else ("", "")
    stored = sum(p.numel() for p in module.parameters())
    cpu = on_cpu(name) if name.startswith("vit") else ("", "")
    counted = on_meta(module, name)
    totals = [found.total("params"), found.total("mult_adds"), *exported]
    part = "backbone" if detector(name) else "whole"
    extents = "x".join(map(str, shape(name)))
    return [name, part, extents, stored, unused, counted, *totals, *cpu, len(found.graph.nodes), lines]


def main(chosen):
    import onnx
    import torch
    import torchvision

    warnings.simplefilter("ignore")
    versions = ", ".join(f"{m.__name__} {m.__version__.partition('+')[0]}" for m in (torch, torchvision, onnx))
    wrong, both = 0, "--torch" not in chosen
    chosen = [name for name in chosen if name != "--torch"]
    with sys.stdout if chosen else FILE.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {versions}; written by tests/peers/torchvision_import.py\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name in chosen or names():
            begun = time.perf_counter()
            try:
                figures = row(name, both=both)
            except Exception:
                traceback.print_exc()
                wrong += 1
                continue
            writer.writerow(figures)
            file.flush()
            params, unused, counted, *totals = figures[3:10]
            agree = totals[: 4 if both else 2] == [params - unused, counted] * (2 if both else 1)
            wrong += not agree
            print(f"{name}: {'equal' if agree else figures}, {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
