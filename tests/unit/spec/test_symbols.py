"""Late binding: which comparisons become guards, which hyperparameters are structural, and that both ways agree."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.cost import infer
from convcost.errors import ConvcostError, DomainError, SpecError, UsageError
from convcost.graph import Graph
from convcost.ops import Conv, Linear
from convcost.spec import Architecture, build, catalog, parse
from convcost.symbols.floordiv import FloorDiv, free_symbol

HEAD = "convcost: 1\nname: net\ninput: [3, 32, 32]\n"

WIDTHS = """
hyperparameters:
  alpha: {default: 1, choices: [1/2, 1]}
  depth: {default: 2, choices: [1, 2, 3]}
blocks:
  unit:
    args: {out: ~, stride: 1}
    let: {keeps: cin == out}
    body:
      - add:
          - conv: {kernel: 3, stride: stride, padding: 1, out: out}
          - {if: stride == 1 and keeps, path: []}
layers:
  - conv: {kernel: 1, out: floor(32*alpha)}
  - {repeat: depth, unit: {out: floor(32*alpha)}}
  - unit: {out: floor(33*alpha)}
"""
ALPHA = free_symbol("alpha", integer=False)
DEPTH = free_symbol("depth", integer=True)


def nodes(graph: Graph) -> list[tuple[object, ...]]:
    return [(node.name, node.op, node.inputs, node.layer) for node in graph.nodes]


def test_a_condition_on_shapes_becomes_a_guard() -> None:
    g = build(parse(HEAD + WIDTHS), {"alpha": ALPHA}, infer, {ALPHA: 1})
    assert [(guard.left, guard.relation, guard.right, guard.holds) for guard in g.guards] == [
        (FloorDiv(32 * ALPHA, 1), "==", FloorDiv(33 * ALPHA, 1), False)
    ]
    (guard,) = g.guards
    assert str(guard.origin.span) == "<text>:11:18"
    assert guard.origin.trail == ()  # at the top level there is no way to tell
    assert g.hyperparameters == {"alpha": ALPHA, "depth": 2}


@pytest.mark.parametrize("alpha", [Fraction(1), Fraction(1, 2), Fraction(31, 32)])
def test_binding_late_is_binding_early_where_the_guards_hold(alpha: Fraction) -> None:
    architecture = parse(HEAD + WIDTHS)
    late = build(architecture, {"alpha": ALPHA}, infer, {ALPHA: 1})
    early = build(architecture, {"alpha": alpha}, infer)
    if alpha == 1:
        assert nodes(late.bind({"alpha": alpha})) == nodes(early)
    else:  # ⌊32α⌋ = ⌊33α⌋: there is a shortcut that the formula does not have
        assert len(early.nodes) == len(late.nodes) + 1
        with pytest.raises(DomainError, match="E502"):
            late.bind({"alpha": alpha})


def test_the_shadow_decides() -> None:
    g = build(parse(HEAD + WIDTHS), {"alpha": ALPHA}, infer, {ALPHA: Fraction(1, 2)})
    assert [guard.holds for guard in g.guards] == [True]


def test_without_a_shadow_the_defaults_decide() -> None:
    text = HEAD + "hyperparameters: {r: {default: 64, multiple_of: 32}}\nlayers:\n  - {if: cin + r > 50, relu: {}}\n"
    r = free_symbol("r", integer=True)
    g = build(parse(text), {"r": 32 * r}, infer)
    assert [(str(guard), guard.holds) for guard in g.guards] == [("32*r + 3 > 50", True)]


def test_repeats_and_plain_conditions_are_structural() -> None:
    g = build(parse(HEAD + WIDTHS), {"alpha": ALPHA, "depth": DEPTH}, infer, {ALPHA: 1, DEPTH: 3})
    assert g.hyperparameters == {"alpha": ALPHA, "depth": 3}
    assert len(g.nodes) == 2 + 3 * 2 + 1
    text = HEAD + "hyperparameters: {alpha: {default: 1, integer: false}}\nlayers:\n  - {if: alpha > 1/2, relu: {}}\n"
    g = build(parse(text), {"alpha": ALPHA}, infer, {ALPHA: 1})
    assert (g.hyperparameters, g.guards, len(g.nodes)) == ({"alpha": 1}, (), 2)


def test_decidable_conditions_leave_no_trace() -> None:
    text = HEAD + "hyperparameters: {c: 8}\nlayers:\n  - {if: c > 0 and c + 1 != c, conv: {kernel: 1, out: c}}\n"
    c = free_symbol("c", integer=True)
    g = build(parse(text), {"c": c}, infer, {c: 8})
    assert (g.hyperparameters, g.guards, g.nodes[1].op) == ({"c": c}, (), Conv((1, 1), out=c))


def test_conditional_values_are_guarded() -> None:
    text = HEAD + "hyperparameters: {c: 8}\nlayers:\n  - conv: {kernel: 1, out: c if c > 4 else 4}\n"
    c = free_symbol("c", integer=True)
    g = build(parse(text), {"c": c}, infer, {c: 8})
    assert [str(guard) for guard in g.guards] == ["c > 4"]
    assert g.nodes[1].op == Conv((1, 1), out=c)


def test_sizes_that_are_not_always_whole_are_guarded() -> None:
    text = (
        HEAD + "hyperparameters: {alpha: {default: 1, integer: false}}\nlayers:\n  - conv: {kernel: 1, out: 32*alpha}\n"
    )
    g = build(parse(text), {"alpha": ALPHA}, infer, {ALPHA: Fraction(1, 2)})
    assert [str(guard) for guard in g.guards] == ["32*alpha % 1 == 0"]
    with pytest.raises(DomainError, match="E502"):
        g.bind({"alpha": Fraction(1, 3)})
    with pytest.raises(SpecError) as caught:
        build(parse(text), {"alpha": ALPHA}, infer, {ALPHA: Fraction(1, 3)})
    assert str(caught.value).splitlines()[0] == (
        "<text>:6:28: E312 out = 32*alpha is 32/3, not a whole number (round it: floor(...), ceil(...) or round(...))"
    )


def test_integer_arguments_are_structural() -> None:
    text = HEAD + "hyperparameters: {n: 2}\nlayers:\n  - softmax: {axis: n}\n"
    n = free_symbol("n", integer=True)
    assert build(parse(text), {"n": n}, infer, {n: 3}).hyperparameters == {"n": 3}


def test_requirements_are_guards_of_the_symbolic_graph() -> None:
    text = HEAD + "hyperparameters: {c: 8}\nrequires: [c % 4 == 0, c > 0]\nlayers:\n  - conv: {kernel: 1, out: c}\n"
    c = free_symbol("c", integer=True)
    g = build(parse(text), {"c": c}, infer, {c: 8})
    assert [(str(guard.left), guard.relation, guard.holds) for guard in g.guards] == [
        ("c - 4*FloorDiv(c, 4)", "==", True)
    ]
    with pytest.raises(SpecError, match="E318 'c % 4 == 0' does not hold for these values"):
        build(parse(text), {"c": 9}, infer)


def test_a_symbol_without_a_number() -> None:
    text = HEAD + "hyperparameters: {c: 8}\nlayers:\n  - {if: cin > c, relu: {}}\n"
    c = free_symbol("c", integer=True)
    with pytest.raises(UsageError) as caught:
        build(parse(text), {"c": c}, infer, {})
    assert str(caught.value) == "E317 no number is known for c (give a shadow value for each free symbol)"


def shipped(name: str) -> Architecture:
    return parse(catalog.path(name).read_bytes(), name)


@pytest.mark.parametrize("name", ["mobilenet_v1", "mobilenet_v1_full_conv", "mobilenet_v1_shallow"])
@pytest.mark.parametrize(("steps", "r"), [(32, 7), (16, 6), (1, 1), (40, 4)])
def test_shipped_specs_build_late_as_early(name: str, steps: int, r: int) -> None:
    architecture = shipped(name)
    a, s = free_symbol("alpha_steps", integer=True), free_symbol("r", integer=True)
    late = build(architecture, {"alpha": a / 32, "resolution": 32 * s}, infer, {a: 32, s: 7})
    assert late.guards == ()
    early = build(architecture, {"alpha": Fraction(steps, 32), "resolution": 32 * r}, infer)
    from convcost.symbols.floordiv import substitution

    value = substitution({a: steps, s: r})
    assert [(n.name, n.op.substitute(value), n.inputs) for n in late.nodes] == [
        (n.name, n.op, n.inputs) for n in early.nodes
    ]


EXPLODING = """
convcost: 1
hyperparameters:
  a: {default: 2, multiple_of: 1}
  b: {default: 3, multiple_of: 1}
  c: {default: 5, multiple_of: 1}
let:
  p: (a + 1)*(b + 2)*(c + 3)
  q: p*(a + b)
input: [3, a, b]
layers:
  - conv: {kernel: 1, out: floor(q/7)}
  - {if: channels(input)*q > 1000, conv: {kernel: 1, out: "make_divisible(q*a, 8)"}}
  - conv: {kernel: 1, out: "max(q, a**9, b**9*c, 1000)"}
"""


def test_formulas_that_grow_end_in_time() -> None:
    symbols = {name: free_symbol(name, integer=True) for name in "abc"}
    build(parse(EXPLODING), symbols, infer)
    with pytest.raises(SpecError, match="E207 the formula of this value becomes too long"):
        build(parse(EXPLODING.replace("(a + b)", "(a + b)**24")), symbols, infer)


def test_the_deepest_spec_fits_the_stack() -> None:
    lets = "".join(f"  f{i}(x): 1 + f{i - 1}(x)\n" for i in range(1, 6))
    parentheses = "(2 + " * 28 + "f5(1)" + ")" * 28
    inner = "".join(f"  b{i}: {{body: [{{add: [[b{i - 1}], []]}}]}}\n" for i in range(1, 29))
    text = (
        f"convcost: 1\ninput: [3]\nlet:\n  f0(x): x\n{lets}blocks:\n"
        f"  b0: {{body: [{{linear: {{out: '{parentheses} - 59'}}}}]}}\n{inner}layers: [b28]\n"
    )
    graph = build(parse(text), {}, infer)
    assert [node.name.count("/") for node in graph.nodes if isinstance(node.op, Linear)] == [3 * 28 + 1]
    with pytest.raises(ConvcostError, match="E302"):
        build(parse(text.replace("[b28]", "[{add: [{add: [{add: [[b28]]}]}]}]")), {}, infer)
