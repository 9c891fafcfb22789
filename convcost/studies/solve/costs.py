"""What a model costs over its free hyperparameters: by formulas to search with, and by the network itself to be sure.

A formula is asked only where its guards hold; elsewhere the network is wired differently and a formula of that wiring
is derived. Nothing is concluded from a formula that does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from convcost.cost import Convention
from convcost.errors import ConvcostError, UnsupportedError, UsageError
from convcost.model import Model, Number
from convcost.studies.solve.axes import Axis
from convcost.studies.wiring import Wiring, wiring
from convcost.symbols import is_symbolic

Point = tuple[int, ...]
"""A position on each axis."""

MOST_NETWORKS = 20_000
"""Networks that are built in one search; each takes some milliseconds."""


class Formulas:
    """The metrics in one wiring, and where they hold.

    Attributes
    ----------
    everywhere : bool
        Whether no guard and no structural hyperparameter limits them.
    rises : tuple of bool
        For each axis, whether no metric is proven ever to fall along it.
    alone : tuple of bool
        For each axis, whether the formulas that hold at a point hold all along it.
    depends : tuple of bool
        For each axis, whether some metric depends on it.
    """

    def __init__(self, axes: Sequence[Axis], found: Wiring) -> None:
        from convcost.symbols.monotone import never_falls
        from convcost.symbols.program import Program

        self._axes, self._wiring = tuple(axes), found
        free = [found.symbols.get(axis.name) for axis in axes]
        self._inside = [i for i, symbol in enumerate(free) if symbol is not None]
        self._totals = Program(found.totals, [free[i] for i in self._inside])
        sides = [side for guard in found.guards for side in (guard.left, guard.right)]
        self.everywhere = not found.guards and len(self._inside) == len(axes)
        self.rises = tuple(s is not None and all(never_falls(total, s) for total in found.totals) for s in free)
        self.alone = tuple(s is not None and not any(is_symbolic(x) and x.has(s) for x in sides) for s in free)
        self.depends = tuple(s is None or any(is_symbolic(t) and t.has(s) for t in found.totals) for s in free)

    def holds(self, point: Point) -> bool:
        """Tell whether the formulas hold at a point."""
        if self.everywhere:
            return True
        return self._wiring.holds(self._units(point))

    def exists(self, point: Point) -> bool:
        """Tell whether there is a network at a point where the formulas hold."""
        return self._wiring.exists(self._units(point))

    def at(self, point: Point) -> tuple[Number, ...]:
        """Return the metrics at a point where the formulas hold."""
        return self._totals(*[self._axes[i].units(point[i]) for i in self._inside])

    def _units(self, point: Point) -> dict[str, int]:
        return {axis.name: axis.units(i) for axis, i in zip(self._axes, point, strict=True)}


class Costs:
    """The metrics of a model at every point of its axes, exactly.

    Parameters
    ----------
    metrics : sequence of str
        In the order in which figures are returned.
    """

    def __init__(self, model: Model, axes: Sequence[Axis], metrics: Sequence[str], convention: Convention) -> None:
        self.model = model
        self.axes = tuple(axes)
        self.metrics = tuple(metrics)
        self.convention = convention
        self._known: list[Formulas] = []
        self._figures: dict[Point, tuple[Number, ...] | None] = {}
        self._networks: dict[Point, tuple[int, ...] | ConvcostError] = {}
        self._derivable = True
        # the first formula is that of the defaults: there the spec was meant to work
        self.formulas(tuple(axis.nearest(model.values[axis.name]) for axis in axes))

    @property
    def proven(self) -> bool:
        """Whether one formula holds everywhere and is proven never to fall along any axis."""
        return any(known.everywhere and all(known.rises) for known in self._known)

    def provable(self) -> int:
        """Return an axis along which growth is proven for one wiring at least; the last one for none."""
        axes = range(len(self.axes))
        return max(axes, key=lambda i: (any(known.rises[i] and known.alone[i] for known in self._known), i))

    def constant(self) -> str:
        """Return the name of an axis without end on which no metric depends, whatever the wiring; empty for none."""
        for known in self._known:
            for i, axis in enumerate(self.axes):
                if axis.count is None and known.everywhere and not known.depends[i]:
                    return axis.name
        return ""

    def formulas(self, point: Point) -> Formulas | None:
        """Return the formulas that hold at a point; None where none can be derived."""
        for i, known in enumerate(self._known):
            if known.holds(point):
                if i:  # neighbours are mostly wired alike
                    self._known.insert(0, self._known.pop(i))
                return known
        if not self._derivable:
            return None
        try:
            units = {axis.name: axis.unit for axis in self.axes}
            found = wiring(self.model, units, self.values(point), self.metrics, self.convention)
            derived = Formulas(self.axes, found)
        except UnsupportedError:
            self._derivable = False  # a metric without closed form: every network is built
            return None
        except ConvcostError:
            return None
        if not derived.holds(point):
            return None
        self._known.insert(0, derived)
        return derived

    def figures(self, point: Point) -> tuple[Number, ...] | None:
        """Return the metrics at a point; None where the network cannot be built and no formula holds."""
        if point not in self._figures:
            known = self.formulas(point)
            if known is not None:
                self._figures[point] = known.at(point)
            else:
                built = self.network(point)
                self._figures[point] = None if isinstance(built, ConvcostError) else built
        return self._figures[point]

    def absent(self, point: Point) -> bool:
        """Tell whether it is known without building it that there is no network at a point."""
        return any(known.holds(point) and not known.exists(point) for known in self._known)

    def network(self, point: Point) -> tuple[int, ...] | ConvcostError:
        """Build the network of a point and count; the error where that is not possible."""
        if point not in self._networks:
            if len(self._networks) >= MOST_NETWORKS:
                message = f"more than {MOST_NETWORKS:,} networks would have to be built"
                raise UsageError("E825", message, hint="give a larger --step, or a --range")
            self._networks[point] = self._build(point)
        return self._networks[point]

    def values(self, point: Point) -> dict[str, Number]:
        """Return the values of the free hyperparameters at a point."""
        return {axis.name: axis.value(i) for axis, i in zip(self.axes, point, strict=True)}

    def _build(self, point: Point) -> tuple[int, ...] | ConvcostError:
        try:
            analysis = self.model.with_values(**self.values(point)).analyze(self.convention).complete()
            return tuple(analysis.total(metric) for metric in self.metrics)
        except ConvcostError as error:
            return error
