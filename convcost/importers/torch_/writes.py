"""Writes in place: a tensor that was changed in a part, put together again of what stayed and what is new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convcost.errors import ModelError
from convcost.importers.builder import Builder, Tensor, counted
from convcost.importers.torch_.program import Call, Ref
from convcost.importers.torch_.site import Site
from convcost.ops import Concat, Slice

RESHAPES = {"view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "_unsafe_view", "view_as"}
SAME = {"contiguous", "alias", "detach", "to"}
PARTS = {"slice", "select"}
OTHERS = {"transpose", "permute", "expand", "chunk", "split", "getitem", "unbind"}

Rebuild = Callable[[Call, Any], Any]


class Writes:
    """Follows the views that a write went through back to the tensors they show.

    A slice that was written to is put between what is before and behind it; other elements are moved, and none is
    counted. What cannot be followed is refused: the network would come out as another.
    """

    def __init__(self, builder: Builder, calls: Mapping[str, Call]) -> None:
        self._builder = builder
        self._calls = calls

    def through(self, site: Site, name: str, known: dict[str, Any]) -> None:
        """Exchange what a name was a view of, after the value of the name has been exchanged."""
        call = self._calls.get(name)
        while call is not None and (call.operator in RESHAPES | SAME | PARTS or call.in_place):
            source = next(iter(call.arguments.values()))
            if not isinstance(source, Ref) or not isinstance(known[source.name], Tensor):
                break
            before, new = known[source.name], known[name]
            after = new if call.in_place else self._rebuilt(site, call, before, new)
            for each, value in known.items():
                if value is before:
                    known[each] = after
            name, call = source.name, self._calls.get(source.name)
        if call is not None and call.operator in {
            "select",
            "transpose",
            "permute",
            "expand",
            "chunk",
            "split",
            "getitem",
        }:
            raise ModelError(
                "E741",
                f"{call.place or 'the module'} writes into a part of a tensor that is used as a whole ({call.target})",
                hint="write the result into a new tensor",
            )

    def _rebuilt(self, site: Site, call: Call, before: Tensor, new: Tensor) -> Tensor:
        if call.operator in SAME:
            return new
        if call.operator in RESHAPES:
            return self._builder.reshape(new, before.shape, site.name)
        arguments = call.arguments
        place = counted(arguments.get("dim", 0), before.rank)
        step, extent = arguments.get("step", 1), int(before.shape[place])
        if call.operator == "select":
            at = counted(arguments["index"], extent)
            arguments = {"start": at, "end": at + 1}
            new = self._builder.unsqueeze(new, (place,), site.name)
        first, last, _ = slice(arguments.get("start"), arguments.get("end")).indices(extent)
        if (first, last, step) == (0, extent, 1):
            return new
        if step != 1:
            raise ModelError("E741", f"{call.place or 'the module'} writes into every {step}th place of an axis")
        axis = before.axis(place)
        parts = [new]
        if first > 0:
            parts.insert(0, site.add(Slice(axis, 0, first), before, part="before"))
        if last < extent:
            parts.append(site.add(Slice(axis, last, extent), before, part="behind"))
        return site.add(Concat(axis), *parts, layout=before.layout, part="whole")
