"""Rewriting: the text around what is rewritten stays, the network is what the rule says, and it is never guessed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import convcost
from convcost.cost import infer
from convcost.errors import SpecError, UsageError
from convcost.model import load, loads
from convcost.spec.uses import trace
from convcost.studies.rewrite import RULES
from convcost.verify import Verdict

SHAPES = "convcost: 1\nname: net\ninput: [8, 24, 20]\n"


def network(model):
    """Return the layers of a model: names, ops, wiring."""
    return [(node.name, node.op, node.inputs, node.layer) for node in model.graph.nodes]


def totals(model):
    analysis = model.analyze()
    return analysis.total("mult_adds"), analysis.total("params")


def spec(*layers, head=""):
    return loads(SHAPES + head + "layers:\n" + "".join(f"{line}\n" for line in layers))


def lines(done):
    """Return the lines behind ``layers:``."""
    return done.text.split("layers:\n")[1].splitlines()


# MobileNet v1 and its twin


def test_the_twin_becomes_mobilenet_to_the_last_unit():
    done = convcost.rewrite("mobilenet_v1_full_conv", "standard-to-separable", where="cin > 3")
    mobilenet = load("mobilenet_v1")
    assert network(done.model) == network(mobilenet)
    assert totals(done.model) == totals(mobilenet) == (568_740_352, 4_231_976)
    for metric in ("mult_adds", "params"):
        ours, theirs = (convcost.formula(model, metric).closed for model in (done.model, mobilenet))
        assert ours.expression == theirs.expression


def test_mobilenet_becomes_its_twin_to_the_last_unit():
    done = convcost.rewrite("mobilenet_v1", "separable-to-standard")
    assert network(done.model) == network(load("mobilenet_v1_full_conv"))
    assert totals(done.model) == (4_867_293_184, 29_294_088)


def test_there_and_back_is_the_same_network():
    there = convcost.rewrite("mobilenet_v1_full_conv", "standard-to-separable", where="cin > 3")
    back = convcost.rewrite(there.model, "separable-to-standard")
    assert network(back.model) == network(load("mobilenet_v1_full_conv"))


def test_table_4_of_the_paper():
    """Table 4: Conv MobileNet 4866 M and 29.3 M, MobileNet 569 M and 4.2 M, without the classifier's mult-adds there."""
    done = convcost.rewrite("mobilenet_v1_full_conv", "standard-to-separable", where="cin > 3")
    (full, full_params), (separable, params) = (totals(model) for model in (done.before, done.model))
    assert round(Fraction(full - 1_024_000, 10**6)) == 4866
    assert (round(Fraction(full_params, 10**5)), round(Fraction(params, 10**5))) == (293, 42)
    assert round(Fraction(separable, 10**6)) == 569


def test_the_ratio_of_the_lecture():
    done = convcost.rewrite("mobilenet_v1_full_conv", "standard-to-separable", where="cin > 3")
    assert len(done.layers) == 13
    assert all(layer.ratio == layer.expected == Fraction(1, layer.facts.out) + Fraction(1, 9) for layer in done.layers)
    assert done.layers[-1].ratio == Fraction(1, 1024) + Fraction(1, 9)
    assert round(done.layers[-1].ratio, 3) == Fraction(112, 1000)


def test_only_the_line_and_the_head_are_touched():
    before = load("mobilenet_v1_full_conv").architecture.document.source.text.splitlines()
    done = convcost.rewrite("mobilenet_v1_full_conv", "standard-to-separable", where="cin > 3")
    gone = [line for line in before if line not in done.text.splitlines()]
    assert [line.split()[0] for line in gone] == ["name:", "title:", "source:", "claims:", "-", "-", "-"]
    assert gone[-1] == "        - {repeat: n, conv: {kernel: 3, stride: s, out: w(c)}}"
    assert "        - {repeat: n, separable: {kernel: 3, stride: s, out: w(c)}}" in done.text.splitlines()
    assert "# copies, stride, channels" in done.text


# the rules, run


@pytest.mark.parametrize(
    "target", ["mobilenet_v1_full_conv@resolution=64,alpha=1/4", "resnet:34@resolution=32", "vgg:16@resolution=32"]
)
@pytest.mark.parametrize(
    "rule", ["standard-to-separable", "standard-to-bottleneck", "standard-to-spatial", "standard-to-ghost"]
)
def test_rewritten_networks_do_what_is_derived(target, rule):
    done = convcost.rewrite(target, rule, where="kernel == 3")
    assert done.layers
    verification = convcost.verify(done.model)
    assert verification.verdict is Verdict.PASS
    assert verification.mult_adds == done.analyses[1].total() == done.model.analyze().total()


@pytest.mark.parametrize("rule", [name for name in RULES if name not in {"argument", "separable-to-standard"}])
def test_ratios_are_what_the_formulas_say(rule):
    settings = {"standard-to-grouped": {"groups": 2}, "kernel": {"kernel": 5}}.get(rule, {})
    items = ["kernel: 3, out: 16", "kernel: 3, out: 20, stride: 2", "kernel: 5, out: 12, bias: true, dilation: 1"]
    model = spec(*(f"  - conv: {{{item}}}" for item in items), head="defaults: {padding: same, norm: batch}\n")
    done = convcost.rewrite(model, rule, settings=settings)
    assert [layer.name for layer in done.layers] == ["conv1", "conv2", "conv3"]
    for layer in done.layers:
        assert layer.ratio == layer.expected


def test_a_loss_is_named():
    done = convcost.rewrite("vgg:16", "standard-to-bottleneck")
    assert done.layers[0].losses == ("more mult-adds", "more parameters")
    assert done.layers[1].losses == ("more elements moved",)
    assert done.layers[-1].losses == ()


def test_grouped():
    done = convcost.rewrite("resnet:34", "standard-to-grouped", where="kernel == 3", groups=8)
    assert "- - conv: {kernel: 3, stride: stride, out: out, groups: 8}" in done.text
    assert {layer.ratio for layer in done.layers} == {Fraction(1, 8)}


def test_arguments_of_blocks():
    done = convcost.rewrite("mobilenet_v2", "argument", expand="max(t, 7)")
    assert '- {inverted_residual: {expand: "max(t, 7)", out: w(c)}, repeat: n, first: {stride: s}}' in done.text
    assert len(done.layers) == 17
    assert done.analyses[1].total() > done.analyses[0].total()


def test_shortcuts_and_activations_stay_with_a_block():
    done = convcost.rewrite("resnet:18", "standard-to-spatial", where="kernel == 3")
    assert "    args: {kernel: ~, stride: 1, out: ~, activation: relu}" in done.text
    assert "- spatially_separable: {kernel: 3, out: out, activation: none}" in done.text
    ends = [layer.became[-1] for layer in done.layers]
    relus = {node.layer for node in done.model.graph.nodes if node.op.name == "relu"}
    assert [end in relus for end in ends] == [True, False] * 8


# selection


def test_a_condition_that_an_item_can_tell_is_written_into_it():
    done = convcost.rewrite("mobilenet_v1_full_conv", "standard-to-separable", where="kernel > 1 and stride == 1")
    assert "        - {repeat: n, switch: [{if: s == 1, separable: {kernel: 3, stride: s, out: w(c)}},\n" in done.text
    assert [layer.facts.stride for layer in done.layers] == [(1, 1)] * 9
    kinds = [node.op.kind for node in done.model.graph.nodes if node.op.name == "conv"]
    assert (kinds.count("depthwise 3×3"), kinds.count("conv 3×3")) == (9, 5)
    assert convcost.verify(done.model.with_values(resolution=32, alpha=Fraction(1, 8))).verdict is Verdict.PASS


def test_a_condition_in_block_style():
    model = spec("  - table:", "      columns: [c]", "      rows: [[8], [16]]", "      each:",
                 "        - conv: {kernel: 3, out: c}  # wide ones", "          repeat: 2")  # fmt: skip
    done = convcost.rewrite(model, "standard-to-grouped", where="out > 8", groups=4)
    assert lines(done)[4:] == [
        "        - switch:",
        "            - {if: c > 8, conv: {kernel: 3, out: c, groups: 4}}",
        "            - conv: {kernel: 3, out: c}  # wide ones",
        "          repeat: 2",
    ]
    assert [layer.name for layer in done.layers] == ["conv3", "conv4"]


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        (
            "vgg",
            {"where": "cin > 3"},
            "this conv stands for conv2, conv3, conv4, 9 more, to be rewritten, and for conv1",
        ),
        (
            "vgg",
            {"only": ["conv7"]},
            "this conv stands for conv7, to be rewritten, and for conv1, conv2, conv3, 9 more",
        ),
        ("resnet:18", {"where": "height == 7 and kernel == 3"}, "to be rewritten, and for"),
    ],
)
def test_an_item_is_not_torn(target, options, message):
    with pytest.raises(SpecError, match="E833") as caught:
        convcost.rewrite(target, "standard-to-separable", **options)
    assert message in caught.value.message
    assert caught.value.span is not None


def test_constant_parts_of_an_alternative_are_not_dropped():
    model = spec("  - table:", "      columns: [s, c]", "      rows: [[1, 8], [2, 8], [1, 16]]", "      each:",
                 "        - conv: {kernel: 3, stride: s, padding: 1, out: c}")  # fmt: skip
    done = convcost.rewrite(model, "standard-to-separable", where="stride == 1 or kernel == 3 and out > 8")
    assert "{if: s == 1 or 3 == 3 and c > 8, separable: " in done.text
    assert [layer.name for layer in done.layers] == ["conv1", "conv3"]


def test_nothing_selected_leaves_the_text():
    model = load("mobilenet_v1")
    done = convcost.rewrite(model, "standard-to-separable", where="out > 5000")
    assert (done.layers, done.text, done.model) == ((), model.architecture.document.source.text, model)


def test_what_cannot_be_rewritten_is_left_and_said():
    model = spec("  - conv: {kernel: 3, out: 12}", "  - conv: {kernel: 3, out: 16}")
    done = convcost.rewrite(model, "standard-to-grouped", groups=8)
    assert done.layers == ()
    assert done.left == (
        ("conv1", "8 groups do not divide 12 output channels"),
        ("conv2", "8 groups do not divide 12 input channels"),
    )


def test_blocks_of_libraries_stay():
    done = convcost.rewrite("ssd300_vgg", "standard-to-separable", where="kernel == 3 and out >= 512")
    inside = [use for use in trace(done.before.architecture, done.before.values, infer)[1]
              if use.library is not done.before.architecture.document and use.item.key == "conv"]  # fmt: skip
    assert inside
    assert done.library == sum(use.output[1] >= 512 for use in inside)


# text


def test_block_style_arguments_and_comments():
    model = spec("  - conv:", "      kernel: 3  # three", "      groups: 1", "      out: 16  # wide")
    done = convcost.rewrite(model, "standard-to-separable")
    assert lines(done) == ["  - separable:", "      kernel: 3  # three", "      out: 16  # wide"]
    done = convcost.rewrite(model, "standard-to-grouped", groups=4)
    assert lines(done) == ["  - conv:", "      kernel: 3  # three", "      groups: 4", "      out: 16  # wide"]
    model = spec("  - conv:", "      kernel: 3", "      out: 16  # wide")
    done = convcost.rewrite(model, "standard-to-grouped", groups=4)
    assert lines(done) == ["  - conv:", "      kernel: 3", "      out: 16  # wide", "      groups: 4"]


def test_windows_line_ends():
    model = loads((SHAPES + "# the net\nlayers:\n  - conv: {kernel: 3, out: 16}\n").replace("\n", "\r\n"))
    done = convcost.rewrite(model, "standard-to-ghost")
    assert done.text.replace("\r\n", "") == done.text.replace("\n", "").replace("\r", "")
    assert "blocks:\r\n  ghost:\r\n" in done.text
    assert "# the net\r\nlayers:" in done.text


def test_a_spec_on_one_line():
    model = loads("{convcost: 1, name: net, input: [8, 9, 9], layers: [{conv: {kernel: 3, out: 4}}]}")
    done = convcost.rewrite(model, "standard-to-bottleneck", reduce=2)
    assert done.text == (
        "{convcost: 1, name: net_bottlenecked_2, input: [8, 9, 9], blocks: {bottlenecked: {args: {kernel: ~, out: ~},"
        " let: {middle: floor(out/2)}, body: [{pointwise: {out: middle}}, {conv: {kernel: kernel, out: middle}},"
        " {pointwise: {out: out}}]}}, layers: [{bottlenecked: {kernel: 3, out: 4}}]}"
    )


def test_characters_of_several_bytes_do_not_shift_places():
    text = '{convcost: 1, title: "é😀", input: [8, 9, 9], layers: [{conv: {kernel: 3, out: 4}}]}'
    done = convcost.rewrite(loads(text), "standard-to-separable")
    assert done.text == text.replace('"é😀"', '"é😀, separable"').replace("{conv:", "{separable:")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- conv: {kernel: 3,   # three\n      groups: 1,  # one\n      out: 16}", "- conv: {kernel: 3,   # three\n      groups: 4,  # one\n      out: 16}"),
        ("- conv: {kernel: 3, out: 16, }", "- conv: {kernel: 3, out: 16, groups: 4, }"),
        ("- path: [conv: {kernel: 3, out: 16}, relu]", "- path: [conv: {kernel: 3, out: 16, groups: 4}, relu]"),
        ("- conv:\n      kernel: 3\n      out: >\n        8 +\n        8\n\n  - relu", "- conv:\n      kernel: 3\n      out: >\n        8 +\n        8\n      groups: 4\n\n  - relu"),
        ('- "conv": {"kernel": 3, out: "16"}  # all', '- "conv": {"kernel": 3, out: "16", groups: 4}  # all'),
    ],
)  # fmt: skip
def test_layouts(before, after):
    model = loads(f"{SHAPES}layers:\n  {before}\n")
    assert convcost.rewrite(model, "standard-to-grouped", groups=4).text.endswith(f"layers:\n  {after}\n")


def test_blocks_in_brackets():
    model = loads(SHAPES + "blocks: {one: {body: [relu]}}\nlayers: [one, {conv: {kernel: 3, out: 4}}]\n")
    done = convcost.rewrite(model, "standard-to-spatial")
    assert "blocks: {one: {body: [relu]}, spatially_separable: {args: " in done.text


def test_a_name_that_is_taken():
    model = loads(SHAPES + "blocks:\n  ghost: {body: [relu]}\nlayers: [ghost, {conv: {kernel: 3, out: 4}}]\n")
    assert "\n  ghost_2:\n" in convcost.rewrite(model, "standard-to-ghost").text


def test_paddings_by_axis():
    model = spec("  - conv: {kernel: 3, out: 16, padding: 1}", "  - conv: {kernel: 5, out: 16}",
                 "  - conv: {kernel: 5, out: 16, padding: same}", head="defaults: {padding: 2}\n")  # fmt: skip
    done = convcost.rewrite(model, "standard-to-spatial")
    assert "kernel: [kernel, 1], padding: [1, 0], out: out}" in done.text
    assert "kernel: [1, kernel], padding: [0, 2], out: out}" in done.text
    assert "kernel: [1, kernel], padding: same, out: out}" in done.text
    assert [layer.ratio == layer.expected for layer in done.layers] == [True, True, True]
    assert convcost.verify(done.model).verdict is Verdict.PASS


def test_defaults_of_a_block_reach_what_stands_for_its_items():
    head = (
        "defaults: {norm: batch, padding: same}\n"
        "blocks:\n"
        "  unit:\n"
        "    args: {out: ~, act: relu}\n"
        "    defaults: {activation: act, norm: {group: {groups: 4}}}\n"
        "    body:\n"
        "      - conv: {kernel: 3, out: out}\n"
    )
    model = spec("  - unit: {out: 16}", "  - unit: {out: 32, act: sigmoid}", "  - conv: {kernel: 3, out: 8}", head=head)
    done = convcost.rewrite(model, "standard-to-bottleneck")
    assert "- bottlenecked: {kernel: 3, out: out, activation: act}" in done.text
    ops = [node.op.name for node in done.model.graph.nodes]
    assert (ops.count("group_norm"), ops.count("batch_norm")) == (6, 3)
    assert (ops.count("relu"), ops.count("sigmoid")) == (3, 3)


def test_first_copies():
    model = spec(
        "  - {conv: {kernel: 3, out: 16, padding: same}, repeat: 3, first: {stride: 2, groups: 1}, name: body}"
    )
    done = convcost.rewrite(model, "standard-to-bottleneck")
    assert lines(done) == [
        "  - {bottlenecked: {kernel: 3, out: 16, padding: same}, repeat: 3, first: {stride: 2}, name: body}"
    ]
    assert [layer.facts.stride for layer in done.layers] == [(2, 2), (1, 1), (1, 1)]


def test_arguments_that_are_shared():
    text = SHAPES + "layers:\n  - conv: &a {kernel: 3, out: 8}\n  - conv: *a\n"
    assert (
        "- separable: &a {kernel: 3, out: 8}\n  - separable: *a\n"
        in convcost.rewrite(loads(text), "standard-to-separable").text
    )
    with pytest.raises(SpecError, match="alias"):
        convcost.rewrite(loads(text), "standard-to-grouped", groups=2)
    with pytest.raises(SpecError, match="alias"):
        convcost.rewrite(loads(text), "standard-to-grouped", groups=2, only=["conv1"])


def test_a_shared_item_is_rewritten_once():
    done = convcost.rewrite(
        loads(SHAPES + "layers:\n  - &a {conv: {kernel: 3, out: 8}}\n  - *a\n"), "standard-to-grouped", groups=4
    )
    assert [layer.name for layer in done.layers] == ["conv1", "conv2"]
    assert lines(done) == ["  - &a {conv: {kernel: 3, out: 8, groups: 4}}", "  - *a"]


# refusals


@pytest.mark.parametrize(
    ("rule", "settings", "code", "message"),
    [
        ("standard-to-seperable", {}, "E830", "there is no rule 'standard-to-seperable'"),
        ("standard-to-grouped", {}, "E832", "standard-to-grouped needs the setting 'groups'"),
        ("standard-to-grouped", {"groups": "0"}, "E832", "groups=0 is not a whole number of at least 2"),
        ("standard-to-grouped", {"groups": "1/2"}, "E832", "groups=1/2 is not a whole number of at least 2"),
        ("standard-to-grouped", {"group": 2}, "E832", "standard-to-grouped has no setting 'group'"),
        ("argument", {}, "E832", "argument needs an argument to set"),
        ("argument", {"out": "3 +"}, "E832", "out=3 +: the expression ends too early"),
    ],
)
def test_wrong_calls(rule, settings, code, message):
    with pytest.raises(UsageError) as caught:
        convcost.rewrite("vgg", rule, settings=settings)
    assert (caught.value.code, caught.value.message) == (code, message)


def test_a_condition_is_checked():
    with pytest.raises(UsageError, match="'krnel'") as caught:
        convcost.rewrite("vgg", "kernel", where="krnel > 1", kernel=5)
    assert (caught.value.code, caught.value.hint) == ("E834", "did you mean 'kernel'?")
    with pytest.raises(SpecError) as wrong:
        convcost.rewrite("vgg", "kernel", where="kernel >", kernel=5)
    assert str(wrong.value).startswith("--where:1:8: E201")
    with pytest.raises(SpecError, match="E2"):
        convcost.rewrite("vgg", "kernel", where="kernel + 1", kernel=5)


def test_a_padding_in_numbers_does_not_fit_another_kernel():
    model = spec("  - conv: {kernel: 3, out: 16, padding: 1}")
    with pytest.raises(SpecError, match="conv1 would be 16×22×18 instead of 16×24×20"):
        convcost.rewrite(model, "kernel", kernel=5)


def test_groups_that_depend_on_something():
    model = spec("  - conv: {kernel: 3, out: 16, groups: g}", head="hyperparameters: {g: 1}\n")
    with pytest.raises(SpecError, match="groups of this conv is 1 here, and something else for other values"):
        convcost.rewrite(model, "standard-to-separable")


def test_a_network_that_does_not_work_is_told():
    model = spec("  - b: {out: 8}", head="blocks:\n  b: {args: {out: ~}, body: [{conv: {kernel: 1, out: out}}]}\n")
    with pytest.raises(UsageError, match="E835"):
        convcost.rewrite(model, "argument", out="8/3")
    with pytest.raises(UsageError, match="E835"):
        convcost.rewrite(model, "argument", out="nothing")


def test_every_shipped_spec_can_be_rewritten_or_says_why():
    told = 0
    for name in (
        "alexnet",
        "convnext",
        "ghostnet",
        "inception_v1",
        "mobilenet_v3",
        "nasnet_a",
        "regnet_x",
        "repvgg",
        "shufflenet_v2",
    ):
        for rule in ("standard-to-separable", "standard-to-bottleneck", "standard-to-spatial", "standard-to-ghost"):
            try:
                done = convcost.rewrite(name, rule)
            except SpecError as error:
                assert (error.code, error.span is None) == ("E833", False)
                told += 1
                continue
            assert convcost.loads(done.text).graph.nodes if not done.before.architecture.document.imported else True
    assert told < 12


def test_the_trace_is_the_graph():
    for name in ("resnet:50", "nasnet_a", "faster_rcnn_vgg"):
        model = load(name)
        graph, uses = trace(model.architecture, model.values, infer)
        assert graph.nodes == model.graph.nodes
        starts = [use.nodes.start for use in uses]
        assert starts == sorted(starts)


def test_the_schema_is_found_from_elsewhere(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "s.json").write_text("{}")
    (tmp_path / "nets").mkdir()
    file = tmp_path / "nets" / "a.yaml"
    file.write_text(
        "# yaml-language-server: $schema=../docs/s.json\n" + SHAPES + "layers: [{conv: {kernel: 3, out: 8}}]\n"
    )
    done = convcost.rewrite(str(file), "standard-to-separable")
    assert done.text_in(tmp_path / "nets").startswith("# yaml-language-server: $schema=../docs/s.json\n")
    assert done.text_in(tmp_path).startswith("# yaml-language-server: $schema=docs/s.json\n")
    (tmp_path / "docs" / "s.json").unlink()
    assert done.text_in(tmp_path) == done.text.partition("\n")[2]


def test_imports_of_files_do_not_move(tmp_path):
    Path(tmp_path / "lib.yaml").write_text("convcost: 1\nblocks: {b: {body: [relu]}}\n")
    file = tmp_path / "a.yaml"
    file.write_text("import: [./lib.yaml]\n" + SHAPES + "layers: [b, {conv: {kernel: 3, out: 8}}]\n")
    done = convcost.rewrite(file, "standard-to-separable")
    (tmp_path / "sub").mkdir()
    assert done.text_in(tmp_path) == done.text
    with pytest.raises(UsageError, match="E836"):
        done.text_in(tmp_path / "sub")


def test_a_condition_on_the_kind_is_fulfilled_by_the_item():
    model = spec("  - table:", "      columns: [s, c]", "      rows: [[1, 8], [2, 8], [1, 16]]", "      each:",
                 "        - conv: {kernel: 3, stride: s, padding: 1, out: c}")  # fmt: skip
    done = convcost.rewrite(model, "standard-to-separable", where="kind == conv and stride == 1")
    assert "{if: s == 1, separable: {kernel: 3, stride: s, padding: 1, out: c}}" in done.text
    assert [layer.name for layer in done.layers] == ["conv1", "conv3"]
    with pytest.raises(SpecError, match="E833"):
        convcost.rewrite(model, "standard-to-separable", where="kind == conv and height > 12")


def test_a_kernel_by_axis_is_not_split():
    with pytest.raises(SpecError) as caught:
        convcost.rewrite(spec("  - conv: {kernel: [3, 3], padding: same, out: 8}"), "standard-to-spatial")
    assert (caught.value.code, caught.value.message) == ("E833", "the kernel of this conv is written by axis")
    assert caught.value.hint == "write it as one number"


def test_the_first_layer_that_does_not_fit_is_named():
    with pytest.raises(SpecError) as caught:
        convcost.rewrite("convnext", "kernel", kernel=3)
    message = "conv1 would be 192×27×27 instead of 192×28×28"
    assert (caught.value.code, caught.value.message) == ("E833", message)
