"""``convcost rewrite``: what goes where, and what wrong input is told."""

import json

import pytest

from convcost.cli.rewrite import command
from convcost.studies.rewrite import RULES

LINE = ("mobilenet_v1_full_conv", "--rule", "standard-to-separable", "--where", "cin > 3")


def test_the_spec_goes_to_standard_output_and_one_line_beside(call):
    outcome = call("rewrite", *LINE)
    assert outcome.code == 0
    assert outcome.out.startswith("# yaml-language-server: ")
    assert "separable: {kernel: 3, stride: s, out: w(c)}" in outcome.out
    assert outcome.err == "13 layers rewritten; mult-adds 4.87 B → 568.74 M (÷ 8.558); params 29.29 M → 4.23 M\n"


def test_a_file_gets_the_spec_and_standard_output_what_is_gained(call, tmp_path):
    path = tmp_path / "new.yaml"
    outcome = call("rewrite", *LINE, "-o", str(path))
    assert (outcome.code, outcome.err) == (0, "")
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "ratio of mult-adds = 1/N + 1/K², exactly, in each layer: 0.112 to 0.127\n" in outcome.out
    assert "does not pay everywhere: more elements moved in 3 layers\n" in outcome.out
    first = path.read_text().splitlines()[0]
    _, _, schema = first.partition("$schema=")
    assert (tmp_path / schema).is_file() if schema else first == "convcost: 1"  # installed specs have no schema
    assert call("verify", f"{path}@resolution=32,alpha=1/4").code == 0
    assert call("compare", str(path), "mobilenet_v1").out.count("29 the same") == 1
    assert call("formula", str(path)).out.count("11 010 048 α² r²") == 1
    assert call("report", str(path)).out.count("568,740,352") == 1


@pytest.mark.parametrize("format_", ["md", "csv", "json", "latex"])
def test_what_is_gained_in_each_format(call, format_):
    outcome = call("rewrite", *LINE, "--report", "--format", format_)
    assert (outcome.code, outcome.err) == (0, "")
    assert "conv14" in outcome.out


def test_json(call):
    ((rewrite,),) = [json.loads(call("rewrite", *LINE, "--report", "-f", "json").out)["rewrites"]]
    last = rewrite["rewritten"][-1]
    assert (last["layer"], last["ratio"], last["expected_ratio"]) == ("conv14", "1033/9216", "1033/9216")
    assert last["became"] == ["separable13/depthwise", "separable13/pointwise"]
    assert last["before"]["mult_adds"] == 462_422_016
    assert (rewrite["rule"], rewrite["where"], rewrite["left"], rewrite["in_libraries"]) == (LINE[2], LINE[4], [], 0)
    assert rewrite["after"]["name"] == "mobilenet_v1_full_conv_separable"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("vgg", "--rule", "separable-to-standard"),
            "E831 nothing to rewrite: vgg has no such layer for separable-to-",
        ),
        (("vgg", "--rule", "kernel", "--set", "kernel=5", "--only", "fc*"), "E831 nothing to rewrite: vgg has"),
        (("faster_rcnn_vgg", "--rule", "standard-to-separable", "--where", "out < 256"), "are in blocks of imported"),
    ],
)
def test_nothing_to_rewrite_is_a_no(call, tmp_path, arguments, message):
    path = tmp_path / "new.yaml"
    outcome = call("rewrite", *arguments, "-o", str(path))
    assert (outcome.code, outcome.out) == (1, "")
    assert message in outcome.err
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rule", "standard-to-seperable"), "E830 there is no rule 'standard-to-seperable' (did you mean 'standard-"),
        (("--rule", "standard-to-grouped"), "E832 standard-to-grouped needs the setting 'groups' (--set groups=..., "),
        (("--rule", "kernel", "--set", "kernel"), "E832 --set 'kernel' is not NAME=VALUE (--set groups=8)"),
        (("--rule", "kernel", "--set", "kernel=3", "--set", "kernel=5"), "E832 'kernel' is set twice"),
        (("--rule", "kernel", "--set", "kernel=x"), "E832 kernel=x is not a whole number of at least 1"),
        (("--rule", "kernel", "--set", "kernels=3"), "E832 kernel has no setting 'kernels' (did you mean 'kernel'?)"),
        (("--rule", "standard-to-separable", "--where", "size > 1"), "E834 a condition on layers does not know 'size'"),
        (("--rule", "standard-to-separable", "--where", "kernel >"), "--where:1:8: E201 "),
        (("--rule", "standard-to-separable", "--where", "cin > 3"), "vgg.yaml:44:11: E833 this conv stands for conv2,"),
        (("--rule", "standard-to-separable", "--format", "yaml"), "E024 there is no format 'yaml'"),
        (("--rule", "standard-to-separable", "--convention", "papr"), "E010 "),
        ((), "Missing option '--rule'"),
    ],
)
def test_wrong_input(call, tmp_path, arguments, message):
    path = tmp_path / "new.yaml"
    outcome = call("rewrite", "vgg", *arguments, "-o", str(path))
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert not path.exists()


def test_standard_input(call, monkeypatch):
    import io
    import sys

    text = b"convcost: 1\ninput: [3, 8, 8]\nlayers: [{conv: {kernel: 3, out: 4}}]\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    outcome = call("rewrite", "-", "--rule", "standard-to-separable")
    assert outcome.out == text.decode().replace("conv: ", "separable: ").replace("convseparable", "conv")
    assert outcome.err.startswith("1 layer rewritten; ")


def test_the_help_lists_all_rules():
    listed = [
        line.split()[0]
        for line in map(str.strip, command.help.splitlines())
        if line.startswith(("standard", "separ", "kern", "arg"))
    ]
    assert listed == list(RULES)


def test_figures_of_other_values_than_the_defaults_are_said_to_be(call):
    outcome = call("rewrite", "resnet:34", "--rule", "standard-to-grouped", "--set", "groups=8")
    assert outcome.err.endswith("; at depth=34, and not at the defaults of the spec\n")
    outcome = call("rewrite", "resnet:34", "--rule", "standard-to-grouped", "--set", "groups=8", "--report")
    assert "the new spec keeps the defaults of the old one: this is its network at depth=34" in outcome.out


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("mobilenet_v2", "its blocks are called with expand, out"),
        ("mobilenet_v1", "it calls no blocks with arguments"),
    ],
)
def test_an_argument_that_no_call_has(call, target, hint):
    outcome = call("rewrite", target, "--rule", "argument", "--set", "t=4")
    message = f"E831 nothing to rewrite: {target} has no such layer for argument ({hint})\n"
    assert (outcome.code, outcome.out, outcome.err) == (1, "", message)
