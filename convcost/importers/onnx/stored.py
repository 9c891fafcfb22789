"""Tensors that a file holds: extents and element type at once, values only when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.errors import ModelError
from convcost.importers.onnx.wire import Bytes, Value, damaged, signed, varints

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

FLOAT, INT64, STRING, BOOL = 1, 7, 8, 9
TYPES: dict[int, tuple[str, int]] = {
    1: ("<f4", 4),
    2: ("u1", 1),
    3: ("i1", 1),
    4: ("<u2", 2),
    5: ("<i2", 2),
    6: ("<i4", 4),
    7: ("<i8", 8),
    9: ("?", 1),
    10: ("<f2", 2),
    11: ("<f8", 8),
    12: ("<u4", 4),
    13: ("<u8", 8),
    16: ("bfloat16", 2),
}
"""NumPy's name and the bytes of the element types that are read: FLOAT, UINT8, ..., BFLOAT16."""
FLOATS = {1, 10, 11, 16}
MAX_EXTENT = 10**15


class StoredTensor:
    """A tensor in a file.

    Attributes
    ----------
    dims : list of int
        Its extents.
    element : int
        Its element type, a number of ONNX.
    parts : list
        Where its values are: numbers and values of fields.
    external : dict
        For values that stand in a file of their own: its location, offset and length.
    """

    __slots__ = ("data", "dims", "directory", "element", "elsewhere", "external", "name", "parts")

    def __init__(self, data: Bytes, directory: str = "") -> None:
        self.data = data
        self.directory = directory
        self.name = ""
        self.dims: list[int] = []
        self.element = 0
        self.parts: list[tuple[int, Value]] = []
        self.external: dict[str, str] = {}
        self.elsewhere = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Extents."""
        return tuple(self.dims)

    @property
    def is_float(self) -> bool:
        """Whether its elements are real numbers rather than integers, truth values or texts."""
        return self.element in FLOATS

    @property
    def size(self) -> int:
        """Elements."""
        size = 1
        for extent in self.dims:
            size *= extent
        return size

    def checked(self) -> StoredTensor:
        """Return the tensor after checking that its extents can be some; E719."""
        if any(extent < 0 for extent in self.dims):
            raise ModelError("E711", f"the tensor {self.name!r} has an extent of {min(self.dims)}")
        if self.size > MAX_EXTENT or len(self.dims) > 64:
            raise ModelError("E719", f"the tensor {self.name!r} has more than 10**15 elements")
        return self

    def array(self) -> Array:
        """Return its values; those of a file are not copied.

        Raises
        ------
        ModelError
            E711 where there are more or fewer than its extents say, E717 for a type without values here, E723 where
            they are in another file that is not there.
        """
        import numpy as np

        known = TYPES.get(self.element)
        if known is None:
            raise ModelError("E717", f"the elements of {self.name!r} are of the type {self.element}, which is not read")
        if self.elsewhere or self.external:
            values = _typed(self._external(), known[0])
        elif any(number == 9 for number, _ in self.parts):
            begin, end = next(value for number, value in self.parts if number == 9)  # type: ignore[misc]
            if (end - begin) % known[1]:
                raise damaged(f"the values of {self.name!r} are cut off")
            values = _typed(memoryview(self.data)[begin:end], known[0])
        else:
            values = self._numbers(known[0])
        if values.size != self.size:
            if not values.size:
                raise ModelError("E723", f"the values of {self.name!r} were left out of the file")
            raise ModelError(
                "E711", f"the tensor {self.name!r} has {values.size} values, and its extents say {self.size}"
            )
        return np.asarray(values).reshape(self.shape)

    def _numbers(self, dtype: str) -> Array:
        """Return values that stand in fields of their type, packed or one by one."""
        import numpy as np

        wide = {4: "<f4", 10: "<f8"}
        pieces: list[Array] = []
        for number, value in self.parts:
            if number in wide:
                size = 4 if number == 4 else 8
                if isinstance(value, tuple):
                    if (value[1] - value[0]) % size:
                        raise damaged(f"the values of {self.name!r} are cut off")
                    pieces.append(np.frombuffer(memoryview(self.data)[value[0] : value[1]], wide[number]))
                elif isinstance(value, bytes) and len(value) == size:
                    pieces.append(np.frombuffer(value, wide[number]))
                else:
                    raise damaged(f"the values of {self.name!r} are of another kind")
            elif number in {5, 7, 11}:
                found = varints(self.data, value) if isinstance(value, tuple) else [value]
                pieces.append(np.array([signed(each) for each in found], np.int64))
        joined = np.concatenate(pieces) if pieces else np.zeros(0)
        if dtype in {"<f2", "bfloat16"}:  # halves stand as the numbers of their bits
            return _typed(memoryview(joined.astype(np.int64).astype("<u2").tobytes()), dtype)
        return joined.astype(dtype)

    def _external(self) -> Any:
        """Return the bytes that stand in another file."""
        import mmap
        from pathlib import Path

        location = self.external.get("location", "")
        path = Path(self.directory, location)
        inside = location and not Path(location).is_absolute() and ".." not in Path(location).parts
        if not inside or not self.directory or not path.is_file():
            raise ModelError("E723", f"the values of {self.name!r} are in {location or 'another file'!r}, not here")
        try:
            offset = int(self.external.get("offset", "0") or 0)
            length = int(self.external.get("length", "0") or 0) or self.size * TYPES[self.element][1]
        except ValueError:
            raise damaged(f"offset and length of {self.name!r} are no numbers") from None
        with path.open("rb") as file:
            if offset < 0 or length < 0 or offset + length > path.stat().st_size:
                raise ModelError("E723", f"the values of {self.name!r} are beyond the end of {location!r}")
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if length else b""
        return memoryview(mapped)[offset : offset + length]


def _typed(data: Any, dtype: str) -> Array:
    import numpy as np

    if dtype == "bfloat16":
        high = np.frombuffer(data, "<u2").astype("<u4") << 16
        return high.view("<f4")
    return np.frombuffer(data, dtype)
