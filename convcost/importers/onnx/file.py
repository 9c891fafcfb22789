"""Files of ONNX by their names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from convcost.errors import ConvcostError, Diagnostics, UsageError
from convcost.importers.builder import Infer
from convcost.importers.onnx.importer import Imported, import_model
from convcost.importers.onnx.model import read_model
from convcost.symbols.expr.language import quoted, shorten

SUFFIX = ".onnx"


def is_model(source: str) -> bool:
    """Tell whether the source of a SPEC is a model of ONNX.

    >>> is_model("dir/resnet50.onnx"), is_model("resnet50.yaml")
    (True, False)
    """
    return source.lower().endswith(SUFFIX)


def open_model(
    path: str, infer: Infer, *, allow_unknown: bool = False, numbers: Mapping[str, int] | None = None
) -> Imported:
    """Read a file; its weights stay in it until they are asked for. See ``import_model``.

    Raises
    ------
    UsageError
        E001 where there is no such file, E002 for a directory, E003 where it cannot be read.
    ModelError
        E711 to E722.
    """
    import mmap

    file = Path(path)
    try:
        if file.is_dir():
            raise UsageError("E002", f"{quoted(path, 300)} is a directory", hint="a model is one ONNX file")
        with file.open("rb") as stream:
            empty = not stream.seek(0, 2)
            data = b"" if empty else mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        raise UsageError("E001", f"there is no file {quoted(path, 300)}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError("E003", f"{quoted(path, 300)} cannot be read: {reason}") from None
    try:
        model = read_model(data, str(file.parent))
        return import_model(model, infer, spec_name(file.stem), allow_unknown=allow_unknown, numbers=numbers)
    except ConvcostError as error:
        last = error.errors[-1] if isinstance(error, Diagnostics) else error
        last.trail = last.trail or (shorten(path),)
        raise


def spec_name(stem: str) -> str:
    """Return the name of a spec from that of a file.

    >>> spec_name("light_resnet50"), spec_name("ch_PP-OCRv4 det")
    ('light_resnet50', 'ch_PP-OCRv4_det')
    """
    import re

    name = re.sub(r"[^\w.-]+", "_", stem, flags=re.ASCII).strip("_.")
    return name if name and name[0].isalpha() else f"model_{name}".rstrip("_")
