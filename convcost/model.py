"""A spec with its values: the way from a file or a shipped name to graphs, analyses and formulas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from convcost.cost import Analysis, Convention, analyze, infer
from convcost.cost.closed_form import LETTERS, Symbolic, Variable, symbolic
from convcost.errors import DomainError, UsageError
from convcost.graph import Graph
from convcost.records import Record, field
from convcost.spec import Architecture, build, open_target, parse
from convcost.spec.target import Target, parse_target, read_number
from convcost.symbols import Dim
from convcost.symbols.arith import exact

if TYPE_CHECKING:
    from convcost.importers.onnx.importer import Imported

_BINDINGS = re.compile(r"@(?P<bindings>\w+=[^,@\s]+(,\w+=[^,@\s]+)*)$")

Number = int | Fraction


class Model(Record):
    """An architecture and the values of its hyperparameters.

    Attributes
    ----------
    values : mapping of str to number
        Every hyperparameter, defaults included.
    bound : frozenset of str
        Those that were given explicitly or by a preset; they are not free in formulas.
    label : str
        What the user called it: "mobilenet_v1@alpha=1/2".
    imported : Imported, optional
        For a model of another framework, the graph that was read, with its weights.
    """

    architecture: Architecture
    values: Mapping[str, Number]
    bound: frozenset[str] = frozenset()
    label: str = ""
    imported: Imported | None = field(default=None, compare=False)

    @cached_property
    def graph(self) -> Graph:
        """The network with every hyperparameter bound."""
        return build(self.architecture, self.values, infer)

    @property
    def stored(self) -> tuple[Graph, dict[int, list[Callable[[], Any]]]]:
        """The network bound, and functions that return the values it stores, by the index of a node.

        A spec stores none; a model of another framework may have left some out.
        """
        if self.imported is None:
            return self.graph, {}
        free = self.imported.graph.free
        graph = self.imported.graph.bind({name: self.values[name] for name in free})
        return graph, self.imported.present()

    def analyze(self, convention: Convention | None = None, batch: int = 1) -> Analysis:
        """Return what the network costs at these values."""
        return analyze(self.graph, convention, batch)

    def with_values(self, **values: Number | str) -> Self:
        """Return the model with other values; text is read as an exact number, "0.75" as 3/4."""
        numbers = {name: exact_number(name, value) for name, value in values.items()}
        merged = self.architecture.values(None, {n: self.values[n] for n in self.bound} | numbers)
        return self.replaced(values=merged, bound=self.bound | set(numbers))

    def at(self, text: str = "", /, **values: Number | str) -> Self:
        """Return the network at further values, called by them; those that were bound before stay.

        Parameters
        ----------
        text : str
            What stands behind the name in a SPEC: ":b3", "@alpha=1/2", ":b3@alpha=1/2"; the "@" may be missing.
        **values
            More bindings, exact: 160, "0.75", Fraction(3, 4).

        Raises
        ------
        UsageError
            As ``load``.
        """
        said = text.strip()
        if said and not said.startswith((":", "@")):
            said = f"@{said}"
        name = self.architecture.name
        target = parse_target(f"{name}{said}") if said else Target(name)
        self.architecture.values(target.preset, target.bindings)  # says what there is not, and what there is
        preset = self.architecture.presets[target.preset] if target.preset else {}
        numbers = {name: exact_number(name, value) for name, value in values.items()}
        if numbers:
            more = ",".join(f"{name}={value}" for name, value in numbers.items())
            said = f"{said},{more}" if "@" in said else f"{said}@{more}"
        new = {**preset, **target.bindings, **numbers}
        return self.with_values(**new).replaced(label=_called(self.label or name, said, new))

    def unbound(self) -> Self:
        """Return the network at its defaults, with nothing bound, called by its own name."""
        return self.replaced(values=self.architecture.values(), bound=frozenset(), label="")

    def grid(self) -> Iterator[Self]:
        """Yield the model at every combination of the published choices of what is not bound."""
        axes = {
            name: h.choices
            for name, h in self.architecture.hyperparameters.items()
            if h.choices and name not in self.bound
        }
        for point in product(*axes.values()):
            values = dict(zip(axes, point, strict=True))
            bindings = ",".join(f"{name}={value}" for name, value in values.items())
            joint = "" if not bindings else "," if "@" in self.label else "@"
            yield self.with_values(**values).replaced(label=f"{self.label}{joint}{bindings}")

    def variables(
        self,
        free: Iterable[str] | None = None,
        assume: Mapping[str, Number] | None = None,
        *,
        general: bool = False,
    ) -> tuple[Variable, ...]:
        """Return the hyperparameters that a formula is written in.

        Parameters
        ----------
        free : iterable of str, optional
            Which ones; absent, those that are not bound and to which the spec gives choices, a range or a
            ``multiple_of``.
        assume : mapping of str to number, optional
            Divisibility to take for granted instead of what the spec declares.
        general : bool
            Take nothing for granted: floors stay.
        """
        known = self.architecture.hyperparameters
        for name in (*(free or ()), *(assume or ())):
            if name not in known:
                raise UsageError(
                    "E014",
                    f"{self.architecture.name} has no hyperparameter {name!r}",
                    hint=f"it has {', '.join(known)}",
                )
        if free is None:
            chosen = [
                name
                for name, h in known.items()
                if name not in self.bound and (h.choices or h.range or h.multiple_of is not None)
            ]
        else:
            chosen = [name for name in known if name in set(free)]
        result = []
        for name in chosen:
            h = known[name]
            multiple = None if general else (assume or {}).get(name, h.multiple_of)
            letter = h.symbol or LETTERS.get(name, name)
            result.append(Variable(name, letter, self.values[name], h.integer, multiple))
        return tuple(result)

    def symbolic(
        self,
        free: Iterable[str] | None = None,
        assume: Mapping[str, Number] | None = None,
        *,
        general: bool = False,
        convention: Convention | None = None,
    ) -> Symbolic:
        """Return the analysis with hyperparameters free; see ``variables``.

        Raises
        ------
        DomainError
            E504 where no hyperparameter is left free.
        """
        variables = self.variables(free, assume, general=general)
        if not variables:
            raise DomainError(
                "E504",
                f"{self.label or self.architecture.name} has no free hyperparameter to write a formula in",
                hint="leave one unbound, or name one with --free",
            )

        def derive(values: Mapping[str, Dim], shadow: Mapping[Any, Number]) -> Analysis:
            return analyze(build(self.architecture, values, infer, shadow), convention)

        return symbolic(derive, variables, self.values)


def _called(label: str, said: str, new: Mapping[str, Number | str]) -> str:
    """Return what a network is called of which more is said; a value that is bound anew is no longer told.

    >>> _called("net@alpha=1,resolution=96", "@alpha=1/2", {"alpha": "1/2"}), _called("net@classes=9", ":b1", {})
    ('net@resolution=96,alpha=1/2', 'net:b1@classes=9')
    """
    known = _BINDINGS.search(label)
    head, parts = (label[: known.start()], known["bindings"].split(",")) if known else (label, [])
    preset, _, more = said.partition("@")
    told = [*(part for part in parts if part.partition("=")[0] not in new), *([more] if more else [])]
    return f"{head}{preset}{'@' if told else ''}{','.join(told)}"


def exact_number(name: str, value: Number | str | float) -> Number:
    """Read a value exactly: "0.75", "3/4", 3; floats are taken by their shortest decimal form.

    >>> exact_number("alpha", "0.75"), exact_number("alpha", 0.1), exact_number("resolution", "224")
    (Fraction(3, 4), Fraction(1, 10), 224)
    """
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return exact(Fraction(value))  # type: ignore[no-any-return]
    return read_number(name, str(value))


def load(target: str | Path, *, allow_unknown: bool = False, **values: Number | str) -> Model:
    """Load a spec: a file, a shipped name, with optional preset and bindings as on the command line.

    Parameters
    ----------
    target : str or Path
        "mobilenet_v1", "mobilenet_v1@alpha=0.5,resolution=160", "my.yaml", "model.onnx", "-" for standard input.
    allow_unknown : bool
        Take operators of a model that no op does as ops of unknown cost; totals are lower bounds then.
    **values
        More bindings, exact: 160, "0.75", Fraction(3, 4).

    Raises
    ------
    UsageError, SpecError, ModelError, Diagnostics
        Where there is no such spec or its text is wrong.
    """
    if SUFFIX in str(target).lower():
        parsed = parse_target(str(target))
        if parsed.source.lower().endswith(SUFFIX):
            model = load_model(parsed, str(target), allow_unknown=allow_unknown)
            return model.with_values(**values) if values else model
    architecture, numbers, bound = open_target(str(target))
    model = Model(architecture, numbers, frozenset(bound), str(target))
    return model.with_values(**values) if values else model


SUFFIX = ".onnx"
"""How the names of files end that are models of ONNX."""


def load_model(target: Target, label: str = "", *, allow_unknown: bool = False) -> Model:
    """Load a file of ONNX: its graph is written as a spec, which is read as any other.

    Parameters
    ----------
    allow_unknown : bool
        Take operators that no op does as ops of unknown cost; totals are lower bounds then.
    """
    from convcost.importers.onnx.file import open_model
    from convcost.spec.writer import to_yaml

    numbers = {name: value for name, value in target.bindings.items() if isinstance(value, int)}
    imported = open_model(target.source, infer, allow_unknown=allow_unknown, numbers=numbers)
    text = to_yaml(imported.graph, imported.defaults, multiples=imported.multiples)
    architecture = parse(text, target.source)
    # what had to be a number while the graph was read is none of its hyperparameters
    bindings = {name: value for name, value in target.bindings.items() if name not in imported.fixed}
    values = architecture.values(target.preset, bindings)
    return Model(architecture, values, frozenset(bindings), label or target.source, imported)


def loads(text: str, **values: Number | str) -> Model:
    """Load a spec from its text.

    >>> loads("{convcost: 1, name: tiny, input: [3, 8, 8], layers: [{conv: {kernel: 3, out: 4}}]}").analyze().total()
    3888
    """
    architecture = parse(text, "<text>")
    model = Model(architecture, architecture.values(None, {}), frozenset(), architecture.name)
    return model.with_values(**values) if values else model
