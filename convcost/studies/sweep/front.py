"""Objectives, and the points that no other one is as good as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from convcost.errors import UsageError, one_of
from convcost.records import Record
from convcost.symbols.expr.language import quoted

Array = np.ndarray[Any, Any]


class Objective(Record):
    """What is to be as small or as large as possible: a metric or a hyperparameter."""

    name: str
    largest: bool = False


def objectives(texts: Sequence[str] | str, names: Sequence[str]) -> tuple[Objective, ...]:
    """Read objectives: "mult_adds" is to be small, "resolution:max" large.

    Raises
    ------
    UsageError
        E846 for what is not one.

    >>> [(each.name, each.largest) for each in objectives("params, resolution:max", ["params", "resolution"])]
    [('params', False), ('resolution', True)]
    """
    found: dict[str, Objective] = {}
    each = texts.split(",") if isinstance(texts, str) else texts
    for text in each if texts else ():
        name, colon, sense = (part.strip() for part in text.partition(":"))
        name = name.replace("-", "_") if name not in names else name
        if name not in names:
            raise UsageError("E846", f"{quoted(name)} is not an objective", hint=one_of(name, names))
        if colon and sense not in {"min", "max"}:
            raise UsageError(
                "E846", f"{quoted(text.strip())} is not an objective", hint=f"write {name}:min or {name}:max"
            )
        if name in found:
            raise UsageError("E846", f"{name} is an objective twice")
        found[name] = Objective(name, sense == "max")
    return tuple(found.values())


def undominated(costs: Array, order: Array) -> Array:
    """Return which points no other one is at least as good as in all costs, and of equal ones the first.

    Parameters
    ----------
    costs : (points, costs) array
        All are to be small.
    order : (points,) array
        What decides among equals.

    Returns
    -------
    array of int
        Places in ``costs``, sorted by the first cost.

    >>> undominated(np.array([[1, 9], [2, 9], [2, 3], [2, 3], [5, 1]]), np.arange(5))
    array([0, 2, 4])
    """
    columns = [costs[:, i] for i in range(costs.shape[1])]
    rank = np.lexsort((order, *reversed(columns)))
    if len(columns) <= 2:
        last = columns[-1][rank]
        best = np.minimum.accumulate(last)
        better = np.ones(len(rank), bool)
        better[1:] = last[1:] < best[:-1]
        if len(columns) == 1:
            better[1:] = False
        return rank[better]
    kept: list[int] = []
    while len(rank):  # the first of what is left is dominated by nothing that comes after it
        first, rest = rank[0], rank[1:]
        kept.append(int(first))
        rank = rest[(costs[rest] < costs[first]).any(axis=1)]
    return np.array(kept, np.intp)
