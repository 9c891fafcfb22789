"""An architecture: a checked spec, ready to be built for any values of its hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from convcost.errors import UsageError
from convcost.spec.document import Document, read_document
from convcost.spec.hyperparameters import Hyperparameter
from convcost.spec.nodes import Node
from convcost.spec.reader import compose
from convcost.spec.source import decode
from convcost.spec.vocabulary import hint_for
from convcost.symbols.arith import exact
from convcost.symbols.expr.language import quoted


class Architecture:
    """A network with hyperparameters, as a spec describes it."""

    __slots__ = ("document",)

    def __init__(self, document: Document) -> None:
        self.document = document

    @property
    def name(self) -> str:
        """Its name; that of the file where the spec has none."""
        return self.document.name

    @property
    def title(self) -> str:
        """Its name in print."""
        return self.document.title or self.document.name

    @property
    def source(self) -> str:
        """The publication and the table it follows."""
        return self.document.citation

    @property
    def year(self) -> int | None:
        """When it was published."""
        return self.document.year

    @property
    def file(self) -> str:
        """The file it was read from."""
        return self.document.source.file

    @property
    def hyperparameters(self) -> Mapping[str, Hyperparameter]:
        """Its hyperparameters by name, in the order of the spec."""
        return self.document.hyperparameters

    @property
    def presets(self) -> Mapping[str, Mapping[str, int | Fraction]]:
        """Its named bindings."""
        return self.document.presets

    @property
    def claims(self) -> tuple[Node, ...]:
        """What the spec says is published about it, as it stands there."""
        return self.document.claims

    @property
    def budgets(self) -> tuple[Node, ...]:
        """What the spec says it may cost, as it stands there."""
        return self.document.budgets

    def values(
        self, preset: str | None = None, bindings: Mapping[str, int | Fraction] | None = None
    ) -> dict[str, int | Fraction]:
        """Return a number for each hyperparameter: bindings before preset before default.

        Raises
        ------
        UsageError
            E006 for an unknown preset, E007 for an unknown hyperparameter, E008 for a value that is not legal.
        """
        chosen: dict[str, int | Fraction] = {}
        if preset is not None:
            if preset not in self.presets:
                known = f"it has {', '.join(self.presets)}" if self.presets else "it has none"
                hint = hint_for(preset, self.presets) or known
                raise UsageError("E006", f"{self.name} has no preset {quoted(preset)}", hint=hint)
            chosen.update(self.presets[preset])
        for name, value in (bindings or {}).items():
            if name not in self.hyperparameters:
                known = f"it has {', '.join(self.hyperparameters)}" if self.hyperparameters else "it has none"
                hint = hint_for(name, self.hyperparameters) or known
                raise UsageError("E007", f"{self.name} has no hyperparameter {quoted(name)}", hint=hint)
            number = exact(value)
            hyperparameter = self.hyperparameters[name]
            problem = hyperparameter.problem(number)
            if problem:
                fraction = hyperparameter.integer and not isinstance(number, int)
                hint = f"its spec can say {name}: {{default: ..., integer: false}}" if fraction else ""
                raise UsageError("E008", problem, hint=hint)
            chosen[name] = number
        return {name: chosen.get(name, h.default) for name, h in self.hyperparameters.items()}


def parse(text: str | bytes, file: str = "<text>", directory: Path | None = None) -> Architecture:
    """Read a spec; its structure and all its expressions are checked, nothing is expanded yet.

    Parameters
    ----------
    file : str
        What errors call it.
    directory : Path, optional
        Where the files stand that it can import; absent, it can import shipped libraries only.

    Raises
    ------
    SpecError, Diagnostics
        E1xx and E2xx, with the places.

    >>> parse("{convcost: 1, name: tiny, input: [3, 8, 8], layers: [flatten]}").name
    'tiny'
    """
    source = decode(text, file, directory)
    return Architecture(read_document(source, compose(source)))
