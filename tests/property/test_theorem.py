"""Bind early or late, derive or execute: the same answer.

    analyze(graph).bind(v) == analyze(graph.bind(v)) == witness(graph.bind(v))

over random small specs with a width multiplier α and a resolution R, and over random values of both, on the declared
domain and off it.
"""

from fractions import Fraction

import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from convcost.cost import CONVENTIONS, analyze, infer
from convcost.errors import ConvcostError
from convcost.execute import run
from convcost.model import loads
from convcost.spec import build
from convcost.symbols.floordiv import free_symbol
from convcost.verify import verify

KERNELS = st.sampled_from([1, 2, 3, [1, 3], [3, 2]])
STRIDES = st.sampled_from([1, 1, 2, [2, 1], [1, 3]])
PADDINGS = st.sampled_from(["same", "same", "half", 1, [1, 0, 2, 1]])
WIDTHS = st.sampled_from(["w(4)", "w(6)", "w(8)", 5, "make_divisible(alpha*6, 4)"])
NORMS = st.sampled_from(["none", "batch", "instance", "layer"])
ACTIVATIONS = st.sampled_from(["none", "relu", "relu6", "hard_swish"])


def window(**more):
    return st.fixed_dictionaries({"kernel": KERNELS, "stride": STRIDES, "padding": PADDINGS, **more})


def only_odd(arguments):
    """Padding by half a kernel is for odd kernels."""
    kernel = arguments["kernel"]
    even = any(k % 2 == 0 for k in (kernel if isinstance(kernel, list) else [kernel]))
    return {**arguments, "padding": "same"} if arguments["padding"] == "half" and even else arguments


def item(key, arguments):
    return arguments.map(lambda given: {key: only_odd(given) if "padding" in given else given})


convolutions = (
    item("conv", window(out=WIDTHS, bias=st.booleans(), norm=NORMS, activation=ACTIVATIONS))
    | item("depthwise", window(multiplier=st.integers(1, 2), norm=NORMS, activation=ACTIVATIONS))
    | item("pointwise", st.fixed_dictionaries({"out": WIDTHS, "bias": st.booleans()}))
    | item("separable", window(out=WIDTHS, activation=ACTIVATIONS))
    | item(
        "transposed_conv", st.fixed_dictionaries({"kernel": KERNELS, "stride": st.sampled_from([1, 2]), "out": WIDTHS})
    )
)
pools = (
    item("maxpool", window(ceil=st.booleans()))
    | item("avgpool", window(ceil=st.booleans(), count_padding=st.booleans()))
    | item("lppool", window())
)
moves = st.sampled_from(
    [
        {"pad": {"padding": [0, 1, 2, 0]}},
        {"upsample": {"factor": [2, 1], "mode": "linear"}},
        "sigmoid",
        {"batch_norm": {"scale": False}},
        {"local_response_norm": {"size": 3}},
        "l2norm",
        "prelu",
        {"scale": {"shift": True}},
        {"crop": {"size": [3, 2], "count": 2}},
        {"resize": {"output": [5, 7], "mode": "linear"}},
        {"reduce": {"function": "logsumexp", "axes": [1, 2]}},
        {"slice": {"axis": 2, "start": 1, "stop": -1, "step": 2}},
        {"pad": {"padding": [1, 0, 0, 2], "mode": "reflect"}},
        {"tile": {"repeats": [1, 2, 1]}},
        {"rms_norm": {"axes": 1}},
        {"affine": {"factor": "3/4"}},
        "mish",
        {"experts": {"experts": 3, "active": 2, "hidden": "w(4)", "out": 5, "bias": True}},
    ]
)
KEYS = {"kernel": [3, 1], "padding": "same"}
same_size = st.fixed_dictionaries(
    {"kernel": st.sampled_from([1, 3]), "padding": st.just("same"), "out": st.just("cin")}
)
merges = (
    same_size.map(lambda conv: {"add": [[{"conv": conv}], []]})
    | WIDTHS.map(
        lambda out: {"concat": [[], {"pointwise": {"out": out}}, [{"maxpool": {"kernel": 3, "padding": "same"}}]]}
    )
    | st.sampled_from(
        [
            {"sub": [[], ["global_maxpool"]]},
            {"maximum": [[], {"parameter": {"shape": ["cin", 1, 1]}}, ["softsign"]]},
            {"add": [{"reduce": {"function": "mean", "axes": 3}}, []]},
        ]
    )
    | st.just({"mul": [[], ["global_avgpool", {"pointwise": {"out": "cin", "bias": True}}, "sigmoid"]]})
    | st.sampled_from([{}, {"causal": True}]).map(
        lambda more: {
            "attention": {
                **more,
                "heads": 2,
                "paths": [[], {"conv": {**KEYS, "out": "cin"}}, {"conv": {**KEYS, "out": 4}}],
            }
        }
    )
    | st.just({"matmul": {"transpose_right": True, "paths": [[], [{"conv": {**KEYS, "out": "cin"}}]]}})
    | WIDTHS.map(
        lambda out: {
            "add": [
                [{"conv": {"kernel": 3, "padding": "same", "out": out}}],
                {"if": f"cin == {out}", "path": []},
            ]
        }
    )
)


def with_cin(items):
    """Blocks give ``cin`` its meaning: each merge is wrapped into one."""
    blocks, layers = {}, []
    for i, each in enumerate(items):
        if isinstance(each, dict) and next(iter(each)) in {
            "add",
            "concat",
            "mul",
            "attention",
            "matmul",
            "sub",
            "maximum",
        }:
            blocks[f"block{i}"] = {"body": [each]}
            layers.append(f"block{i}")
        else:
            layers.append(each)
    return blocks, layers


heads = st.sampled_from([[], ["global_avgpool", {"linear": {"out": 7}}], [{"linear": {"out": "w(9)", "bias": False}}]])


@st.composite
def specs(draw):
    body = draw(st.lists(convolutions | convolutions | pools | moves | merges, min_size=1, max_size=5))
    blocks, layers = with_cin(body)
    document = {
        "convcost": 1,
        "name": "random",
        "hyperparameters": {
            "alpha": {"default": 1, "choices": [1, "3/4"], "multiple_of": "1/8"},
            "resolution": {"default": 16, "choices": [16], "multiple_of": 8},
        },
        "let": {"w(c)": "floor(alpha*c)"},
        "input": [3, "resolution", draw(st.sampled_from(["resolution", "resolution + 3", 13]))],
        "layers": [*layers, *draw(heads)],
    }
    if blocks:
        document["blocks"] = blocks
    return yaml.safe_dump(document, sort_keys=False)


points = st.fixed_dictionaries(
    {
        "alpha": st.sampled_from([Fraction(n, 8) for n in range(4, 14)])
        | st.fractions(Fraction(1, 2), 2, max_denominator=9),
        "resolution": st.sampled_from([8, 16, 24]) | st.integers(5, 20),
    }
)


def free_graph(model, integer_free=("resolution",)):
    symbols = {n: free_symbol(n, integer=n in integer_free) for n in model.values}
    shadow = {symbols[n]: value for n, value in model.values.items()}
    return build(model.architecture, symbols, infer, shadow)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(specs(), points)
def test_early_late_and_witness_agree(text, point):
    model = loads(text)
    try:
        graph = free_graph(model)
        bound = graph.bind({name: point[name] for name in graph.free})
        early = analyze(bound)
    except ConvcostError:
        assume(False)  # a window larger than its image, or another wiring at this point
    late = analyze(graph).bind({name: point[name] for name in graph.free})
    executed = run(bound)
    for node, a, b, witness in zip(bound.nodes, late.derived, early.derived, executed, strict=True):
        assert a.output == b.output == witness.shape, node.name
        assert a.parameters == b.parameters, node.name
        assert b.parameters.trainable == witness.weight + witness.bias + witness.affine, node.name
        assert b.parameters.running == witness.running, node.name
        assert a.counts == b.counts == witness.all, node.name
        assert a.valid == b.valid == witness.valid, node.name
    assert late.total() == early.total() == sum(early.metric("mult_adds", i) for i in range(len(bound.nodes)))
    assert str(verify(bound).verdict) == "PASS"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(specs(), points)
def test_the_closed_form_is_the_count_where_it_holds(text, point):
    model = loads(text)
    try:
        bound = model.with_values(**point)
        want = bound.analyze()
        closed, general = (model.symbolic(general=g) for g in (False, True))
    except ConvcostError:
        assume(False)
    for symbolic in (closed, general):
        for metric in ("mult_adds", "params"):
            form = symbolic.closed_form(metric)
            inside = {v.name: point[v.name] for v in form.variables}
            # a spec that is wired differently at this point has another formula: the guards say so
            if form.holds(inside):
                assert form.at(**inside) == want.total(metric)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(specs(), points, st.integers(2, 3))
def test_laws_of_totals(text, point, batch):
    try:
        model = loads(text).with_values(**point)
        one, many = model.analyze(), model.analyze(batch=batch)
    except ConvcostError:
        assume(False)
    for name in CONVENTIONS:
        convention = CONVENTIONS[name]
        analysis = model.analyze(convention)
        for by in ("op", "layer", "block", "stage", "kind"):
            groups = analysis.groups(by)
            assert sum(g.mult_adds for g in groups) == analysis.total("mult_adds")
            assert sum(g.params for g in groups) == analysis.total("params")
    assert many.total("mult_adds") == batch * one.total("mult_adds")
    assert many.total("params") == one.total("params")
    assert model.analyze(CONVENTIONS["valid"]).total() <= one.total()
    assert model.analyze(CONVENTIONS["with-bias"]).total() >= one.total()
