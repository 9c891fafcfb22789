"""Expansion: names, shorthands, defaults, branches, tables, repeats, blocks and wiring."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.cost import infer
from convcost.errors import SpecError, UsageError
from convcost.graph import Graph
from convcost.ops import (
    Add,
    Attention,
    BatchNorm,
    Concat,
    Conv,
    Crop,
    GroupNorm,
    Input,
    LeakyRelu,
    Linear,
    MatMul,
    MaxPool,
    Pad,
    Relu,
    Relu6,
    Reshape,
    Scale,
    TransposedConv,
    Upsample,
)
from convcost.spec import build, parse

HEAD = "convcost: 1\nname: net\ninput: [3, 32, 32]\n"


def graph(body: str, head: str = HEAD, **values: int | Fraction) -> Graph:
    return build(parse(head + body), values, infer)


def layers(*items: str, head: str = "", **values: int | Fraction) -> Graph:
    return graph(head + "layers:\n" + "".join(f"  - {item}\n" for item in items), **values)


def wiring(g: Graph) -> list[str]:
    """Write each node as "name <- inputs"."""
    return [f"{n.name} <- {' '.join(g.nodes[i].name for i in n.inputs)}".rstrip(" <-") for n in g.nodes]


def test_a_convolution_with_norm_and_activation_is_one_layer_of_three_nodes() -> None:
    g = layers("conv: {kernel: 3, out: 8, norm: batch, activation: relu6}")
    assert g.nodes[0].op == Input((3, 32, 32))
    assert [(n.name, n.layer, n.op, n.inputs) for n in g.nodes[1:]] == [
        ("conv1/conv", "conv1", Conv((3, 3), out=8), (0,)),
        ("conv1/batch_norm", "conv1", BatchNorm(), (1,)),
        ("conv1/relu6", "conv1", Relu6(), (2,)),
    ]
    assert (g.name, g.output, g.guards) == ("net", 3, ())


def test_a_single_op_has_the_name_of_its_layer() -> None:
    g = layers("conv: {kernel: 3, out: 8}", "relu", "conv: {kernel: 1, out: 4}", "relu: {}", "relu:")
    assert [(n.name, n.layer) for n in g.nodes[1:]] == [(n, n) for n in ("conv1", "relu1", "conv2", "relu2", "relu3")]


def test_separable() -> None:
    g = layers(
        "separable: {kernel: [3, 5], stride: 2, padding: same, dilation: 2, multiplier: 2, out: 16, bias: true, norm: batch}"
    )
    assert [(n.name, n.layer) for n in g.nodes[1:]] == [
        ("separable1/depthwise/conv", "separable1/depthwise"),
        ("separable1/depthwise/batch_norm", "separable1/depthwise"),
        ("separable1/pointwise/conv", "separable1/pointwise"),
        ("separable1/pointwise/batch_norm", "separable1/pointwise"),
    ]
    assert g.nodes[1].op == Conv(
        (3, 5), out=6, stride=2, padding="same", dilation=2, groups=3, bias=True, depthwise=True
    )
    assert g.nodes[3].op == Conv((1, 1), out=16, bias=True)


def test_depthwise_and_pointwise() -> None:
    g = layers("depthwise: {kernel: 3, padding: 1, activation: relu}", "pointwise: {out: 8, stride: 2, groups: 1}")
    assert [n.name for n in g.nodes[1:]] == ["depthwise1/conv", "depthwise1/relu", "pointwise1"]
    assert g.nodes[1].op == Conv((3, 3), out=3, padding=1, groups=3, depthwise=True)
    assert g.nodes[3].op == Conv((1, 1), out=8, stride=2)


DEFAULTS = "defaults: {padding: same, bias: true, norm: batch, activation: {leaky_relu: {slope: 0.1}}}\n"


def test_defaults_apply_to_convolutions_and_for_padding_to_pools() -> None:
    g = layers(
        "conv: {kernel: 3, out: 8}",
        "transposed_conv: {kernel: 2, stride: 2, out: 8, norm: none, activation: none}",
        "maxpool: {kernel: 3, stride: 2}",
        "pad: {padding: 1}",
        "linear: {out: 10, bias: false}",
        head=DEFAULTS,
    )
    assert [n.op for n in g.nodes[1:]] == [
        Conv((3, 3), out=8, padding="same", bias=True),
        BatchNorm(),
        LeakyRelu(Fraction(1, 10)),
        TransposedConv((2, 2), out=8, stride=2, padding="same", bias=True),
        MaxPool((3, 3), stride=2, padding="same"),
        Pad((1, 1, 1, 1)),
        Linear(10, bias=False),
    ]


def test_what_is_written_comes_before_defaults() -> None:
    g = layers(
        "conv: {kernel: 3, out: 8, padding: valid, bias: false, norm: {group: {groups: cin - 1}}, activation: relu}",
        "separable: {kernel: 3, out: 4, norm: none, activation: none}",
        "linear: {out: 2, activation: relu}",
        head=DEFAULTS,
    )
    assert g.nodes[1].op == Conv((3, 3), out=8)
    assert g.nodes[2].op == GroupNorm(2)
    assert g.nodes[3].op == Relu()
    assert [n.name for n in g.nodes[4:]] == [
        "separable1/depthwise",
        "separable1/pointwise",
        "linear1/linear",
        "linear1/relu",
    ]


@pytest.mark.parametrize(
    ("padding", "expected"),
    [
        ("same", "same"),
        ("valid", (0, 0, 0, 0)),
        ("half", (2, 4, 2, 4)),
        ("1", (1, 1, 1, 1)),
        ("[1, 2]", (1, 2, 1, 2)),
        ("[1, 2, 3, 4]", (1, 2, 3, 4)),
        ("1 + 1", (2, 2, 2, 2)),
    ],
)
def test_padding(padding: str, expected: object) -> None:
    g = layers(f"conv: {{kernel: [3, 5], dilation: 2, out: 8, padding: {padding}}}")
    assert g.nodes[1].op == Conv((3, 5), out=8, dilation=2, padding=expected)


def test_sizes_have_as_many_extents_as_the_input_has_axes() -> None:
    line = graph("layers:\n  - conv: {kernel: 3, out: 8, padding: [1, 2]}\n", "convcost: 1\ninput: [3, 32]\n")
    assert line.nodes[1].op == Conv((3,), out=8, padding=(1, 2))
    volume = graph("layers:\n  - conv: {kernel: 3, out: 8, padding: [1, 2, 3]}\n", "convcost: 1\ninput: [3, 9, 9, 9]\n")
    assert volume.nodes[1].op == Conv((3, 3, 3), out=8, padding=(1, 2, 3, 1, 2, 3))


def test_other_arguments() -> None:
    g = layers(
        "upsample: {factor: 2, mode: linear}",
        "pad: {padding: [1, -1, 0, 2], value: 0.5}",
        "reshape: {shape: [3, -1]}",
        "linear: {out: 7, axis: -1}",
        "softmax: {axis: 2}",
    )
    ops = [n.op for n in g.nodes[1:]]
    assert ops[:3] == [Upsample((2, 2), "linear"), Pad((1, -1, 0, 2), Fraction(1, 2)), Reshape((3, -1))]
    assert ops[3] == Linear(7, axis=-1)


def test_equal_ops_are_one_object() -> None:
    g = layers("conv: {kernel: 3, out: 8, padding: 1}", "{repeat: 3, conv: {kernel: [3, 3], out: 2*4, padding: half}}")
    assert len({id(n.op) for n in g.nodes[1:]}) == 1


def test_merges_name_their_branches() -> None:
    g = layers("add: [[relu, sigmoid], {conv: {kernel: 1, out: 3}}, []]")
    assert wiring(g) == [
        "input",
        "add1/branch1/relu1 <- input",
        "add1/branch1/sigmoid1 <- add1/branch1/relu1",
        "add1/branch2/conv1 <- input",
        "add1 <- add1/branch1/sigmoid1 add1/branch2/conv1 input",
    ]
    assert (g.nodes[4].op, g.nodes[4].layer) == (Add(), "add1")


def test_merges_of_names_and_with_arguments() -> None:
    g = layers("{name: a, relu: {}}", "{name: b, from: input, sigmoid: {}}", "concat: {axis: 2, paths: [a, b, input]}")
    assert wiring(g)[-1] == "concat1 <- a b input"
    assert g.nodes[-1].op == Concat(axis=2)


def test_false_paths_are_dropped_and_one_path_is_no_merge() -> None:
    g = layers("add: [{conv: {kernel: 1, out: 3}}, {if: cin != 3, path: []}]", "relu")
    assert wiring(g) == ["input", "add1/branch1/conv1 <- input", "relu1 <- add1/branch1/conv1"]


def test_a_false_item_in_a_path_is_skipped_and_the_path_stays() -> None:
    g = layers("add: [[{if: false, relu: {}}], [{if: true, relu: {}}]]")
    assert wiring(g)[1:] == ["add1/branch2/relu1 <- input", "add1 <- input add1/branch2/relu1"]


def test_switch_stands_for_its_first_true_path() -> None:
    items = (
        "switch: [{if: cin == 4, relu: {}}, {if: cin == 3, path: [sigmoid]}, [tanh]]",
        "switch: [{if: 1 > 2, relu: {}}, [tanh, gelu]]",
    )
    assert wiring(layers(*items))[1:] == [
        "path1/sigmoid1 <- input",
        "tanh1 <- path1/sigmoid1",
        "gelu1 <- tanh1",
    ]


def test_switch_to_a_name_or_to_nothing() -> None:
    g = layers("{name: a, relu: {}}", "sigmoid", "switch: [{if: true, path: []}]", "switch: [a]", "tanh")
    assert wiring(g)[-1] == "tanh1 <- a"


def test_table() -> None:
    body = """
layers:
  - table:
      columns: [n, k, act]
      rows:
        - [1, 3, relu]
        - [2, [1, 3], none]
        - [0, 5, relu]
      each:
        - {repeat: n, conv: {kernel: k, out: 3, padding: half, activation: act}}
        - {name: pooled, if: n > 1, maxpool: {kernel: 1}}
  - {from: pooled1, relu: {}}
"""
    g = graph(body)
    assert wiring(g)[1:] == [
        "conv1/conv <- input",
        "conv1/relu <- conv1/conv",
        "conv2 <- conv1/relu",
        "conv3 <- conv2",
        "pooled1 <- conv3",
        "relu1 <- pooled1",
    ]
    assert g.nodes[3].op == Conv((1, 3), out=3, padding=(0, 1, 0, 1))
    assert g.nodes[3].origin.trail == ("table row 2 (line 10)", "each[0]", "conv", "copy 1 of 2")
    assert str(g.nodes[3].origin.span) == "<text>:13:23"


def test_repeat_first_and_names() -> None:
    g = layers(
        "{name: down, repeat: 3, conv: {kernel: 3, out: 3, padding: 1}, first: {stride: 2}}",
        "{repeat: 0, relu: {}}",
        "{from: down1, sigmoid: {}}",
        "{from: down, tanh: {}}",
    )
    assert wiring(g)[1:] == [
        "down1 <- input",
        "down2 <- down1",
        "down3 <- down2",
        "sigmoid1 <- down1",
        "tanh1 <- down3",
    ]
    assert [n.op.stride for n in g.nodes[1:4]] == [(2, 2), (1, 1), (1, 1)]  # type: ignore[attr-defined]


def test_path_is_a_scope() -> None:
    g = layers("{name: stem, path: [relu, {name: x, relu: {}}]}", "{repeat: 2, path: [relu]}", "{from: stem, tanh: {}}")
    assert wiring(g)[1:] == [
        "stem/relu1 <- input",
        "stem/x <- stem/relu1",
        "path1/relu1 <- stem/x",
        "path2/relu1 <- path1/relu1",
        "tanh1 <- stem/x",
    ]


def test_explicit_names_come_before_numbers() -> None:
    g = layers("{name: relu2, relu: {}}", "relu", "relu", "{name: relu4, relu: {}}", "relu")
    assert [n.name for n in g.nodes[1:]] == ["relu2", "relu1", "relu3", "relu4", "relu5"]


def test_names_may_be_paths() -> None:
    g = layers("{name: stage1/block2, conv: {kernel: 3, out: 4, norm: batch}}", "{from: [stage1/block2], relu: {}}")
    assert [(n.name, n.layer) for n in g.nodes[1:3]] == [
        ("stage1/block2/conv", "stage1/block2"),
        ("stage1/block2/batch_norm", "stage1/block2"),
    ]


def test_relative_references_count_the_inputs_of_their_path() -> None:
    g = layers("relu", "sigmoid", "{from: -2, tanh: {}}", "{from: -4, gelu: {}}", "add: [[{from: -1, silu: {}}], []]")
    assert wiring(g)[3:] == [
        "tanh1 <- relu1",
        "gelu1 <- input",
        "add1/branch1/silu1 <- gelu1",
        "add1 <- add1/branch1/silu1 gelu1",
    ]


CELLS = """
blocks:
  cell:
    inputs: [p, q]
    body:
      - add: [[{from: p, relu: {}}], q]
      - {from: -3, sigmoid: {}}
      - add: [{from: -2, path: []}, {from: -1, path: []}]
layers:
  - {name: stem, conv: {kernel: 3, out: 3, padding: 1}}
  - {repeat: 2, from: [-2, -1], cell: {}}
"""


def test_cells_of_two_inputs() -> None:
    assert wiring(graph(CELLS))[1:] == [
        "stem <- input",
        "cell1/add1/branch1/relu1 <- input",
        "cell1/add1 <- cell1/add1/branch1/relu1 stem",
        "cell1/sigmoid1 <- input",
        "cell1/add2 <- cell1/add1 cell1/sigmoid1",
        "cell2/add1/branch1/relu1 <- stem",
        "cell2/add1 <- cell2/add1/branch1/relu1 cell1/add2",
        "cell2/sigmoid1 <- stem",
        "cell2/add2 <- cell2/add1 cell2/sigmoid1",
    ]


def test_cin_is_bound_at_the_entry_of_a_block() -> None:
    body = """
blocks:
  gate:
    args: {of: cin}
    body:
      - mul: [[], [global_avgpool, {pointwise: {out: of//4}}, {pointwise: {out: cin}}]]
  widen:
    args: {out: ~, ratio: 6}
    let: {mid: ratio*cin, halve(v): v//2}
    body:
      - pointwise: {out: mid}
      - gate: {of: cin}
      - pointwise: {out: halve(out) + cin}
layers:
  - conv: {kernel: 1, out: 8}
  - widen: {out: 20}
"""
    g = graph(body)
    outs = {n.name: n.op.out for n in g.nodes if isinstance(n.op, Conv)}
    assert outs == {
        "conv1": 8,
        "widen1/pointwise1": 48,
        "widen1/gate1/mul1/branch2/pointwise1": 2,  # a quarter of the 8 that entered the expansion
        "widen1/gate1/mul1/branch2/pointwise2": 48,  # the 48 that entered the gate
        "widen1/pointwise2": 18,
    }


def test_block_arguments_take_words_lists_and_earlier_arguments() -> None:
    body = """
hyperparameters: {c: 4}
blocks:
  unit:
    args: {out: c, act: none, kernel: [1, 3], twice: 2*out}
    body:
      - {conv: {kernel: kernel, out: twice, activation: act}, if: act != none}
      - {conv: {kernel: 1, out: out}, if: act == none}
layers:
  - unit
  - unit: {act: relu, out: 5}
"""
    g = graph(body)
    assert [n.op for n in g.nodes[1:]] == [Conv((1, 1), out=4), Conv((1, 3), out=10), Relu()]


def test_extents_of_tensors() -> None:
    body = """
layers:
  - {name: x, conv: {kernel: [3, 1], stride: [2, 1], out: 6}}
  - flatten
  - linear: {out: 100*channels(x) + 10*height(x) + width(x) - 0*cin}
"""
    assert graph(body).nodes[-1].op == Linear(600 + 150 + 32)


def test_several_inputs() -> None:
    g = graph(
        "layers:\n  - {from: left, relu: {}}\n  - add: [[], right]\n",
        "convcost: 1\ninput: {left: [4, 8, 8], right: [4, 8, 8]}\n",
    )
    assert wiring(g) == ["left", "right", "relu1 <- left", "add1 <- relu1 right"]
    assert len(g.inputs) == 2


def test_let_functions_of_several_arguments() -> None:
    body = 'let:\n  w(a, b): a*b\n  base: "w(2, 4)"\nlayers:\n  - conv: {kernel: 1, out: "w(base, 2)"}\n'
    assert graph(body).nodes[1].op == Conv((1, 1), out=16)


def test_hyperparameters_have_defaults_and_are_known() -> None:
    architecture = parse(HEAD + "hyperparameters: {c: 4, d: 2}\nlayers:\n  - conv: {kernel: 1, out: c*d}\n")
    assert build(architecture, {"c": 8}, infer).hyperparameters == {"c": 8, "d": 2}
    with pytest.raises(UsageError) as caught:
        build(architecture, {"cc": 8}, infer)
    assert str(caught.value) == "E007 net has no hyperparameter 'cc' (did you mean 'c'?)"


def test_origins_tell_the_way_through_blocks() -> None:
    node = graph(CELLS).nodes[6]
    assert node.name == "cell2/add1/branch1/relu1"
    assert (str(node.origin.span), node.origin.trail) == (
        "<text>:9:26",
        ("cell (line 14)", "copy 2 of 2", "body[0]", "add (line 9)", "path 1", "item[0]", "relu"),
    )


def test_repeated_layers_are_inferred_once() -> None:
    calls = []

    def counting(op: object, *shapes: object) -> object:
        calls.append(op)
        return infer(op, *shapes)  # type: ignore[arg-type]

    build(parse(HEAD + "layers:\n  - {repeat: 50, path: [relu, sigmoid]}\n"), {}, counting)  # type: ignore[arg-type]
    assert len(calls) == 2


def test_extents_of_a_tensor_that_changes_are_asked_again() -> None:
    g = layers("{name: x, pointwise: {out: 4}}", "path: [{repeat: 2, name: x, pointwise: {out: 2*channels(x)}}]")
    assert [n.op.out for n in g.nodes[1:]] == [4, 8, 16]  # type: ignore[attr-defined]


def test_relative_references_in_a_branch_go_on_before_it() -> None:
    g = layers(
        "relu",
        "sigmoid",
        "add: [{from: -1, tanh: {}}, {from: -2, tanh: {}}, [silu, {from: -3, gelu: {}}]]",
        "{from: [-1, -3], path: [{from: -2, relu6: {}}]}",
    )
    assert wiring(g)[3:] == [
        "add1/branch1/tanh1 <- sigmoid1",
        "add1/branch2/tanh1 <- relu1",
        "add1/branch3/silu1 <- sigmoid1",
        "add1/branch3/gelu1 <- relu1",
        "add1 <- add1/branch1/tanh1 add1/branch2/tanh1 add1/branch3/gelu1",
        "path1/relu6_1 <- add1",
    ]


def test_a_column_may_hide_a_hyperparameter() -> None:
    body = """
hyperparameters: {n: 99999}
layers:
  - table:
      columns: [n]
      rows: [[1], [n - 99997]]
      each: [{repeat: 5, path: [{repeat: n, relu: {}}]}]
"""
    assert len(graph(body).nodes) == 1 + 5 * 1 + 5 * 2


@pytest.mark.parametrize(
    "items",
    [
        "[{repeat: 100000, path: [{repeat: 100000, relu: {}}]}]",
        "[{repeat: 10**3, path: [{repeat: n, relu: {}}]}]",
        "[{table: {columns: [m], rows: [[100000], [n], [4*n]], each: [{repeat: m, path: [relu, relu, relu]}]}}]",
        "[{double: {times: 100000}}]",
        "[{add: [[{repeat: 100000, relu: {}}], [{repeat: 100000, path: [relu, relu, relu]}]]}]",
        "[d40]",
    ],
)
def test_too_many_layers_are_foreseen(items: str) -> None:
    doubling = "".join(f"  d{i}: {{body: [d{i - 1}, d{i - 1}]}}\n" for i in range(1, 41))
    text = (
        f"{HEAD}hyperparameters: {{n: 1000}}\nblocks:\n  d0: {{body: [relu]}}\n{doubling}"
        "  double: {args: {times: ~}, body: [{repeat: times, path: [{repeat: times, relu: {}}]}]}\n"
        f"layers: {items}\n"
    )
    with pytest.raises(SpecError, match="E303 more than 400000 layers"):
        build(parse(text), {}, infer)


def test_regions_are_the_batch_of_what_follows() -> None:
    g = layers(
        "{name: features, conv: {kernel: 3, out: 8, padding: same}}",
        "{name: rpn, pointwise: {out: 54}}",
        "{from: [features, rpn], crop: {size: [7, 5], count: proposals}}",
        "scale",
        "flatten",
        "linear: {out: 11}",
        head="hyperparameters: {proposals: 20}\n",
        proposals=30,
    )
    assert wiring(g)[3:5] == ["crop1 <- features rpn", "scale1 <- crop1"]
    assert [n.op for n in g.nodes[3:5]] == [Crop((7, 5), count=30), Scale()]
    shape = (1, 3, 32, 32)
    for node in g.nodes[1:3]:
        shape = infer(node.op, shape)
    assert infer(g.nodes[3].op, (1, 8, 32, 32), shape) == (30, 8, 7, 5)


def test_regions_of_what_comes_before() -> None:
    g = layers("conv: {kernel: 3, out: 8}", "crop: {size: 4, count: 2}")
    assert wiring(g)[2:] == ["crop1 <- conv1"]
    assert g.nodes[2].op == Crop((4, 4), count=2)


def test_products_and_attention_join_paths() -> None:
    g = layers(
        "{name: x, pointwise: {out: 8}}",
        "attention: {heads: 2, causal: true, paths: [{pointwise: {out: 8}}, {pointwise: {out: 8}}, x]}",
        "attention: [x, x, []]",
        "matmul: {transpose_right: true, paths: [[], x]}",
    )
    assert wiring(g)[2:] == [
        "attention1/branch1/pointwise1 <- x",
        "attention1/branch2/pointwise1 <- x",
        "attention1 <- attention1/branch1/pointwise1 attention1/branch2/pointwise1 x",
        "attention2 <- x x attention1",
        "matmul1 <- attention2 x",
    ]
    assert [n.op for n in g.nodes[4:]] == [Attention(2, True), Attention(), MatMul(transpose_right=True)]


def test_experts_are_an_op_of_one_input() -> None:
    g = layers("experts: {experts: 8, active: 2, hidden: 4*cin, out: cin}")
    assert g.nodes[1].op.hidden == 12  # type: ignore[attr-defined]
    assert infer(g.nodes[1].op, (1, 3, 32, 32)) == (1, 3, 32, 32)
