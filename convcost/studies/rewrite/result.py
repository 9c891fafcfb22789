"""What a rewrite is: the new spec, and what each layer gained."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from convcost.cost import Analysis
from convcost.model import Model
from convcost.records import Record
from convcost.shown import Shown
from convcost.spec.uses import Use
from convcost.studies.rewrite.headings import moved_to
from convcost.studies.rewrite.rule import Facts, Rule, Settings
from convcost.studies.rewrite.select import Selector


class Cost(Record):
    """What a layer costs, or the layers that stand for it.

    Attributes
    ----------
    moved : int
        Elements read and written: each layer reads its input and its parameters once and writes its output once;
        norm and activation are applied on the way.
    """

    mult_adds: int
    params: int
    moved: int


class Rewritten(Record):
    """A layer that was rewritten.

    Attributes
    ----------
    name : str
        What it is called before; ``became`` are the layers afterwards.
    expected : Fraction, optional
        The ratio of mult-adds by the formula of the rule.
    """

    name: str
    facts: Facts
    became: tuple[str, ...]
    before: Cost
    after: Cost
    expected: Fraction | None

    @property
    def ratio(self) -> Fraction | None:
        """Mult-adds afterwards over those before, exactly."""
        return Fraction(self.after.mult_adds, self.before.mult_adds) if self.before.mult_adds else None

    @property
    def losses(self) -> tuple[str, ...]:
        """What is worse than before; with more mult-adds that more is moved is no news."""
        before, after = self.before, self.after
        more = [("mult-adds", after.mult_adds > before.mult_adds), ("parameters", after.params > before.params)]
        more.append(("elements moved", after.moved > before.moved and after.mult_adds <= before.mult_adds))
        return tuple(f"more {what}" for what, worse in more if worse)


class Rewrite(Shown, Record):
    """A rewritten spec.

    Attributes
    ----------
    text : str
        The spec; that of before where no layer was rewritten.
    before, model : Model
        The network as it was and as it is, at the same values.
    layers : tuple of Rewritten
        In the order of the network.
    left : tuple of (str, str)
        Layers that were selected but cannot be rewritten, and why.
    library : int
        Layers that were selected but stand in imported libraries, which are not rewritten.
    """

    rule: Rule
    settings: Settings
    selector: Selector
    text: str
    before: Model
    model: Model
    analyses: tuple[Analysis, Analysis]
    layers: tuple[Rewritten, ...]
    left: tuple[tuple[str, str], ...]
    library: int

    def text_in(self, directory: str | Path) -> str:
        """Return the text as it has to be in a directory; see ``moved_to``."""
        return moved_to(self.text, self.before.architecture.document, Path(directory))


def described(rule: Rule, settings: Settings, selector: Selector) -> str:
    """Return a rule with its settings and what it is applied to, in words.

    >>> from convcost.studies.rewrite.rules import RULES
    >>> described(RULES["standard-to-grouped"], {"groups": 8}, Selector("kernel > 1"))
    'standard-to-grouped, groups = 8, where kernel > 1'
    """
    parts = [rule.name, *(f"{name} = {value}" for name, value in settings.items()), selector.text()]
    return ", ".join(filter(None, parts))


def cost(use: Use, analysis: Analysis) -> Cost:
    """Return what a use costs."""
    layers: dict[str, list[int]] = {}
    for index in use.nodes:
        layers.setdefault(analysis.graph.nodes[index].layer, []).append(index)
    moved = sum(
        analysis.metric("input_elements", nodes[0])
        + analysis.metric("output_elements", nodes[-1])
        + analysis.total("trainable", nodes)
        for nodes in layers.values()
    )
    return Cost(analysis.total("mult_adds", use.nodes), analysis.total("params", use.nodes), moved)
