"""Several networks of one family as one spec with hyperparameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

from convcost.cost import infer
from convcost.emission import write
from convcost.emission.sameness import difference
from convcost.errors import ConvcostError, DomainError, UsageError
from convcost.graph import Graph
from convcost.lifting.depth import check_depth, deepened
from convcost.lifting.explain import Explainer, Number, Seen, Vector, listed
from convcost.lifting.result import Lifted
from convcost.lifting.same import SPATIAL, alike, lifted, sizes
from convcost.model import Model, exact_number
from convcost.spec import build, parse
from convcost.symbols import Dim, is_symbolic
from convcost.symbols.arith import exact

MOST = 6
"""Ratios that are tried for a hyperparameter whose values are not known."""


def lift(
    instances: Sequence[Model | Graph],
    hyperparameters: Mapping[str, Sequence[Number | str] | None] | Sequence[str],
    *,
    name: str = "",
    title: str = "",
    source: str = "",
) -> Lifted:
    """Make one spec of several instances of a family: sizes that move together follow a hyperparameter.

    A size that is the same in all instances stays. One that differs becomes an expression, the simplest that gives all
    instances: c·h, then ⌊c·h⌋, ⌈c·h⌉, round(c·h) and make_divisible(c·h, d), a multiple or a part of the channels of
    the input, and at last a line. Of three and more instances the last one is held back: it is not looked at until the
    spec is there, and has to be what the spec gives.

    Parameters
    ----------
    instances : sequence of Model or Graph
        Two or more networks, bound.
    hyperparameters : mapping of str to sequence, or sequence of str
        The names, with their values in the instances. Without values, one that is an extent of an image has those of
        the input, and another is the ratio to the first instance that most sizes have.

    Raises
    ------
    UsageError
        E770 for what cannot be lifted from.
    DomainError
        E771 for a size that no expression gives, E772 for what differs and is no size, E773 where the structure
        differs, E774 where the instance held back, or any other, is not what the spec gives.

    Examples
    --------
    >>> from convcost import load
    >>> found = lift([load("mobilenet_v1", alpha=alpha) for alpha in ("1", "1/2", "1/4")], {"alpha": [1, "1/2", "1/4"]})
    >>> found.model.with_values(alpha="3/4").analyze().total("params")
    2585560
    """
    graphs = [instance.graph if isinstance(instance, Model) else instance for instance in instances]
    if len(graphs) < 2:
        raise UsageError(
            "E770", f"lifting takes two or more networks, not {len(graphs)}", hint="a third one checks the result"
        )
    if any(graph.free for graph in graphs):
        raise UsageError("E770", "lifting takes networks without free hyperparameters", hint="bind them")
    used = graphs[:-1] if len(graphs) > 2 else graphs
    given = dict(hyperparameters) if isinstance(hyperparameters, Mapping) else dict.fromkeys(hyperparameters)
    values = {key: _read(key, row, len(graphs)) for key, row in given.items() if row is not None}
    unknown = [key for key, row in given.items() if row is None]
    prose = {"name": name, "title": title, "source": source}
    if alike(graphs):
        return _checked(_deep(graphs, values, unknown, prose), values, 0, graphs)
    problem: ConvcostError | None = None
    for found in _candidates(graphs, values, unknown):
        try:
            made = _lifted(used, {key: row[: len(used)] for key, row in found.items()}, found, prose)
            return _checked(made, found, len(graphs) - len(used), graphs)
        except DomainError as error:
            problem = problem or error
    assert problem is not None
    raise problem


def _read(name: str, row: Sequence[Number | str], wanted: int) -> Vector:
    """Return the values of a hyperparameter, exactly."""
    values = tuple(exact_number(name, value) for value in row)
    if len(values) != wanted:
        raise UsageError(
            "E770", f"{name} has {len(values)} values for {wanted} networks", hint="one for each, in their order"
        )
    if any(value <= 0 for value in values):
        raise UsageError("E770", f"{name} = {listed(values)} is not positive in all networks")
    if len(set(values)) == 1:
        raise UsageError("E770", f"{name} is {values[0]} in all networks", hint="lift what differs")
    return values


def _candidates(
    graphs: Sequence[Graph], values: Mapping[str, Vector], unknown: Sequence[str]
) -> Iterator[dict[str, Vector]]:
    """Yield values of all hyperparameters; those that were not given are what most sizes have in common."""
    if not unknown:
        yield dict(values)
        return
    name, *rest = sorted(unknown, key=lambda each: each not in SPATIAL)
    own = [s for s in sizes(graphs) if s.spatial == (name in SPATIAL) and not _explained(s, values)]
    if not own:
        raise UsageError("E770", f"nothing differs that {name} could stand for", hint=f"give its values: {name}=...")
    distinct = list(dict.fromkeys(s.vector for s in own))
    rows = Counter(tuple(exact(Fraction(v) / vector[0]) for v in vector) for vector in distinct)
    found = (
        distinct
        if len(rows) == 1 and (name in SPATIAL or len(distinct) == 1)
        else [row for row, _ in rows.most_common(MOST)]
    )
    for row in found:
        yield from _candidates(graphs, {**values, name: row}, rest)


def _deep(
    graphs: Sequence[Graph], values: Mapping[str, Vector], unknown: Sequence[str], prose: Mapping[str, str]
) -> Lifted:
    """Lift from instances that differ in how often their items come."""
    if unknown:
        check_depth(graphs)
        hint = f"give them in the order of the networks: {unknown[0]}=..."
        raise UsageError("E770", f"the depth differs, and the values of {unknown[0]} are not known", hint=hint)
    from convcost.symbols.floordiv import free_symbol

    symbols = {key: free_symbol(key, integer=False) for key in values}
    text, notes = deepened(graphs, values, symbols, SPATIAL, prose)
    return Lifted(text, (), 0, notes)


def _explained(seen: Seen, values: Mapping[str, Vector]) -> bool:
    """Tell whether a size is proportional to a hyperparameter that is known."""
    return any(len({Fraction(v) / h for v, h in zip(seen.vector, row, strict=True)}) == 1 for row in values.values())


def _lifted(
    graphs: Sequence[Graph], values: Mapping[str, Vector], everything: Mapping[str, Vector], prose: Mapping[str, str]
) -> Lifted:
    """Lift from instances of the same nodes."""
    from convcost.symbols.floordiv import free_symbol, substitution

    symbols = {key: free_symbol(key, integer=False) for key in values}
    spatial = frozenset(key for key in values if key in SPATIAL)
    explainer = Explainer(values, symbols, spatial, sizes(graphs))
    try:
        general = lifted(graphs, explainer, dict(symbols))
    except ConvcostError as error:
        if error.code in {"E771", "E772"}:
            raise
        raise DomainError("E774", f"the sizes that were found do not fit each other: {error.message}") from None
    units = {key: _unit(general, symbol, everything[key], spatial=key in spatial) for key, symbol in symbols.items()}
    steps = {
        symbols[key]: free_symbol(key, integer=True) * unit.numerator / unit.denominator
        for key, unit in units.items()
        if unit is not None
    }
    value = substitution(steps)
    nodes = tuple(node.replaced(op=node.op.substitute(value)) for node in general.nodes)
    bound = {key: value(symbol) for key, symbol in symbols.items()}
    graph = Graph(general.name, nodes, general.output, bound)
    defaults = {key: row[0] for key, row in everything.items()}
    text = write(
        graph, name=prose["name"], title=prose["title"], source=prose["source"], defaults=defaults, choices=everything
    )
    return Lifted(text, (), 0, tuple(explainer.notes))


def _unit(graph: Graph, symbol: object, values: Vector, *, spatial: bool) -> Fraction | None:
    """Return the largest number whose multiples give whole sizes; None where sizes are rounded anyway."""
    factors, rounded = [], False
    for node in graph.nodes:
        for field in node.op.__dict__.values():
            for each in field if isinstance(field, tuple) else (field,):
                if (
                    each is None
                    or isinstance(each, bool | str)
                    or not is_symbolic(each)
                    or symbol not in each.free_symbols
                ):
                    continue
                factor, rest = each.as_coeff_Mul()
                if rest == symbol:
                    factors.append(Fraction(int(factor.p), int(factor.q)))
                else:
                    rounded = rounded or not each.is_polynomial(symbol)
    if rounded and not all(isinstance(value, int) for value in values):
        return None
    common = _common([Fraction(value) for value in values])
    if spatial or not factors:
        return common if all(isinstance(value, int) for value in values) else None
    unit = 1 / _common(factors)
    return unit if all((value / unit).denominator == 1 for value in map(Fraction, values)) else common


def _common(numbers: Sequence[Fraction]) -> Fraction:
    """Return the largest number that all are whole multiples of."""
    denominator = lcm(*(number.denominator for number in numbers))
    return Fraction(gcd(*(int(number * denominator) for number in numbers)), denominator)


def _checked(lifted: Lifted, values: Mapping[str, Vector], held_back: int, graphs: Sequence[Graph]) -> Lifted:
    """Build every instance from the text, and compare it with what it was lifted from."""
    points = tuple(dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True))
    made = lifted.replaced(instances=points, held_back=held_back)
    architecture = parse(made.text, "<text>")
    for number, (point, graph) in enumerate(zip(made.instances, graphs, strict=True), 1):
        last = made.held_back and number == len(graphs)
        what = "the network held back" if last else f"network {number}"
        bindings: dict[str, Dim] = dict(point)
        said = ", ".join(f"{key} = {value}" for key, value in point.items())
        try:
            where = difference(graph, build(architecture, bindings, infer))
        except ConvcostError as error:
            where = error.message
        if where:
            hint = "another hyperparameter may differ there; or give the family more instances"
            raise DomainError("E774", f"{what} ({said}) is not what the spec gives: {where}", hint=hint)
    return made
